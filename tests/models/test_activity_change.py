"""A published activity that changes or is called off: who is told, who loses a place, who gets one."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from app import clock
from app.db import db
from app.models import Activity, Message, SignUp
from app.models.activities.change import Overlapping
from app.models.activity import ActivityStatus
from app.models.attendance.tick import mark
from app.models.history import history_of
from app.models.signup import SignUpStatus
from app.refusal import Invalid, Refused
from tests.activities import day, facts, published, resolved
from tests.cast import baiyun_code, make_activity, told, volunteer_of, who
from tests.signups import assert_counters, join, put, states
from tests.support.together import together

S = SignUpStatus


def edit(activity, confirmed=0, **changes):
    activity.edit(replace(activity.facts, **changes), activity.version, who("wantong"), confirmed=confirmed)


def status_of(username, activity):
    found = db.select(SignUp).where(SignUp.activity_id == activity.id, SignUp.volunteer_id == volunteer_of(username).id)
    return db.session.scalars(found).one().status


@pytest.mark.parametrize(
    "changes",
    [
        {"place": "西门"},
        {"starts_at": partial(day, 3), "ends_at": partial(day, 3, 11)},
        {"ends_at": partial(day, 2, 12)},
    ],
)
def test_a_new_time_or_place_tells_everybody_in_it(app, changes):
    activity = published(capacity=1)
    join("volunteer", activity)
    join("second", activity)  # waits
    join("third", activity).cancel(by=who("third"))
    edit(activity, **resolved(changes))
    assert told("volunteer")[-1] == told("second")[-1] == "活动有变动：云龙湖岸线清洁"
    assert "活动有变动：云龙湖岸线清洁" not in told("third") and not told("guest")
    body = db.session.scalars(db.select(Message.body).order_by(Message.id.desc())).first()
    assert " → " in body


def test_another_change_tells_nobody(app):
    activity = published()
    join("volunteer", activity)
    before = told("volunteer")
    edit(activity, title="新的名称", risks="小心")
    assert told("volunteer") == before
    assert "活动名称：云龙湖岸线清洁 → 新的名称" in history_of(activity)[-1].note.text


def test_added_seats_go_to_those_who_wait_at_once(app):
    activity = published(capacity=1)
    for username in ("volunteer", "second", "third"):
        join(username, activity)
    edit(activity, capacity=2)
    assert status_of("second", activity) is S.ADMITTED and status_of("third", activity) is S.WAITING
    assert_counters(activity)


def test_capacity_cannot_fall_below_those_already_in(app):
    activity = published(capacity=3)
    for username in ("volunteer", "second"):
        join(username, activity)
    with pytest.raises(Invalid, match="已有 2 人录用") as wrong:
        edit(activity, capacity=1)
    assert wrong.value.field == "capacity"
    edit(activity, capacity=2)


def elsewhere(*usernames):
    """Another activity, two days later, in which these people are 已录用."""
    other = make_activity(baiyun_code(), starts_at=day(4), ends_at=day(4, 11), title="白云社区义诊")
    for username in usernames:
        put(other, volunteer_of(username), S.ADMITTED)
    return other


def test_a_new_time_names_beforehand_how_many_it_makes_overlap(app):
    activity = published(capacity=2)
    for username in ("volunteer", "second", "third"):
        join(username, activity)  # third waits
    elsewhere("volunteer", "second")
    new = {"starts_at": day(4, 10), "ends_at": day(4, 12)}
    for confirmed in (0, 1):
        with pytest.raises(Overlapping) as asked:
            edit(activity, confirmed, **new)
        assert asked.value.number == 2 and "2 人" in asked.value.message
    assert activity.starts_at == day(2) and status_of("volunteer", activity) is S.ADMITTED

    edit(activity, 2, **new)
    assert activity.starts_at == day(4, 10)
    assert status_of("volunteer", activity) is status_of("second", activity) is S.DECLINED
    assert status_of("third", activity) is S.ADMITTED
    reasons = db.session.scalars(db.select(SignUp.decline_reason).where(SignUp.status == S.DECLINED)).all()
    assert len(reasons) == 2 and all("白云社区义诊" in reason for reason in reasons)
    assert not any(title.startswith("活动有变动") for title in told("volunteer"))  # their own message says it
    assert any(title.startswith("活动有变动") for title in told("third"))
    assert_counters(activity)


def test_touching_times_do_not_overlap(app):
    activity = published()
    join("volunteer", activity)
    elsewhere("volunteer")
    edit(activity, starts_at=day(4, 11), ends_at=day(4, 13))
    assert status_of("volunteer", activity) is S.ADMITTED


def test_the_community_cannot_change_after_publishing(app):
    activity = published()
    with pytest.raises(Invalid) as wrong:
        edit(activity, community=baiyun_code())
    assert wrong.value.field == "community"


def test_the_time_cannot_move_into_the_past_nor_after_the_start(app):
    activity = published()
    with pytest.raises(Invalid) as wrong:
        edit(activity, starts_at=day(-1))
    assert wrong.value.field == "starts_at"
    db.session.commit()
    clock.move(activity.starts_at - clock.now() + timedelta(minutes=1))
    later = timedelta(minutes=30)
    for field in ("starts_at", "ends_at"):
        changes = {field: getattr(activity, field) + later}
        with pytest.raises(Invalid, match="已经开始") as wrong:
            edit(activity, **changes)
        assert wrong.value.field == field
    edit(activity, place="西门", description="改了集合点")
    assert activity.place == "西门"


def test_a_cancelled_one_tells_everybody_why_and_holds_nobody(app):
    activity = published(capacity=1)
    join("volunteer", activity)
    join("second", activity)
    other = published(title="同一时间", capacity=1)
    put(other, volunteer_of("volunteer"), S.WAITING)
    activity.cancel(who("wantong"), "  大风降温  ")
    assert activity.status is ActivityStatus.CANCELLED and activity.cancel_reason == "大风降温"
    for username in ("volunteer", "second"):
        assert "活动已取消：云龙湖岸线清洁" in told(username)
    body = db.session.scalars(db.select(Message.body).where(Message.title.startswith("活动已取消"))).first()
    assert "大风降温" in body
    assert status_of("volunteer", other) is S.ADMITTED  # the seat that was free there
    assert states(activity) == {S.ADMITTED: 1, S.WAITING: 1}  # shown as 活动已取消, not moved
    assert history_of(activity)[-1].note.text == "大风降温"


@pytest.mark.parametrize("reason", ["", "   ", "长" * 501])
def test_calling_off_demands_a_reason(app, reason):
    activity = published()
    with pytest.raises(Invalid) as wrong:
        activity.cancel(who("wantong"), reason)
    assert wrong.value.field == "reason" and activity.status is ActivityStatus.PUBLISHED


def test_after_the_first_tick_it_cannot_be_called_off_even_when_it_was_taken_back(app):
    activity = published()
    signup = join("volunteer", activity)
    db.session.commit()
    clock.move(activity.starts_at - clock.now() + timedelta(minutes=5))
    mark(signup, "1", by=who("wantong"))
    with pytest.raises(Refused, match="到场"):
        activity.cancel(who("wantong"), "下雨")
    mark(signup, "0", by=who("wantong"))
    db.session.refresh(activity)
    assert activity.attended == 0
    with pytest.raises(Refused, match="到场"):
        activity.cancel(who("wantong"), "下雨")


def test_who_was_only_excused_does_not_stop_calling_off(app):
    activity = published()
    signup = join("volunteer", activity)
    db.session.commit()
    clock.move(activity.starts_at - clock.now() - timedelta(minutes=30))
    mark(signup, "leave", by=who("wantong"))
    activity.cancel(who("wantong"), "下雨")
    assert activity.status is ActivityStatus.CANCELLED


def test_of_two_publishing_or_cancelling_at_once_one_wins(app):
    activity = published()
    draft = Activity.draft(facts(), who("wantong"))
    db.session.commit()

    def act(verb, id):
        return lambda: verb(db.session.get(Activity, id))

    results = together(app, [act(lambda one: one.publish(who("wantong")), draft.id) for _ in range(4)])
    assert sum(result is None for result in results) == 1 and all(isinstance(r, Refused) for r in results if r)
    results = together(app, [act(lambda one: one.cancel(who("wantong2"), "下雨"), activity.id) for _ in range(4)])
    assert sum(result is None for result in results) == 1 and all(isinstance(r, Refused) for r in results if r)
    assert len([line for line in history_of(activity) if line.to_state == "cancelled"]) == 1


def test_of_two_edits_at_once_one_is_stale(app):
    activity = published()
    id, seen, stated = activity.id, activity.version, activity.facts
    db.session.commit()

    def change(place):
        def run():
            db.session.get(Activity, id).edit(replace(stated, place=place), seen, who("wantong"))

        return run

    results = together(app, [change(f"{n} 号门") for n in range(4)])
    assert sum(result is None for result in results) == 1
    assert all(isinstance(result, Refused) for result in results if result is not None)


def test_capacity_lowered_while_people_sign_up_never_leaves_too_many(app):
    activity = published(capacity=4)
    seen, stated = activity.version, activity.facts
    db.session.commit()
    id = activity.id

    def lower():
        db.session.get(Activity, id).edit(replace(stated, capacity=2), seen, who("wantong"))

    def sign_up(username):
        return lambda: join(username, db.session.get(Activity, id)) and None

    together(app, [lower, *(sign_up(name) for name in ("volunteer", "second", "third", "guest"))])
    assert_counters(activity)
