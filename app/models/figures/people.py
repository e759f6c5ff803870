"""The records and people behind the services of a scope. Nothing here is in the order of figures."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace
from enum import Enum
from typing import Any

from sqlalchemy import Integer, Select, String, bindparam, column, exists, func, literal, select, union_all

from app import clock
from app.db import db
from app.models.activity import Activity
from app.models.figures import past
from app.models.figures.city import over
from app.models.figures.different import COUNTED_AT_ONCE
from app.models.figures.period import Period
from app.models.figures.totals import Scope, services_of
from app.models.region import Level
from app.models.service_record import ServiceRecord
from app.models.user import User
from app.models.volunteer import Volunteer, VolunteerStatus
from app.statements import VARIED, kept, rows_of

CAP = 1000
ON_ROSTER = (VolunteerStatus.SERVING, VolunteerStatus.PAUSED)
# Microseconds, in a city of a million volunteers on SQLite, of finding the first people: an index's entry passed, a service summed
# up, and (divided by the services) person after person passed until enough of them served, or asked, because they have served since
# the period began: more with each year. QUICK is not worth holding anything.
PASSED, SUMMED, WALKED, ASKED, QUICK = 0.08, 0.13, 3e6, 8e6, 300
ENOUGH = 2 * CAP  # so many services are nearly always those of CAP people
Keep = Callable[..., Select[Any]]
Cut = Callable[[Select[Any], Any], Select[Any]]  # of rows with a person each, whose id is the second


def served(scope: Scope, shape: Hashable = (), keep: Keep = lambda build, most: build(most)) -> int:
    """How many people served, up to 1,000: the total of their list, known where as many did in the months that are over, and until
    one of its records changes. `shape` names what the scope's door depends on, `keep` may know the statement that `build(most)` makes."""
    few = kept(("few services", scope), lambda: services_of(scope) <= ENOUGH)
    if past.reached(scope, CAP, lambda before: _counted(before, few)):
        return CAP
    return past.kept(scope, ("served", shape), lambda: _counted(scope, few, keep), scope.period.months)


def _counted(scope: Scope, few: bool, keep: Keep = lambda build, most: build(most)) -> int:
    """The same, counted. Of many services the first are enough, unless they are those of fewer people."""

    def different(most: int | None) -> Select[Any]:
        records = select(ServiceRecord.volunteer_id).where(*scope.records()).limit(most).subquery()
        some = select(records.c.volunteer_id).distinct().limit(CAP)
        return select(func.count()).select_from(some.subquery()).execution_options(**VARIED)

    if not few and rows_of(keep(different, ENOUGH))[0][0] == CAP:
        return CAP
    return int(rows_of(keep(different, None))[0][0] or 0)


WHO = (
    *(Volunteer.id, User.name, User.initials, User.phone_tail),
    *(Volunteer.unit_id, Volunteer.unit_other, Volunteer.community_code),
)


class Way(Enum):
    """How the people of a page are found, who alone are summed up and looked up then."""

    SUMMED = "the services of everybody are summed up"
    WALKED = "person after person is asked, from where the page begins"
    HELD = "who served in the months that are over is held in memory"


def way_to(scope: Scope) -> Way:
    """The way that is soonest there; judged once a day, it is the same list. Services of other units and kinds, in the same place
    and period, are passed with those that are meant. PostgreSQL sees by itself that the sums of the first are enough (4.1 → 1.4 ms)."""

    def judge() -> Way:
        meant, passed = services_of(scope), services_of(replace(scope, unit=None, category=None, evidence=None))
        years = max(0, (clock.today() - scope.period.days[0]).days / 365)
        summed, asked = PASSED * passed + SUMMED * meant, (WALKED + ASKED * years) / max(meant, 1)
        before, _ = _split(scope)
        if before and min(summed, asked) > QUICK and services_of(before) <= COUNTED_AT_ONCE:
            return Way.HELD
        return Way.SUMMED if summed <= asked else Way.WALKED

    if by_name(scope) or db.engine.dialect.name == "postgresql":
        return Way.SUMMED
    return kept(("way to people", scope), judge)


def _split(scope: Scope) -> list[Scope | None]:
    """The scope in its months that are over, and in those that are not."""
    months = scope.period.months
    done = len(over(months))
    parts = months[:done], months[done:]
    return [replace(scope, period=Period(part[0], part[-1])) if part else None for part in parts]


def who_served(scope: Scope, *columns: Any, way: Way = Way.SUMMED, cut: Cut = lambda rows, person: rows) -> Select[Any]:
    """A row for each person with a service in the scope: who, and `services` and `minutes` in it; more `columns`.

    `cut` leaves of all these people those of a page. A statement of the way HELD (SQLite's) asks for the first of those held as `known`: one list in JSON, so that it can be kept in words.
    """
    whose = ServiceRecord.volunteer_id
    services, minutes = func.count().label("services"), func.sum(ServiceRecord.minutes).label("minutes")
    sums = select(whose, services, minutes).where(*scope.records()).group_by(whose)
    if way is not Way.SUMMED:
        sums = sums.where(whose.in_(_numbers(scope, way, cut)))
    found = cut(sums, whose).subquery()
    stmt = select(*WHO, found.c.services, found.c.minutes, *columns).join(found, found.c.volunteer_id == Volunteer.id)
    return stmt.join(User, User.id == Volunteer.user_id).execution_options(**VARIED)


def _numbers(scope: Scope, way: Way, cut: Cut) -> Any:
    """The numbers of people among whom are those of the page."""
    whose, served = ServiceRecord.volunteer_id, scope.records()
    if way is Way.SUMMED:
        return cut(select(whose).where(*served).group_by(whose), whose)
    if way is Way.WALKED:
        there = exists().where(whose == Volunteer.id, *served).correlate(Volunteer)
        return cut(select(Volunteer.id).where(Volunteer.last_served_on >= scope.period.days[0], there), Volunteer.id)
    known = select(func.json_each(bindparam("known", type_=String)).table_valued(column("value", Integer)).c.value)
    _, now = _split(scope)
    return union_all(known, select(_numbers(now, way_to(now), cut).subquery())) if now else known


def order_of(scope: Scope) -> Sequence[Any]:
    """By name where the people of one community or unit are listed, else as they joined (a city is not sorted)."""
    return (User.initials, User.name, Volunteer.id) if by_name(scope) else (Volunteer.id,)


def by_name(scope: Scope) -> bool:
    """Whether one community or one unit is meant, whose people are listed by name."""
    return scope.level is Level.COMMUNITY or bool(scope.unit)


def first_people(scope: Scope, count: int, *columns: Any) -> list[Any]:
    """The first of them, of one community or unit."""
    return list(db.session.execute(who_served(scope, *columns).order_by(*order_of(scope)).limit(count)))


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
