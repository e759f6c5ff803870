"""Somebody steals the database, its log, a backup or the logs: of 1,000 planted words not one can be read."""

import io
import logging
import re

import pytest
from sqlalchemy import select

from app import clock, crypto, logs
from app.backup.making import make
from app.backup.restoring import _lines
from app.db import db
from app.models import HelpRequest, User, Volunteer
from app.models.user import Gender
from app.models.volunteer import Employment, Political
from tests import cast
from tests.applicants import card
from tests.canaries import all_rows, on_disk, settled
from tests.helps import ask

EACH = 250
PHONES = [f"138{number:04d}7{number:03d}" for number in range(EACH)]
ADDRESSES = [f"金丝雀路{number:03d}号" for number in range(EACH)]
TEXTS = [f"求助金丝雀{number:03d}请帮忙" for number in range(EACH)]
CARDS = [card(number) for number in range(EACH)]
WORDS = {*PHONES, *ADDRESSES, *TEXTS, *CARDS}
ALIKE = re.compile("138[0-9]{4}7[0-9]{3}|金丝雀路[0-9]{3}号|求助金丝雀[0-9]{3}请帮忙|320302[0-9]{11}[0-9X]".encode())


def seen(where):
    """Which of the thousand are there; one pass over megabytes."""
    return {one.decode() for one in ALIKE.findall(where)} & WORDS


def plant():
    """Through the models, as the product writes."""
    first = ask(cast.WANTONG)
    users = [_user(number) for number in range(EACH)]
    db.session.add_all(users)
    db.session.flush()
    db.session.add_all([_volunteer(user.id, number) for number, user in enumerate(users)])
    db.session.add_all([_like(first, number) for number in range(EACH)])
    db.session.commit()


def _user(number):
    name = f"canary{number}"
    user = User(username=name, username_key=name, password_hash=cast.HASH, consent_at=clock.now(), name="某人")
    user.reachable_at(PHONES[number])
    user.address = ADDRESSES[number]
    return user


def _volunteer(user_id, number):
    facts = {"political": Political.PARTY, "employment": Employment.OTHER, "gender": Gender.MALE, "born_year": 1980}
    volunteer = Volunteer(user_id=user_id, joined_on=clock.today(), **facts)
    volunteer.locate(cast.WANTONG)
    volunteer.id_card, volunteer.id_card_tail = CARDS[number], CARDS[number][-4:]
    return volunteer


def _like(first, number):
    columns = [c.key for c in HelpRequest.__mapper__.column_attrs if c.key not in ("id", "number", "content")]
    facts = {name: getattr(first, name) for name in columns}
    facts |= {"number": f"C{number}", "phone": PHONES[number], "address": ADDRESSES[number], "content": TEXTS[number]}
    return HelpRequest(**facts)


@pytest.mark.parametrize("sealing", [True, False], ids=["", "planted"])
def test_a_thousand_words_are_in_no_file(app, kind, tmp_path, monkeypatch, sealing):
    """The twin stores them as they are: the same search finds all of them."""
    settled()  # the log may still hold what another test wrote
    if not sealing:
        monkeypatch.setattr(crypto, "seal", lambda text: text)
        monkeypatch.setattr(crypto, "unseal", lambda text: text)
    plant()
    assert db.session.scalars(select(User.phone).where(User.username == "canary7")).one() == PHONES[7]
    assert db.session.scalars(select(Volunteer.id_card).where(Volunteer.id_card.is_not(None))).first() in CARDS
    make(tmp_path / "backup", lambda line: None)
    opened = b"\n".join(_lines(tmp_path / "backup"))  # even with BACKUP_KEY, but without DATA_KEY
    files = on_disk() + (tmp_path / "backup").read_bytes()
    for where in (files, all_rows().encode(), opened):
        found = seen(where)
        assert not found if sealing else len(found) >= len(WORDS) * (where is not files or kind != "sqlite")
    assert sealing or seen(files)
    assert len(WORDS) == 1000


@pytest.fixture
def written(app, monkeypatch):
    """Everything that is logged, as the product's own handler would write it."""
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(logging.Formatter("%(levelname)s %(message)s"))
    loggers = [logging.getLogger(name) for name in (app.logger.name, "", "granian.access")]
    for logger in loggers:
        logger.addHandler(handler)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    monkeypatch.setitem(app.config, "TESTING", False)
    yield out
    for logger in loggers:
        logger.removeHandler(handler)


def _stumble(app, client, monkeypatch):
    """A fault in the product while people send such words: in the query, in the body, in what the database says."""

    def broken(told, **kwargs):
        raise RuntimeError(f"cannot keep {told}")

    monkeypatch.setattr(HelpRequest, "ask", broken)
    answer = client.post(f"/help/new?q={TEXTS[0]}&phone={PHONES[0]}", data=_asked(1))
    assert answer.status_code == 500
    app.logger.warning("GET /search?q=%s HTTP/1.1", TEXTS[2])
    logging.getLogger("granian.access").warning('"GET /search?q=%s&x=%s" 200', "%E9%87%91%E4%B8%9D%E9%9B%80", PHONES[3])
    try:
        cast.make_user("wantong", TEXTS[4], PHONES[4])
    except Exception:
        app.logger.exception("unexpected")
        db.session.rollback()


def _asked(number):
    facts = {"name": "某人", "phone": PHONES[number], "address": ADDRESSES[number], "content": TEXTS[number]}
    return facts | {"community": cast.WANTONG, "category": "community", "consent": "y"}


@pytest.mark.parametrize("discreet", [True, False], ids=["", "planted"])
def test_no_log_quotes_what_people_typed(app, client, written, monkeypatch, discreet):
    """The twin logs as libraries do: the same search finds the words."""
    if not discreet:
        logging.setLogRecordFactory(logs._plain)
    try:
        _stumble(app, client, monkeypatch)
    finally:
        logs.init()
    told = written.getvalue()
    assert "Traceback" in told and "RuntimeError: cannot keep" in told and "IntegrityError" in told  # still of use
    found = seen(told.encode())
    assert not found if discreet else len(found) >= 4
    assert bool("%E9%87%91" in told or "某人" in told) is not discreet
