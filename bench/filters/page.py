"""One page of the product as it is asked here: what it takes of the processor, and what it offers to choose from."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from html import unescape
from typing import Any
from unittest.mock import patch
from urllib.parse import parse_qsl, urljoin, urlsplit

from app.blueprints.todo_filter import TodoFilter
from app.chained import Chained
from app.fields_places import RegionFilterField
from app.listing import FilterForm, Listing
from app.positions import token
from tests.cast import WANTONG

PLACES = (WANTONG[:6], WANTONG[:9], WANTONG, "320303")  # one of each level, and a district beside it
TODO = "todo"
POSITION = ("after", "before", "format")  # of an address: where its page begins, not what is chosen
TAG = re.compile(r"<(select|/select|option|input|a)\b([^>]*)>")
ATTRIBUTE = re.compile(r'\s([\w-]+)="([^"]*)"')
Link = tuple[str, dict[str, str]]  # path, what its query chooses


@dataclass
class Page:
    """What a page offers: fields of its filter with the values that stand in it, where its list ends, where it leads to."""

    fields: list[str] = field(default_factory=list)
    days: list[tuple[str, str]] = field(default_factory=list)  # (field, "date" or "month")
    choices: dict[str, list[str]] = field(default_factory=dict)
    end: str = ""  # a position behind every row, for `before=`
    links: list[Link] = field(default_factory=list)


@dataclass
class Seen:
    """What was used while a page was answered."""

    forms: list[FilterForm] = field(default_factory=list)
    lists: list[Listing] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)  # what `todo=` may hold, which hangs on who asks


@contextmanager
def watched() -> Iterator[Seen]:
    """Note which filter and which list answer in this block."""
    seen, judge, keep = Seen(), FilterForm.validate, Listing.kept

    def judged(form: FilterForm, *args: Any) -> bool:
        seen.forms.append(form)
        seen.waiting = list(form.todos()) if isinstance(form, TodoFilter) else []
        return judge(form, *args)

    def kept(listing: Listing, *args: Any) -> Any:
        seen.lists.append(listing)
        return keep(listing, *args)

    with patch.object(FilterForm, "validate", judged), patch.object(Listing, "kept", kept):
        yield seen


def offered(path: str, text: str, seen: Seen) -> Page:
    """What this page offers."""
    found = Page(links=list(links(text, path)))
    if seen.lists:
        found.end = end_of(seen.lists[0])
    form = seen.lists[0].filters if seen.lists else (seen.forms or [None])[0]
    for one in form or ():
        kind = getattr(one.widget, "input_type", "")
        if kind in ("date", "month"):
            found.days.append((one.name, kind))
        else:
            found.fields.append(one.name)
        if isinstance(one, RegionFilterField):
            found.choices[one.name] = [code for code in PLACES if code.startswith(one.within) and code != one.within]
    if seen.waiting:
        found.choices[TODO] = seen.waiting
    for name, value in options(text):
        if name in found.fields and value:
            held = found.choices.setdefault(name, [])
            held += [value] if value not in held else []
    return found


def links(text: str, path: str) -> Iterator[Link]:
    """The site's own addresses that this page leads to."""
    for kind, inside in TAG.findall(text):
        address = (
            urlsplit(urljoin(path, unescape(dict(ATTRIBUTE.findall(inside)).get("href", ":")))) if kind == "a" else None
        )
        if address and not address.netloc and address.path.startswith("/"):
            yield address.path, {name: value for name, value in parse_qsl(address.query) if name not in POSITION}


def options(text: str) -> Iterator[tuple[str, str]]:
    """(field, value) of every option, radio button and box to tick."""
    inside = ""
    for kind, attributes in TAG.findall(text):
        held = {name: unescape(value) for name, value in ATTRIBUTE.findall(attributes)}
        if kind in ("select", "/select"):
            inside = held.get("name", "")
        elif kind == "option" and inside:
            yield inside, held.get("value", "")
        elif kind == "input" and held.get("type") in ("radio", "checkbox", "hidden"):
            yield held.get("name", ""), held.get("value", "y")


def end_of(listing: Listing) -> str:
    """A position behind every row of this list, as it stands in an address."""
    parts = listing.parts if isinstance(listing, Chained) else []
    order = parts[-1].order if parts else listing.order
    end = token([edge(key.column.type.python_type, key.descending) for key in order])
    return f"{len(parts) - 1}.{end}" if parts else end


def edge(kind: type, low: bool) -> Any:
    """Less, or more, than any value of this kind."""
    if issubclass(kind, datetime):
        return datetime(1970, 1, 2, tzinfo=UTC) if low else datetime(2090, 1, 1, tzinfo=UTC)
    if issubclass(kind, date):
        return date(1970, 1, 2) if low else date(2090, 1, 1)
    if issubclass(kind, int):
        return -1 if low else 2**31 - 2
    return "" if low else "\uffee" * 3
