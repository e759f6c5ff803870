"""`flask retention`: what has been kept for its term goes, and nothing before; counts stay."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app import clock
from app.commands import tick
from app.db import db
from app.models import (
    Application,
    Disclosed,
    Disclosure,
    HelpRequest,
    History,
    Import,
    Invitation,
    Message,
    PublicCase,
    SignIn,
)
from app.models.application import ApplicationStatus
from app.models.help.states import HelpStatus
from app.models.histories.proof import verify
from app.models.histories.seal import seal_next
from app.models.imports.importing import ImportStatus
from app.models.invitation import InvitationStatus
from app.retention import duties, terms
from app.retention.duties import DUTIES
from tests import cast
from tests.applicants import card, in_state
from tests.canaries import all_rows, on_disk, seen, settled, with_the_key
from tests.helps import ADDRESS, NAME, PHONE, TEXT, bring
from tests.people_files import brought_in

WORDS = (
    NAME,
    PHONE,
    ADDRESS,
    TEXT,
    card(91),
    "自述金丝雀",
    "金丝雀错误行",
    "金丝雀旧消息",
    "金丝雀原资料",
    "金丝雀用途",
)
LAST = max(duty.term for duty in DUTIES)


@pytest.fixture
def planted(app):
    """One thing for each duty, and the words that must go."""
    for status in (HelpStatus.REFUSED, HelpStatus.CLOSED):
        bring(status)
    refused = in_state(ApplicationStatus.REJECTED, id_card=card(91))
    refused.statement = "自述金丝雀"
    approved = in_state(ApplicationStatus.APPROVED, "city2", id_card=card(92))
    approved.before = {"guardian_name": "金丝雀原资料"}
    db.session.add(Message(user_id=cast.who("city").id, title="金丝雀旧消息"))
    db.session.add(SignIn(token="old" * 20, user_id=cast.who("city").id, seen_at=clock.now()))
    facts = {"name": "f.xlsx", "digest": "0" * 64, "status": ImportStatus.FAILED, "errors": '["金丝雀错误行"]'}
    db.session.add(Import(**facts))
    export = Disclosure(user_id=cast.who("city").id, title="名单", purpose="金丝雀用途", rows=1, full=False)
    db.session.add(export)
    db.session.flush()
    db.session.add(Disclosed(disclosure_id=export.id, user_id=cast.who("member").id))
    brought_in(cast.WANTONG)
    db.session.commit()
    seal_next()
    db.session.commit()


def run(app, *options):
    told = app.test_cli_runner().invoke(args=["retention", *options])
    db.session.expire_all()
    assert told.exit_code == 0, told.output
    return told.output


def numbers(told):
    return [int(line.split("：")[1].split(" ")[0]) for line in told.splitlines()]


def test_before_the_term_nothing_is_due(app, planted):
    held = all_rows()
    clock.move(terms.UNDO - timedelta(hours=1))
    assert numbers(run(app, "--dry-run")) == [0] * len(DUTIES)
    run(app)
    assert all_rows() == held


def test_after_it_the_words_are_gone_and_the_figures_stay(app, planted):
    assert set(WORDS[:5]) <= set(seen(WORDS, with_the_key()))
    cases = db.session.scalars(select(PublicCase.summary)).all()
    before = _counts()
    clock.move(LAST + timedelta(days=1))
    held, due = all_rows(), numbers(run(app, "--dry-run"))
    assert min(due) >= 1 and all_rows() == held  # a dry run changes nothing
    assert numbers(run(app)) == due and numbers(run(app)) == [0] * len(DUTIES)
    settled()
    left = seen(WORDS, with_the_key())
    assert not left, left
    if db.engine.dialect.name == "sqlite":
        assert not seen(("自述金丝雀", "金丝雀错误行", "金丝雀旧消息"), on_disk())
    assert _counts() == before and db.session.scalars(select(PublicCase.summary)).all() == cases
    assert verify().holds and not list(db.session.scalars(select(Disclosed)))
    assert set(db.session.scalars(select(Invitation.status))) == {InvitationStatus.WITHDRAWN}


def _counts():
    models = (HelpRequest, Application, Import, Invitation)
    states = db.session.execute(select(HelpRequest.status, func.count()).group_by(HelpRequest.status)).all()
    return sorted(map(str, states)), [db.session.scalar(select(func.count()).select_from(model)) for model in models]


def test_what_was_done_lately_with_an_old_request_keeps_it(app, planted):
    clock.move(terms.REQUESTS + timedelta(days=1))
    closed = db.session.scalars(select(HelpRequest).where(HelpRequest.status == HelpStatus.CLOSED)).one()
    db.session.add(History(noun="help_request", noun_id=closed.id, action="rate"))
    db.session.commit()
    id = closed.id
    run(app)
    assert db.session.get_one(HelpRequest, id).name == NAME
    refused = select(HelpRequest).where(HelpRequest.status == HelpStatus.REFUSED)
    assert db.session.scalars(refused).one().name == duties.REMOVED


@pytest.mark.sqlite_only
def test_the_night_does_it_by_itself(app, planted):
    clock.move(timedelta(0))
    now = clock.local(clock.now())
    ahead = (now + LAST + timedelta(days=2)).replace(hour=3, minute=5)
    clock.move(ahead - now)
    told = app.test_cli_runner().invoke(args=["tick"])
    assert told.exit_code == 0 and "已结束求助的姓名、电话、地址和内容 2 条" in told.output
    assert tick.NIGHT[0].hour == 3


@pytest.mark.sqlite_only
def test_the_search_catches_a_duty_that_does_nothing(app, planted, monkeypatch):
    clock.move(LAST + timedelta(days=1))
    monkeypatch.setattr("app.commands.retention.DUTIES", DUTIES[1:])
    run(app)
    assert seen(WORDS, with_the_key())


@pytest.mark.sqlite_only
@pytest.mark.parametrize("emptied", [True, False], ids=["", "planted"])
def test_overwritten_text_does_not_stay_in_the_files(app, emptied):
    """The file's own remains are overwritten, the log is emptied; with the log left it would still be there."""
    word = "金丝雀在盘上"
    assert db.session.scalar(db.text("PRAGMA secure_delete")) == 1
    db.session.add(Message(user_id=cast.who("member").id, title=word))
    db.session.commit()
    assert seen([word], on_disk())
    db.session.execute(db.delete(Message).where(Message.title == word))
    db.session.commit()
    if emptied:
        settled()
    assert bool(seen([word], on_disk())) is not emptied
