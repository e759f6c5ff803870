"""Every list while it is full (10,000 rows): all of them are met, and their pages lose no row."""

from collections.abc import Iterator
from typing import Any

import pytest

from app.chained import Chained
from app.positions import token
from tests.crowd import MANY
from tests.lists.finding import NEXT, PREV, follow, get, lists, makers, module_of, right, shown, sized
from tests.lists.watching import Seen, Watch
from tests.pages import Visit
from tests.test_every_page import Readers, report

pytestmark = pytest.mark.full
FIRST = 5  # pages that are walked at their true size
SHORTER = {  # endpoint → why it holds fewer rows
    "office.regions": "opens with the city's districts, and below them are the 3,010 places there are",
    "office.posts_vacancies": "the 3,010 places there are",
}
SOUGHT = {  # module → why nobody meets its list without words
    "app.blueprints.office.help_moves": "whom somebody looks for by name (tests/office/test_arranging.py)",
}


def test_every_list_is_met_and_full(kind, full, watch):
    found = sized(kind, *full, watch)
    met: dict[str, set[str]] = {}
    for endpoint, (_, visit) in found.items():
        met.setdefault(module_of(visit), set()).add(endpoint)
    unmet = makers().keys() - met.keys() - SOUGHT.keys()
    assert not unmet, f"nobody opened a list of {unmet}"
    small = {endpoint: size for endpoint, (size, _) in found.items() if size < MANY and endpoint not in SHORTER}
    assert not small, report(small)


def test_pages_follow_each_other_and_lose_no_row(kind, full, watch):
    wrong = {}
    for endpoint, visit in lists(kind, *full, watch).items():
        if found := list(faults_of_walk(full[0], visit, watch)):
            wrong[f"{endpoint} {visit}"] = found
    assert not wrong, report(wrong)


def faults_of_walk(readers: Readers, visit: Visit, watch: Watch) -> Iterator[str]:
    """What is wrong between the first page of this list and its last."""
    watch.whole = True
    html = get(readers, visit.who, visit.path).text
    watch.whole = False
    start = watch.last()
    assert start
    every = start.every
    if not right(shown(html), len(every)):
        yield f"says {shown(html)}, holds {len(every)}"
    if len(set(every)) != len(every):
        yield "holds a row twice"
    size = start.listing.per_page
    keys, path = start.keys, follow(NEXT, html)
    for _ in range(FIRST - 1):
        if path:
            html = get(readers, visit.who, path).text
            keys, path = keys + took(watch), follow(NEXT, html)
    if keys != every[: FIRST * size]:
        yield f"the first {FIRST} pages are not the first {FIRST * size} rows"
    if start.walked != every:
        yield f"walked {len(start.walked)} rows ({len(set(start.walked))} of them different), holds {len(every)}"
    yield from faults_further(readers, visit, watch, start)


def faults_further(readers: Readers, visit: Visit, watch: Watch, start: Seen) -> Iterator[str]:
    """A page in the middle and the last one, each entered from the row before it, and back again."""
    size, every = start.listing.per_page, start.every
    for at in {len(every) // 2, len(every) - size // 2} if len(every) > 2 * size else set():
        path = f"{visit.path}?after={place_before(start, at)}"
        html = get(readers, visit.who, path).text
        if took(watch) != every[at : at + size]:
            yield f"not the rows from {at} at {path}"
        html = get(readers, visit.who, follow(PREV, html)).text
        if took(watch) != every[at - size : at]:
            yield f"上一页 from {at} does not lead to the rows before"
        if at + size >= len(every) and not follow(NEXT, html):
            yield "no way on from the last page but one"


def place_before(start: Seen, at: int) -> str:
    """The position that leads to the rows from this one on."""
    listing, before = start.listing, start.every[at - 1]
    return f"{before[0]}.{token(before[1:])}" if isinstance(listing, Chained) else token(before)


def took(watch: Watch) -> list[Any]:
    seen = watch.last()
    return seen.keys if seen else []
