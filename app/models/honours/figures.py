"""The facts of a quarter beside a candidate: services, minutes, activities, summed over live service records.

A person's are all their services; a team's are those of its present members in the team's own activities.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select

from app.db import db
from app.models.activity import Activity
from app.models.honours.quarter import Quarter
from app.models.service_record import ServiceRecord
from app.models.team import MemberStatus, Team, TeamMember, TeamStatus
from app.models.volunteer import Volunteer, VolunteerStatus
from app.models.volunteers.identity import Political
from app.models.volunteers.search import MEMBERS as PARTY

R = ServiceRecord
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
    """The record's person is a member of the team that held the record's activity."""
    own = TeamMember.team_id == Activity.team_id, TeamMember.volunteer_id == R.volunteer_id
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


def may_be_star(political: Political) -> bool:
    """Whether a person of this political status may be 个人之星: a Party member, full or probationary."""
    return political in PARTY


def able_people(quarter: Quarter, least: int) -> list[ColumnElement[bool]]:
    """What makes a volunteer a possible 个人之星: serving, Party member, at least so many services in the quarter."""
    did = _at_least(select(R.id).where(R.volunteer_id == Volunteer.id, *_within(quarter)), least)
    return [Volunteer.status == VolunteerStatus.SERVING, Volunteer.political.in_(PARTY), did]


def able_teams(quarter: Quarter, least: int) -> list[ColumnElement[bool]]:
    """What makes a team a possible 团队之星: active, at least so many services of its members in its activities."""
    done = select(R.id).join(Activity, Activity.id == R.activity_id).join(TeamMember, _in_team())
    did = _at_least(done.where(Activity.team_id == Team.id, *_within(quarter)), least)
    return [Team.status == TeamStatus.ACTIVE, did]


def _at_least(records: Select[Any], least: int) -> ColumnElement[bool]:
    """There are so many: the look-up stops at the last one needed."""
    return records.offset(max(least, 1) - 1).limit(1).exists()
