"""The queue of a 报名: who follows on a freed seat, whom staff admit and decline, and what the start ends."""

import itertools
from datetime import timedelta

import pytest

from app import clock
from app.db import db
from app.models import SignUp
from app.models.activities.phase import ActivityStatus
from app.models.history import history_of
from app.models.signup import Attendance, Standing, standing_now
from app.models.signups.seats import close_at_start
from app.models.volunteer import VolunteerStatus
from app.refusal import Invalid, Refused
from tests.cast import make_activity, told_in_short, volunteer_of, who
from tests.signups import S, assert_counters, at, crowd, join, put, rows, start

# --- cancelling


def test_a_freed_seat_goes_to_who_waits_first_at_once(app):
    activity = make_activity(capacity=1)
    join("volunteer", activity)
    second, third = join("second", activity), join("third", activity)
    rows(activity)[0].cancel(by=who("volunteer"))
    assert (second.status, third.status) == (S.ADMITTED, S.WAITING)
    assert told_in_short("second") == ["候补成功，您已录用"]
    assert told_in_short("third") == told_in_short("volunteer") == []
    assert history_of(second)[-1].actor is None, "nobody learns whose place it was"
    assert_counters(activity)


def test_whoever_conflicts_is_passed_over_keeps_the_place_and_hears_of_it_once(app):
    here, there = at(9, capacity=1), at(9)
    join("volunteer", here)
    second, third = join("second", here), join("third", here)
    four = SignUp.join(crowd(1)[0], here, by=who("p000"))
    join("second", there)
    rows(here)[0].cancel(by=who("volunteer"))
    assert (second.status, third.status) == (S.WAITING, S.ADMITTED)
    third.cancel(by=who("third"))
    assert (second.status, four.status) == (S.WAITING, S.ADMITTED)
    assert told_in_short("second") == ["有名额空出，您时间冲突"]
    assert_counters(here)


def test_who_gets_free_elsewhere_takes_the_seat_that_was_kept_from_them(app):
    here, there = at(9, capacity=1), at(9)
    join("volunteer", here)
    second = join("second", here)
    busy = join("second", there)
    rows(here)[0].cancel(by=who("volunteer"))
    assert (second.status, here.taken) == (S.WAITING, 0)
    busy.cancel(by=who("second"))
    assert (second.status, here.taken) == (S.ADMITTED, 1)
    assert_counters(here)
    assert_counters(there)


@pytest.mark.parametrize("status", [S.ADMITTED, S.WAITING, S.ASKING])
def test_nobody_cancels_after_the_start(app, status):
    activity = make_activity()
    signup = put(activity, volunteer_of("volunteer"), status)
    start(activity)
    with pytest.raises(Refused):
        signup.cancel(by=who("volunteer"))


def test_who_is_ticked_present_before_the_start_stays(app):
    activity = make_activity()
    signup = put(activity, volunteer_of("volunteer"), S.ADMITTED, attendance=Attendance.PRESENT)
    with pytest.raises(Refused, match="已确认到场"):
        signup.cancel(by=who("volunteer"))
    with pytest.raises(Refused, match="已确认到场"):
        signup.decline(by=who("wantong"), reason="不要")


def test_a_walk_in_who_cancels_frees_no_seat(app):
    activity = make_activity(capacity=1)
    join("volunteer", activity)
    join("second", activity)
    walked_in = put(activity, volunteer_of("third"), S.CANCELLED)
    walked_in.walk_in, walked_in.status = True, S.ADMITTED
    db.session.flush()
    walked_in.cancel(by=who("third"))
    assert (activity.taken, activity.waiting) == (1, 1)
    assert_counters(activity)
    assert join("third", activity).walk_in is False


# --- staff


def test_staff_admit_who_asks_and_the_person_is_told(app):
    activity = make_activity(needs_approval=True)
    signup = join("volunteer", activity)
    signup.admit(by=who("wantong"))
    assert (signup.status, activity.taken, activity.asking) == (S.ADMITTED, 1, 0)
    assert told_in_short("volunteer") == ["报名通过审核，您已录用"]
    line = history_of(signup)[-1]
    assert (line.actor.username, line.actor_role) == ("wantong", "community")
    assert (line.from_state, line.to_state) == ("asking", "admitted")


def test_who_is_admitted_when_full_waits_in_the_order_of_asking(app):
    activity = make_activity(needs_approval=True, capacity=1)
    first, second, third = (join(name, activity) for name in ("volunteer", "second", "third"))
    first.admit(by=who("wantong"))
    third.admit(by=who("wantong"))
    second.admit(by=who("wantong"))
    assert (second.status, third.status) == (S.WAITING, S.WAITING)
    first.cancel(by=who("volunteer"))
    assert (second.status, third.status) == (S.ADMITTED, S.WAITING)
    assert told_in_short("second") == ["报名通过审核，正在候补", "候补成功，您已录用"]
    assert_counters(activity)


def test_the_second_of_two_admins_meets_the_present_state(app):
    activity = make_activity(needs_approval=True)
    signup = join("volunteer", activity)
    signup.decline(by=who("wantong"), reason="人手已够")
    for verb in (lambda: signup.admit(by=who("wantong2")), lambda: signup.decline(by=who("wantong2"), reason="不合适")):
        with pytest.raises(Refused, match="未录用"):
            verb()
    assert signup.decline_reason == "人手已够"


