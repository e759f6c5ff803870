"""A list to which rows are only added, as lines of history are: what was found of it is not looked for again.

Its first key is a number that rises with every row, and all rows up to a `settled` number are there. How many they are and, where words
narrow them, which are on each page is found once; from then on only rows behind that number are looked at.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import Select, select

from app.counted import hangs_on
from app.db import db, reading
from app.few import rows_of_ids
from app.freshness import Remembered, numbers, this_minute
from app.listing import Listing
from app.reads import CAP, MOST, capped, short

_counted_up_to, _newest_up_to, _pages = Remembered(500), Remembered(500), Remembered(300)
# with which a row of such a list may come to lie elsewhere, or somebody to be called otherwise; lines about a person come to lie somewhere
# with the person's first application that is approved
LEAVING = "people", "roster", "regions", "units", "places"
T = TypeVar("T")


@dataclass
class Growing(Listing):
    """`settled` says a number up to which no row is added any more."""

    settled: Callable[[], int] = int
    # that number, and how many rows are behind it, where the first page holds all of them
    _came: tuple[int, int] = field(default=(-1, 0), init=False)

    def _total(self) -> int:
        """999+ stays 999+."""
        up_to = self._up_to(_counted_up_to, 0, self._and_between)
        if up_to is None:
            return self.between(0)
        settled, known = up_to
        return min(CAP, known + self._came[1]) if settled == self._came[0] else self._and_between(known, settled)

    def _fetch(self, position: list[Any] | None, backwards: bool) -> list[Any]:
        if not self.filters.typed:
            return super()._fetch(position, backwards)
        none: tuple[int, ...] = ()
        up_to = self._up_to(_newest_up_to, none, self._and_newest) if position is None and not backwards else None
        if up_to is None:
            return self._behind(position, backwards)
        settled, known = up_to
        ids = self._and_newest((), settled)
        if len(ids) <= self.per_page:
            self._came = settled, len(ids)
        return rows_of_ids(self, (*ids, *known)[: self.per_page + 1])

    def _behind(self, position: list[Any] | None, backwards: bool) -> list[Any]:
        """Any other page: once all of it is settled, with a row beyond it, no later row changes it."""
        about, seen = (hangs_on(self), position and tuple(position), backwards), numbers(*LEAVING)
        known = _pages.get(about, *LEAVING) if reading.get() else None
        if known is not None:
            return rows_of_ids(self, known)
        rows = super()._fetch(position, backwards)
        ids, settled = [self.order[0].of(row) for row in rows], this_minute(("settled", self.name), self.settled)
        is_past = position is not None and position[0] <= settled and not backwards
        is_kept = about[0] is not None and reading.get() and max(ids, default=0) <= settled
        if is_kept and (is_past or len(ids) > self.per_page):
            _pages.keep(about, ids, seen, *LEAVING)
        return rows

    def _up_to(self, kept: Remembered, none: T, add: Callable[[T, int, int], T]) -> tuple[int, T] | None:
        """The settled number, and what is found up to it: `add` to what is known what stands between two numbers. None: nothing is kept."""
        about, seen = hangs_on(self), numbers(*LEAVING)
        if about is None or not reading.get():
            return None
        upto, known = kept.get(about, *LEAVING) or (0, none)
        newest = this_minute(("settled", self.name), self.settled)
        # another request may have heard of lines that this one's transaction does not see yet
        if newest > upto and (newest := min(newest, self.settled())) > upto:
            upto, known = newest, add(known, upto, newest)
            kept.keep(about, (upto, known), seen, *LEAVING)
        return upto, known

    def _and_between(self, known: int, after: int, upto: int | None = None) -> int:
        return CAP if known >= CAP else min(CAP, known + self.between(after, upto))

    def _and_newest(self, known: tuple[int, ...], after: int, upto: int | None = None) -> tuple[int, ...]:
        number, most = self.order[0].column, self.per_page + 1
        with short(after and (upto or after) - after <= MOST):
            rows = self.narrowed(self._ends(after, upto))
        rows = rows.with_only_columns(number, maintain_column_froms=True)
        newest = db.session.scalars(rows.order_by(number.desc()).limit(most), self.values)
        return (*newest, *known)[:most]

    def between(self, after: int, upto: int | None = None) -> int:
        """How many rows stand behind one number and up to another (None: all), at most CAP."""
        with short(after and (upto or after) - after <= MOST):
            return db.session.scalar(select(capped(lambda: self.narrowed(self._ends(after, upto))))) or 0

    def _ends(self, after: int, upto: int | None) -> Callable[[Select[Any]], Select[Any]]:
        number = self.order[0].column
        ends = [number > after, *([number <= upto] if upto is not None else [])]

        def between(stmt: Select[Any]) -> Select[Any]:
            return self.filters.narrow(stmt).where(*ends)

        return between
