"""Every place that takes something from outside, found by walking: each form of each page, each list's query, each address.

`walk` reads the pages of tests/pages.py on the demonstration as whoever may see them and returns a Place for every form,
with the values that stand in it and sound ones put where it is empty, so that one bad value meets a form that is
otherwise right. POST routes without a form on any page get what the code reads from requests.
"""

import inspect
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

from app import clock
from app.forms import STEPS
from app.once import new_key
from tests import cast
from tests.applicants import card
from tests.pages import Visit, fill, may, visits
from tests.test_access import Route, key_of, routes

READ = re.compile(r'(?:request\.(?:args|form)|sent\(\))\.get(?:list)?\("([a-z_]+)"')
FIELDS = re.compile(r"^    ([a-z_]+) = [A-Za-z]+Field\(", re.MULTILINE)
PARAMETERS = ("after", "before", "format", "q", "region", "status", "next")  # of every list, on a page or not
KINDS = {"tel": "phone", "number": "int", "date": "date", "datetime-local": "moment", "password": "password"}
BY_NAME = {"id_card": "id_card", "next": "next", "phone": "phone", "guardian_phone": "phone"}
SOUND = {"phone": "13712345678", "int": "5", "password": cast.PASSWORD, "next": "/member/", "id_card": card(77)}
BY_FIELD = {
    "username": "newcomer2026",
    "password": "Newcomer-2026-b",
    "password_confirm": "Newcomer-2026-b",
    "new_password": "Another-2026-c",
    "new_password_confirm": "Another-2026-c",
    "name": "王小明",
    "guardian_name": "王大明",
    "unit_other": "徐州某学校",
    "work_unit": "other",
    "code": "ABCDEFGHJK",
    "tail": "2222",
    "community": cast.WANTONG,
    "reason": "情况有变",
}
NOT_STRICT = {"tail", "number", "since", "until", "from", "to"}  # text boxes of their own rule


@dataclass
class Field:
    """One control: its kind, what stands in it, and what it lets choose from."""

    name: str
    kind: str = "text"
    values: list[str] = field(default_factory=list)
    choices: list[str] = field(default_factory=list)

    def add(self, value: str, boxes: bool, checked: bool) -> None:
        """Another box of it, or what stands in it."""
        if boxes:
            self.choices.append(value)
        if value and (checked or not boxes):
            self.values.append(value)

    def sound(self) -> list[str]:
        """What stands in it, or something it takes."""
        if self.kind == "file":
            return []
        if any(self.values) or self.kind in ("hidden", "button"):
            return self.values
        if self.choices:
            return [next(filter(None, self.choices), "")]
        return [BY_FIELD.get(self.name) or _moment(self) or SOUND.get(self.kind, "写得清楚明白的一句话")]


def _moment(field: Field) -> str:
    day = clock.today() + timedelta(days=3)
    return {"date": f"{day}", "moment": f"{day}T{11 if field.name == 'ends_at' else '09'}:00"}.get(field.kind, "")


@dataclass
class Place:
    """One form, or one address with its query: who stands before it and what it is sent."""

    who: str
    method: str
    path: str
    endpoint: str
    fields: dict[str, Field] = field(default_factory=dict)
    guessed: bool = False  # no page shows a form for it: what its view reads is a guess

    def __str__(self) -> str:
        return f"{self.who or 'visitor'} {self.method} {self.path}"

    def sent(self, **changes: Any) -> dict[str, Any]:
        """What is sent, with these fields changed; a key of creation is always a new one."""
        usual = {name: one.sound() for name, one in self.fields.items() if one.kind != "file"}
        fresh = {"key": [new_key()]} if "key" in usual else {}
        return usual | fresh | changes

    def strict(self, one: Field) -> bool:
        """Whether a wrong value of its own kind must be refused at this field."""
        return not self.guessed and one.name not in NOT_STRICT and (self.method == "POST" or "q" in self.fields)

    def ask(self, client: Any, htmx: bool = False, **changes: Any) -> Any:
        """The answer to it."""
        if self.method == "GET":
            return client.get(self.path, query_string=self.sent(**changes), htmx=htmx)
        return client.post(self.path, data=self.sent(**changes), htmx=htmx)