def test_who_waits_is_never_let_in_or_out_by_hand(app):
    activity = make_activity(capacity=1)
    join("volunteer", activity)
    signup = join("second", activity)
    with pytest.raises(Refused, match="自动递补"):
        signup.admit(by=who("wantong"))
    with pytest.raises(Refused, match="自动递补"):
        signup.decline(by=who("wantong"), reason="不要")
    assert signup.status is S.WAITING


def test_an_admission_that_would_overlap_is_refused_with_the_name(app):
    here, there = at(9, needs_approval=True), at(10, title="文明交通")
    signup = join("volunteer", here)
    join("volunteer", there)
    with pytest.raises(Refused, match="文明交通"):
        signup.admit(by=who("wantong"))
    assert signup.status is S.ASKING
    volunteer_of("second").move(VolunteerStatus.PAUSED, by=None, reason="休息")
    paused = put(here, volunteer_of("second"), S.ASKING)
    with pytest.raises(Refused, match="暂停"):
        paused.admit(by=who("wantong"))


def test_staff_take_a_place_back_before_the_start_with_a_reason(app):
    activity = make_activity(capacity=1)
    signup, second = join("volunteer", activity), join("second", activity)
    for reason in ("", "   ", "长" * 501):
        with pytest.raises(Invalid):
            signup.decline(by=who("wantong"), reason=reason)
    signup.decline(by=who("wantong"), reason=" 场地变小 ")
    assert (signup.status, signup.decline_reason, second.status) == (S.DECLINED, "场地变小", S.ADMITTED)
    assert told_in_short("volunteer") == ["未录用"]
    assert history_of(signup)[-1].note.text == "场地变小"
    assert_counters(activity)


def test_after_the_start_a_place_is_not_taken_back_but_who_asks_gets_an_answer(app):
    activity = make_activity(needs_approval=True)
    held = put(activity, volunteer_of("second"), S.ADMITTED)
    start(activity)
    with pytest.raises(Refused, match="已经开始"):
        held.decline(by=who("wantong"), reason="不要")
    late = join("volunteer", activity)
    late.decline(by=who("wantong"), reason="人手已够")
    assert late.status is S.DECLINED
    assert_counters(activity)


def test_after_the_start_an_admission_to_a_full_activity_is_refused(app):
    activity = make_activity(needs_approval=True, capacity=1)
    start(activity)
    first, second = join("volunteer", activity), join("second", activity)
    first.admit(by=who("wantong"))
    with pytest.raises(Refused, match="名额已满"):
        second.admit(by=who("wantong"))
    assert second.status is S.ASKING


# --- the start


def test_at_the_start_who_waits_or_asks_is_declined(app):
    activity = make_activity(capacity=1)
    admitted, waiting, asking = (
        put(activity, volunteer_of(n), s)
        for n, s in (("volunteer", S.ADMITTED), ("second", S.WAITING), ("third", S.ASKING))
    )
    assert close_at_start(activity) == 0, "not before its time"
    start(activity)
    for row in (waiting, asking):
        row.activity = activity
        assert (row.status.name, row.standing()) in (("WAITING", Standing.DECLINED), ("ASKING", Standing.DECLINED))
        assert row.why_declined
    assert close_at_start(activity) == 2
    assert (admitted.status, waiting.status, asking.status) == (S.ADMITTED, S.DECLINED, S.DECLINED)
    assert told_in_short("second") == told_in_short("third") == ["未录用"]
    assert {line.actor_role for line in history_of(waiting)} == {"clock"}
    assert close_at_start(activity) == 0
    assert told_in_short("second") == ["未录用"], "told once"
    assert_counters(activity)


@pytest.mark.parametrize("status", [S.WAITING, S.ASKING])
def test_until_tick_has_run_every_move_treats_it_as_done(app, status):
    activity = make_activity()
    signup = put(activity, volunteer_of("volunteer"), status)
    start(activity)
    for verb in (
        lambda: signup.admit(by=who("wantong")),
        lambda: signup.cancel(by=who("volunteer")),
        lambda: signup.decline(by=who("wantong"), reason="不要"),
        lambda: join("volunteer", activity),
    ):
        with pytest.raises(Refused) as refused:
            verb()
        assert "未录用" in refused.value.message or "已经开始" in refused.value.message
        db.session.rollback()


def test_at_the_end_what_is_still_asked_is_declined(app):
    activity = make_activity(needs_approval=True)
    start(activity)
    late = join("volunteer", activity)
    activity.status = ActivityStatus.COMPLETED
    assert (late.standing(), late.why_declined) == (Standing.DECLINED, "活动已结项，报名没有经过审核。")
    assert close_at_start(activity) == 1
    assert late.status is S.DECLINED


def test_the_sql_expression_says_what_the_row_says(app):
    facts = itertools.product(
        (ActivityStatus.PUBLISHED, ActivityStatus.COMPLETED, ActivityStatus.CANCELLED),
        (False, True),
        (False, True),
        S,
    )
    now = clock.now()
    for number, (status, started, closed, state) in enumerate(facts):
        begins = now + timedelta(hours=-1 if started else 1)
        activity = make_activity(status=status, starts_at=begins, queue_closed_at=now if closed else None)
        put(activity, crowd(1, f"x{number}-")[0], state)
    found = db.session.execute(db.select(SignUp, standing_now()).join(SignUp.activity)).all()
    assert len(found) == 60
    for signup, standing in found:
        db.session.refresh(signup, ["activity"])
        assert signup.standing() == standing
