"""How many rows a narrowed list has, counted once a minute until something is written on which that hangs.

Who turns the pages and the tabs of a list, or comes back to it, asks for the same numbers each time, and to count what words find
takes longer than to find a page of it.
"""

import hashlib
from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, TypeVar

from app.freshness import NUMBERS, Remembered, this_minute

if TYPE_CHECKING:
    from app.listing import Listing

T = TypeVar("T")


def counted(listing: "Listing", count: Callable[[], T], but: str = "", among: Remembered = NUMBERS) -> T:
    """What `count` says of this list as it is narrowed, kept for this minute by the topics that it names; with none it is not kept,
    nor without a shape, which tells what else it hangs on (who looks).

    `but` is a filter that the numbers do not hang on: tabs tell each state.
    """
    about = hangs_on(listing, but) if listing.topics else None
    return this_minute(about, count, *listing.topics, among=among)


def hangs_on(listing: "Listing", but: str = "") -> Hashable | None:
    """All on which the numbers of this list hang besides the rows, None where nobody says it."""
    if listing.shape is None:
        return None
    filters = listing.filters
    chosen = [(name, str(one.data)) for name, one in filters._fields.items() if one.data and name != but]
    # a name or a number that somebody typed does not stay in memory; the shape also tells who holds a post, where that matters
    asked = filters.shape(but), hashlib.sha256(repr(chosen).encode()).digest()
    return type(filters), listing.name, but, listing.shape, listing.stands, *listing.values.items(), asked
