"""What a client may name: no parameter reaches the text of a statement, no extra field a column."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from app.db import db
from app.once import new_key
from tests.badinput.sql import INJECTED, POSITIONS
from tests.demonstration import rows
from tests.pages import may
from tests.places import PARAMETERS, Place, walk
from tests.test_access import routes
from tests.test_bad_input import ask, dry
from tests.test_every_page import Readers, report

MARK = "zqx"
EXTRA = {
    "id": "987654321",
    "user_id": "987654321",
    "role": "zqx-city",
    "status": "zqx-approved",
    "community_code": "zqx-3203",
    "district_code": "zqx-3203",
    "is_admin": "zqx",
    "password_hash": "zqx",
    "created_at": "zqx-2020-01-01",
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


def writing_of(client: Any, place: Place, writing: Any, key: str, **more: Any) -> list[tuple[str, str]]:
    """The writing statements of this post."""
    with sent() as statements:
        _, faults = ask(
            writing,
            client,
            place.path,
            method="POST",
            data=place.sent(**more, **({"key": key} if "key" in place.fields else {})),
        )
    assert not faults, (str(place), faults)
    return [
        one
        for one in statements
        if one[0].lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE")) and "seen_at" not in one[0]
    ]


def assigned(app: Any) -> tuple[dict[str, list[str]], int]:
    """(posts where an extra field changed what is written, how many posts wrote anything)."""
    readers, wrong, wrote = Readers(app), {}, 0
    places = [
        one
        for one in walk(app, readers, rows(), deep=False)
        if one.method == "POST" and one.path not in ("/logout", "/login")
    ]
    for place in places:
        readers[place.who].get("/member/")
    with dry() as writing:
        for place in places:
            extra = {name: value for name, value in EXTRA.items() if name not in place.fields}
            plain, more = (writing_of(readers[place.who], place, writing, new_key(), **add) for add in ({}, extra))
            wrote += bool(plain)
            told = [f"{one} {values}"[:200] for one, values in more if MARK in values or "987654321" in values]
            if told or [one for one, _ in plain] != [one for one, _ in more]:
                wrong[str(place)] = told or ["other statements"]
    return wrong, wrote


@pytest.mark.sqlite_only
def test_twelve_extra_fields_change_no_other_column(demo_app):
    wrong, wrote = assigned(demo_app)
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
    monkeypatch.setattr(
        "tests.test_parameters.walk",
        lambda *all, **more: [Place("volunteer", "POST", "/member/messages/reading", "member.messages_all_reading")],
    )
    assert assigned(demo_app)[0]
