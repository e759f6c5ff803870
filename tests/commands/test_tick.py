"""`flask tick`: what time alone brings about is stored once, however often and however late it runs."""

import sqlite3
import subprocess
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.exc import OperationalError

from app import clock
from app.commands import tick as module
from app.db import db
from app.models import Activity, Assignment, Attempt, CreationKey, HelpRequest, Honour, Message, SignUp
from app.models.accounts.preference import MessageKind, choose
from app.models.help.states import AssignmentStatus, HelpStatus
from app.models.honour import HonourStatus
from tests.cast import WANTONG, make_activity, volunteer_of, who
from tests.helps import bring
from tests.signups import S, assert_counters, crowd, put, start, states, until
from tests.support.together import together


@pytest.fixture
def tick(app):
    """Run the command as a timer would; returns (exit code, what it printed)."""

    def run():
        db.session.commit()
        result = app.test_cli_runner().invoke(args=["tick"])
        db.session.expire_all()
        return result.exit_code, result.output

    return run


def queue(activity):
    for username, state in (("volunteer", S.ADMITTED), ("second", S.WAITING), ("third", S.ASKING)):
        put(activity, volunteer_of(username), state)


def test_with_nothing_due_it_says_nothing(app, tick):
    queue(make_activity(capacity=1))
    assert tick() == (0, "")


def test_at_the_start_it_stores_who_was_not_let_in_and_tells_them_once(app, tick):
    activity, later = make_activity(capacity=1), make_activity(starts_at=clock.now() + timedelta(days=9), capacity=1)
    queue(activity)
    queue(later)
    start(activity)
    assert tick() == (0, f"活动 {activity.id} 已开始，2 人未录用\n")
    assert tick() == (0, "")
    assert states(activity) == {S.ADMITTED: 1, S.DECLINED: 2}
    assert states(later) == {S.ADMITTED: 1, S.WAITING: 1, S.ASKING: 1}
    assert db.session.scalar(db.select(db.func.count()).select_from(Message)) == 2
    assert_counters(activity)


def test_late_by_weeks_it_does_the_same(app, tick):
    activity = make_activity(capacity=1)
    queue(activity)
    db.session.commit()
    clock.move(timedelta(days=40))
    assert tick()[1] == f"活动 {activity.id} 已开始，2 人未录用\n"


def test_a_cancelled_activity_and_a_draft_are_left_alone(app, tick):
    for status in ("cancelled", "draft"):
        activity = make_activity(capacity=1, status=status)
        queue(activity)
    start(activity)
    assert tick() == (0, "")


def test_two_ticks_at_once_do_it_once(app):
    activities = [make_activity(capacity=1) for _ in range(4)]
    for number, activity in enumerate(activities):
        for person in crowd(3, f"t{number}-"):
            put(activity, person, S.WAITING)
    start(activities[0])
    assert together(app, [lambda: module._run(module.starts)] * 2) == [0, 0]
    for activity in activities:
        assert states(activity) == {S.DECLINED: 3}
        assert_counters(activity)
    assert db.session.scalar(db.select(db.func.count()).select_from(Message)) == 12


def messages(words: str) -> list[str]:
    """The user names of those who were told something with these words, by message."""
    wanted = db.select(Message).where(Message.title.contains(words)).order_by(Message.id)
    return [db.session.get_one(type(who("city")), one.user_id).username for one in db.session.scalars(wanted)]


def reminded(activity):
    """Everybody in the activity, two days before its start, signed up long ago."""
    activity.starts_at, activity.ends_at = clock.now() + timedelta(days=2), clock.now() + timedelta(days=2, hours=2)
    states = {"volunteer": S.ADMITTED, "second": S.ADMITTED, "third": S.WAITING}
    return [put(activity, volunteer_of(username), state) for username, state in states.items()]


