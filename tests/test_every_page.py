"""Every page in every state, read as text: status, frame, statements, valid HTML, no dead link or form."""

import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from html import unescape
from operator import attrgetter
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest

from tests.demonstration import rows
from tests.pages import NO_PAGE, Visit, may, pages, visits
from tests.support.headers import header_faults
from tests.support.html import invalid_pages
from tests.support.statements import statements, writes
from tests.test_access import URL_MAP, key_of
from tests.test_statements import allowed, count

SITE = "徐州市党员志愿者服务平台"
EVERYBODY = ("", "member", "volunteer", "wantong", "huanglou", "city", "unit")


class Readers:
    """One signed-in client for each person, made when first needed."""

    def __init__(self, app: Any) -> None:
        self.app, self.made = app, {}

    def __getitem__(self, who: str) -> Any:
        if who not in self.made:
            self.made[who] = self.app.test_client()
            if who:
                self.made[who].sign_in(who)
        return self.made[who]


@pytest.fixture
def readers(demo_app: Any) -> Readers:
    """People of the demonstration."""
    return Readers(demo_app)


def faults(html: str) -> Iterator[str]:
    """What is wrong with this page's frame."""
    levels = [int(level) for level in re.findall(r"<h([1-6])[ >]", html)]
    if levels.count(1) != 1:
        yield f"{levels.count(1)} h1"
    if any(after - before > 1 for before, after in zip([0, *levels], levels, strict=False)):
        yield f"headings skip: {levels}"
    title = re.search(r"<title>(.*?)</title>", html, re.DOTALL)
    if not title or SITE not in title[1] or not title[1].removesuffix(SITE).strip(" -\n"):
        yield f"title: {title and title[1]}"
    for hole in ("None", "undefined", "{{", "&lt;p&gt;"):
        if re.search(rf">\s*{re.escape(hole)}\s*<", html):
            yield f"shows {hole}"


def read(readers: Readers, visits: list[Visit]) -> tuple[dict[str, str], dict[str, list[str]]]:
    """The pages' texts, and what is wrong with statuses and frames."""
    texts, wrong = {}, {}
    for visit in visits:
        client = readers[visit.who]
        with statements() as seen:
            answer = client.get(visit.path)
        found = [] if answer.status_code in visit.right else [f"status {answer.status_code}"]
        found += [f"wrote {one}" for one in writes(seen)]
        found += too_many(client, visit, seen)
        found += header_faults(answer, visit.endpoint, visit.who)
        if answer.status_code != 303:
            texts[str(visit)] = answer.text
            found += faults(answer.text)
        if found:
            wrong[str(visit)] = found
    return texts, wrong


def too_many(client: Any, visit: Visit, seen: list[str]) -> Iterator[str]:
    """More statements than the page's goal; what a first look alone asks (names, regions) is asked for a second time."""
    if len(seen) > allowed(visit.endpoint, visit.who):
        number = len(count(client, visit.path))
        if number > allowed(visit.endpoint, visit.who):
            yield f"{number} statements"


def report(wrong: Mapping[Any, Any]) -> str:
    """One line a page, whole."""
    return "\n".join(f"{page}: {found}" for page, found in wrong.items())


def test_no_page_is_forgotten():
    known = set(rows_known())
    for route in pages():
        assert "<" not in route.rule or key_of(route) in known, (
            f"{route.endpoint}: add its rows to tests/demonstration.py"
        )
        assert any(may(who, route) for who in EVERYBODY), f"{route.endpoint}: nobody of the demonstration may see it"
    gone = set(NO_PAGE) - set(URL_MAP.view_functions)
    assert not gone, f"tests/pages.py names views that are gone: {gone}"


def rows_known() -> list[str]:
    """The keys of `rows`, without a database."""
    import inspect

    return re.findall(r'^        "([a-z:+-]+)":', inspect.getsource(rows), re.MULTILINE)


def firsts(visits: Iterable[Visit], alike: Callable[[Visit], Hashable]) -> list[Visit]:
    """The first of the visits that are alike, and all whose address asks for something."""
    found = {alike(visit) if "?" not in visit.path else visit: visit for visit in reversed(list(visits))}
    return [*found.values()]


ALL = pytest.param(lambda visit: visit, marks=pytest.mark.full, id="all")  # none are alike
EACH_PAGE_ONCE_OR_ALL = pytest.mark.parametrize("alike", [pytest.param(attrgetter("endpoint"), id="once"), ALL])


