"""The sums of a scope that is not the whole city, from the roll-up: nothing is read twice that has not changed.

A district of a large city has served for years, and each look at its statistics summed all of it up. Months that are over hardly
change; when one does, its topic is touched and what hangs on it is read anew, as in app/models/figures/city.py. The present month, and
the last one in its first days, have no topic that counts here, or each tick would let everybody read everything anew: each record's
change of them is counted (app/models/city_sum.py), by district and unit.
"""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import func, literal, select, union_all

from app.db import db, reading
from app.freshness import Remembered, numbers
from app.models.city_sum import changed
from app.models.figures.city import Pairs, over
from app.models.figures.period import Period
from app.models.region import CITY
from app.models.regions.homes import strays
from app.models.service_record import UNUSUAL, Evidence, ServiceMonth, ServiceRecord, month_topic
from app.statements import TOPICS, VARIED

if TYPE_CHECKING:
    from app.models.figures.totals import Scope

MOST = 4000  # answers, ten a page; 400 of the 197 districts and subdistricts took 0.7 MB together, the largest 0.1
T = TypeVar("T")
_past = Remembered(MOST)


def sums(scope: "Scope", dimension: Any) -> Pairs:
    """By each value of `dimension`: services and minutes of the period, and those of the same months a year before."""
    months = scope.period.months, scope.period.before.months
    return kept(scope, str(dimension), lambda: _added(scope, dimension, *months), *months)


def _added(scope: "Scope", dimension: Any, *months: list[str]) -> Pairs:
    done = over(months[0]), over(months[1])
    found = kept(scope, str(dimension), lambda: _sums(scope, dimension, *done), *done)
    left = [[month for month in some if month not in known] for some, known in zip(months, done, strict=True)]
    if not any(left):
        return found
    whole = dict(found)
    for key, figures in _sums(scope, dimension, *left).items():
        whole[key] = tuple(a + b for a, b in zip(figures, whole.get(key, (0, 0, 0, 0)), strict=True))
    return whole


def by_month(scope: "Scope", months: Sequence[str]) -> dict[str, tuple[int, int]]:
    """Services and minutes of each of these months in which there were any."""
    return kept(scope, "month", lambda: _month_by_month(scope, months), list(months))


def _month_by_month(scope: "Scope", months: Sequence[str]) -> dict[str, tuple[int, int]]:
    done = over(months)
    left = [month for month in months if month not in done]
    found = kept(scope, "month", lambda: _by_month(scope, done), done)
    return found | _by_month(scope, left) if left else found


def unusual(scope: "Scope") -> dict[Evidence, tuple[int, int]]:
    """Services and minutes of each evidence that is seldom, in the whole city: a few records, in an index of their own."""
    whole, months = replace(scope, evidence=None, door=None), scope.period.months
    return kept(whole, "unusual", lambda: _unusual_by_parts(whole, months), months)


def _unusual_by_parts(scope: "Scope", months: list[str]) -> dict[Evidence, tuple[int, int]]:
    done = over(months)
    found = dict(kept(scope, "unusual", lambda: _unusual(scope, done), done))
    for evidence, (services, minutes) in _unusual(scope, months[len(done) :]).items():
        before = found.get(evidence, (0, 0))
        found[evidence] = before[0] + services, before[1] + minutes
    return found


def reached(scope: "Scope", cap: int, count: "Callable[[Scope], int]") -> bool:
    """Whether `count`, which ends at `cap`, gets there by the months of the scope that are over: what comes changes nothing then."""
    done = over(scope.period.months)
    before = replace(scope, period=Period(done[0], done[-1])) if done else scope
    return bool(done) and kept(before, f"up to {cap}", lambda: count(before), done) == cap


def kept(scope: "Scope", what: Hashable, read: Callable[[], T], *months: list[str], among: Remembered = _past) -> T:
    """What `read` says of these months, until a record of one of them changes; those of the year before apart, which may be the
    same ones."""
    every = sorted(set().union(*months))
    done = over(every)
    present = tuple(every[len(done) :])
    if present and not reading.get():  # who writes may see what is never committed
        return read()
    key = what, scope.meant, *map(tuple, months)
    topics = (*TOPICS, *map(month_topic, done))
    state = present, present and _state(scope, present)
    held: tuple[Any, T] | None = among.get(key, *topics)
    if held is None or held[0] != state:
        seen = numbers(*topics)
        held = state, read()
        among.keep(key, held, seen, *topics)
    return held[1]


def _state(scope: "Scope", months: tuple[str, ...]) -> int:
    """How often records of the scope's district or unit (or of more) in these months changed; asked once for a page."""
    thing: tuple[str, int | None] = ("category", None)  # anything: each change has one
    if scope.region != CITY and not strays():
        thing = f"{scope.prefix}district", int(scope.region[:6])
    elif scope.unit is not None:
        thing = "unit", scope.unit
    if (thing, months) not in scope.states:
        scope.states[thing, months] = changed(*thing, months)
    return scope.states[thing, months]


def _sums(scope: "Scope", dimension: Any, now: list[str], before: list[str]) -> Pairs:
    """Both sums in one statement, each by itself: to look which of the two a row belongs to takes as long as to add it up."""
    figures = func.sum(ServiceMonth.services), func.sum(ServiceMonth.minutes)
    parts = [
        select(literal(earlier), dimension, *figures).where(*scope.months(months)).group_by(dimension)
        for earlier, months in enumerate((now, before))
        if months
    ]
    found: dict[int, tuple[int, ...]] = {}
    for earlier, key, *some in db.session.execute(union_all(*parts), execution_options=VARIED) if parts else ():
        sums, known = tuple(map(int, some)), found.get(key, (0, 0, 0, 0))
        found[key] = (*known[:2], *sums) if earlier else (*sums, *known[2:])
    return found


def _by_month(scope: "Scope", months: Sequence[str]) -> dict[str, tuple[int, int]]:
    figures = func.sum(ServiceMonth.services), func.sum(ServiceMonth.minutes)
    wanted = select(ServiceMonth.month, *figures).where(*scope.months(list(months))).group_by(ServiceMonth.month)
    rows = db.session.execute(wanted, execution_options=VARIED)
    return {month: (int(services), int(minutes)) for month, services, minutes in rows}


def _unusual(scope: "Scope", months: Sequence[str]) -> dict[Evidence, tuple[int, int]]:
    if not months:
        return {}
    records = replace(scope, period=Period(months[0], months[-1])).records()
    records += [ServiceRecord.is_unusual(), ServiceRecord.evidence.in_(UNUSUAL)]
    figures = func.count(), func.sum(ServiceRecord.minutes)
    wanted = select(ServiceRecord.evidence, *figures).where(*records).group_by(ServiceRecord.evidence)
    rows = db.session.execute(wanted, execution_options=VARIED)
    return {evidence: (int(services), int(minutes)) for evidence, services, minutes in rows}
