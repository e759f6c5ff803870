"""Every list while it is full (10,000 rows): its pages, filters, counts, export, statements and bytes, on both databases.

Which pages are lists is found by looking: whoever asks a page for the rows of a `Listing` is one, so that a new list is
met by itself (`test_every_list_is_met` names one that nobody opened). Finished pages answer visitors before Flask begins
and ask no list a second time (app/finished.py): they are forgotten before each request that looks for one.
"""

import ast
import csv
import io
import os
import re
import tracemalloc
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from flask import current_app, request
from sqlalchemy import func, literal, select

from app.chained import Chained
from app.db import db
from app.labels import capped
from app.listing import CAP, Listing, Page, token
from tests import demonstration
from tests.crowd import MANY, Crowd
from tests.fixtures import as_new, forget_pages
from tests.pages import Visit, visits
from tests.support.statements import statements
from tests.test_access import URL_MAP
from tests.test_every_page import Readers, report

pytestmark = [
    pytest.mark.full,
    pytest.mark.skipif(
        not os.environ.get("FULL_LISTS"), reason="not yet passed as a whole: docs/plan.md, FULL_LISTS=1 runs it"
    ),
]
BIG = 500  # rows on a page while a whole list is walked
FIRST = 5  # pages that are walked at their true size
HEAVIEST = 200_000  # bytes of a page, unpacked
ROOM = 48 * 1024 * 1024  # bytes that an export may hold at its highest
COUNT = re.compile(r'找到 <b class="num">([^<]+)</b>|(没有找到)')
NEXT = re.compile(r'<a [^>]*rel="next" href="([^"]+)"')
PREV = re.compile(r'<a [^>]*rel="prev" href="([^"]+)"')
WAY = ("after", "before", "format")
SHEETS = {"office.invitations_slips"}  # the first sixty of office.invitations, to print: no pages, no export
SHORTER = {  # endpoint → why it holds fewer rows
    "office.regions": "the 3,010 places there are",
    "office.posts_vacancies": "the 3,010 places there are",
}


@dataclass
class Seen:
    """One asking of a list: its page, and on demand all that it holds."""

    listing: Listing
    page: Page
    keys: list[Any]
    every: list[Any] = field(default_factory=list)
    walked: list[Any] = field(default_factory=list)
    count: int = 0


@dataclass
class Watch:
    """What lists were asked, and how they are to answer."""

    seen: list[Seen] = field(default_factory=list)
    whole: bool = False
    counting: bool = False

    def last(self) -> Seen | None:
        """The newest asking, forgotten at once."""
        found = self.seen[-1] if self.seen else None
        self.seen.clear()
        return found


def key(listing: Listing, row: Any) -> Any:
    """What tells a row from all others of the list."""
    order = listing.parts[row.part].order if isinstance(listing, Chained) else listing.order
    own = tuple(one.of(row) for one in order)
    return (row.part, *own) if isinstance(listing, Chained) else own


def count_of(listing: Listing) -> int:
    """How many rows the list holds, past all caps."""
    narrowed = listing.narrowed().order_by(None)
    parts = (
        [narrowed.where(*part.conditions()) for part in listing.parts] if isinstance(listing, Chained) else [narrowed]
    )
    ones = [part.with_only_columns(literal(1), maintain_column_froms=True).subquery() for part in parts]
    return sum(db.session.scalar(select(func.count()).select_from(one), listing.values) or 0 for one in ones)


def every_key(listing: Listing, asked: Any) -> list[Any]:
    """All rows in one page."""
    usual, listing.per_page = listing.per_page, 10 * MANY
    found = [key(listing, row) for row in asked(listing).items]
    listing.per_page = usual
    return found


def walked(listing: Listing, asked: Any) -> list[Any]:
    """All rows, page by page along the addresses of 下一页, but on larger pages and without drawing them."""
    usual, listing.per_page = listing.per_page, BIG
    found, address = [], request.path
    while address and len(found) <= 4 * MANY + BIG:
        with current_app.test_request_context(address):
            page = asked(listing)
        found += [key(listing, row) for row in page.items]
        address = page.after or ""
    listing.per_page = usual
    return found


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    """Look over the shoulder of every list."""
    watch = Watch()
    for kind in (Listing, Chained):
        asked = kind.page

        def page(self: Any, asked: Any = asked) -> Page:
            found = asked(self)
            seen = Seen(self, found, [key(self, row) for row in found.items])
            if watch.counting:
                seen.count = count_of(self)
            if watch.whole:
                seen.every = every_key(self, asked)
                seen.walked = walked(self, asked)
            watch.seen.append(seen)
            return found

        monkeypatch.setattr(kind, "page", page)
    return watch


