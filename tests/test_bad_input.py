"""The catalogue of bad input (tests/badinput) against every place that takes something (tests/places.py).

`make test` tries a part that reaches every field of every form and every parameter of every list; `make test-full`
tries all. Nothing is kept: what would be committed is written to the database and rolled back, so that every input
meets the same city, and a refusal that had written anything is found out.
"""

import itertools
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import redirect, request

from app import create_app
from app.db import db
from tests.badinput import FILES, REFUSED, Bad, catalogue, of_kind
from tests.badinput.redirects import HOSTS
from tests.cast import PASSWORD
from tests.demonstration import rows
from tests.pages import may
from tests.places import Field, Place, broken, walk
from tests.test_access import routes
from tests.test_every_page import Readers, report

CATALOGUE = catalogue()
ANYWHERE = [bad for name in ("text", "markup", "sql") for bad in CATALOGUE[name]]
LEAKS = ("Traceback (most recent", "sqlalchemy", "psycopg.", "sqlite3.", "werkzeug.", "jinja2.", 'File "/')
OWN = {
    bad.kind: of_kind(bad.kind, [one for name, family in CATALOGUE.items() if name not in FILES for one in family])
    for name, family in CATALOGUE.items()
    if name not in FILES
    for bad in family
    if bad.kind
}
STATE = {403, 404, 409, 410, 429}  # judged before any value is looked at
STRICT = {"phone", "id_card", "date", "moment", "int"}  # kinds whose fields always name what is wrong


@dataclass
class Writing:
    """How often the request under way would have committed."""

    commits: int = 0


@contextmanager
def dry() -> Iterator[Writing]:
    """Commits of requests reach the database and go back. People sign in before; no limit on guessing answers for the form."""
    writing = Writing()

    def commit() -> None:
        writing.commits += 1
        db.session.flush()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(db.session, "commit", commit)
        patch.setattr("app.accounts.guard.FAILURES", 10**6)
        patch.setattr("app.accounts.guard.FROM_ONE_ADDRESS", 10**6)
        yield writing


def ask(writing: Writing, client: Any, path: str, **request: Any) -> tuple[Any, list[str]]:
    """The answer and what is wrong with it whatever was asked."""
    db.session.rollback()
    before = dict(client._cookies)
    try:
        with client.application.app_context():
            writing.commits = 0
            answer = type(client).__mro__[1].open(client, path, **request)
    except Exception as error:
        return None, [f"500: {type(error).__name__}: {str(error)[:200]}"]
    faults = judged(answer, writing)
    if client._cookies != before:
        stay_in(client, before)
    return answer, faults


def stay_in(client: Any, before: dict[Any, Any]) -> None:
    """Take the old cookies again where the new ones sign nobody in: an end of the session that the database did not keep."""
    with client.application.app_context():
        if type(client).__mro__[1].open(client, "/member/messages").status_code == 303:
            client._cookies.clear()
            client._cookies.update(before)


def judged(answer: Any, writing: Writing) -> list[str]:
    """What no answer may be."""
    faults = [f"status {answer.status_code}"] if answer.status_code >= 500 else []
    if answer.status_code >= 400 and writing.commits:
        faults.append(f"refused with {answer.status_code} and wrote")
    target = answer.headers.get("Location") or answer.headers.get("HX-Redirect") or "/"
    parts = urlsplit(target)
    if (parts.netloc not in ("", "localhost")) or target.startswith(("//", "/\\")) or not target.isprintable():
        faults.append(f"leads to {target}")
    if answer.mimetype in ("text/html", "text/plain"):
        faults += [f"shows {word}" for word in LEAKS if word in answer.text] + broken(answer.text)
    answer.close()
    return faults


def named(answer: Any, field: Field) -> bool:
    """Whether the refusal stands at this field."""
    return f'id="{field.name}-e"' in answer.text or f'href="#{field.name}"' in answer.text


def try_field(writing: Writing, client: Any, place: Place, field: Field, bad: Bad) -> list[str]:
    """One input in one field of an otherwise sound form."""
    sent = place.sent(**{field.name: bad.value})
    request: dict[str, Any] = {"query_string": sent} if place.method == "GET" else {"data": sent}
    answer, faults = ask(writing, client, place.path, method=place.method, **request)
    strict = bad.must is REFUSED and bad.kind == field.kind and field.kind in STRICT and place.strict(field)
    if faults or not strict or answer.status_code in STATE:
        return faults
    right = answer.status_code == 422 and named(answer, field)
    return [] if right else [f"{answer.status_code} instead of 422 at the field"]


