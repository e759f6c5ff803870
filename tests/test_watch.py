"""The security log: tries to come in and refusals are lines with time, place and account, and quote nobody."""

import logging
import re

import pytest

from app import watch
from tests.cast import PASSWORD

pytestmark = pytest.mark.sqlite_only


@pytest.fixture
def lines(app):
    """What the security log said, as it would stand in the journal."""
    told: list[str] = []

    class Kept(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            told.append(watch.LOGGER.handlers[0].format(record))

    kept = Kept()
    watch.LOGGER.addHandler(kept)
    yield told
    watch.LOGGER.removeHandler(kept)


def test_a_wrong_and_a_right_sign_in_are_lines_of_one_account(client, lines):
    client.post("/login", data={"username": "wantong", "password": "wrong-密码-wrong"})
    client.post("/login", data={"username": "wantong", "password": PASSWORD})
    wrong, right = (re.fullmatch(r"\d{4}(?:-\d\d){2}T[\d:]{8}Z security (.*)", line)[1] for line in lines)
    assert wrong.startswith("auth.login 422 POST user=- from=127.0.0.1 account=")
    assert right.startswith("auth.login 303 POST user=") and "user=-" not in right
    assert wrong.partition("account=")[2] == right.partition("account=")[2] != ""
    assert "wantong" not in "".join(lines) and "wrong" not in "".join(lines)


def test_refusals_are_lines_with_the_person(clients, client, lines):
    member = clients("member")
    lines.clear()
    member.get("/office/volunteers")  # held nowhere
    member.post("/login", data={"username": "x"}, headers={"Origin": "https://elsewhere.example"})
    client.get("/feedback/999999")  # asked by number
    client.get("/feedback")  # refused to nobody
    assert [line.split()[2:4] for line in lines] == [
        ["office.volunteers", "403"],
        ["auth.login", "400"],
        ["portal.feedback_show", "404"],
    ]
    assert "user=-" not in lines[0] and "user=-" in lines[2]


def test_what_is_too_large_is_a_line_and_not_an_error(app, client, lines, monkeypatch):
    monkeypatch.setitem(app.config, "MAX_CONTENT_LENGTH", 10)
    assert client.post("/login", data={"username": "x" * 100}).status_code == 413
    assert "auth.login 413" in lines[0] and "account" not in lines[0]


def test_cookies_begin_with_host_in_production(app, client, monkeypatch):
    for name in ("PRODUCTION", "SESSION_COOKIE_SECURE"):
        monkeypatch.setitem(app.config, name, True)
    said = client.post("/mode", data={"mode": "elder"}, base_url="https://localhost").headers["Set-Cookie"]
    assert said.startswith("__Host-mode=elder;") and {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(
        said.split("; ")
    )