@pytest.fixture
def full(kind: str, crowded_sites: Any) -> Iterator[Any]:
    """The readers of the crowded city, and its rows by route."""
    with as_new(*crowded_sites(kind), f"crowd-{kind}") as app:
        yield Readers(app), Crowd(MANY).rows()


def kinds_of_lists(kind: type = Listing) -> set[str]:
    """The names of `Listing` and all that is made of it."""
    return {kind.__name__}.union(*(kinds_of_lists(one) for one in kind.__subclasses__()))


def makers() -> dict[str, int]:
    """How many lists each module of views makes."""
    found, names = {}, kinds_of_lists()
    for file in Path(URL_MAP.root_path, "blueprints").rglob("*.py"):
        calls = [one.func for one in ast.walk(ast.parse(file.read_text())) if isinstance(one, ast.Call)]
        number = sum(isinstance(one, ast.Name) and one.id in names for one in calls)
        if number:
            found[".".join(("app", *file.relative_to(URL_MAP.root_path).with_suffix("").parts))] = number
    return found


def module_of(visit: Visit) -> str:
    return URL_MAP.view_functions[visit.endpoint].__module__


FOUND: dict[str, dict[str, tuple[int, Visit]]] = {}  # by kind of database: the crowd is the same in every test


def sized(kind: str, readers: Readers, rows: Any, watch: Watch) -> dict[str, tuple[int, Visit]]:
    """For every page that is a list: how much one sees of it, who sees most, and where."""
    if kind in FOUND:
        return FOUND[kind]
    found: dict[str, tuple[int, Visit]] = {}
    made, watch.counting = makers(), True
    for visit in visits(rows):
        known = found.get(visit.endpoint, (-1, visit))[0]
        if module_of(visit) in made and visit.endpoint not in SHEETS and "?" not in visit.path and known < MANY // 2:
            get(readers, visit.who, visit.path)
            seen = watch.last()
            if seen and seen.count > known:
                found[visit.endpoint] = seen.count, visit
    watch.counting = False
    FOUND[kind] = found
    return found


def lists(kind: str, readers: Readers, rows: Any, watch: Watch) -> dict[str, Visit]:
    """Every list with who sees most of it."""
    return {endpoint: visit for endpoint, (_, visit) in sized(kind, readers, rows, watch).items()}


def get(readers: Readers, who: str, path: str, **kwargs: Any) -> Any:
    """The page, not as it was finished before."""
    forget_pages()
    return readers[who].get(path, **kwargs)


def shown(html: str) -> str | None:
    """The number of rows that the page names, None where it names none."""
    found = COUNT.search(html)
    return (found[1] or "0") if found else None


def right(text: str | None, number: int) -> bool:
    """Whether the page's number, if it names one, is this one; from 1,000 on it may say 999+."""
    return text in (None, str(number), f"{number:,}", capped(min(number, CAP)))


