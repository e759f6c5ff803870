"""服务过的人: how many different people served. Such figures may not be added up (不可相加), so no roll-up holds them.

Who served in the months that are over is read once and kept, as in past.py: a page reads the people of the present month only. They
are kept as bits, one for each number of a person, and packed: in a city of a million those of a district take 9 kB, any at most 0.13 MB.
"""

import zlib
from collections.abc import Hashable, Iterable
from dataclasses import replace
from functools import reduce
from operator import or_

from sqlalchemy import select

from app.models.figures.city import over
from app.models.figures.past import kept
from app.models.figures.period import Period
from app.models.figures.totals import Scope
from app.models.service_record import ServiceRecord
from app.statements import VARIED
from app.straight import read

COUNTED_AT_ONCE = 20_000  # so many records are read for a figure of people without being asked
AT_ONCE = 20_000  # so many are held at once


def people(scope: Scope, shape: Hashable = ()) -> int:
    """How many different people served; `shape` names what the scope's door depends on."""
    months = scope.period.months
    return kept(scope, ("people", shape), lambda: _count(scope, shape, months), months)


def _count(scope: Scope, shape: Hashable, months: list[str]) -> int:
    done = over(months)
    before = kept(scope, ("who", shape), lambda: _pack(_who(scope, done)), done)
    return (_unpack(before) | _who(scope, months[len(done) :])).bit_count()


def _who(scope: Scope, months: list[str]) -> int:
    """The people of these months, which follow one another."""
    if not months:
        return 0
    records = replace(scope, period=Period(months[0], months[-1])).records()
    served = select(ServiceRecord.volunteer_id).where(*records).execution_options(**VARIED)
    # in the order of days, or SQLite skips through an index of places that nobody asked for
    rows = read(served.order_by(ServiceRecord.day)).scalars()
    return reduce(or_, map(_bits, rows.partitions(AT_ONCE)), 0)  # five years of a city all at once took 200 MB


def _bits(numbers: Iterable[int]) -> int:
    found = bytearray(max(numbers, default=0) // 8 + 1)
    for one in numbers:
        found[one >> 3] |= 1 << (one & 7)
    return int.from_bytes(found, "little")


def _pack(people: int) -> bytes:
    return zlib.compress(people.to_bytes(people.bit_length() // 8 + 1, "little"), 1)


def _unpack(people: bytes) -> int:
    return int.from_bytes(zlib.decompress(people), "little")
