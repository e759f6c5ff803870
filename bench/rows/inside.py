"""Rows 7 and 11: what a page asks of the database, seen from inside one process."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event

from app.db import db
from app.freshness import forget
from app.models.region import regions
from app.spoken import again
from bench.fill import FIRST
from bench.result import Figure
from tests.fixtures import forget_pages
from tests.support.statements import statements as counted
from tests.test_statements import allowed

# words, path, who asks, the goal
PAGES = (
    ("home", "/", "", 12),
    ("list", "/activities", "", 4),
    ("list, filtered", "/activities?status=ended", "", 4),
    ("detail", f"/activities/{FIRST + 1}", "", 4),
    ("list, signed in", "/activities", "volunteer", 6),
    ("detail, signed in", f"/activities/{FIRST + 1}", "volunteer", 6),
    ("member overview", "/member/", "v7", 12),
    ("member services", "/member/services", "v7", 6),
    ("待办", "/office/", "wantong", 12),
    ("statistics", "/office/statistics", "city", 12),
    ("office activities", "/office/activities", "wantong", 6),
    ("office volunteers", "/office/volunteers", "wantong", 6),
    ("office volunteer", f"/office/volunteers/{FIRST + 7}", "city", 6),
    ("attendance", f"/office/activities/{FIRST + 1}/attendance", "city", 6),
)
COMMON = "清洁"


def statements(bench: Any) -> list[Figure]:
    """7: statements a page, built anew, at both sizes; from memory none."""
    found = []
    for words, path, who, most in PAGES:
        for name, product in ((bench.small_name, bench.small), (bench.big_name, bench.big)):
            found.append(_counted(product, f"statements: {words}, {name}", path, who, most))
    with _inside(bench.big, "") as get, counted() as seen:
        get("/")
        seen.clear()
        get("/")
    return [*found, Figure(7, "statements: home from memory", [len(seen)], most=0)]


def _counted(product: Any, what: str, path: str, who: str, most: int) -> Figure:
    with _inside(product, who) as get:
        endpoint = product.app.url_map.bind("").match(path.partition("?")[0])[0]
        known = max(most, allowed(endpoint, who))
        status = get(path)
        if status != 200:
            return Figure(7, what, most=most, failed=f"{path} answers {status}")
        forget_pages()
        with counted() as seen:
            get(path)
    return Figure(7, what, [sum("UPDATE sign_in" not in one for one in seen)], most=most, known=known)


@contextmanager
def _inside(product: Any, who: str) -> Iterator[Any]:
    """Ask the application here; gives the status of a page."""
    cookie = product.person(who).cookie if who else ""
    headers = {"Cookie": cookie} if cookie else {}
    client = product.app.test_client(use_cookies=False)

    def get(path: str) -> int:
        with product.app.app_context():
            answer = client.get(path, headers=headers)
            get.body = answer.get_data(as_text=True)  # type: ignore[attr-defined]
        return answer.status_code

    with product.app.app_context():
        forget()
        regions()
        db.session.remove()  # outside of a request it would hold the right to write, for which the note of who was seen waits
        yield get


def search(bench: Any) -> list[Figure]:
    """11: words of two characters: the slowest statement of the first page, beside it what counts the hits for the page's
    chips and its total (asked once a minute), and whether it finds what LIKE finds."""
    name = bench.a_name
    found = _searched(
        bench, f"/office/volunteers?q={name}", "city", r"/office/volunteers/(\d+)", f"people, {name!r}", name
    )
    found += _searched(bench, f"/activities?q={COMMON}", "", r"/activities/(\d+)", f"activities, {COMMON!r}", "")
    return found


def _searched(bench: Any, path: str, who: str, link: str, words: str, name: str) -> list[Figure]:
    what = f"search: {words}, slowest statement of the first 20"
    with _inside(bench.big, who) as get:
        get(path)
        forget()
        regions()
        with _sent() as seen:
            status = get(path)
        if status != 200:
            return [Figure(11, what, most=5, unit=" ms", failed=f"answers {status}")]
        shown = {int(id) for id in re.findall(link, get.body)}
        wanted = _like(name) if name else _titled()
        counts = [one for one in seen if "count(" in one[0]]
        slowest, counting = _slowest([one for one in seen if one not in counts]), _slowest(counts)
    return [
        Figure(11, what, slowest, most=5, unit=" ms"),
        Figure(11, f"beside it: {words}, slowest statement that counts hits", counting, unit=" ms"),
        Figure(11, f"search: {words}, rows of LIKE that its page lacks", [len(wanted - shown)], most=0),
    ]


def _slowest(sent: list[tuple[str, Any]]) -> list[float]:
    """The milliseconds of the slowest of these statements."""
    return max((_run(one) for one in sent), key=min, default=[])


def _run(sent: tuple[str, Any]) -> list[float]:
    """Milliseconds of this statement with all its rows, five times."""
    took = []
    for _ in range(5):
        began = time.perf_counter()
        again(*sent)
        took.append(1000 * (time.perf_counter() - began))
    return took


def _like(name: str) -> set[int]:
    """The first volunteers (the order of the office's list) of whom LIKE finds the name."""
    wanted = sa.text(
        'SELECT volunteer.id FROM volunteer JOIN "user" ON "user".id = volunteer.user_id WHERE "user".name LIKE :like '
        "ORDER BY volunteer.id DESC LIMIT 20"
    )
    return set(db.session.scalars(wanted, {"like": f"%{name}%"}))


def _titled() -> set[int]:
    """The first activities to come (the order of the portal's list) of which LIKE finds the title."""
    from app import clock

    wanted = sa.text(
        "SELECT id FROM activity WHERE title LIKE :like AND status IN ('published', 'completed') AND hidden_at IS NULL "
        "AND ends_at > :now ORDER BY starts_at, id LIMIT 20"
    ).bindparams(sa.bindparam("now", type_=db.metadata.tables["activity"].c.ends_at.type))
    return set(db.session.scalars(wanted, {"like": f"%{COMMON}%", "now": clock.now()}))


@contextmanager
def _sent() -> Iterator[list[tuple[str, Any]]]:
    """(statement, parameters) of every SELECT sent inside."""
    seen: list[tuple[str, Any]] = []

    def note(connection: Any, cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.lstrip().startswith(("SELECT", "WITH")) and "FROM generation" not in statement:
            seen.append((statement, parameters))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