def test_the_day_before_who_is_in_is_reminded_once_and_by_a_late_tick_too(app, tick):
    activity, cancelled, late = (make_activity(title=title, capacity=2) for title in ("晨跑", "取消的", "晚来的"))
    for one in (activity, cancelled):
        reminded(one)
    cancelled.status = "cancelled"
    choose(who("second").id, [kind for kind in MessageKind if kind is not MessageKind.REMINDER])
    assert tick() == (0, "")
    until(activity.starts_at - timedelta(hours=24))
    assert tick() == (0, f"活动 {activity.id} 提醒 2 人\n") and tick() == (0, "")
    assert messages("活动快到了") == ["volunteer"], "not who waits, not who does not want it, not of what is off"
    late.starts_at, late.ends_at = activity.starts_at, activity.ends_at
    put(late, volunteer_of("guest"), S.ADMITTED)
    assert tick() == (0, "") and messages("活动快到了") == ["volunteer"], "who signed up today knows it"
    until(activity.starts_at)
    db.session.execute(db.update(SignUp).values(reminded_at=None))
    assert "提醒" not in tick()[1], "nobody is reminded of what has begun"


def test_a_moved_activity_is_announced_anew_the_day_before_its_new_day(app, tick):
    activity = make_activity(title="晨跑", capacity=2)
    reminded(activity)
    until(activity.starts_at - timedelta(hours=20))
    assert "提醒 2 人" in tick()[1]
    facts = replace(
        activity.facts, starts_at=activity.starts_at + timedelta(days=7), ends_at=activity.ends_at + timedelta(days=7)
    )
    activity.edit(replace(facts, signup_closes_at=None), activity.version, who("wantong"))
    assert tick() == (0, "")
    until(activity.starts_at - timedelta(hours=20))
    assert "提醒 2 人" in tick()[1] and messages("活动快到了") == ["volunteer", "second"] * 2


def everything_due():
    """One of everything that time alone brings about, due at this moment; returns the rows."""
    silent, offered = bring(HelpStatus.RETURNED), bring(HelpStatus.ARRANGED)
    honour = Honour(
        kind="person", quarter="2026Q3", volunteer_id=volunteer_of("third").id, status=HonourStatus.ANNOUNCED
    )
    honour.first_day, honour.last_day = clock.today() + timedelta(days=1), clock.today() + timedelta(days=9)
    honour.locate(WANTONG)
    db.session.add(honour)
    until(max(silent.lapses_at, offered.offers_end_at) + timedelta(minutes=1))
    started, tomorrow = make_activity(capacity=1), make_activity(title="晨跑", capacity=2)
    for person in crowd(3):
        put(started, person, S.WAITING)
    for signup in reminded(tomorrow):
        signup.created_at = clock.now() - timedelta(days=5)
    tomorrow.starts_at = clock.now() + timedelta(hours=20)
    started.starts_at = clock.now() - timedelta(minutes=1)
    db.session.commit()
    return silent, offered, honour, started, tomorrow


def test_two_whole_ticks_at_once_bring_everything_about_once(app):
    silent, offered, honour, started, _ = (row.id for row in everything_due())
    before = db.session.scalar(db.select(db.func.count()).select_from(Message))

    def whole():
        return sum(module._run(job) for job in module.JOBS)

    assert together(app, [whole, whole, whole]) == [0, 0, 0]
    assert db.session.get_one(HelpRequest, silent).status is HelpStatus.LAPSED
    assert db.session.get_one(HelpRequest, offered).status is HelpStatus.ACCEPTED
    asked = db.select(Assignment.status).where(Assignment.request_id == offered)
    assert db.session.scalars(asked).all() == [AssignmentStatus.EXPIRED]
    assert db.session.get_one(Honour, honour).status is HonourStatus.PUBLISHED
    assert states(db.session.get_one(Activity, started)) == {S.DECLINED: 3}
    told = {
        "求助没有补充情况": ["wantong", "wantong2"], "求助没有人接单": ["wantong", "wantong2"], "求助邀请已过期": ["volunteer"],
        "祝贺！": ["third"], "未录用": ["p000", "p001", "p002"], "活动快到了": ["volunteer", "second"],
        "已经超期：公众求助": ["wantong", "wantong2"], "下级超期未办：公众求助": ["city", "city2", "gulou", "huanglou"],
    }  # fmt: skip
    assert {words: sorted(messages(words)) for words in told} == {
        words: sorted(people) for words, people in told.items()
    }
    after = db.session.scalar(db.select(db.func.count()).select_from(Message))
    assert after - before == sum(map(len, told.values())), "nobody is told anything twice, nor anything else"
    assert_counters(db.session.get_one(Activity, started))


