"""Statements that are built once: putting one together costs more than the database takes to answer it.

What is kept may ask for the moment and for positions only as parameters; a day may stand in it, it is built anew with the
next one, and so it is when regions, units or categories change.
"""

from collections.abc import Callable, Hashable, Iterable
from typing import Any, TypeVar

from sqlalchemy import literal

from app import clock
from app.freshness import Remembered, numbers

# Execution options of a statement that reads much or little depending on its values: PostgreSQL plans it for each (app/link.py).
VARIED = {"varied": True}
TOPICS = ("regions", "units", "categories")
T = TypeVar("T")
_held = Remembered(400)


def kept(key: Hashable, build: Callable[[], T]) -> T:
    """What `build` says, built once for this key: everything that it depends on. None for a key: built each time."""
    if key is None:
        return build()
    key = key, clock.today()
    found: Any = _held.get(key, *TOPICS)
    if found is None:
        seen = numbers(*TOPICS)
        found = build()
        _held.keep(key, found, seen, *TOPICS)
    return found  # type: ignore[no-any-return]


def each(values: Iterable[Any], column: Any) -> list[Any]:
    """These values of a column for its `in_`, each a parameter of its own: as a list they are written out whenever it runs."""
    return [literal(value, column.type) for value in values]
