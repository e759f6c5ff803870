"""Who has so many services in a quarter, by the count of it: gathered once, and kept until a record of its months changes.

To gather a quarter reads every record of it, 25 ms for people and 35 for teams in a city of a million volunteers, and a quarter that is
over hardly changes. Whether they may be a star (serving, active, in the place that is asked about) is asked of them each time.
"""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select

from app.db import db
from app.freshness import Remembered, numbers
from app.models.figures.past import kept
from app.models.figures.period import Period
from app.models.figures.totals import Scope
from app.models.honours.quarter import Quarter
from app.statements import VARIED, this_hour

IDS = 10_000  # more are never looked up one by one: one more than these tells that
OF_TEAMS = "teams", "launched"  # what makes a record one of a team's: who is in it, and whose activity it was
_reached = Remembered(60)  # 40 kB at most each
_too_many = Remembered(60)


@dataclass(frozen=True)
class Reached:
    """The numbers of those who have so many services (of the first IDS + 1), and the highest number of their table."""

    ids: Sequence[int]
    rows: int


def who_reached(model: Any, quarter: Quarter, least: int, able: Select[Any], topics: Sequence[str] = ()) -> Reached:
    """What `able` finds: the numbers of the teams or people that have at least so many services in the quarter. What besides records
    makes them so touches the `topics`. That they are too many to be looked up is asked again after an hour only: nothing else hangs on
    it, and each tick would let everybody gather the present quarter anew.
    """
    about = model, quarter, least, this_hour()
    known: Reached | None = _too_many.get(about)
    if known is not None:
        return known

    def gathered() -> Reached:
        ids = array("i", db.session.scalars(able.limit(IDS + 1), execution_options=VARIED))
        return Reached(ids, db.session.scalar(select(func.max(model.id))) or 0)

    period = Period(f"{quarter.first_day:%Y-%m}", f"{quarter.last_day:%Y-%m}")
    what = "reached", model, least, *numbers(*topics)
    found = kept(Scope(period), what, gathered, period.months, among=_reached)
    if len(found.ids) > IDS:
        _too_many.keep(about, Reached(range(IDS + 1), found.rows), [])
    return found
