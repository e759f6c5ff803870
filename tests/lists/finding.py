"""Which pages are lists, who sees most of each, and what their HTML says.

Whoever asks a page for the rows of a `Listing` is a list, so that a new one is met by itself. Finished pages answer
visitors before Flask begins and ask no list a second time (app/finished.py): they are forgotten before each request.
"""

import ast
import re
from html import unescape
from pathlib import Path
from typing import Any

from werkzeug.exceptions import HTTPException

from app.labels import capped
from app.listing import Listing
from app.reads import CAP
from tests.crowd import MANY
from tests.fixtures import forget_pages
from tests.lists.watching import Watch
from tests.pages import Visit, visits
from tests.test_access import URL_MAP
from tests.test_every_page import Readers

COUNT = re.compile(r'找到 <b class="num">([^<]+)</b>|(没有找到)')
NEXT = re.compile(r'<a [^>]*rel="next" href="([^"]+)"')
PREV = re.compile(r'<a [^>]*rel="prev" href="([^"]+)"')
ASKED = {"purpose": "年度核对", "format": "csv"}  # of an export
SHEETS = {"office.invitations_slips"}  # the first sixty of office.invitations, to print: no pages, no export


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
        if module_of(visit) in made and visit.endpoint not in SHEETS and "?" not in visit.path and known < MANY:
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


def export_of(visit: Visit) -> tuple[str, str] | None:
    """(address, endpoint) where the list of this page is exported with a purpose; None where it is not."""
    path = visit.path + ("/members/export" if visit.endpoint == "office.teams_show" else "/export")
    try:
        return path, URL_MAP.url_map.bind("localhost").match(path, method="POST")[0]
    except HTTPException:
        return None


def shown(html: str) -> str | None:
    """The number of rows that the page names, None where it names none."""
    found = COUNT.search(html)
    return (found[1] or "0") if found else None


def right(text: str | None, number: int) -> bool:
    """Whether the page's number, if it names one, is this one; from 1,000 on it may say 999+."""
    return text in (None, str(number), f"{number:,}", capped(min(number, CAP)))


def follow(sign: re.Pattern[str], html: str) -> str:
    """The address of a page's 下一页 or 上一页."""
    found = sign.search(html)
    return unescape(found[1]) if found else ""
