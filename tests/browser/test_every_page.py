"""Every page in a real browser: 0 axe violations on a desk, a telephone and in 长者模式, no sideways scroll, no complaint.

One visit loads a page once; the window is then made narrower and the mode switched in place. `make test` looks at each
page in one of the three ways, turn and turn about, and at all of them for a sideways scroll; `make test-full` looks at
every page in every way. On SQLite alone: the other database changes no markup (tests/test_every_page.py reads it on both).
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import BrowserContext, ConsoleMessage, Page

from app.db import db
from tests.demonstration import rows
from tests.pages import VIEWERS, Visit, fill, may, surface, visits
from tests.support.browser import PATIENCE, serving
from tests.test_access import Route, key_of, routes
from tests.test_every_page import nothing, report

pytestmark = [pytest.mark.browser, pytest.mark.sqlite_only]
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
AXE = Axe().axe_script
RUN = """async () => (await axe.run({resultTypes: ['violations']})).violations.map(
  (one) => one.id + ': ' + one.nodes.map((node) => node.target + ' ' + node.html.slice(0, 120)).slice(0, 2).join(' | '))"""
WIDEST = """() => [...document.querySelectorAll('body *')].filter((one) => one.getBoundingClientRect().right > innerWidth + 1)
  .slice(-1).map((one) => one.outerHTML.slice(0, 120)).join()"""
POST_EMPTY = """(path) => { const form = document.createElement('form'); form.method = 'post'; form.action = path;
  document.body.append(form); form.submit(); }"""
SIZES = (("1280", 1280, ""), ("390", 390, ""), ("elder", 390, "elder"))
WAYS = tuple(name for name, *_ in SIZES)


class Reader:
    """One person's page that collects what the browser complains of."""

    def __init__(self, page: Page) -> None:
        self.page, self.complaints = page, []
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.complaints.append(f"script: {error}"))

    def _heard(self, message: ConsoleMessage) -> None:
        own = message.location["url"].partition("#")[0] == self.page.url  # the page's own status is judged by `right`
        if message.type in ("error", "warning") and not (own and message.text.startswith("Failed to load")):
            self.complaints.append(f"{message.type}: {message.text}")

    def look(self, ways: Collection[str]) -> list[str]:
        """What is wrong with the page that is open, read by axe in these ways."""
        found = []
        for name, width, mode in SIZES:
            self.page.set_viewport_size({"width": width, "height": 900})
            if mode:
                self.page.evaluate("document.documentElement.dataset.mode = 'elder'")
            if name in ways:
                found += [f"{name} {one}" for one in self.page.evaluate(RUN)]
            self.page.set_viewport_size({"width": min(width, 1280 if width > 390 else 320), "height": 900})
            if self.page.evaluate(SIDEWAYS) > 0:
                found.append(f"{name}: sideways, {self.page.evaluate(WIDEST)}")
        found += self.complaints
        self.complaints.clear()
        return found


def sign_in(context: BrowserContext, app: Flask, who: str, address: str) -> None:
    """Make this context's browser that person's."""
    context.clear_cookies()
    if who:
        client: Any = app.test_client()
        value = client.sign_in(who).get_cookie("session").value
        context.add_cookies([{"name": "session", "value": value, "url": address}])


@pytest.fixture
def browser_context_args() -> dict[str, Any]:
    """A desk, before no application yet: these tests name whole addresses."""
    return {"viewport": {"width": 1280, "height": 900}, "locale": "zh-CN", "timezone_id": "Asia/Shanghai"}


@pytest.fixture
def walk(new_context: Callable[..., BrowserContext]) -> Callable[..., dict[str, list[str]]]:
    """Visit pages of an application and say what is wrong, by visit."""

    def walked(app: Flask, wanted: list[Visit], empty: bool = False, full: bool = False) -> dict[str, list[str]]:
        context = new_context(reduced_motion="reduce")
        context.set_default_timeout(PATIENCE)
        context.add_init_script(AXE)  # sent once, not with every page
        reader, wrong, who = Reader(context.new_page()), {}, None
        db.session.commit()
        with serving(app) as address:
            for turn, visit in enumerate(wanted):
                if visit.who != who:
                    sign_in(context, app, visit.who, address)
                    who = visit.who
                ways = WAYS if full else (WAYS[turn % len(WAYS)],)
                found = open_page(reader, address, visit, empty, ways)
                if found:
                    wrong[str(visit)] = found
        return wrong

    return walked


