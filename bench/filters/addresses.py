"""What is asked: each page with everything that the product offers to choose on it, found by walking through the product.

Nothing here names a list. A page's filter is the form that judged its address; what may be chosen are the options that stand on
it and the addresses that any page leads to. So a new page and a new filter are asked without a word here. Only what people
type has no options: WORDS.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import combinations

from app import clock
from bench.filters.walk import TYPED, Known, offers

# A common surname, a name, one letter, initials, words that many and few rows hold, two at once, part of a number, a user name, nobody's.
WORDS = ("王", "王伟", "w", "wj", "服务", "清洁", "清洁 服务", "水管", "律师", "第17", "1234", "139", "2026", "v507", "没有这样的")  # fmt: skip
BESIDE = ("王", "服务")  # words that stand beside another choice
MOST = 12  # values of one field, spread over all there are


@dataclass(frozen=True)
class Address:
    """What is asked of whom; `last` is the last page of the list."""

    who: str
    rule: str
    query: tuple[tuple[str, str], ...] = ()
    last: bool = False

    def __str__(self) -> str:
        query = "&".join(f"{name}={value}" for name, value in self.query)
        return f"{self.rule}{'?' if query else ''}{query}{' (last page)' if self.last else ''}"


def addresses(who: str, rule: str, known: Known, brief: bool = False) -> Iterator[Address]:
    """Everything that is asked of this page: alone, with each choice and with each two; the last page of what one choice leaves.

    In brief: one choice of each field.
    """
    if brief:
        yield from (Address(who, rule, tuple(one[0].items())) for one in [[{}], *values(known).values()])
        return
    seen = set()
    alone = ({}, *singles(known))
    for number, query in enumerate((*alone, *pairs(known), *linked(known))):
        one = Address(who, rule, tuple(sorted(query.items())))
        if one in seen:
            continue
        seen.add(one)
        yield one
        if known.page.end and number < len(alone):
            yield Address(who, rule, one.query, last=True)


def values(known: Known) -> dict[str, list[dict[str, str]]]:
    """Everything that may be chosen, by field; the days are one."""
    page, found = known.page, dict[str, list[dict[str, str]]]()
    for name in page.fields:
        held = [*WORDS] if name == TYPED else spread(offers(known, name))
        if held:
            found[name] = [{name: value} for value in held]
    if page.days:
        found["days"] = days(page.days)
    return found


def spread(held: list[str]) -> list[str]:
    """At most so many of these, the first and the last among them."""
    if len(held) <= MOST:
        return held
    return [held[number * (len(held) - 1) // (MOST - 1)] for number in range(MOST)]


def days(fields: list[tuple[str, str]]) -> list[dict[str, str]]:
    """A month long ago, a year, and the present month."""
    now = clock.today()
    spans = (date(2020, 3, 1), date(2020, 3, 31)), (date(2024, 1, 1), date(2024, 12, 31)), (now.replace(day=1), now)
    return [
        {name: str(day) if kind == "date" else str(day)[:7] for (name, kind), day in zip(fields, span, strict=False)}
        for span in spans
    ]


def singles(known: Known) -> Iterator[dict[str, str]]:
    """One choice alone."""
    for held in values(known).values():
        yield from held


def pairs(known: Known) -> Iterator[dict[str, str]]:
    """Two choices at once: of each two fields what stands first in both, and what stands last."""
    found = values(known)
    if TYPED in found:
        found[TYPED] = [{TYPED: word} for word in BESIDE]
    for one, other in combinations(found.values(), 2):
        yield one[0] | other[0]
        yield one[-1] | other[-1]


def linked(known: Known) -> Iterator[dict[str, str]]:
    """The first query of each kind that leads here from any page."""
    kinds = set()
    for query in known.queries:
        if frozenset(query) not in kinds:
            kinds.add(frozenset(query))
            yield query