@pytest.mark.sqlite_only
@EACH_PAGE_ONCE_OR_ALL
def test_every_page_of_the_demonstration_is_whole_and_valid(readers, alike):
    """All of them whole; by the rules of HTML each page once (`make test-full`: with each row in each state to each reader)."""
    texts, wrong = read(readers, list(visits(rows())))
    assert len(texts) > 100
    assert not wrong, report(wrong)
    wanted = map(str, firsts(visits(rows()), alike))
    invalid = invalid_pages({name: texts[name] for name in wanted if name in texts})
    assert not invalid, report(invalid)


@pytest.mark.postgresql_only
@EACH_PAGE_ONCE_OR_ALL
def test_postgresql_answers_every_page_of_the_demonstration(readers, alike):
    """Each page once (`make test-full`: each row in each state to each reader); its markup is the other's, and who gets which
    rows here is tried by tests/test_access.py."""
    texts, wrong = read(readers, firsts(visits(rows()), alike))
    assert len(texts) > 100
    assert not wrong, report(wrong)


@pytest.mark.sqlite_only
@EACH_PAGE_ONCE_OR_ALL
def test_every_page_is_whole_and_valid_while_the_city_is_empty(app, alike):
    """All of them whole; by the rules of HTML each page once (`make test-full`: to each reader)."""
    texts, wrong = read(Readers(app), list(visits(nothing())))
    assert not wrong, report(wrong)
    wanted = map(str, firsts(visits(nothing()), alike))
    invalid = invalid_pages({name: texts[name] for name in wanted if name in texts})
    assert not invalid, report(invalid)


def nothing() -> dict[str, list[tuple[Any, ...]]]:
    """A world without rows."""
    return {key: [] for key in rows_known()}


def links(html: str, path: str) -> set[str]:
    """The site's own addresses that this page leads to, without fragments."""
    found = {urljoin(path, unescape(link)) for link in re.findall(r'<a[^>]*\shref="([^"]+)"', html)}
    return {link.partition("#")[0] for link in found if link.startswith("/")}


def forms(html: str, path: str) -> set[tuple[str, str]]:
    """Method and address of every form and of every button that names an address of its own."""
    found = set()
    for tag in re.findall(r"<form[^>]*>|<button[^>]*formaction[^>]*>", html):
        target = re.search(r'\s(?:form)?action="([^"]*)"', tag)
        post = 'method="post"' in tag or ("formaction" in tag and 'formmethod="get"' not in tag)
        address = urljoin(path, unescape(target[1])) if target else path
        found.add(("POST" if post else "GET", address.partition("#")[0]))
    return found


def shape(address: str) -> str:
    """Addresses of one shape lead to the same view with the same query; numbers and values differ."""
    parts = urlsplit(address)
    keys = sorted({pair.partition("=")[0] for pair in parts.query.split("&")})
    return re.sub(r"\d+|[0-9a-f]{32}", "0", parts.path) + "?" + "&".join(keys)


EACH = 2  # addresses of one shape that a crawl follows
LONG_WALKS = [pytest.param(who, marks=pytest.mark.full) for who in ("huanglou", "city")]  # as wantong, and more rows


@pytest.mark.parametrize("who", ["", "member", "volunteer", "wantong", "unit", *LONG_WALKS])
@pytest.mark.sqlite_only
def test_nothing_shown_leads_nowhere(readers, who):
    """Crawl from the home page, the first of each shape; no link or form answers 404, 405, 403 or 500."""
    start = (
        ["/", "/member/", "/office/"] if who not in ("", "member", "volunteer") else ["/", "/member/"][: 1 + bool(who)]
    )
    queue, seen, shapes, asked = list(start), set(start), {}, set()
    wrong, shown_on = {}, {}
    while queue:
        path = queue.pop()
        answer = readers[who].get(path)
        if answer.status_code == 301:  # an activity of before a merger names its community of that day: to the heir
            queue += {answer.location} - seen
            seen.add(answer.location)
        elif answer.status_code not in (200, 303):
            wrong[path] = answer.status_code, shown_on.get(path)
        answer.close()
        if answer.mimetype != "text/html":
            continue
        for link in sorted(links(answer.text, path) - seen):
            seen.add(link)
            shown_on[link] = path
            shapes[shape(link)] = shapes.get(shape(link), 0) + 1
            if shapes[shape(link)] <= EACH:
                queue.append(link)
        asked |= forms(answer.text, path)
    bound = readers.app.url_map.bind("localhost")
    for method, address in asked:
        assert bound.match(urlsplit(address).path, method=method), address
    assert len(seen) > 10
    assert not wrong, report(wrong)