def inputs(field: Field, every: bool, turn: int) -> list[Bad]:
    """What this field is tried with: all (what is chosen from: a part), or one of its kind and one of any."""
    own = OWN.get(field.kind, [])
    if every:
        return own + (ANYWHERE if field.kind in ("text", "hidden") else ANYWHERE[turn % 4 :: 4])
    return ([own[turn % len(own)]] if own else []) + [ANYWHERE[turn * 7 % len(ANYWHERE)]]


def fields(places: list[Place], every: bool) -> Iterator[tuple[Place, Field]]:
    """Every field of every place; in a part the first of each name, one of each place, and an eighth of the others."""
    names: set[str] = set()
    for number, place in enumerate(places):
        typed = [one for one in place.fields.values() if one.kind != "file"]
        for at, field in enumerate(typed):
            if every or field.name not in names or (number + at) % 8 == 0 or at == number % len(typed):
                names.add(field.name)
                yield place, field


@cache
def found(app: Any, deep: bool) -> list[Place]:
    """Every place of the demonstration: found once, however many surfaces are tried (a deep walk takes a minute)."""
    return walk(app, Readers(app), rows(), deep=deep)


def cross(app: Any, every: bool, surface: str = "") -> int:
    """Every field of every place with its inputs; how many were tried."""
    readers, wrong, tried = Readers(app), {}, itertools.count()
    places = [one for one in found(app, every) if re.match(surface, one.endpoint)]
    for place in places:
        readers[place.who].get("/member/")  # signs in before nothing is kept any more
    with dry() as writing:
        for turn, (place, field) in enumerate(fields(places, every)):
            for bad in inputs(field, every, turn):
                next(tried)
                if faults := try_field(writing, readers[place.who], place, field, bad):
                    wrong[f"{place} {field.name} = {bad}"] = faults
        out = [who for who, client in readers.made.items() if who and client.get("/member/").status_code != 200]
    assert not wrong, report(wrong)
    assert not out, f"signed out on the way, so that nothing of theirs was tried: {out}"
    return next(tried)


def test_the_catalogue_is_large_and_in_eleven_families():
    assert len(CATALOGUE) == 11 and sum(map(len, CATALOGUE.values())) >= 250
    for family in CATALOGUE.values():
        names = [bad.what for bad in family if not bad.kind]
        assert len(names) == len(set(names)) and len(family) >= 20


@pytest.mark.postgresql_only
def test_no_field_of_any_form_is_broken_by_its_share_of_bad_input(demo_app):
    assert cross(demo_app, every=False) > 500


def addresses(every: bool, turn: int) -> list[Bad]:
    """What stands for a row's name in this rule."""
    family = CATALOGUE["paths"]
    return family if every else [family[(turn * 3 + step) % len(family)] for step in range(3)]


@pytest.mark.sqlite_only
def test_what_names_no_row_is_not_found(demo_app):
    try_addresses(demo_app, every=False)


def try_addresses(demo_app: Any, every: bool) -> None:
    """Every rule that names a row, named wrongly."""
    readers, wrong = Readers(demo_app), {}
    for turn, route in enumerate(one for one in routes() if "<" in one.rule and one.endpoint != "htmx"):
        who = next(one for one in ("volunteer", "wantong", "city", "unit") if may(one, route))
        client = readers[who]
        with dry() as writing:
            for bad in addresses(every, turn):
                path = re.sub(r"<[^>]+>", lambda _, bad=bad: bad.value, route.rule)
                answer, faults = ask(writing, client, path, method=route.method)
                right = answer is None or answer.status_code in (301, 303, 308, 400, 404, 405, 409, 422)
                if faults or not right:
                    wrong[f"{who} {route.method} {route.rule} {bad}"] = faults or [f"status {answer.status_code}"]
    assert not wrong, report(wrong)


@pytest.mark.sqlite_only
def test_requests_that_no_browser_sends_break_nothing(demo_app):
    try_requests(demo_app, every=False)


def try_requests(demo_app: Any, every: bool) -> None:
    """The family of requests before the forms of each surface."""
    readers, wrong, family = Readers(demo_app), {}, CATALOGUE["requests"]
    places = [("", "/"), ("", "/help/new"), ("", "/register"), ("", "/login"), ("", "/search"), ("", "/help/track")]
    places += [(who, "/member/reports/new") for who in ("volunteer",)] + [("wantong", "/office/activities/new")]
    for turn, (who, path) in enumerate(places):
        client = readers[who]
        with dry() as writing:
            for bad in family if every else family[turn % 4 :: 4]:
                _, faults = ask(writing, client, path, **fresh(bad.value))
                if faults:
                    wrong[f"{who} {path} {bad}"] = faults
    assert not wrong, report(wrong)


