"""Statements that are built once: putting one together costs more than the database takes to answer it.

What is kept may ask for the moment and for positions only as parameters; a day may stand in it, it is built anew with the
next one, and so it is when regions, units or categories change.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from contextlib import suppress
from typing import Any, TypeVar

from app import clock
from app.freshness import numbers

ROOM = 400  # those not asked for longest make room
TOPICS = ("regions", "units", "categories")
T = TypeVar("T")
_held: OrderedDict[Hashable, Any] = OrderedDict()


def kept(key: Hashable, build: Callable[[], T]) -> T:
    """What `build` says, built once for this key: everything that it depends on. None for a key: built each time."""
    if key is None:
        return build()
    key = key, clock.today(), *numbers(*TOPICS)
    found: T | None = _held.get(key)
    if found is None:
        found = _held[key] = build()
        while len(_held) > ROOM:
            with suppress(KeyError):  # another thread was first
                _held.popitem(last=False)
    else:
        with suppress(KeyError):
            _held.move_to_end(key)
    return found
