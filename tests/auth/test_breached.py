"""Passwords on the operator's list of breached ones are refused wherever a new one is chosen."""

import hashlib
import random

import pytest

from app.accounts import breached
from app.accounts.passwords import hashed
from app.db import db
from app.models.user import user_named
from tests.auth.test_register import GOOD, people, said
from tests.member.test_security import CHANGE, POST

LEAKED = "correct horse battery staple"


def listed(folder, words: list[str], end: str = "\r\n") -> str:
    """A list as it is downloaded."""
    names = sorted(hashlib.sha1(word.encode(), usedforsecurity=False).hexdigest().upper() for word in words)
    file = folder / "pwned.txt"
    file.write_text("".join(f"{name}:{random.Random(name).randint(1, 99_999)}{end}" for name in names))
    return str(file)


@pytest.fixture
def leaked(app, tmp_path, monkeypatch):
    """The site with a list on which LEAKED stands among two thousand others."""
    words = [LEAKED, *(f"word {number}" for number in range(2000))]
    monkeypatch.setitem(app.config, "BREACHED_PASSWORDS", listed(tmp_path, words))


def test_nobody_registers_with_one(client, leaked):
    before = people()
    answer = client.post("/register", data=GOOD | {"password": LEAKED, "password_confirm": LEAKED})
    assert answer.status_code == 422 and "泄露过" in said(answer.text, "password") and people() == before
    assert client.post("/register", data=GOOD).status_code == 303


def test_nobody_changes_to_one(clients, leaked):
    kept = user_named("member").password_hash
    answer = clients("member").post(POST, data=CHANGE | {"new_password": LEAKED, "new_password_confirm": LEAKED})
    assert answer.status_code == 422 and "泄露过" in said(answer.text, "new_password")
    assert user_named("member").password_hash == kept


def test_without_a_list_it_is_taken(client):
    assert client.post("/register", data=GOOD | {"password": LEAKED, "password_confirm": LEAKED}).status_code == 303


def test_who_has_one_already_still_comes_in(app, client, leaked):
    user_named("member").password_hash = hashed(LEAKED)
    db.session.commit()
    assert client.post("/login", data={"username": "member", "password": LEAKED}).location == "/member/"


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("many", [1, 2, 3, 100, 1001])
def test_each_line_is_found_and_nothing_else(app, tmp_path, monkeypatch, many, end):
    words = [f"word {number}" for number in range(many)]
    monkeypatch.setitem(app.config, "BREACHED_PASSWORDS", listed(tmp_path, words, end))
    assert all(breached.is_breached(word.encode()) for word in words)
    assert not any(breached.is_breached(f"other {number}".encode()) for number in range(300))


def test_an_empty_list_has_nothing(app, tmp_path, monkeypatch):
    monkeypatch.setitem(app.config, "BREACHED_PASSWORDS", listed(tmp_path, []))
    assert not breached.is_breached(b"word")


def test_a_large_list_is_not_read_whole(app, tmp_path, monkeypatch):
    monkeypatch.setitem(app.config, "BREACHED_PASSWORDS", listed(tmp_path, [f"word {n}" for n in range(20_000)]))
    looked: list[int] = []
    usual = breached._line_after
    monkeypatch.setattr(breached, "_line_after", lambda lines, place: looked.append(place) or usual(lines, place))
    assert breached.is_breached(b"word 777") and len(looked) < 30