def test_every_list_is_met_and_full(kind, full, watch):
    found = sized(kind, *full, watch)
    met: dict[str, set[str]] = {}
    for endpoint, (_, visit) in found.items():
        met.setdefault(module_of(visit), set()).add(endpoint)
    unmet = makers().keys() - met.keys()
    assert not unmet, f"nobody opened a list of {unmet}"
    small = {endpoint: size for endpoint, (size, _) in found.items() if size < MANY // 10 and endpoint not in SHORTER}
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


def follow(sign: re.Pattern[str], html: str) -> str:
    """The address of a page's 下一页 or 上一页."""
    found = sign.search(html)
    return unescape(found[1]) if found else ""


def took(watch: Watch) -> list[Any]:
    seen = watch.last()
    return seen.keys if seen else []


def offers(html: str, path: str) -> dict[str, str | None]:
    """Every address of this list to which its filters lead, with the number that is promised there."""
    here, found = urlsplit(path).path, {}
    for attributes, text in re.findall(r"<a ([^>]*)>(.*?)</a>", html, re.DOTALL):
        href = unescape(dict(re.findall(r'([\w-]+)="([^"]*)"', attributes)).get("href", ""))
        query = dict(parse_qsl(urlsplit(href).query))
        if urlsplit(href).path == here and query and not query.keys() & set(WAY):
            number = re.search(r'class="[^"]*(?:cnt|num)[^"]*">([\d,]+\+?)<', text)
            found[f"{here}?{urlencode(query)}"] = number[1] if number else None
    for form in re.findall(r'<form [^>]*method="get".*?</form>', html, re.DOTALL):
        for tag in re.findall(r"<label class=\"chip\">.*?</label>|<input [^>]*>", form, re.DOTALL):
            given = dict(re.findall(r'([\w-]+)="([^"]*)"', tag.partition(">")[0] if tag.startswith("<input") else tag))
            number = re.search(r'<span class="n num">([\d,]+\+?)<', tag)
            if given.get("type") in ("radio", "checkbox") and given.get("name"):
                pair = urlencode({given["name"]: unescape(given.get("value", "y"))})
                found[f"{here}?{pair}"] = number[1] if number else None
        for name, options in re.findall(r'<select [^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL):
            for value in re.findall(r'<option value="([^"]*)"', options):
                found[f"{here}?{urlencode({name: unescape(value)})}"] = None
    return found


def test_every_filter_answers_and_counts_right(kind, full, watch):
    wrong = {}
    tried = 0
    for visit in lists(kind, *full, watch).values():
        html = get(full[0], visit.who, visit.path).text
        watch.last()
        every = offers(html, visit.path)
        tried += len(every)
        for path, promised in every.items():
            if found := list(faults_of_filter(full[0], visit, path, promised, watch)):
                wrong[f"{visit.who} {path}"] = found
        chosen = {name for path in every for name, _ in parse_qsl(urlsplit(path).query)}
        for name in chosen:
            answer = get(full[0], visit.who, f"{visit.path}?{urlencode({name: 'zqx-没有'})}")
            watch.last()
            if answer.status_code not in (200, 422):
                wrong[f"{visit} {name}"] = [f"impossible: {answer.status_code}"]
    assert tried > 200
    assert not wrong, report(wrong)


def faults_of_filter(readers: Readers, visit: Visit, path: str, promised: str | None, watch: Watch) -> Iterator[str]:
    """What is wrong with the list behind one value of one filter."""
    watch.counting = True
    answer = get(readers, visit.who, path)
    watch.counting = False
    seen = watch.last()
    if answer.status_code != 200 or seen is None:
        yield f"status {answer.status_code}"
        return
    number = seen.count
    if not right(shown(answer.text), number):
        yield f"says {shown(answer.text)}, holds {number}"
    if not number and not re.search(r'class="empty|没有|还没', answer.text):
        yield "is empty without a word"
    if promised and not right(promised, number):
        yield f"promised {promised}, holds {number}"


def test_every_export_holds_every_row_in_little_room(kind, full, watch):
    wrong, tried = {}, 0
    endpoints = {rule.endpoint for rule in URL_MAP.url_map.iter_rules()}
    for endpoint, visit in lists(kind, *full, watch).items():
        watch.counting = True
        get(full[0], visit.who, visit.path)
        watch.counting = False
        seen = watch.last()
        if not seen or not seen.listing.columns:
            continue
        tried += 1
        tracemalloc.start()
        if not seen.listing.personal:
            answer = full[0][visit.who].get(f"{visit.path}?format=csv")
        else:
            assert f"{endpoint}_export" in endpoints or endpoint.endswith("_show"), endpoint
            path = visit.path + ("/members/export" if endpoint in ("office.teams_show",) else "/export")
            answer = full[0][visit.who].post(path, data={"purpose": "年度核对", "format": "csv"})
        text = answer.text
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        lines = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
        if answer.status_code != 200 or len(lines) - 1 != seen.count:
            wrong[str(visit)] = [f"status {answer.status_code}, {len(lines) - 1} rows of {seen.count}"]
        if peak > ROOM:
            wrong[str(visit)] = [*wrong.get(str(visit), []), f"held {peak:,} bytes"]
    assert tried > 20
    assert not wrong, report(wrong)


def costs(readers: Readers, rows: Any) -> dict[str, tuple[int, int]]:
    """The most statements and bytes of every page, by page and reader."""
    found: dict[str, tuple[int, int]] = {}
    for visit in visits(rows):
        readers[visit.who].get(visit.path)
        forget_pages()
        with statements() as seen:
            size = len(readers[visit.who].get(visit.path).data)
        number = len([one for one in seen if "UPDATE sign_in" not in one])
        name = f"{visit.endpoint} {visit.who or 'visitor'}"
        before = found.get(name, (0, 0))
        found[name] = max(before[0], number), max(before[1], size)
    return found


def test_no_page_costs_more_statements_or_bytes_than_in_a_small_city(kind, demo_sites, crowded_sites):
    with as_new(*demo_sites(kind), f"demo-{kind}") as app:
        few = costs(Readers(app), demonstration.rows())
    with as_new(*crowded_sites(kind), f"crowd-{kind}") as app:
        many = costs(Readers(app), Crowd(MANY).rows())
    grown = {page: (few[page][0], many[page][0]) for page in few if many.get(page, (0, 0))[0] > few[page][0]}
    heavy = {page: size for page, (_, size) in many.items() if size > HEAVIEST}
    assert not grown, report(grown)
    assert not heavy, report(heavy)
    db.session.rollback()
