"""Whoever is concerned hears once: of what is overdue, of what has risen, and of work that has come in."""

from datetime import timedelta

from app import clock
from app.commands import tick as module
from app.db import db
from app.models import Alarm, Message, Report, SignUp
from app.models.accounts.preference import MessageKind, choose
from app.models.report import ReportKind, Words
from app.models.workday import add_working_days
from tests.applicants import apply, card
from tests.cast import make_activity, volunteer_of, who
from tests.helps import S, ask, bring
from tests.models.test_duties import one_of_each
from tests.signups import until
from tests.support.together import together

TICK = timedelta(microseconds=1)


def heard(*words: str) -> list[str]:
    """The user names of those who were told something with one of these words, by name."""
    rows = db.session.scalars(db.select(Message)).all()
    return sorted(
        db.session.get_one(type(who("city")), one.user_id).username for one in rows if one.title.startswith(words)
    )


def tick() -> None:
    """Run the job as the timer does."""
    db.session.commit()
    assert module._run(module.alarms) == 0
    db.session.expire_all()


def test_what_is_overdue_is_told_to_its_owner_once_and_then_to_each_level_to_which_it_rises(app):
    request = ask()
    tick()
    assert heard("已经超期", "下级超期") == []
    until(request.accept_due)
    tick()
    tick()
    assert heard("已经超期") == ["wantong", "wantong2"] and heard("下级超期") == []
    for steps, users in ((1, ["huanglou"]), (2, ["gulou", "huanglou"]), (3, ["city", "city2", "gulou", "huanglou"])):
        until(add_working_days(request.accept_due - TICK, 2 * steps))
        tick()
        tick()
        assert heard("下级超期") == users, steps
    assert heard("已经超期") == ["wantong", "wantong2"], "never again for the same deadline"
    request.accept(by=who("wantong"))
    tick()
    assert len(heard("已经超期")) == 4, "the next deadline, to arrange, is over too: told anew"


def test_every_kind_with_a_deadline_is_told_of_in_one_message_each(app):
    one_of_each()
    ask()
    until(clock.now() + timedelta(days=60))
    tick()
    told = [one.title for one in db.session.scalars(db.select(Message).where(Message.user_id == who("wantong").id))]
    told = [one for one in told if one.startswith("已经超期")]
    assert len(told) == len(module.ALARMING) - 1, "all but what is the district's"
    assert "已经超期：公众求助 2 件" in told


def test_two_ticks_at_once_tell_once(app):
    request, handed_up = ask(), ask()
    handed_up.handed_up_at = clock.now()
    until(request.accept_due)
    db.session.commit()
    assert together(app, [lambda: module._run(module.alarms)] * 2) == [0, 0]
    assert heard("已经超期") == ["gulou", "wantong", "wantong2"]
    assert db.session.scalar(db.select(db.func.count()).select_from(Alarm)) == 2


def test_about_oneself_the_next_level_hears_of_it(app):
    made = apply(who("wantong2"))
    assert heard("有新的志愿者申请") == ["huanglou"]
    until(made.due_at)
    tick()
    assert heard("已经超期") == ["huanglou"]
    until(add_working_days(made.due_at - TICK, 2))
    tick()
    assert heard("下级超期") == [], "it was the subdistrict's from the start"
    until(add_working_days(made.due_at - TICK, 4))
    tick()
    assert heard("下级超期") == ["gulou"]


def test_staff_hear_of_work_that_has_come_in_unless_they_do_not_want_to(app):
    choose(who("wantong2").id, [kind for kind in MessageKind if kind is not MessageKind.INCOMING])
    apply(who("member"), id_card=card(7))
    ask()
    report = Report.draft(
        Words(kind=ReportKind.REFLECTION, title="第一次去理发", body="老人一直说没关系，下个月我还去。"),
        [],
        by=who("volunteer"),
    )
    report.submit(by=who("volunteer"))
    activity = make_activity(capacity=5, needs_approval=True)
    for username in ("volunteer", "second"):
        SignUp.join(volunteer_of(username), activity, by=who(username))
    assert heard("有新的志愿者申请") == heard("有新的公众求助") == heard("有新的志愿者上报") == ["wantong"]
    assert heard("有报名等您审核") == ["wantong"], "the second who asks finds the first still waiting"
    bring(S.DONE)
    assert "wantong2" in heard("服务结果"), "what is already in hand always comes"
