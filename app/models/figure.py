"""数字 `Figure`: the few totals of the whole city that the home page shows, counted by the clock.

Counting a million volunteers for each visitor would cost a fifth of a second, and one counter row that
every tick of attendance raises would make all ticks of the city wait for each other. So `flask tick`
counts anew when the last count is older than five minutes, and the page says when that was.
"""

from datetime import datetime, timedelta

from sqlalchemy import Select, String, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from app import clock
from app.db import Model, db, insert_once, reading
from app.models.activities.search import PUBLIC
from app.models.activity import Activity
from app.models.help_request import HelpRequest
from app.models.service_record import ServiceMonth
from app.models.volunteer import Volunteer, VolunteerStatus

EVERY = timedelta(minutes=5)


class Figure(Model):
    """One total: `volunteers` serving; `activities`, `services`, `minutes` of this year; of this month `help_asked`, `help_closed`."""

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    number: Mapped[int] = mapped_column(default=0)
    counted_at: Mapped[datetime]


def figures() -> dict[str, Figure]:
    """The totals by name, as they were last counted; empty before the clock has run."""
    found = {figure.name: figure for figure in db.session.scalars(select(Figure))}
    return found if "volunteers" in found else {}  # the day of the history's proof alone is no total


def count_figures(*, anew: bool = False) -> bool:
    """For the clock: count them if the last count is old (or `anew`); True when it did. Safe to repeat."""
    counted = _counted(anew)
    for name, number in counted.items():
        values = {"number": number, "counted_at": clock.now()}
        if not insert_once(Figure, {"name": name, **values}, ["name"]):
            db.session.execute(update(Figure).where(Figure.name == name).values(values))
    return bool(counted)


def _counted(anew: bool) -> dict[str, int]:
    """Every total, or none while the last count is young; read on a connection that holds up no writer."""
    token = reading.set(True)
    try:
        with Session(db.engine) as session:
            last = session.scalar(select(func.min(Figure.counted_at)).where(Figure.name.in_(_totals())))
            if last and clock.now() - last < EVERY and not anew:
                return {}
            return {name: session.scalar(stmt) or 0 for name, stmt in _totals().items()}
    finally:
        reading.reset(token)


def _totals() -> "dict[str, Select[tuple[int]]]":
    year = clock.today().year
    first, next_first = (clock.start_of(clock.today().replace(year=when, month=1, day=1)) for when in (year, year + 1))
    launched = Activity.status.in_(PUBLIC), Activity.starts_at >= first, Activity.starts_at < next_first
    month = clock.start_of(clock.today().replace(day=1))
    months = ServiceMonth.month.between(f"{year}-01", f"{year}-12")
    return {
        "volunteers": select(func.count()).where(Volunteer.status == VolunteerStatus.SERVING),
        "activities": select(func.count()).where(*launched),
        "services": select(func.coalesce(func.sum(ServiceMonth.services), 0)).where(months),
        "minutes": select(func.coalesce(func.sum(ServiceMonth.minutes), 0)).where(months),
        "help_asked": select(func.count()).where(HelpRequest.created_at >= month),
        "help_closed": select(func.count()).where(HelpRequest.closed_at >= month),
    }
