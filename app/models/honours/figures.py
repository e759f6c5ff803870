"""The facts of a quarter beside a candidate: services, minutes, activities, summed over live service records.

A person's are all their services; a team's are those of its present members in the team's own activities.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select

from app.db import db
from app.models.activity import Activity
from app.models.city_sum import changed
from app.models.honours.quarter import Quarter
from app.models.honours.reached import IDS, OF_TEAMS, Reached, who_reached
from app.models.service_record import ServiceRecord, month_topic
from app.models.team import MemberStatus, Team, TeamMember, TeamStatus
from app.models.volunteer import Volunteer, VolunteerStatus
from app.models.volunteers.identity import Political
from app.models.volunteers.search import MEMBERS as PARTY
from app.reads import length_of, now
from app.statements import common, written

R = ServiceRecord
FEW = {Volunteer: 1000, Team: 50}  # so many are looked at one by one in the time that a quarter takes to be gathered
WALK = {Volunteer: 2, Team: 200}  # to look at one takes so many times what it takes to look up one that is known
FACTS = func.count(), func.coalesce(func.sum(R.minutes), 0), func.count(R.activity_id.distinct())


@dataclass(frozen=True)
class Facts:
    """Services, minutes and different activities of one quarter."""

    services: int = 0
    minutes: int = 0
    activities: int = 0


def _within(quarter: Quarter) -> list[ColumnElement[bool]]:
    return [R.revoked_at.is_(None), R.day >= quarter.first_day, R.day <= quarter.last_day]


def _in_team() -> Any:
    """The record's person is a member of the team that held the record's activity.

    Looked for from the record: SQLite would go through all members of all teams and each one's records.
    """
    own = TeamMember.team_id == Activity.team_id, TeamMember.volunteer_id == common(R.volunteer_id)
    return and_(*own, TeamMember.status == MemberStatus.MEMBER)


def facts_of_people(quarter: Quarter, ids: Iterable[int]) -> dict[int, Facts]:
    """The facts of these volunteers by id; who did nothing is absent."""
    wanted = select(R.volunteer_id, *FACTS).where(R.volunteer_id.in_(list(ids)), *_within(quarter))
    return {id: Facts(*facts) for id, *facts in db.session.execute(wanted.group_by(R.volunteer_id))}


def facts_of_teams(quarter: Quarter, ids: Iterable[int]) -> dict[int, Facts]:
    """The facts of these teams by id; a team that did nothing is absent."""
    wanted = select(Activity.team_id, *FACTS).select_from(R).join(Activity, Activity.id == R.activity_id)
    wanted = wanted.join(TeamMember, _in_team()).where(Activity.team_id.in_(list(ids)), *_within(quarter))
    return {id: Facts(*facts) for id, *facts in db.session.execute(wanted.group_by(Activity.team_id))}


def facts_of(quarter: Quarter, subject: Team | Volunteer) -> Facts:
    """The facts of one team or person."""
    ask = facts_of_teams if isinstance(subject, Team) else facts_of_people
    return ask(quarter, [subject.id]).get(subject.id, Facts())


def topics(quarter: Quarter) -> tuple[str, ...]:
    """On which it hangs who served how often in this quarter, and who of them may be a star; in the present month also on `changes`."""
    return (*map(month_topic, _months(quarter)), "roster", "regions", *OF_TEAMS)


def changes(quarter: Quarter) -> int:
    """A number that rises with each record of the quarter that is made or taken back while it lasts: no tick touches a topic then."""
    return 0 if quarter.is_over else changed("category", None, _months(quarter))


def _months(quarter: Quarter) -> tuple[str, ...]:
    return tuple(f"{quarter.year}-{quarter.number * 3 - late:02d}" for late in (2, 1, 0))


def may_be_star(political: Political) -> bool:
    """Whether a person of this political status may be 个人之星: a Party member, full or probationary."""
    return political in PARTY


def able_people(
    quarter: Quarter, least: int, *, many: bool = False, near: Select[Any] | None = None
) -> list[ColumnElement[bool]]:
    """What makes a volunteer a possible 个人之星: serving, Party member, at least so many services in the quarter.

    `near` are records of the people who are asked about, whenever it was: some of those who served stand there.
    """
    records = select(R.id).where(*_within(quarter))
    did = _did(Volunteer, quarter, least, records, R.volunteer_id, many, near)
    return [Volunteer.status == VolunteerStatus.SERVING, Volunteer.political.in_(PARTY), did]


def able_teams(quarter: Quarter, least: int, *, many: bool = False) -> list[ColumnElement[bool]]:
    """What makes a team a possible 团队之星: active, at least so many services of its members in its activities."""
    done = select(R.id).select_from(R).join(Activity, Activity.id == R.activity_id).join(TeamMember, _in_team())
    did = _did(Team, quarter, least, done.where(*_within(quarter)), Activity.team_id, many)
    return [Team.status == TeamStatus.ACTIVE, did]


def are_many(model: Any, rows: Select[Any]) -> bool:
    """Whether these teams or people are more than are looked at one by one."""
    return (db.session.scalar(select(length_of(rows, FEW[model] + 1))) or 0) > FEW[model]


def _did(
    model: Any,
    quarter: Quarter,
    least: int,
    records: Select[Any],
    whose: Any,
    many: bool,
    near: Select[Any] | None = None,
) -> ColumnElement[bool]:
    """There are so many of the quarter's `records`. Only the way of looking hangs on it whether `many` rows are asked about.

    Few rows, or rows most of which have so many, are looked at one by one, each up to the last record needed. Else those
    are looked up who are known to have so many. A total looks at people whose records are `near` first.
    """
    least, (reading, _) = max(least, 1), now()
    if many:
        # `common`: by an index of persons every year would be read
        able = records.with_only_columns(whose).group_by(common(whose)).having(func.count() >= least)
        known = who_reached(model, quarter, least, able, OF_TEAMS if model is Team else ())
        if _sooner(known, model, reading.wanted):
            found: ColumnElement[bool] = model.id.in_(written(list(known.ids)))
            return found
        if reading.sample and near is not None:
            reading.sampled = True
            some = model.id.in_(near.where(*_within(quarter)).with_only_columns(whose).limit(reading.sample))
            return some if least == 1 else and_(some, _enough(model, least, records, whose))
    return _enough(model, least, records, whose)


def _enough(model: Any, least: int, records: Select[Any], whose: Any) -> ColumnElement[bool]:
    """So many of the records are those of the row that is looked at."""
    return records.where(whose == model.id).offset(least - 1).limit(1).exists()


def _sooner(known: Reached, model: Any, wanted: float) -> bool:
    """Whether those who are known are looked up sooner than so many of them are met among all."""
    number = len(known.ids)
    return number <= IDS and number**2 <= WALK[model] * wanted * known.rows
