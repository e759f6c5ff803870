"""A list to which rows are only added, as lines of history are: what was counted of it is not counted again.

Its first key is a number that rises with every row.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select

from app.counted import hangs_on
from app.db import db, reading
from app.freshness import Remembered, numbers, this_minute
from app.listing import Listing
from app.reads import CAP, capped

_counted_up_to = Remembered(500)
# with which a row of such a list may come to lie elsewhere, or somebody to be called otherwise; lines about a person come to lie somewhere
# with the person's first application that is approved
LEAVING = "people", "roster", "regions", "units", "places"


@dataclass
class Growing(Listing):
    """`settled` says a number up to which no row is added any more."""

    settled: Callable[[], int] = int

    def _total(self) -> int:
        """What was counted up to a number stays counted until rows may have left; 999+ stays 999+."""
        about, seen = hangs_on(self), numbers(*LEAVING)
        if about is None or not reading.get():
            return self.between(0)
        upto, known = _counted_up_to.get(about, *LEAVING) or (0, 0)
        if known >= CAP:
            return CAP
        newest = this_minute(("settled", self.name), self.settled)
        if newest > upto:
            upto, known = newest, min(CAP, known + self.between(upto, newest))
            _counted_up_to.keep(about, (upto, known), seen, *LEAVING)
        return CAP if known >= CAP else min(CAP, known + self.between(upto))

    def between(self, after: int, upto: int | None = None) -> int:
        """How many rows stand behind one number and up to another (None: all), at most CAP."""
        number = self.order[0].column
        ends = [number > after, *([number <= upto] if upto is not None else [])]

        def between(stmt: Select[Any]) -> Select[Any]:
            return self.filters.narrow(stmt).where(*ends)

        return db.session.scalar(select(capped(lambda: self.narrowed(between)))) or 0
