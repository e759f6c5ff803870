"""A walk through the product as one person: a page of each rule that they reach, and what leads there."""

from dataclasses import dataclass, field
from typing import Any

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
TYPED = "q"  # the field in which people type words: nothing is offered for it
BORROWED = 3  # values that a field borrows


@dataclass
class Known:
    """What a walk found: a page of each rule, and the queries that lead to it."""

    path: str
    page: Page
    queries: list[dict[str, str]] = field(default_factory=list)


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
