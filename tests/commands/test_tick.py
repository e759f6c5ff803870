"""`flask tick`: what time alone brings about is stored once, however often and however late it runs."""

from datetime import timedelta

import pytest
from sqlalchemy.exc import OperationalError

from app import clock
from app.commands import tick as module
from app.db import db
from app.models import Activity, Attempt, CreationKey, Message
from tests.cast import make_activity, volunteer_of
from tests.signups import S, assert_counters, crowd, put, start, states
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
