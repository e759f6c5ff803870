"""How many rows a narrowed list has, counted once a minute until something is written on which that hangs.

Who turns the pages and the tabs of a list, or comes back to it, asks for the same numbers each time, and to count what words find
takes longer than to find a page of it.
"""

import hashlib
from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, TypeVar

from app.db import reading
from app.freshness import Remembered, numbers, this_minute
from app.reads import CAP

if TYPE_CHECKING:
    from app.listing import Listing

T = TypeVar("T")
_counted_up_to = Remembered(500)
LEAVING = (
    "people",
    "regions",
    "units",
    "places",
)  # with which a row of such a list may come to lie elsewhere, or somebody to be called otherwise


def counted(listing: "Listing", count: Callable[[], T], but: str = "") -> T:
    """What `count` says of this list as it is narrowed, kept for this minute by the topics that it names; with none it is not kept,
    nor without a shape, which tells what else it hangs on (who looks).

    `but` is a filter that the numbers do not hang on: tabs tell each state.
    """
    return this_minute(_about(listing, but) if listing.topics else None, count, *listing.topics)


def lasting(listing: "Listing", settled: Callable[[], int], count: Callable[[int, int | None], int]) -> int:
    """How many rows, up to CAP, a list has to which rows are only added, in the order of a number: what was counted up to a number is not
    counted again until rows may have left.

    `settled` says a number below which no row is added any more; `count` counts the rows above one number and up to another (None: all).
    """
    about, seen = _about(listing), numbers(*LEAVING)
    if about is None or not reading.get():
        return count(0, None)
    upto, known = _counted_up_to.get(about, *LEAVING) or (0, 0)
    if known >= CAP:
        return CAP
    newest = this_minute(("settled", listing.name), settled)
    if newest > upto:
        upto, known = newest, min(CAP, known + count(upto, newest))
        _counted_up_to.keep(about, (upto, known), seen, *LEAVING)
    return CAP if known >= CAP else min(CAP, known + count(upto, None))


def _about(listing: "Listing", but: str = "") -> Hashable | None:
    """All on which the numbers of this list hang besides the rows, None where nobody says it."""
    if listing.shape is None:
        return None
    filters = listing.filters
    chosen = [(name, str(one.data)) for name, one in filters._fields.items() if one.data and name != but]
    # a name or a number that somebody typed does not stay in memory; the shape also tells who holds a post, where that matters
    asked = filters.shape(but), hashlib.sha256(repr(chosen).encode()).digest()
    return type(filters), listing.name, but, listing.shape, *listing.values.items(), asked
