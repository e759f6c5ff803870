"""工作日 `Workday`: the days that differ from Monday-to-Friday, and deadlines counted in working days."""

from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import Select, select
from sqlalchemy.orm import Mapped, mapped_column

from app import clock
from app.db import Model, db
from app.freshness import remembered
from app.models.workday_verbs import WorkdayVerbs
from app.refusal import Refused


class Workday(WorkdayVerbs, Model):
    """A day off on a weekday (holiday) or a make-up day on a weekend, imported each year."""

    DOORS = {"any": ""}  # the calendar is the city's

    day: Mapped[date] = mapped_column(primary_key=True)
    works: Mapped[bool]


@remembered("workdays")
def exceptions() -> dict[date, bool]:
    """The listed days and whether people work on them."""
    return {row.day: row.works for row in db.session.scalars(select(Workday))}


def is_working(day: date) -> bool:
    """Whether this is a working day."""
    return exceptions().get(day, day.weekday() < 5)


def add_working_days(moment: datetime, days: int) -> datetime:
    """The end (24:00 Shanghai) of the `days`-th working day after the day of `moment`, in UTC."""
    day = clock.day(moment)
    while days:
        day += timedelta(days=1)
        days -= is_working(day)
    return datetime.combine(day + timedelta(days=1), time(), clock.SHANGHAI).astimezone(UTC)


def working_days_between(start: datetime, end: datetime) -> int:
    """How many working days lie after the day of `start` up to the day of `end`; negative if reversed."""
    if end < start:
        return -working_days_between(end, start)
    first, last = clock.day(start), clock.day(end)
    return sum(is_working(first + timedelta(days=n)) for n in range(1, (last - first).days + 1))


def working_days(first: date, last: date) -> int:
    """How many working days there are from `first` to `last`, both included; 0 if reversed."""
    return sum(is_working(first + timedelta(days=n)) for n in range((last - first).days + 1))


def last_of(first: date, days: int) -> date:
    """The day that ends a period of so many working days (at least 1) beginning on `first`."""
    return clock.day(add_working_days(clock.start_of(first) - timedelta(days=1), days)) - timedelta(days=1)


def on_day(scope: "Select[tuple[Workday]]", day: str) -> Workday | None:
    """The listed day of this scope that is written 2026-10-01, held until the transaction ends.

    None for what is no day; Refused (409) for a day that stands in the calendar no more.
    """
    try:
        wanted = date.fromisoformat(day)
    except ValueError:
        return None
    found = db.session.scalar(scope.where(Workday.day == wanted).with_for_update())
    if found is None:
        raise Refused(f"{day} 不在日历里，可能刚被去掉。")
    return found