class Forms(HTMLParser):
    """The forms of a page: (action, method, fields)."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, str, dict[str, Field]]] = []
        self.open: dict[str, Field] | None = None
        self.select: Field | None = None
        self.area: Field | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, given: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in given}
        if tag == "form":
            self.open = {}
            self.found.append((told.get("action", ""), told.get("method", "get").upper(), self.open))
        elif self.open is not None and tag in ("input", "select", "textarea", "button") and told.get("name"):
            self.control(tag, told)
        elif tag == "option" and self.select is not None:
            self.select.choices.append(told.get("value", ""))
            if "selected" in told:
                self.select.values = [told.get("value", "")]

    def control(self, tag: str, told: dict[str, str]) -> None:
        name, type_ = told["name"], told.get("type", "text")
        if name in STEPS or name == "csrf_token" or self.open is None or (tag == "button" and name in self.open):
            return
        boxes = type_ in ("radio", "checkbox")
        kind = BY_NAME.get(name) or KINDS.get(type_, type_ if type_ in ("hidden", "file") else "text")
        one = self.open.setdefault(name, Field(name, "choice" if boxes or tag in ("select", "button") else kind))
        self.picker(name)
        if tag == "select":
            self.select = one
        elif tag == "textarea":
            self.area = one
        else:
            one.add(told.get("value", "y" if boxes else ""), boxes, "checked" in told)

    def picker(self, name: str) -> None:
        """What a picker offers comes with its search, and is sent under the name without `_q`."""
        picked = name.removesuffix("_q")
        if picked != name and self.open is not None:
            self.open.setdefault(picked, Field(picked, "hidden", [BY_FIELD.get(picked, cast.WANTONG)]))

    def handle_data(self, data: str) -> None:
        if self.area is not None and data.strip():
            self.area.values = [*self.area.values, data]

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.open = None
        elif tag == "select":
            self.select = None
        elif tag == "textarea":
            self.area = None


def walk(app: Any, readers: Any, rows: dict[str, list[tuple[Any, ...]]], deep: bool = True) -> list[Place]:
    """Every place: for each method and view the form with most fields that any page shows (`deep`: rows of every state)."""
    found: dict[tuple[str, str], Place] = {}
    for visit in once_each(visits(rows), deep):
        for place in places_of(app, visit, readers[visit.who].get(visit.path).text):
            known = found.setdefault((place.method, place.endpoint), place)
            if len(place.fields) > len(known.fields):
                found[place.method, place.endpoint] = place
    for route in routes():
        if (route.method, route.endpoint) not in found and route.endpoint not in ("static", "htmx", "dev.components"):
            for one in bare(app, route, rows):
                found[route.method, route.endpoint] = one
    return sorted(found.values(), key=lambda place: (place.path, place.method))


def once_each(all_visits: Iterable[Visit], deep: bool) -> Iterator[Visit]:
    """One visit to each page without variables, by whoever comes last (the highest); of the others all rows, or three."""
    single: dict[str, Visit] = {}
    seen: Counter[str] = Counter()
    for visit in all_visits:
        if not re.search(r"/\d+", visit.path):
            single[visit.path.partition("?")[0]] = visit
        elif deep or seen[visit.endpoint] < 3:
            seen[visit.endpoint] += 1
            yield visit
    yield from single.values()


def places_of(app: Any, visit: Visit, html: str) -> Iterator[Place]:
    """The forms of a page, and the page itself with its query."""
    known = app.url_map.bind("localhost")
    for action, method, fields in Forms(html).found:
        path = urlsplit(urljoin(visit.path, action)).path
        endpoint, _ = known.match(path, method=method)
        yield Place(visit.who, method, path, endpoint, fields)


def bare(app: Any, route: Route, rows: dict[str, list[tuple[Any, ...]]]) -> Iterator[Place]:
    """A route that no form leads to: with everything that its module reads (POST), or what lists take (GET)."""
    who = next(one for one in ("volunteer", "wantong", "city", "unit") if may(one, route))
    values = rows.get(key_of(route), []) if "<" in route.rule else [()]
    names = PARAMETERS if route.method == "GET" else names_read(app.view_functions[route.endpoint])
    fields = {name: Field(name, BY_NAME.get(name, "hidden")) for name in names}
    yield from (Place(who, route.method, fill(route.rule, one), route.endpoint, fields, True) for one in values[:1])


def names_read(view: Any) -> list[str]:
    """The names that the view's module takes from requests, and the fields of its forms."""
    source = Path(inspect.getsourcefile(inspect.unwrap(view)) or "").read_text()
    return sorted({*READ.findall(source), *FIELDS.findall(source), "reason", "key"} - set(STEPS))


class Broken(HTMLParser):
    """What in a page is markup that only a payload can have brought."""

    NEVER = {"iframe", "object", "embed", "base", "math", "xq", "hx-get"}

    def __init__(self, html: str) -> None:
        super().__init__()
        self.faults: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, given: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in given}
        away = [
            value
            for value in (told.get(name, "") for name in ("href", "src", "action", "formaction"))
            if _leads_away(value)
        ]
        own = [name for name in told if name == "xq" or name.startswith("on") or name == "srcdoc"]
        if tag in self.NEVER or own or (tag == "script" and "src" not in told):
            self.faults.append(f"<{tag} {' '.join(told)}>")
        if away and not (tag == "a" and told.get("rel") == "nofollow noopener"):
            self.faults.append(f"<{tag}> leads to {away}")


def _leads_away(value: str) -> bool:
    plain = re.sub(r"[\s\x00-\x1f]", "", value).lower()
    return plain.startswith(("javascript:", "vbscript:", "data:text", "//127.0.0.1:9", "http://127.0.0.1:9"))


def broken(html: str) -> list[str]:
    """Faults of this page; most pages show nothing of a payload and are not parsed."""
    return Broken(html).faults if re.search(r"xq|127\.0\.0\.1:9|alert\(", html, re.IGNORECASE) else []
