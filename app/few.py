"""What words find of a list where that is little: all of it, found once and kept like the list's number (app/counted.py).

Such hits are looked at one by one: to count them is to find them, and to put them in order costs hardly more. So the number, each page and
the next one come of one look. Only ids and what puts them in order are kept; a page reads its own rows anew.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, bindparam

from app.counted import counted
from app.db import db
from app.reads import CAP, counting
from app.statements import kept, rows_of

if TYPE_CHECKING:
    from app.listing import Listing

FEW = 6 * CAP  # so many hits are looked at to put the first CAP of them in order
MANY = "many"
Keys = Sequence[tuple[Any, ...]]  # of rows, in the list's order; the id is the last of each


def looked_at(build: Callable[[], Select[Any]]) -> Select[Any] | None:
    """What `build` finds by words if each hit is looked at and they are not many; else None."""
    with counting(CAP) as reading:
        found = build()
    return found if reading.at_once and reading.hits <= FEW else None


def keys_of(listing: "Listing") -> Keys | None:
    """Those of all rows of this list, up to CAP; None where they are not few, or on what they hang is not known."""
    if not (listing.filters.typed and listing.topics and listing.shape is not None):
        return None
    known: tuple[Keys | None] = counted(listing, lambda: (_found(listing),), kind="keys")
    return known[0]


def _found(listing: "Listing") -> Keys | None:
    def keys() -> Select[Any] | str:
        found = looked_at(listing.narrowed)
        columns = [key.column for key in listing.order]
        way = [key.column.desc() if key.descending else key.column.asc() for key in listing.order]
        return (
            found.with_only_columns(*columns, maintain_column_froms=True).order_by(*way).limit(CAP)
            if found is not None
            else MANY
        )

    statement = listing.kept(keys)
    return None if statement is MANY else [tuple(row) for row in rows_of(statement, listing.values)]


def rows_at(listing: "Listing", position: Sequence[Any] | None, backwards: bool) -> list[Any] | None:
    """At most one row more than a page behind (or before) a position; None where the list's own statement must tell."""
    known = keys_of(listing)
    some = None if known is None else _beyond(known, position, backwards, listing.per_page + 1)
    return None if some is None else _rows(listing, [key[-1] for key in some])


def _beyond(known: Keys, position: Sequence[Any] | None, backwards: bool, most: int) -> Keys | None:
    at = -1
    if position is not None:
        if tuple(position) not in known:  # it was written since, or was never there
            return None
        at = known.index(tuple(position))
    if backwards:
        return known[max(0, at - most) : at][::-1] if position is not None else known[::-1][:most]
    some = known[at + 1 : at + 1 + most]
    return None if len(some) < most and len(known) == CAP else some


def _rows(listing: "Listing", ids: Sequence[int]) -> list[Any]:
    if not ids:
        return []
    key, most = listing.order[-1], listing.per_page + 1

    def build() -> Select[Any]:
        rows = listing.stmt() if callable(listing.stmt) else listing.stmt
        return rows.where(key.column.in_([bindparam(f"one{number}", type_=key.column.type) for number in range(most)]))

    about = type(listing), listing.name, most, type(listing.filters), str(key.column), listing.scalars, listing.shape
    statement = kept(("few", about), build)
    asked = {f"one{number}": ids[min(number, len(ids) - 1)] for number in range(most)} | dict(listing.values)
    found = db.session.scalars(statement, asked).unique() if listing.scalars else rows_of(statement, asked)
    by_id = {key.of(row): row for row in found}
    return [by_id[id] for id in ids if id in by_id]
