"""What a work unit's post sees first: its people, how many took part, its latest services, the help it gave.

参加率 is 在职党员 of the unit with at least one service ÷ 在职党员 by the headcount that the unit has entered.
A service belongs to the unit to which the person belonged on its day; who is 在职党员 is judged as of now.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, case, func, select

from app import clock
from app.db import db
from app.models.figures.help import percent
from app.models.figures.people import described
from app.models.figures.period import Period, this_quarter, this_year
from app.models.figures.totals import Line, Scope, by_month, services_of, total
from app.models.headcount import headcount_on
from app.models.service_record import Evidence, ServiceRecord
from app.models.volunteer import Employment, Political, Volunteer, VolunteerStatus

SHOWN = 8
PARTY = (Political.PARTY, Political.PROBATIONARY)


@dataclass(frozen=True)
class Participation:
    """How many people of the unit served in a period; `members` of them are 在职党员, of `headcount` (None: not entered)."""

    period: Period
    people: int
    members: int
    headcount: int | None

    @property
    def rate(self) -> str:
        """参加率, or '' where the headcount is not known."""
        return percent(self.members, self.headcount) if self.headcount else ""


@dataclass(frozen=True)
class UnitOverview:
    """The unit's figures; `recent` are rows as `described` makes them."""

    unit: int
    statuses: dict[VolunteerStatus, int]
    quarter: Participation
    year: Participation
    months: list[Line]
    help: int
    recent: list[Any]

    @property
    def total(self) -> Line:
        """This year's services."""
        return total(self.months)


def unit_overview(unit: int, volunteers: Select[Any], records: Select[Any], *columns: Any) -> UnitOverview:
    """The figures of a unit; `volunteers` and `records` are its rows as access narrows them."""
    year, records = Scope(this_year(), unit=unit), records.where(ServiceRecord.unit_id == unit)  # not of merged ones
    recent = described(records.where(ServiceRecord.revoked_at.is_(None)), *columns)
    newest = ServiceRecord.day.desc(), ServiceRecord.id.desc()
    return UnitOverview(
        unit,
        _statuses(volunteers),
        _participation(records, unit, this_quarter()),
        _participation(records, unit, this_year()),
        by_month(year),
        services_of(Scope(this_year(), unit=unit, evidence=Evidence.HELP)),
        list(db.session.execute(recent.order_by(*newest).limit(SHOWN))),
    )


def _statuses(volunteers: Select[Any]) -> dict[VolunteerStatus, int]:
    counted = volunteers.with_only_columns(Volunteer.status, func.count()).group_by(Volunteer.status)
    found = {row[0]: row[1] for row in db.session.execute(counted)}
    return {status: found.get(status, 0) for status in VolunteerStatus}


def _participation(records: Select[Any], unit: int, period: Period) -> Participation:
    first, last = period.days
    served = records.where(ServiceRecord.revoked_at.is_(None), ServiceRecord.day.between(first, last))
    ids = served.with_only_columns(ServiceRecord.volunteer_id).distinct().subquery()
    member = Volunteer.political.in_(PARTY) & (Volunteer.employment == Employment.EMPLOYED)
    counted = select(func.count(), func.coalesce(func.sum(case((member, 1), else_=0)), 0))
    people, members = db.session.execute(counted.join(ids, ids.c.volunteer_id == Volunteer.id)).one()
    return Participation(period, people, int(members), headcount_on(unit, min(last, clock.today())))