def test_what_nobody_looks_at_any_more_is_forgotten(app, tick):
    now = clock.now()
    db.session.add_all([
        Attempt(kind="sign-in", key="old", at=now - timedelta(days=3)), Attempt(kind="sign-in", key="new", at=now),
        CreationKey(key="old", created_at=now - timedelta(days=8)), CreationKey(key="new", created_at=now),
    ])  # fmt: skip
    assert tick() == (0, "清除过期的尝试记录 1 条\n清除过期的表单编号 1 条\n")
    assert db.session.scalars(db.select(Attempt.key)).all() == ["new"]
    assert db.session.scalars(db.select(CreationKey.key)).all() == ["new"]


def test_a_piece_that_fails_stops_neither_the_others_nor_the_next_tick(app, tick, monkeypatch):
    broken, whole = make_activity(capacity=1), make_activity(capacity=1)
    for activity in (broken, whole):
        put(activity, volunteer_of("second"), S.WAITING)
    start(whole)
    number, real = broken.id, module.close_at_start

    def close(activity: Activity) -> int:
        if activity.id == number:
            raise OperationalError("", {}, Exception("deadlock detected"))
        return real(activity)

    monkeypatch.setattr(module, "close_at_start", close)
    assert tick() == (1, f"活动 {whole.id} 已开始，1 人未录用\n")
    monkeypatch.setattr(module, "close_at_start", real)
    assert tick() == (0, f"活动 {number} 已开始，1 人未录用\n")


@pytest.mark.sqlite_only
def test_sqlite_learns_at_night_how_its_tables_are_filled(app, tick):
    """Once, soon after three: then it finds what is over and not completed by that, not by the state most of them have."""
    make_activity()

    def after(minute: int) -> bool:
        there = clock.local(clock.now())
        clock.move(clock.now() - datetime.now(UTC) + (there + timedelta(days=1)).replace(hour=3, minute=minute) - there)
        assert tick()[0] == 0
        return bool(db.session.scalar(db.text("SELECT 1 FROM sqlite_master WHERE name = 'sqlite_stat1'")))

    assert not after(10)
    assert after(1)
    assert "activity" in db.session.scalars(db.text("SELECT tbl FROM sqlite_stat1"))
    assert not db.session.scalar(
        db.text("SELECT 1 FROM sqlite_master WHERE name = 'sqlite_stat4'")
    ) or not db.session.scalar(db.text("SELECT count(*) FROM sqlite_stat4"))
    db.session.execute(db.text("DROP TABLE sqlite_stat1"))
    db.session.commit()


@pytest.mark.sqlite_only
def test_it_copies_what_sqlite_keeps_in_its_log_into_the_file(app, tick, tmp_path):
    def known_by_the_file_alone():
        # by another process: who closes a file of the database in this one lets go of all locks that SQLite holds on it
        copy = tmp_path / "copy.db"
        subprocess.run(["cp", db.engine.url.database, copy], check=True)
        with closing(sqlite3.connect(copy)) as alone:
            return ("云龙湖岸线清洁",) in alone.execute("SELECT title FROM activity")

    make_activity(title="云龙湖岸线清洁")
    db.session.commit()
    assert not known_by_the_file_alone()
    assert tick()[0] == 0
    assert known_by_the_file_alone()
