"""How many rows a narrowed list has, counted once until something is written on which that hangs.

Who turns the pages and the tabs of a list, or comes back to it, asks for the same numbers each time, and to count what words find
takes longer than to find a page of it.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from app import clock
from app.db import reading
from app.freshness import Remembered, numbers

if TYPE_CHECKING:
    from app.listing import Listing

BY_THE_CLOCK = "todo"  # what waits, and since when too long, changes by itself: counted anew each minute
T = TypeVar("T")
_counted = Remembered(1000)


def counted(listing: "Listing", count: Callable[[], T], but: str = "") -> T:
    """What `count` says of this list as it is narrowed, kept until one of its topics is touched (a list whose rows hang on the clock
    or on what touches none must not name any).

    `but` is a filter that the numbers do not hang on: tabs tell each state. A list that names no topics is counted each time, as
    is one without a shape, and so is what a writing request sees, which may never be committed.
    """
    filters, topics = listing.filters, listing.topics
    if not topics or listing.shape is None or filters.shape() is None or not reading.get():
        return count()
    chosen = {name: str(field.data) for name, field in filters._fields.items() if field.data and name != but}
    minute = int(clock.now().timestamp()) // 60 if BY_THE_CLOCK in chosen else 0
    key = type(filters), listing.name, listing.shape, *listing.values.items(), *chosen.items(), minute
    found: T | None = _counted.get(key, *topics)
    if found is None:
        seen = numbers(*topics)
        found = count()
        _counted.keep(key, found, seen, *topics)
    return found
