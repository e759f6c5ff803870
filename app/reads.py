"""What the statement that is being built reads of a list: its first rows, or how many there are up to a cap.

Searches take one way or the other by it (app/models/pages/quickest.py).
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from math import inf
from typing import Any

from sqlalchemy import Select, case, func, literal, select

from app.db import db

MOST = 20_000  # no more rows than that are counted, or looked up one by one
FIRST = 21  # what a page reads, and one more
CAP = 1000  # totals above 999 read 999+
# So many hits of a common word are looked at first for a total. PostgreSQL, which looks at the row of each, begins with hardly more than
# a whole list needs to find CAP, and goes on with what one needs that is narrowed otherwise too
SAMPLES = {"sqlite": (5 * CAP,), "postgresql": (5 * CAP // 4, 6 * CAP)}


@dataclass
class Reading:
    """What the statement that is being built reads: so many of the rows that the words find."""

    wanted: float = FIRST
    sample: int = 0  # where a word is common it may look at so many only, the first ones that the pairs offer
    again: bool = False  # a smaller sample held too few
    sampled: bool = field(default=False, init=False)
    in_parts: bool = False  # so many of each of some parts, unless all of them can be told at once
    at_once: bool = field(default=False, init=False)  # the words are no reason to read the list part after part
    # so many rows are looked at for all that the words find, as far as that is known
    looks: float = field(default=inf, init=False)
    sure: bool = field(default=False, init=False)  # of which none is looked at in vain: all hold the words
    met: float = field(default=inf, init=False)  # so many rows are met along the list until there is a page of them

    def finds(self, number: int, *, sure: bool, rows: int) -> None:
        """Some words find so many of so many rows, which are looked up; the rarest words tell how many are looked at."""
        self.at_once = True
        if number < self.looks:
            self.looks, self.sure, self.met = number, sure, FIRST * rows / max(number, 1) if sure else inf


_reading: ContextVar[Reading | None] = ContextVar("reading", default=None)  # None: the first rows of a list
_length: ContextVar[Callable[[], int] | None] = ContextVar("length", default=None)
_short: ContextVar[bool] = ContextVar("short", default=False)


@contextmanager
def counting(wanted: float = inf, *, sample: int = 0, again: bool = False, in_parts: bool = False) -> Iterator[Reading]:
    """The statement that is built inside reads so many rows in any order, not the first ones of a list."""
    reading = Reading(wanted, sample, again, in_parts=in_parts)
    token = _reading.set(reading)
    try:
        yield reading
    finally:
        _reading.reset(token)


@contextmanager
def short(is_short: Any) -> Iterator[None]:
    """What is built inside reads so short a piece of a list, if it does, that every row of it is best looked at."""
    token = _short.set(bool(is_short))
    try:
        yield
    finally:
        _short.reset(token)


def is_short() -> bool:
    """Whether hardly any rows are read."""
    return _short.get()


@contextmanager
def along(length: Callable[[], int] | None) -> Iterator[None]:
    """What is built inside narrows a list that is no longer than this `length` (up to MOST is counted; asked only where it matters).
    None: it is what tells the length, and must not ask for it."""
    outer = _length.get()
    token = _length.set(length if outer is None or length is None else lambda: min(outer(), length()))
    try:
        yield
    finally:
        _length.reset(token)


def length_of(stmt: Select[Any], most: int = MOST + 1) -> Any:
    """How many rows these are, up to `most`, as a part of a statement."""
    bare = stmt.with_only_columns(literal(1), maintain_column_froms=True)
    return select(func.count()).select_from(bare.order_by(None).limit(most).subquery()).scalar_subquery()


def capped(build: Callable[[], Select[Any]], cap: int = CAP) -> Any:
    """How many rows `build` finds, up to `cap`, as a part of a statement.

    The first rows that a common word offers mostly hold enough; where they do not, the list is walked along after all.
    """
    counted: list[Any] = []
    for sample in (*SAMPLES[db.engine.dialect.name], 0):
        with counting(cap, sample=sample, again=bool(counted)) as reading:
            counted.append(length_of(build(), cap))
        if not reading.sampled:
            break
    *samples, last = counted
    return case(*((some == cap, cap) for some in samples), else_=last) if samples else last


FEW = 6 * CAP  # so many rows are looked at to put the first CAP of what is found in order
DOUBTED = 3 * FEW  # so many where the texts are read: who counts reads them in any case


def looked_at(build: Callable[[], Select[Any]], *, alone: bool = False) -> Select[Any] | None:
    """What `build` finds by words if not many rows are looked at for all of it, hits or those of a short list; else None, as where the
    words `alone` narrow the list and are met sooner along it."""
    with counting(CAP) as reading:
        found = build()
    # SQLite gathers all hits before it walks along, which takes as long as to put them in order
    is_met = alone and db.engine.dialect.name == "postgresql" and 2 * reading.met < reading.looks
    return found if reading.looks <= (FEW if reading.sure else DOUBTED) and not is_met else None


def now() -> tuple[Reading, Callable[[], int] | None]:
    """What is being read, and what tells how long the list is (None: as long as its table)."""
    return _reading.get() or Reading(), _length.get()


def in_order() -> bool:
    """Whether the first rows of a list are read, not any."""
    return _reading.get() is None
