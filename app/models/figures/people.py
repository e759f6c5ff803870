"""The records and people behind the services of a scope. Nothing here is in the order of figures."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Select, exists, func, literal, select

from app.db import db
from app.models.activity import Activity
from app.models.figures import past
from app.models.figures.totals import Scope, services_of
from app.models.region import Level
from app.models.service_record import ServiceRecord
from app.models.user import User
from app.models.volunteer import Volunteer, VolunteerStatus
from app.statements import VARIED, kept

CAP = 1000
ON_ROSTER = (VolunteerStatus.SERVING, VolunteerStatus.PAUSED)
# Microseconds, in a city of a million volunteers on SQLite, of finding the first people: an index's entry passed, a service summed
# up, and (divided by the services) person after person asked until enough of them served
PASSED, SUMMED, ASKED = 0.13, 0.35, 150e6
ENOUGH = 2 * CAP  # so many services, where there are not few, are nearly always those of CAP people
Keep = Callable[..., Select[Any]]
Cut = Callable[[Select[Any], Any], Select[Any]]  # of rows with a person each, whose id is the second


def served(scope: Scope, *, few: bool, keep: Keep = lambda build, most: build(most)) -> int:
    """How many people served, up to 1,000: the total of their list, known where as many did in the months that are over.
    `keep` may know the statement that `build(most)` makes."""
    if past.reached(scope, CAP, lambda before: _counted(before, few=few)):
        return CAP
    return _counted(scope, few=few, keep=keep)


def _counted(scope: Scope, *, few: bool, keep: Keep = lambda build, most: build(most)) -> int:
    """The same, counted. Of many services the first are enough, unless they are those of fewer people."""

    def different(most: int | None) -> Select[Any]:
        records = select(ServiceRecord.volunteer_id).where(*scope.records()).limit(most).subquery()
        some = select(records.c.volunteer_id).distinct().limit(CAP)
        return select(func.count()).select_from(some.subquery()).execution_options(**VARIED)

    if not few and db.session.scalar(keep(different, ENOUGH)) == CAP:
        return CAP
    return db.session.scalar(keep(different, None)) or 0


WHO = (
    *(Volunteer.id, User.name, User.initials, User.phone_tail),
    *(Volunteer.unit_id, Volunteer.unit_other, Volunteer.community_code),
)


def who_served(scope: Scope, *columns: Any, few: bool, cut: Cut = lambda rows, person: rows) -> Select[Any]:
    """A row for each person with a service in the scope: who, and `services` and `minutes` in it; more `columns`.

    With `few` services these are summed up for everybody at once; otherwise the list walks along the people, every so
    many of whom served, and sums up for each that it shows. PostgreSQL sees by itself that the sums of the first people are
    enough (4.1 → 1.4 ms). `cut` leaves of all these people those of a page, so that nobody else is looked up.
    """
    mine, conditions = ServiceRecord.volunteer_id == Volunteer.id, scope.records()
    services, minutes = func.count().label("services"), func.sum(ServiceRecord.minutes).label("minutes")
    if few or db.engine.dialect.name == "postgresql":
        sums = select(ServiceRecord.volunteer_id, services, minutes).where(*conditions)
        found = cut(sums.group_by(ServiceRecord.volunteer_id), ServiceRecord.volunteer_id).subquery()
        stmt = select(*WHO, found.c.services, found.c.minutes, *columns).join(
            found, found.c.volunteer_id == Volunteer.id
        )
    else:
        of_them = [
            select(one).where(mine, *conditions).correlate(Volunteer).scalar_subquery() for one in (services, minutes)
        ]
        stmt = select(*WHO, of_them[0].label("services"), of_them[1].label("minutes"), *columns)
        those = select(Volunteer.id).where(exists().where(mine, *conditions).correlate(Volunteer))
        found = cut(those, Volunteer.id).subquery()
        stmt = stmt.join(found, found.c.id == Volunteer.id)
    return stmt.join(User, User.id == Volunteer.user_id).execution_options(**VARIED)


def order_of(scope: Scope) -> Sequence[Any]:
    """By name where the people of one community or unit are listed, else as they joined (a city is not sorted)."""
    return (User.initials, User.name, Volunteer.id) if by_name(scope) else (Volunteer.id,)


def are_few(scope: Scope) -> bool:
    """Whether so few services are meant that summing them all up is sooner done than asking person after person; judged once a
    day, it is the same list. Those of other units and kinds, in the same place and period, are passed with them."""

    def judge() -> bool:
        meant, passed = services_of(scope), services_of(replace(scope, unit=None, category=None, evidence=None))
        return meant * (PASSED * passed + SUMMED * meant) <= ASKED

    return by_name(scope) or kept(("few services", scope), judge)


def by_name(scope: Scope) -> bool:
    """Whether one community or one unit is meant, whose people are listed by name."""
    return scope.level is Level.COMMUNITY or bool(scope.unit)


def first_people(scope: Scope, count: int, *columns: Any) -> list[Any]:
    """The first of them, of one community or unit."""
    return list(db.session.execute(who_served(scope, *columns, few=True).order_by(*order_of(scope)).limit(count)))


def described(narrowed: Select[Any], *columns: Any) -> Select[Any]:
    """A select of records as rows to be shown: day, person, activity, places, minutes, evidence; more `columns`."""
    shown = narrowed.with_only_columns(
        ServiceRecord.id,
        ServiceRecord.day,
        ServiceRecord.minutes,
        ServiceRecord.evidence,
        ServiceRecord.category_id,
        ServiceRecord.community_code,
        ServiceRecord.volunteer_community_code,
        ServiceRecord.unit_id,
        ServiceRecord.volunteer_id,
        ServiceRecord.activity_id,
        Activity.title,
        Activity.hidden_at,
        User.name,
        User.phone_tail,
        *columns,
    )
    shown = shown.join(Volunteer, Volunteer.id == ServiceRecord.volunteer_id).join(User, User.id == Volunteer.user_id)
    return shown.outerjoin(Activity, Activity.id == ServiceRecord.activity_id)


def minutes_of(records: Select[Any]) -> int:
    """How long these services took together."""
    return db.session.scalar(records.with_only_columns(func.sum(ServiceRecord.minutes)), execution_options=VARIED) or 0


def on_roster(volunteers: Select[Any], unit: int | None) -> int:
    """How many of these volunteers are 在册 (of the unit, where one is given), at most 1,000."""
    mine = [] if unit is None else [Volunteer.unit_id == unit]
    some = volunteers.where(Volunteer.status.in_(ON_ROSTER), *mine).with_only_columns(literal(1)).limit(CAP)
    return db.session.scalar(select(func.count()).select_from(some.subquery())) or 0
