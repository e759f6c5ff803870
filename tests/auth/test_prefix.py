"""The whole way in under a path prefix (URL_PREFIX=/dyzyz)."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask

from app.db import db
from app.models.message import tell
from app.models.user import user_named
from tests.cast import PASSWORD
from tests.fixtures import Client, application

NEW = {
    "username": "xinren",
    "password": "雨天也去护学岗的李静",
    "password_confirm": "雨天也去护学岗的李静",
    "name": "辛仁",
    "phone": "13812345678",
    "consent": "y",
}


@pytest.fixture(scope="session")
def prefixed(databases: Any) -> Iterator[Callable[[str], Flask]]:
    """The site under /dyzyz on this kind of database, made once."""
    made: dict[str, Flask] = {}

    def ask(kind: str) -> Flask:
        if kind not in made:
            made[kind] = application(databases(kind).url, URL_PREFIX="/dyzyz")
        return made[kind]

    yield ask
    for app in made.values():
        with app.app_context():
            db.engine.dispose()


@pytest.fixture
def there(app: Flask, kind: str, prefixed: Callable[[str], Flask]) -> Iterator[Client]:
    """A visitor of the site under /dyzyz."""
    with prefixed(kind).app_context():
        yield prefixed(kind).test_client()  # type: ignore[misc]
        db.session.remove()


def addresses(page: str) -> list[str]:
    """Every address of this site that a page names."""
    found = re.findall(r'(?:href|action|src|hx-get|hx-post|formaction)="([^"]+)"', page)
    return [one for one in found if not one.startswith(("#", "https:", "http:", "tel:"))]


def test_registering_signing_out_and_in_again_stay_below_the_prefix(there):
    assert there.post("/dyzyz/register", data=NEW).location == "/dyzyz/member/"
    assert there.get("/dyzyz/member/profile").status_code == 200
    assert there.post("/dyzyz/logout").location == "/dyzyz/"
    answer = there.get("/dyzyz/member/profile")
    assert answer.location == "/dyzyz/login?next=/dyzyz/member/profile"
    sent = {"username": "xinren", "password": NEW["password"], "next": "/dyzyz/member/profile"}
    assert there.post("/dyzyz/login", data=sent).location == "/dyzyz/member/profile"


@pytest.mark.parametrize("elsewhere", ["/member/profile", "/", "//dyzyz/x", "/dyzyzx/y", "https://evil.example/dyzyz/"])
def test_next_leads_out_of_the_prefix_no_more_than_out_of_the_site(there, elsewhere):
    sent = {"username": "volunteer", "password": PASSWORD, "next": elsewhere}
    assert there.post("/dyzyz/login", data=sent).location == "/dyzyz/member/"


@pytest.mark.parametrize(
    "page",
    [
        "login",
        "register",
        "regions/matches?q=万通",
        "regions/steps",
        "regions/filter",
        "member/profile",
        "member/security",
        "member/messages",
        "office/password-codes",
    ],
)
def test_every_address_on_a_page_lies_below_the_prefix(there, page):
    tell(user_named("wantong").id, "标题", path="/member/security")
    db.session.commit()
    if page.startswith(("member", "office")):
        there.post("/dyzyz/login", data={"username": "wantong", "password": PASSWORD})
    answer = there.get(f"/dyzyz/{page}")
    assert answer.status_code == 200
    assert [one for one in addresses(answer.text) if not one.startswith("/dyzyz/")] == []


def test_a_message_leads_to_its_page_below_the_prefix(there):
    tell(user_named("volunteer").id, "标题", path="/member/security")
    db.session.commit()
    there.post("/dyzyz/login", data={"username": "volunteer", "password": PASSWORD})
    page = there.get("/dyzyz/member/messages").text
    reading = re.search(r'action="(/dyzyz/member/messages/\d+/reading)"', page)
    assert reading and there.post(reading.group(1), data={"open": "1"}).location == "/dyzyz/member/security"


def test_outside_the_prefix_there_is_nothing(there):
    answer = there.get("/login")
    assert answer.status_code == 404 and "frame-ancestors" in answer.headers["Content-Security-Policy"]