def fresh(request: dict[str, Any]) -> dict[str, Any]:
    """The request with a body that can be read again."""
    body = request.get("input_stream")
    return request | ({"input_stream": BytesIO(body.getvalue())} if body else {})


@pytest.fixture(scope="module")
def strict_app():
    """The application that answers to one name."""
    return create_app({"SQLALCHEMY_DATABASE_URI": "sqlite://", "TRUSTED_HOSTS": ["localhost"], "TESTING": True})


@pytest.mark.sqlite_only
@pytest.mark.parametrize("host", HOSTS)
def test_another_host_is_told_so_and_named_in_no_answer(strict_app, host):
    answer = strict_app.test_client().get("/login", headers={"Host": host}) if host else None
    assert host == "" or (answer.status_code == 400 and (len(host) < 4 or host not in answer.text))


@pytest.mark.sqlite_only
def test_nothing_leads_away_from_this_site(demo_app):
    """Every form with `next`, and the links to sign in, with sixteen values."""
    readers, wrong, tried = Readers(demo_app), {}, 0
    for path in ("/login", "/register", "/mode", "/post", "/member/messages/reading", "/office/applications/bulk"):
        client = readers["wantong" if path.startswith(("/office", "/post", "/member")) else ""]
        for bad in [one for one in CATALOGUE["redirects"] if one.kind == "next"]:
            with dry() as writing:
                sent = {"next": bad.value, "username": "wantong", "password": PASSWORD, "mode": "elder", "post": "1"}
                answers = ask(writing, client, path, method="POST", data=sent, headers={"Origin": "http://localhost"})
                shown = ask(writing, client, path, method="GET", query_string={"next": bad.value})
            tried += 1
            if faults := answers[1] + shown[1]:
                wrong[f"{path} {bad}"] = faults
    assert tried == 96 and not wrong, report(wrong)


@pytest.mark.sqlite_only
@pytest.mark.parametrize(
    "hole, word",
    [
        (lambda: request.args["q"] and int(request.args["q"]), "500"),
        (lambda: f"<p>{request.args['q']}</p>", "<xq"),
        (lambda: redirect(request.args["q"]), "leads to"),
        (lambda: ("Traceback (most recent call last): sqlalchemy", 500), "shows"),
        (lambda: (db.session.commit(), ("no", 422))[1], "wrote"),
    ],
    ids=["an exception", "markup", "a redirect", "a traceback", "a refusal that wrote"],
)
def test_the_judgement_catches_a_planted_hole(app, client, monkeypatch, hole, word):
    place = Place("", "GET", "/search", "portal.search", {"q": Field("q")})
    bad = {"<xq": "<xq>", "leads to": "//127.0.0.1:9"}.get(word, "'")
    with dry() as writing:
        assert not try_field(writing, client, place, place.fields["q"], Bad("sound", bad))
        monkeypatch.setitem(app.view_functions, "portal.search", hole)
        app.finished.held.clear()  # the sound answer stands in memory
        assert word in str(try_field(writing, client, place, place.fields["q"], Bad("planted", bad)))


@pytest.mark.sqlite_only
def test_a_field_that_takes_what_it_should_refuse_is_caught(app, client, monkeypatch):
    place = Place("", "POST", "/help/new", "portal.help_new", {"phone": Field("phone", "phone")})
    short = next(bad for bad in OWN["phone"] if bad.must is REFUSED)
    with dry() as writing:
        assert not try_field(writing, client, place, place.fields["phone"], short)
        monkeypatch.setattr("app.forms.is_phone", lambda text: True)
        assert "instead of 422" in str(try_field(writing, client, place, place.fields["phone"], short))


# what the full cross is shared out by: every endpoint in one part
PARTS = ["portal", "auth", "member", *(rf"office\.{one}" for one in ("a", "[b-g]", "h", "[i-o]", "p", "[qr]", "[s-z]"))]


def test_every_endpoint_is_in_one_part_of_the_full_cross():
    endpoints = {one.endpoint for one in routes() if one.endpoint not in ("static", "htmx")} - {"dev.components"}
    wrong = [one for one in endpoints if sum(bool(re.match(part, one)) for part in PARTS) != 1]
    assert not [one for one in wrong if not one.startswith("dev.")], wrong


@pytest.mark.full
@pytest.mark.parametrize("surface", PARTS)
def test_the_full_cross_of_fields_and_inputs(demo_app, surface):
    cross(demo_app, every=True, surface=surface)


@pytest.mark.full
def test_the_full_cross_of_addresses_and_requests(demo_app):
    try_addresses(demo_app, every=True)
    try_requests(demo_app, every=True)
