"""What is asked: each page with everything that the product offers to choose on it, found by walking through the product.

Nothing here names a list. A page's filter is the form that judged its address; what may be chosen are the options that stand on
it and the addresses that any page leads to. So a new page and a new filter are asked without a word here. Only what people
type has no options: WORDS.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import combinations
from typing import Any

from app import clock
from bench.filters.page import Page
from tests.pages import may, pages, surface
from tests.test_access import URL_MAP

# Who asks, and on which surfaces: somebody of each level, and a person who has the same at every size (bench/fill.py).
READERS = {
    "": ("portal",),
    "member": ("member",),
    "v507": ("portal", "member"),
    "city": ("office",),
    "gulou": ("office",),
    "huanglou": ("office",),
    "wantong": ("office", "member"),
    "unit": ("office",),
}
# A common surname, a name, one letter, initials, words that many and few rows hold, two at once, part of a number, a user name, nobody's.
WORDS = (
    "王",
    "王伟",
    "w",
    "wj",
    "服务",
    "清洁",
    "清洁 服务",
    "水管",
    "律师",
    "第17",
    "1234",
    "139",
    "2026",
    "v507",
    "没有这样的",
)
BESIDE = ("王", "服务")  # words that stand beside another choice
TYPED = "q"
MOST, BORROWED = 12, 3  # values of one field, spread over all there are; of a field that borrows them


@dataclass
class Known:
    """What a walk found: a page of each rule, and the queries that lead to it."""

    path: str
    page: Page
    queries: list[dict[str, str]] = field(default_factory=list)


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


def walk(asker: Any, who: str) -> dict[str, Known]:
    """A page of each rule that this reader reaches; of a rule that names a row, the first one that any page leads to."""
    surfaces, known = READERS[who], dict[str, Known]()
    rules = {route.rule: route for route in pages() if surface(route) in surfaces and may(role(who), route)}
    queue = [(rule, rule) for rule in rules if "<" not in rule]
    queued, queries = {rule for rule, _ in queue}, dict[str, list[dict[str, str]]]()
    while queue:
        rule, path = queue.pop(0)
        status, page = asker.say("look", who, path, {})
        if page is None and status < 500:
            continue  # leads elsewhere, or is no page in this state
        known[rule] = Known(path, page or Page())
        for there, query in known[rule].page.links:
            found = rule_of(there)
            if found in rules and found not in queued:
                queued.add(found)
                queue.append((found, there))
            if query and found and query not in queries.setdefault(found, []):
                queries[found].append(query)
    for rule, one in known.items():
        one.queries = queries.get(rule, [])
    lend(asker, who, known)
    return known


def lend(asker: Any, who: str, known: dict[str, Known]) -> None:
    """A field without a choice of its own (it is typed, or stands on the list before this page) borrows of its namesakes what it takes."""
    held: dict[str, list[str]] = {}
    for one in known.values():
        for name in one.page.fields:
            found = held.setdefault(name, [])
            found += [value for value in offers(one, name) if value not in found]
    for one in known.values():
        for name in one.page.fields:
            if name != TYPED and not offers(one, name):
                tried = ((value, asker.say("look", who, one.path, {name: value})[0]) for value in held[name][:BORROWED])
                one.page.choices[name] = [value for value, status in tried if status == 200]


def offers(known: Known, name: str) -> list[str]:
    """What the product offers for this field."""
    linked = (query[name] for query in known.queries if query.get(name))
    return list(dict.fromkeys([*known.page.choices.get(name, []), *linked]))


def role(who: str) -> str:
    """The person of tests/test_access.py who may do the same."""
    return "volunteer" if who == "v507" else who


def rule_of(path: str) -> str:
    """The rule that answers this path, '' for none."""
    try:
        found: Any = URL_MAP.url_map.bind("127.0.0.1").match(path, method="GET", return_rule=True)[0]
    except Exception:  # noqa: BLE001  (no page, a redirect, another method: all no address of a list)
        return ""
    return str(found.rule)


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
