"""注销账号: every planted word about the person is gone from rows and files, and no total has changed."""

import pytest
from sqlalchemy import func, select

from app.db import db
from app.media.pictures import make_safe
from app.models import (
    Activity,
    Application,
    Honour,
    Invitation,
    Message,
    Picture,
    Professional,
    Report,
    ServiceMonth,
    ServiceRecord,
    SignIn,
    SignUp,
    User,
    Volunteer,
)
from app.models.accounts import erasure
from app.models.accounts.erasure import close_account
from app.models.accounts.recovery_code import RecoveryCode
from app.models.accounts.traces import TITLE
from app.models.application import ApplicationStatus
from app.models.attendance import mark
from app.models.histories.proof import verify
from app.models.histories.seal import seal_next
from app.models.history import History, record
from app.models.professional import ProfessionalGroup, ProfessionalStatus
from app.models.recount import CHECKS
from app.models.report import ReportKind, ReportStatus
from app.refusal import Refused
from app.text import GONE
from tests import cast
from tests.applicants import card, in_state
from tests.canaries import on_disk, seen, settled, with_the_key
from tests.rollcall import admitted, running
from tests.showcases import make_member, make_team
from tests.support import photos

NAME, PHONE, CARD = "秦金丝雀", "13899990001", card(77)
WORDS = {
    "name": NAME,
    "user name": "jinsique-user",
    "phone": PHONE,
    "ID number": CARD,
    "address": "金丝雀路一号",
    "statement": "自述里的金丝雀甲",
    "unit": "金丝雀乙厂",
    "guardian": "金丝雀监护人",
    "reason": "原因里的金丝雀丙",
    "draft": "草稿里的金丝雀丁",
    "decline": "未录用金丝雀戊",
    "speciality": "金丝雀己专长",
    "message": "消息里的金丝雀庚",
    "agent": "Canary-Agent-Xin",
    "secret": "CANARYCANARYCANARYCANARYCANARYCA",
    "of the team": f"队长：{NAME}",
}


@pytest.fixture
def person(app):
    """Somebody who left a trace everywhere."""
    user = cast.make_user(WORDS["user name"], NAME, PHONE)
    user.address = WORDS["address"]
    volunteer = cast.make_volunteer(user)
    volunteer.id_card, volunteer.id_card_hash, volunteer.id_card_tail = CARD, "c" * 64, CARD[-4:]
    volunteer.guardian_name, volunteer.unit_other = WORDS["guardian"], WORDS["unit"]
    activity = running()
    mark(admitted(activity, volunteer), "1", by=cast.who("wantong"))
    signup = db.session.scalars(select(SignUp).where(SignUp.volunteer_id == volunteer.id)).one()
    signup.decline_reason = WORDS["decline"]
    staff = cast.who("wantong")
    record(volunteer, "reveal", by=staff, reason=WORDS["reason"])
    team = make_team(cast.WANTONG)
    make_member(team, volunteer)
    record(team, "edit", by=staff, reason=WORDS["of the team"])
    group = ProfessionalGroup.found("协会", "", "", 0, by=None)
    facts = {"group_id": group.id, "volunteer_id": volunteer.id, "status": ProfessionalStatus.ASKED}
    db.session.add(Professional(**facts, speciality=WORDS["speciality"]))
    _papers(user, volunteer)
    db.session.commit()
    return user.id


def _papers(user, volunteer):
    from tests.commands.test_backup import _application

    facts = _application(user_id=user.id, id_card=CARD, id_card_hash="c" * 64, id_card_tail=CARD[-4:])
    db.session.add(Application(**facts, statement=WORDS["statement"], before={"guardian_name": WORDS["guardian"]}))
    report = Report(user_id=user.id, kind=ReportKind.PLAN, title="稿", body=WORDS["draft"], status=ReportStatus.DRAFT)
    report.locate(cast.WANTONG)
    db.session.add(report)
    db.session.flush()
    Picture.keep(make_safe(photos.photo(32, 32)), row=report, by=user)
    db.session.add(Message(user_id=user.id, title="您好", body=WORDS["message"]))
    about = f"activity:{db.session.scalars(select(SignUp.activity_id)).first()}"
    db.session.add(Message(user_id=cast.who("city").id, title=f"{NAME}报了名", about=about))
    user.totp_secret = WORDS["secret"]
    user.new_recovery_codes()
    seen_at = volunteer.created_at
    db.session.add(SignIn(token="t" * 64, user_id=user.id, seen_at=seen_at, agent=WORDS["agent"]))


