"""Every POST without a good token or from another site is refused; every GET writes nothing and carries the headers.

Generated from the url map. Each walk has a planted twin: the hole is opened, and the same walk must find it.
"""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import flash, get_flashed_messages, session
from itsdangerous import URLSafeTimedSerializer
from werkzeug.exceptions import BadRequest

from app import clock
from app.blueprints.auth import WITHOUT_TOKEN
from app.signed import FIELD, STANDS
from tests.pages import NO_PAGE
from tests.support.headers import header_faults
from tests.support.statements import statements, writes
from tests.test_access import URL_MAP, Route, key_of, routes
from tests.world import ROWS

pytestmark = pytest.mark.sqlite_only
EVIL = "https://evil.example"
POSTS = [route for route in routes() if route.method == "POST"]
GETS = [route for route in routes() if route.method == "GET"]


@pytest.fixture
def app(world_app, monkeypatch):
    """The world, with tokens asked for as in a real run."""
    monkeypatch.setitem(world_app.config, "WTF_CSRF_ENABLED", True)
    return world_app


def path_of(route: Route, world: Any) -> str:
    """The route's address for rows of 万通社区; a 1 for what the world does not name."""
    known = key_of(route) if "<" in route.rule else ""
    values = iter(world.values(known, "wantong")) if known in ROWS else iter(())
    return re.sub(r"<[^>]+>", lambda _: str(next(values, 1)), route.rule)


# Tokens


def token_of(client: Any) -> str:
    return re.search(r'name="csrf_token" value="([^"]+)"', client.get("/member/security").text)[1]


