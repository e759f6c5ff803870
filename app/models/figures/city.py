"""The whole city's sums of a period: months that are over are kept in memory, put together, so that a page adds one month.

What is read is `CitySum`, a few rows a month whatever the city does, and for units one a unit. Months that are over
hardly change; when one does, its topic is touched (`service_record.touch_months`) and it is read anew. A month counts as over
when its last attendance is confirmed: each tick that comes later lets every place read all its months anew. It is also long enough
that no transaction which still took it for the present one can commit unseen.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from app import clock
from app.db import reading
from app.freshness import Remembered, numbers
from app.models import city_sum
from app.models.service_record import month_topic

CONFIRMED = timedelta(days=10)  # staff have seven days from an activity's end to confirm who came
Sums = dict[int, tuple[int, int]]  # key → services, minutes
Pairs = dict[int, tuple[int, ...]]  # key → services, minutes, and those of the year before
MOST = 160  # months × kinds: three years; about 0.2 MB for each month in which 3,000 units serve
_months, _periods, _now = Remembered(MOST), Remembered(20), Remembered(20)


def city_sums(kind: str, months: Iterable[str]) -> dict[str, Sums]:
    """Each month's sums by one of `city_sum.KINDS`; at most one statement, and one that says whether the present month changed."""
    found: dict[str, Sums] = {}
    missing = []
    for month in months:
        held = _months.get(f"{kind} {month}", month_topic(month))
        if held is None:
            missing.append(month)
        else:
            found[month] = held
    present = tuple(sorted(set(missing) - set(over(missing))))
    if len(present) == len(missing):
        return found | (_present(kind, present) if present else {})
    return found | _read(kind, missing)


def _present(kind: str, months: tuple[str, ...]) -> dict[str, Sums]:
    """Those of months that are not over, until any record of them changes; who writes may see what is never committed."""
    if not reading.get():
        return _read(kind, months)
    state = city_sum.changed("category", None, months)  # each change has one
    held: tuple[int, dict[str, Sums]] | None = _now.get((kind, months))
    if held is None or held[0] != state:
        held = state, _read(kind, months)
        _now.keep((kind, months), held, [])
    return held[1]


def _read(kind: str, months: Sequence[str]) -> dict[str, Sums]:
    seen = {month: numbers(month_topic(month)) for month in months}
    found: dict[str, Sums] = {month: {} for month in months}
    for month, key, services, minutes in city_sum.sums(kind, months):
        found[month][key] = int(services), int(minutes)
    for month in over(months):
        _months.keep(f"{kind} {month}", found[month], seen[month], month_topic(month))
    return found


def over(months: Iterable[str]) -> list[str]:
    """Those of these months that hardly change any more."""
    last = f"{clock.today() - CONFIRMED:%Y-%m}"
    return [month for month in months if month < last]


def city_period(kind: str, months: Sequence[str], earlier: Sequence[str]) -> Pairs:
    """The sums of these months, and of those of the year before, by key."""
    now, before = over(months), over(earlier)
    whole = _put_together(kind, now, before)
    rest = [month for month in months if month not in now], [month for month in earlier if month not in before]
    return _added({**whole}, kind, *rest) if any(rest) else whole


def _put_together(kind: str, now: list[str], before: list[str]) -> Pairs:
    topics = [month_topic(month) for month in (*now, *before)]
    name = f"{kind} {' '.join(now[:: len(now) - 1 or 1])} {' '.join(before[:: len(before) - 1 or 1])}"
    return _periods.of(name, lambda: _added({}, kind, now, before), *topics)


def _added(found: Pairs, kind: str, now: list[str], before: list[str]) -> Pairs:
    sums = city_sums(kind, sorted({*now, *before}))
    for earlier, months in ((False, now), (True, before)):
        for month in months:
            for key, (services, minutes) in sums[month].items():
                a, b, c, d = found.get(key, (0, 0, 0, 0))
                found[key] = (a, b, c + services, d + minutes) if earlier else (a + services, b + minutes, c, d)
    return found