def totals():
    """What counts: rows of everything that is counted, and the sums."""
    counted = (User, Volunteer, Application, SignUp, ServiceRecord, ServiceMonth, History, Report, Professional, Honour)
    rows = {
        model.__name__: db.session.scalar(select(func.count()).select_from(model)) for model in (*counted, Invitation)
    }
    columns = (Volunteer.services, Volunteer.minutes, ServiceMonth.services, ServiceMonth.minutes)
    return rows | {"sums": [db.session.scalar(select(func.sum(column))) for column in columns]}


def test_the_person_is_gone_and_the_figures_stay(app, kind, person):
    seal_next()
    settled()
    assert seen(WORDS.values(), with_the_key()) == list(WORDS.values())  # the search finds them
    lines = db.session.scalar(select(func.count()).select_from(History))
    before = totals()
    user = db.session.get_one(User, person)
    close_account(user, by=user)
    settled()
    left = seen(WORDS.values(), with_the_key())
    assert not left, left
    assert not seen(WORDS.values(), on_disk())
    after = totals()
    assert after.pop("History") > before.pop("History") >= lines  # what was done is written, too
    assert after == before
    assert not any(check() for check in CHECKS.values())
    assert not list(db.session.scalars(select(Picture))) and verify().holds
    assert not list(db.session.scalars(select(RecoveryCode)))
    user = db.session.get_one(User, person)
    assert user.name == GONE and not user.is_active and verify().holds


@pytest.mark.parametrize("planted", ["_forget_words", "_forget_facts", "_forget_pictures", "_forget_account"])
@pytest.mark.sqlite_only
def test_the_search_catches_what_is_forgotten_to_be_forgotten(app, person, monkeypatch, planted):
    monkeypatch.setattr(erasure, planted, lambda *args: None)
    user = db.session.get_one(User, person)
    close_account(user, by=user)
    settled()
    pictures = list(db.session.scalars(select(Picture.id)))
    assert seen(WORDS.values(), with_the_key()) or pictures


def test_a_namesakes_messages_stay_and_public_texts_with_the_name_are_looked_at(app, person):
    """Nothing that may be about somebody else is touched; whoever keeps a text with the name is asked to look at it."""
    told = Message(user_id=cast.who("member").id, title=f"{NAME}医生周六来义诊", about="notice:1")
    db.session.add(told)
    theirs = running(title=f"感谢{NAME}医生")
    db.session.commit()
    kept, text = told.id, theirs.id
    user = db.session.get_one(User, person)
    close_account(user, by=user)
    db.session.commit()
    assert db.session.get(Message, kept) is not None and db.session.get_one(Activity, text).title == f"感谢{NAME}医生"
    asked = db.session.scalars(select(Message).where(Message.title == TITLE)).all()
    keepers = [cast.who(name).id for name in ("wantong", "wantong2")]
    assert [(one.user_id, one.path) for one in asked] == [(one, f"/activities/{text}") for one in keepers]
    assert "秦同志，姓名共 4 个字" in asked[0].body and NAME not in asked[0].body


@pytest.mark.sqlite_only
def test_nobody_is_asked_where_the_name_stands_nowhere(app, person):
    user = db.session.get_one(User, person)
    close_account(user, by=user)
    assert not list(db.session.scalars(select(Message).where(Message.title == TITLE)))


@pytest.mark.sqlite_only
def test_who_waits_to_be_approved_does_not_wait_on(app):
    application = in_state(ApplicationStatus.PENDING)
    user = db.session.get_one(User, application.user_id)
    close_account(user, by=user)
    db.session.commit()
    assert application.status is ApplicationStatus.WITHDRAWN


def test_who_holds_a_post_hands_it_over_first(app):
    staff = cast.who("wantong")
    with pytest.raises(Refused, match="还有任职"):
        close_account(staff, by=staff)


def test_the_name_is_free_again_for_somebody_else(app, person):
    user = db.session.get_one(User, person)
    close_account(user, by=user)
    db.session.commit()
    assert User.register(username=WORDS["user name"], kept=cast.HASH, name=NAME, phone=PHONE).id != person
