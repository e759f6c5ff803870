"""服务过的人: who served, and how many different people. Such figures may not be added up (不可相加), so no roll-up holds them.

Who served in the months that are over is read once and kept, as in past.py: a page reads the people of the present month only. They
are kept as bits, one for each number of a person, and packed, some thousands together so that a list unpacks only what it shows: in
a city of a million those of a district take 20 kB, any at most 0.13 MB.
"""

import zlib
from collections.abc import Hashable, Iterator
from functools import reduce
from itertools import islice
from operator import or_
from typing import Any

from sqlalchemy import Date, bindparam, select

from app.freshness import Remembered
from app.models.figures.city import over
from app.models.figures.past import kept
from app.models.figures.period import Period
from app.models.figures.totals import Scope
from app.models.service_record import ServiceRecord
from app.statements import VARIED
from app.statements import kept as built

COUNTED_AT_ONCE = 20_000  # so many records are read for a figure of people without being asked
PART = 4096  # bytes that are packed together: 32,768 people
DAYS = bindparam("first", type_=Date), bindparam("last", type_=Date)
Packed = tuple[bytes, ...]
_before = Remembered(100)


def people(scope: Scope, shape: Hashable = ()) -> int:
    """How many different people served; `shape` names what the scope's door depends on."""
    months = scope.period.months
    return kept(scope, ("people", shape), lambda: _count(scope, shape, months), months)


def _count(scope: Scope, shape: Hashable, months: list[str]) -> int:
    now = _who(scope, shape, months[len(over(months)) :])
    return (_unpack(before(scope, shape)) | now).bit_count()


def before(scope: Scope, shape: Hashable) -> Packed:
    """Who served in the months of the scope that are over."""
    done = over(scope.period.months)
    return kept(scope, ("who", shape), lambda: _pack(_who(scope, shape, done)), done, among=_before)


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


def _who(scope: Scope, shape: Hashable, months: list[str]) -> int:
    """The people of these months, which follow one another: past SQLAlchemy, which takes three times as long, and a quarter at a time:
    five years of a city at once took 200 MB."""
    if not months:
        return 0

    def asked() -> Any:
        served = select(ServiceRecord.volunteer_id).where(*scope.records(DAYS))
        # in the order of days, or SQLite skips through an index of places that nobody asked for
        return served.order_by(ServiceRecord.day).execution_options(**VARIED)

    served = built(("who", scope.meant, shape), asked)
    days = (quarter.days for quarter in Period(months[0], months[-1]).quarters)
    found = (served.raw({"first": first, "last": last}) for first, last in days)
    return reduce(or_, (_bits([who for (who,) in some]) for some in found), 0)


def _bits(numbers: list[int]) -> int:
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
