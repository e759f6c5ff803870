"""What a client may name: no parameter reaches the text of a statement, no extra field a column, no address a form."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any
from urllib.parse import urlencode

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from app.db import db
from app.forms import STEPS
from tests.badinput.sql import INJECTED, POSITIONS
from tests.demonstration import rows
from tests.pages import may
from tests.places import PARAMETERS, Place, walk
from tests.test_access import routes
from tests.test_bad_input import ask, dry
from tests.test_every_page import Readers, report

MARK = "zqxwvk"  # so long that no sealed value holds it by chance, as one held three letters of it
EXTRA = {
    "id": "987654321",
    "user_id": "987654321",
    "role": f"{MARK}-city",
    "status": f"{MARK}-approved",
    "community_code": f"{MARK}-3203",
    "district_code": f"{MARK}-3203",
    "is_admin": MARK,
    "password_hash": MARK,
    "created_at": f"{MARK}-2020-01-01",
    "services": "987654321",
    "taken": "987654321",
    "decided_by_id": "987654321",
}


@contextmanager
def sent() -> Iterator[list[tuple[str, str]]]:
    """(statement, its values) of all that is sent to the database while inside."""
    seen: list[tuple[str, str]] = []

    def note(connection: Any, cursor: Any, statement: str, values: Any, *rest: Any) -> None:
        seen.append((statement, str(values)))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def lists() -> Iterator[tuple[str, str]]:
    """(who may, address) of every GET without variables."""
    for route in routes():
        if route.method == "GET" and "<" not in route.rule and route.endpoint not in ("static", "htmx"):
            who = next((one for one in ("", "volunteer", "wantong", "city", "unit") if may(one, route)), None)
            if who is not None and not route.endpoint.startswith("dev."):
                yield who, route.rule


def query(app: Any, payloads: list[str], every: bool) -> dict[str, list[str]]:
    """What went wrong when every parameter of every list was asked with these."""
    readers, wrong = Readers(app), {}
    names = (
        {place.endpoint: place for place in walk(app, readers, rows(), deep=False) if place.method == "GET"}
        if every
        else {}
    )
    known = {place.path: set(place.fields) for place in names.values()}
    with dry() as writing:
        for who, path in lists():
            for payload in payloads:
                for name in [*PARAMETERS, "sort", "order", "from", "to", *known.get(path, ())] if every else [""]:
                    asked = (
                        {name: payload} if name else dict.fromkeys((*PARAMETERS, "sort", "view", "category"), payload)
                    )
                    with sent() as statements:
                        _, faults = ask(writing, readers[who], path, method="GET", query_string=asked)
                    said = [one for one, _ in statements if MARK in one]
                    if faults or said:
                        wrong[f"{who} {path} {name}={payload[:30]}"] = faults + said
    return wrong


@pytest.mark.sqlite_only
def test_no_parameter_stands_in_the_text_of_a_statement(demo_app):
    wrong = query(demo_app, [f"{MARK}' OR '1'='1"], every=False)
    assert not wrong, report(wrong)


@pytest.mark.full
def test_sixteen_payloads_in_every_parameter_of_every_list(demo_app):
    wrong = query(demo_app, [MARK + bad.value for bad in INJECTED] + [bad.value for bad in POSITIONS], every=True)
    assert len(INJECTED) == 16 and not wrong, report(wrong)


@pytest.mark.sqlite_only
def test_a_statement_put_together_from_words_is_caught(app, monkeypatch):
    from flask import request

    def hole() -> str:
        return str(db.session.execute(sa.text(f"SELECT '{request.args['q']}'")).scalar())

    monkeypatch.setitem(app.view_functions, "portal.about", hole)
    monkeypatch.setattr("tests.test_parameters.lists", lambda: [("", "/about")])
    assert query(app, [MARK], every=False)


def writing_of(client: Any, place: Place, writing: Any, query: str = "", **more: Any) -> list[tuple[str, str]]:
    """The writing statements of this post, sent to its address with this query."""
    with sent() as statements:
        path = f"{place.path}{'&' if '?' in place.path else '?'}{query}" if query else place.path
        _, faults = ask(writing, client, path, method="POST", data=place.sent(**more))
    assert not faults, (str(place), faults)
    return [
        one
        for one in statements
        if one[0].lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE")) and "seen_at" not in one[0]
    ]


def beside(place: Place) -> tuple[str, dict[str, str]]:
    """Twelve fields that the form has not, in the body."""
    return "", {name: value for name, value in EXTRA.items() if name not in place.fields}


def before(place: Place) -> tuple[str, dict[str, str]]:
    """Each field of the form once more, in the address, with another value."""
    return urlencode(dict.fromkeys((*place.fields, *STEPS), "987654321")), {}


@cache
def posts(app: Any) -> list[Place]:
    """Every form that is posted; found once, since a walk over the demonstration takes twenty seconds."""
    places = walk(app, Readers(app), rows(), deep=False)
    return [one for one in places if one.method == "POST" and one.path not in ("/logout", "/login")]


def assigned(app: Any, way: Callable[[Place], tuple[str, dict[str, str]]] = beside) -> tuple[dict[str, list[str]], int]:
    """(posts where what was sent besides changed what is written, how many posts wrote anything)."""
    readers, wrong, wrote = Readers(app), {}, 0
    for place in posts(app):
        readers[place.who].get("/member/")
    with dry() as writing:
        for place in posts(app):
            query, extra = way(place)
            plain = writing_of(readers[place.who], place, writing)
            more = writing_of(readers[place.who], place, writing, query, **extra)
            wrote += bool(plain)
            told = [f"{one} {values}"[:200] for one, values in more if MARK in values or "987654321" in values]
            if told or [one for one, _ in plain] != [one for one, _ in more]:
                wrong[str(place)] = told or ["other statements"]
    return wrong, wrote


@pytest.mark.sqlite_only
def test_twelve_extra_fields_change_no_other_column(demo_app):
    wrong, wrote = assigned(demo_app)
    assert not wrong and wrote > 40, report(wrong)


@pytest.mark.full  # each form of the demonstration is posted twice; tests/test_house.py looks how values are read, in every run
@pytest.mark.sqlite_only
def test_no_value_in_the_address_stands_in_for_a_field(demo_app):
    wrong, wrote = assigned(demo_app, before)
    assert not wrong and wrote > 40, report(wrong)


@pytest.mark.sqlite_only
def test_a_form_that_takes_whatever_is_sent_is_caught(demo_app, monkeypatch):
    from flask import request

    from app.access import me

    def hole() -> str:
        me().password_hash = request.form.get("password_hash", me().password_hash)
        db.session.commit()
        return ""

    monkeypatch.setitem(demo_app.view_functions, "member.messages_all_reading", hole)
    planted = Place("volunteer", "POST", "/member/messages/reading", "member.messages_all_reading")
    monkeypatch.setattr("tests.test_parameters.posts", lambda app: [planted])
    assert assigned(demo_app)[0]


@pytest.mark.full
@pytest.mark.sqlite_only
def test_a_form_that_reads_the_address_too_is_caught(demo_app, monkeypatch):
    from flask import request

    places = [one for one in posts(demo_app) if "unit_other" in one.fields]
    monkeypatch.setattr("tests.test_parameters.posts", lambda app: places)
    monkeypatch.setattr("app.fields_places.sent", lambda: request.values)
    assert assigned(demo_app, before)[0]
