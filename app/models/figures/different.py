"""服务过的人: who served, and how many different people. Such figures may not be added up (不可相加), so no roll-up holds them.

Who served in the months that are over is read once and kept, as in past.py: a page reads the people of the present month only. They
are kept as bits, one for each number of a person, and packed, some thousands together so that a list unpacks only what it shows: in
a city of a million those of a district take 20 kB, any at most 0.13 MB.
"""

import zlib
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import replace
from functools import reduce
from itertools import islice
from operator import or_

from sqlalchemy import select

from app.db import db
from app.freshness import Remembered
from app.models.figures.city import over
from app.models.figures.past import kept
from app.models.figures.period import Period
from app.models.figures.totals import Scope
from app.models.service_record import ServiceRecord
from app.statements import VARIED

COUNTED_AT_ONCE = 20_000  # so many records are read for a figure of people without being asked
AT_ONCE = 20_000  # so many are held at once
PART = 4096  # bytes that are packed together: 32,768 people
Packed = tuple[bytes, ...]
_before = Remembered(100)


def people(scope: Scope, shape: Hashable = ()) -> int:
    """How many different people served; `shape` names what the scope's door depends on."""
    months = scope.period.months
    return kept(scope, ("people", shape), lambda: _count(scope, shape, months), months)


def _count(scope: Scope, shape: Hashable, months: list[str]) -> int:
    now = _who(scope, months[len(over(months)) :])
    return (_unpack(before(scope, shape)) | now).bit_count()


def before(scope: Scope, shape: Hashable) -> Packed:
    """Who served in the months of the scope that are over."""
    done = over(scope.period.months)
    return kept(scope, ("who", shape), lambda: _pack(_who(scope, done)), done, among=_before)


def first(packed: Packed, count: int, position: int = -1, *, backwards: bool = False) -> list[int]:
    """The numbers of the first of these people beyond a position."""
    return list(islice(_numbers(packed, position, backwards), count))


def _numbers(packed: Packed, position: int, backwards: bool) -> Iterator[int]:
    at, place = divmod(position, 8 * PART)
    parts = range(min(at, len(packed) - 1), -1, -1) if backwards else range(max(at, 0), len(packed))
    for part in parts:
        some = _number(zlib.decompress(packed[part]))
        if part == at:
            some = some & (1 << place) - 1 if backwards else some >> place + 1 << place + 1
        while some:
            bit = (some if backwards else some & -some).bit_length() - 1
            some ^= 1 << bit
            yield part * 8 * PART + bit


def _who(scope: Scope, months: list[str]) -> int:
    """The people of these months, which follow one another."""
    if not months:
        return 0
    records = replace(scope, period=Period(months[0], months[-1])).records()
    served = select(ServiceRecord.volunteer_id).where(*records).execution_options(**VARIED)
    # in the order of days, or SQLite skips through an index of places that nobody asked for
    rows = db.session.scalars(served.order_by(ServiceRecord.day))
    return reduce(or_, map(_bits, rows.partitions(AT_ONCE)), 0)  # five years of a city all at once took 200 MB


def _bits(numbers: Iterable[int]) -> int:
    found = bytearray(max(numbers, default=0) // 8 + 1)
    for one in numbers:
        found[one >> 3] |= 1 << (one & 7)
    return _number(found)


def _number(bits: bytes | bytearray) -> int:
    return int.from_bytes(bits, "little")


def _pack(people: int) -> Packed:
    bits = people.to_bytes(people.bit_length() // 8 + 1, "little")
    return tuple(zlib.compress(bits[n : n + PART], 1) for n in range(0, len(bits), PART))


def _unpack(people: Packed) -> int:
    return _number(b"".join(map(zlib.decompress, people)))
