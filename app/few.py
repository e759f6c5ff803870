"""What words find of a list: all of it where that is little, else each page, found once and kept like the list's number (app/counted.py).

Little is looked at as a whole in any case: to count it is to find it, and to put it in order costs hardly more. So the number, each page and
the next one come of one look. Only ids and what puts them in order are kept; a page reads its own rows anew.
"""

from collections.abc import Callable, Hashable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import Select

from app.counted import counted, hangs_on
from app.freshness import Remembered, this_minute
from app.reads import CAP, looked_at
from app.statements import is_one_of, kept, objects_of, rows_of, these

if TYPE_CHECKING:
    from app.listing import Listing

T = TypeVar("T")
MANY = "many"
_kept = Remembered(60)  # the longest takes 150 kB
_pages = Remembered(300)
Keys = Sequence[tuple[Any, ...]]  # of rows, in the list's order; the id is the last of each


def keys_of(listing: "Listing") -> Keys | None:
    """Those of all rows of this list, up to CAP; None where they are not few, or on what they hang is not known."""
    if not (listing.filters.typed and listing.topics and listing.shape is not None):
        return None
    known: tuple[Keys | None] = counted(listing, lambda: (_found(listing),), among=_kept)
    return known[0]


def _found(listing: "Listing") -> Keys | None:
    def keys() -> Select[Any] | str:
        found = looked_at(listing.narrowed, alone=listing.meets_words and listing.filters.given().keys() == {"q"})
        columns = [key.column for key in listing.order]
        way = [key.column.desc() if key.descending else key.column.asc() for key in listing.order]
        return (
            found.with_only_columns(*columns, maintain_column_froms=True).order_by(*way).limit(CAP)
            if found is not None
            else MANY
        )

    statement = listing.kept(keys)
    return None if statement is MANY else [tuple(row) for row in rows_of(statement, listing.values)]


def keys_at(listing: "Listing", position: Sequence[Any] | None, backwards: bool) -> Keys | None:
    """Those of at most one row more than a page behind (or before) a position; None where the list's own statement must tell."""
    known, most = keys_of(listing), listing.per_page + 1
    if known is None:
        return None
    if position is None:
        first = last = len(known) if backwards else 0
    elif tuple(position) in known:
        first = known.index(tuple(position))
        last = first + 1
    elif len(known) < CAP:  # all of it is known: so is where a row would stand that is not there
        first = last = sum(_stands_before(listing, key, position) for key in known)
    else:
        return None
    some = known[max(0, first - most) : first][::-1] if backwards else known[last : last + most]
    beyond = position is None if backwards else len(some) < most
    return None if beyond and len(known) == CAP else some


def _stands_before(listing: "Listing", key: tuple[Any, ...], position: Sequence[Any]) -> bool:
    """Whether a row of this key comes before one at the position."""
    for column, mine, theirs in zip(listing.order, key, position, strict=True):
        if mine != theirs:
            return bool(mine > theirs if column.descending else mine < theirs)
    return False


def page_of(listing: "Listing", position: list[Any] | None, backwards: bool) -> list[Any]:
    """At most one row more than a page of what words find, behind (or before) a position."""
    keys = keys_at(listing, position, backwards)
    if keys is not None:
        return rows_of_ids(listing, [key[-1] for key in keys])
    at = position and tuple(position), backwards
    rows, ids = once(listing, at, lambda: listing.read(position, backwards), listing.order[-1].of)
    return rows or rows_of_ids(listing, ids)


def once(
    listing: "Listing", at: Hashable, read: Callable[[], list[Any]], key: Callable[[Any], T]
) -> tuple[list[Any], Sequence[T]]:
    """The rows that `read` finds for the page at this place, unless it did so this minute, and by what each is found again."""
    rows: list[Any] = []

    def found() -> list[T]:
        rows.extend(read())
        return [key(row) for row in rows]

    about = hangs_on(listing) if listing.topics else None
    return rows, this_minute(about and (about, listing.per_page, at), found, *listing.topics, among=_pages)


def rows_of_ids(listing: "Listing", ids: Sequence[int]) -> list[Any]:
    """The rows of these ids (of the list's last key) in this order, no more than a page and one; `shape` names all that they hang on."""
    if not ids:
        return []
    key, most = listing.order[-1], listing.per_page + 1

    def build() -> Select[Any]:
        rows = listing.stmt() if callable(listing.stmt) else listing.stmt
        return rows.where(is_one_of(key.column, most))

    statement = kept(("few", listing.scalars, str(key.column), *about(listing)), build)
    asked = {**listing.values, **these(ids, most)}
    found = objects_of(statement, asked) if listing.scalars else rows_of(statement, asked)
    by_id = {key.of(row): row for row in found}
    return [by_id[id] for id in ids if id in by_id]


def about(listing: "Listing") -> tuple[Any, ...]:
    """On what a statement hangs that finds rows of this list by their ids."""
    return type(listing), listing.name, listing.per_page, type(listing.filters), listing.shape