def open_page(reader: Reader, address: str, visit: Visit, empty: bool, ways: Collection[str]) -> list[str]:
    """Open it (or send it an empty form) at desk width and look."""
    reader.page.set_viewport_size({"width": 1280, "height": 900})
    if empty:
        reader.page.goto(f"{address}/login")
        with reader.page.expect_navigation() as sent:
            reader.page.evaluate(POST_EMPTY, visit.path)
        answer = sent.value
    else:
        answer = reader.page.goto(address + visit.path)
    status = answer.status if answer else 0
    return ([] if status in visit.right else [f"status {status}"]) + reader.look(ways)


def part(wanted: list[Visit], number: int, parts: int) -> list[Visit]:
    """Every so manieth visit, one person after the other: several workers share the walk."""
    return sorted(wanted, key=lambda visit: visit.who)[number::parts]


def thin(wanted: list[Visit]) -> list[Visit]:
    """A page in one state, and not every page for everybody: the rest is read as text, and by `make test-full`."""
    kept: list[Visit] = []
    seen: Counter[str] = Counter()
    for visit in wanted:
        if visit.who in ("", "volunteer", "wantong") or visit.path in ("/member/", "/office/"):
            seen[visit.endpoint] += 1
            kept += [visit] if seen[visit.endpoint] == 1 else []
    return kept


@pytest.mark.parametrize("number", range(4))
def test_every_page_of_the_demonstration(demo_app, walk, number):
    wrong = walk(demo_app, part(thin(list(visits(rows()))), number, 4))
    assert not wrong, report(wrong)


@pytest.mark.full
@pytest.mark.parametrize("number", range(4))
def test_every_page_of_the_demonstration_in_every_way(demo_app, walk, number):
    wrong = walk(demo_app, part(list(visits(rows())), number, 4), full=True)
    assert not wrong, report(wrong)


@pytest.mark.full  # `make test` reads them as text: tests/test_every_page.py
def test_every_list_while_the_city_is_empty(app, walk):
    wanted = [visit for visit in visits(nothing()) if visit.who in ("", "member", "wantong") and "?" not in visit.path]
    wrong = walk(app, wanted)
    assert not wrong, report(wrong)


def test_error_pages(demo_app, walk):
    wanted = [
        Visit("", "/no-such-page", "", frozenset({404})), Visit("member", "/office/", "", frozenset({403})),
        Visit("volunteer", "/logout", "", frozenset({405})), Visit("baiyun", "/office/activities/1", "", frozenset({404})),
        Visit("volunteer", "/member/volunteer/resubmission", "", frozenset({409})),
        Visit("wantong", "/office/no-such-page", "", frozenset({404})),
        Visit("wantong", "/activities/99999999999", "", frozenset({404})),
    ]  # fmt: skip
    wrong = walk(demo_app, wanted)
    assert not wrong, report(wrong)


@pytest.fixture
def refused(demo_app, demo_sites, kind) -> list[Visit]:
    """Every form of the site that answers 422 to an empty one, with who sent it."""
    found: dict[str, Visit] = {}
    world = rows()
    for route in [one for one in routes() if one.method == "POST" and not one.endpoint.startswith("dev.")]:
        for visit in candidates(route, world):
            client: Any = demo_app.test_client()
            status = (client.sign_in(visit.who) if visit.who else client).post(visit.path, data={}).status_code
            db.session.remove()
            demo_sites(kind)[1].restore()
            if status == 422:
                found.setdefault(route.endpoint, visit)
                break
    assert len(found) > 8
    return list(found.values())


def candidates(route: Route, world: dict[str, list[tuple[Any, ...]]]) -> Iterator[Visit]:
    """Who might send this form, and for which row."""
    for who in VIEWERS[surface(route)]:
        if may(who, route):
            for values in world.get(key_of(route), []) if "<" in route.rule else [()]:
                yield Visit(who, fill(route.rule, values), route.endpoint, frozenset({422}))


@pytest.mark.full
def test_every_form_sent_empty(demo_app, walk, refused):
    wrong = walk(demo_app, refused, empty=True)
    assert not wrong, report(wrong)