def forgeries(token: str, foreign: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """A post without a good token, or with one from another site."""
    yield "no token", {}
    yield "foreign token", {"data": {"csrf_token": foreign}}
    yield "token in the address", {"query_string": {"csrf_token": token}}
    yield "foreign origin", {"data": {"csrf_token": token}, "headers": {"Origin": EVIL}}


def accepted(app: Any, clients: Any, world: Any, posts: list[Route], kinds: tuple[str, ...] = ()) -> list[str]:
    """The forged posts that got past what looks at every request before its view, or that wrote."""
    mine, found = clients("city"), []
    token, foreign = token_of(mine), token_of(clients("gulou"))
    cookie = {"Cookie": f"session={mine.get_cookie('session').value}"}
    for route in posts:
        for kind, sent in forgeries(token, foreign):
            if kinds and kind not in kinds:
                continue
            headers = {**cookie, **sent.get("headers", {})}
            request = {**sent, "method": "POST", "headers": headers}
            with app.app_context(), app.test_request_context(path_of(route, world), **request), statements() as seen:
                if is_let_through(app) or writes(seen):
                    found.append(f"{route.rule}: {kind}")
    return found


def is_let_through(app: Any) -> bool:
    """Whether the view of the present request would be called."""
    try:
        return app.preprocess_request() is None
    except BadRequest:  # a CSRFError is one
        return False


def test_every_forged_post_is_refused_and_writes_nothing(app, clients, world):
    with_token = [route for route in POSTS if route.endpoint not in WITHOUT_TOKEN]
    assert len(with_token) > 100 and accepted(app, clients, world, with_token) == []


def test_the_answer_to_a_forged_post_is_a_400(clients, world):
    """The same through the whole of the application, for every twelfth of them."""
    client = clients("city")
    token, foreign = token_of(client), token_of(clients("gulou"))
    for route in [route for route in POSTS if route.endpoint not in WITHOUT_TOKEN][::12]:
        for kind, sent in forgeries(token, foreign):
            with statements() as seen:
                answer = client.post(path_of(route, world), htmx=True, **sent)
            assert (answer.status_code, writes(seen)) == (400, []), (route.rule, kind)


def test_a_good_token_from_here_is_accepted(clients):
    client = clients("city")
    good = {"csrf_token": token_of(client)}
    assert client.post("/member/messages/reading", data=good, headers={"Origin": "http://localhost"}).status_code == 303
    assert client.post("/member/messages/reading", headers={"X-CSRFToken": good["csrf_token"]}).status_code == 303


def test_a_token_is_signed_anew_every_ten_minutes_and_the_old_one_stays_good(clients, monkeypatch):
    monkeypatch.setattr("itsdangerous.TimestampSigner.get_timestamp", lambda _: int(clock.now().timestamp()))
    clock.move(timedelta(seconds=STANDS - clock.now().timestamp() % STANDS))
    client, posted = clients("city"), "/member/messages/reading"
    first, foreign = token_of(client), token_of(clients("gulou"))
    clock.move(clock._shift + timedelta(seconds=STANDS - 60))
    assert token_of(client) == first != foreign
    clock.move(clock._shift + timedelta(seconds=61))
    later = token_of(client)
    assert later != first
    answers = [client.post(posted, data={"csrf_token": one}).status_code for one in (first, later, foreign)]
    assert answers == [303, 303, 400]


def test_a_cookie_that_was_opened_before_is_still_refused_when_it_is_too_old(app, clients, monkeypatch):
    client, lifetime = clients("city"), app.permanent_session_lifetime.total_seconds()
    assert [client.get("/member/looks").status_code for _ in range(2)] == [200, 200]
    opened, late = list(app.session_interface.opened.values()), int(clock.now().timestamp() + lifetime + 60)
    monkeypatch.setattr("itsdangerous.TimestampSigner.get_timestamp", lambda _: late)
    assert opened and client.get("/member/looks").status_code == 303


def test_what_is_not_signed_by_us_is_never_kept_open(app, clients):
    spoiled = clients("city").get_cookie("session").value[:-3] + "abc"
    stranger = app.test_client()
    stranger.set_cookie("session", spoiled)
    assert [stranger.get("/member/looks").status_code for _ in range(2)] == [303, 303]
    assert spoiled not in app.session_interface.opened


def test_what_one_answer_adds_to_a_list_in_its_session_is_no_other_answers(app):
    with app.test_request_context("/"):
        cookie = app.session_interface.get_signing_serializer(app).dumps({"_flashes": [["ok", "one"]]})
    for _ in range(2):
        with app.test_request_context("/", headers={"Cookie": f"session={cookie}"}):
            flash("two")
            assert [words for _, words in get_flashed_messages(with_categories=True)] == ["one", "two"]


def test_a_session_that_ended_in_this_request_gives_its_token_to_no_form(app):
    with app.test_request_context("/"):
        token = app.jinja_env.globals[FIELD]
        old = token()
        session.clear()
        assert token() != old and session[FIELD] in str(URLSafeTimedSerializer("").loads_unsafe(token()))


def test_two_forms_rest_on_the_origin_alone(app, clients, world):
    from app import csrf

    assert WITHOUT_TOKEN == ("auth.login", "portal.mode")
    exempt = {f"{app.view_functions[name].__module__}.{app.view_functions[name].__name__}" for name in WITHOUT_TOKEN}
    assert csrf._exempt_views == exempt and not csrf._exempt_blueprints
    two = [route for route in POSTS if route.endpoint in WITHOUT_TOKEN]
    assert accepted(app, clients, world, two, ("foreign origin",)) == []


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_without_an_origin_the_browsers_word_for_the_site_counts(clients, site):
    client = clients("city")
    sent = {"data": {"csrf_token": token_of(client)}, "headers": {"Sec-Fetch-Site": site}}
    assert client.post("/member/messages/reading", **sent).status_code == 400


def test_the_walk_notices_when_no_token_is_asked_for(app, clients, world, monkeypatch):
    monkeypatch.setattr("app.csrf.protect", lambda **how: None)
    assert len(accepted(app, clients, world, POSTS[:8], ("no token",))) == 8


def test_the_walk_notices_when_the_origin_is_not_looked_at(app, clients, world, monkeypatch):
    monkeypatch.setattr("app.origin.from_here", lambda: True)
    assert len(accepted(app, clients, world, POSTS[:8], ("foreign origin",))) == 8


# GET


def wrong(clients: Any, world: Any, people: tuple[str, ...], gets: list[Route]) -> list[str]:
    """What GETs wrote, and what their headers lack."""
    found = []
    for who in people:
        client = clients(who)
        for route in gets:
            with statements() as seen:
                answer = client.get(path_of(route, world))
            found += [f"{who} {route.rule} wrote {one}" for one in writes(seen)]
            found += [f"{who} {route.rule}: {fault}" for fault in header_faults(answer, route.endpoint, who)]
            answer.close()
    return found


def test_what_is_no_page_and_what_is_refused_to_a_visitor_writes_nothing_and_carries_the_headers(clients, world):
    """The pages themselves are read in every state by test_every_page.py, which looks for the same."""
    few = [route for route in GETS if route.access not in ("public", "own-token") or route.endpoint in NO_PAGE]
    assert len(few) > 100 and wrong(clients, world, ("",), few) == []


@pytest.mark.full
def test_no_get_writes_for_anybody_on_the_world(clients, world):
    assert wrong(clients, world, ("", "city", "volunteer", "member", "wantong", "gulou", "unit"), GETS) == []


def test_errors_files_and_answers_without_a_body_carry_them_too(app, client, monkeypatch):
    file = client.get("/static/css/portal.css")
    sheet = {"If-None-Match": file.headers["ETag"]}
    answers = {
        "404": client.get("/nothing"),
        "405": client.get("/logout"),
        "400": client.post("/help/new"),
        "200 file": file,
        "304": client.get("/static/css/portal.css", headers=sheet),
        "HEAD": client.head("/"),
        "OPTIONS": client.options("/login"),
        "413": client.post("/help/new", data={"content": "x" * 3_000_000}),
        "404 picture": client.get("/pictures/none.jpg"),
    }
    monkeypatch.setitem(app.config, "TESTING", False)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    monkeypatch.setitem(app.view_functions, "portal.healthz", lambda: 1 / 0)
    answers["500"] = client.get("/healthz")
    monkeypatch.setitem(app.config, "TRUSTED_HOSTS", ["example.org"])
    answers["foreign host"] = client.get("/", headers={"Host": "evil.example"})
    statuses = {name: answer.status_code for name, answer in answers.items()}
    assert [statuses[name] for name in ("404", "405", "400", "304", "500", "foreign host")] == [
        404,
        405,
        400,
        304,
        500,
        400,
    ]
    assert {name: found for name, answer in answers.items() if (found := list(header_faults(answer, "", "")))} == {}


def test_in_production_browsers_are_told_to_stay_with_tls(app, client, monkeypatch):
    assert "Strict-Transport-Security" not in client.get("/nothing").headers
    monkeypatch.setitem(app.config, "PRODUCTION", True)
    assert "max-age=31536000" in client.get("/nothing").headers["Strict-Transport-Security"]


def test_the_walk_notices_a_get_that_writes_and_a_header_that_is_gone(app, clients, world, monkeypatch):
    from app.db import db
    from app.models import Attempt

    def planted() -> str:
        db.session.add(Attempt(kind="planted", key="x"))
        db.session.flush()
        return "ok"

    robots = [route for route in GETS if route.endpoint == "portal.robots"]
    assert wrong(clients, world, ("",), robots) == []
    monkeypatch.setitem(app.view_functions, "portal.robots", planted)
    assert "wrote INSERT" in wrong(clients, world, ("",), robots)[0]
    monkeypatch.undo()
    monkeypatch.setitem(app.after_request_funcs, None, [])
    monkeypatch.setattr("app.headers.FIXED", {})
    assert len(wrong(clients, world, ("city",), robots)) >= 7


def test_the_url_map_is_the_matrix(app):
    """No view is reached but through a rule that test_access.py walks."""
    walked = {(route.endpoint, route.rule) for route in routes()}
    assert {(rule.endpoint, rule.rule) for rule in app.url_map.iter_rules()} <= walked
    assert {view.access for view in URL_MAP.view_functions.values()} - {"public", "signed-in"}
