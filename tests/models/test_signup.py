"""报名: joining, who may, overlaps, and every pair of states; told of people."""

import itertools
from datetime import timedelta

import pytest

from app import clock
from app.db import db
from app.models import SignUp
from app.models.activities.phase import ActivityStatus
from app.models.history import history_of
from app.models.signup import SignUpStatus, Standing
from app.models.signups.holding import shift
from app.models.signups.joining import NotNow, Why
from app.models.volunteer import VolunteerStatus
from app.refusal import Refused
from tests.cast import far_code, make_activity, volunteer_of, who
from tests.signups import S, assert_counters, at, join, put, rows, start, states, until


def refused_for(username, activity):
    """Why this person is refused."""
    with pytest.raises(NotNow) as refused:
        join(username, activity)
    return refused.value.reason


# --- joining


def test_a_newcomer_is_admitted_while_a_seat_is_free(app):
    activity = make_activity(capacity=1)
    signup = join("volunteer", activity)
    assert (signup.status, signup.turn, activity.taken) == (S.ADMITTED, 1, 1)
    assert_counters(activity)


def test_the_row_carries_the_places_and_the_unit_of_that_day(app):
    activity = make_activity()
    signup = join("guest", activity)
    guest = volunteer_of("guest")
    assert signup.community_code == activity.community_code
    assert signup.volunteer_community_code == far_code() == guest.community_code
    assert signup.volunteer_district_code == guest.district_code
    assert signup.unit_id == guest.unit_id
    signup.cancel(by=who("guest"))
    guest.unit_id = None
    assert join("guest", activity).unit_id is None, "revived on another day, with that day's unit"


def test_when_full_people_wait_in_order(app):
    activity = make_activity(capacity=1)
    join("volunteer", activity)
    second, third = join("second", activity), join("third", activity)
    assert (second.status, third.status) == (S.WAITING, S.WAITING)
    assert second.turn < third.turn
    assert_counters(activity)


def test_where_the_activity_asks_everybody_waits_for_a_yes_even_when_full(app):
    activity = make_activity(capacity=1, needs_approval=True)
    put(activity, volunteer_of("volunteer"), S.ADMITTED)
    signup = join("second", activity)
    assert signup.status is S.ASKING
    assert_counters(activity)


def test_nobody_is_in_twice(app):
    activity = make_activity()
    join("volunteer", activity)
    assert refused_for("volunteer", activity).why is Why.IN
    assert states(activity) == {S.ADMITTED: 1}


def test_a_cancelled_row_is_revived_at_the_end_of_the_queue(app):
    activity = make_activity(capacity=1)
    join("volunteer", activity)
    first, last = join("second", activity), join("third", activity)
    first.cancel(by=who("second"))
    again = join("second", activity)
    assert again is first
    assert (again.status, again.turn > last.turn) == (S.WAITING, True)
    assert [line.to_state for line in history_of(again)] == ["waiting", "cancelled", "waiting"]
    assert_counters(activity)


def test_who_was_declined_cannot_come_back_and_reads_why(app):
    activity = make_activity(needs_approval=True)
    join("volunteer", activity).decline(by=who("wantong"), reason="需要急救证")
    reason = refused_for("volunteer", activity)
    assert (reason.why, reason.text) == (Why.DECLINED, "需要急救证")


def test_it_is_open_until_the_deadline_and_not_at_it(app):
    activity = make_activity(signup_closes_at=clock.now() + timedelta(minutes=5))
    join("volunteer", activity)
    until(activity.signup_closes_at)
    assert refused_for("second", activity).why is Why.CLOSED


def test_people_join_what_is_going_on(app):
    activity = make_activity()
    start(activity)
    assert join("volunteer", activity).status is S.ADMITTED
    until(activity.ends_at)
    assert refused_for("second", activity).why is Why.ENDED


def test_after_the_start_nobody_waits(app):
    activity = make_activity(capacity=1)
    join("volunteer", activity)
    start(activity)
    assert refused_for("second", activity).title == "名额已满"
    assert_counters(activity)


def test_after_the_start_too_the_community_is_asked_where_it_asks(app):
    activity = make_activity(needs_approval=True, capacity=1)
    early = join("volunteer", activity)
    start(activity)
    late = join("second", activity)
    assert (early.status, late.status) == (S.DECLINED, S.ASKING), "the early one is over, whether tick came or not"
    assert late.standing() is Standing.ASKING
    late.admit(by=who("wantong"))
    assert late.status is S.ADMITTED
    assert refused_for("third", activity).why is Why.FULL
    assert_counters(activity)


def test_a_newcomer_waits_behind_who_waits_even_if_a_seat_is_free(app):
    here, there = make_activity(capacity=1), make_activity(title="文明交通")
    join("volunteer", here)
    join("second", here)
    join("second", there)
    rows(here)[0].cancel(by=who("volunteer"))
    assert (here.taken, here.waiting) == (0, 1), "the second is busy elsewhere and keeps the place"
    assert join("third", here).status is S.WAITING
    assert_counters(here)


# --- who may


def test_a_visitor_a_member_and_who_does_not_serve_are_told_what_to_do(app):
    activity = make_activity()
    for user, why in ((None, Why.VISITOR), (who("member"), Why.MEMBER)):
        with pytest.raises(NotNow) as refused:
            SignUp.join(None, activity, by=user)
        assert refused.value.reason.why is why
    volunteer_of("volunteer").move(VolunteerStatus.PAUSED, by=None, reason="休息")
    assert refused_for("volunteer", activity).why is Why.PAUSED
    volunteer_of("second").move(VolunteerStatus.LEFT, by=None)
    assert refused_for("second", activity).why is Why.MEMBER


@pytest.mark.parametrize(
    ("status", "why"),
    [
        (ActivityStatus.DRAFT, Why.DRAFT),
        (ActivityStatus.CANCELLED, Why.CALLED_OFF),
        (ActivityStatus.COMPLETED, Why.ENDED),
    ],
)
def test_only_a_published_activity_can_be_joined(app, status, why):
    activity = make_activity(status=status)
    assert refused_for("volunteer", activity).why is why
    assert states(activity) == {}


# --- overlaps


@pytest.mark.parametrize(("hour", "hours"), [(8, 2), (9, 2), (10, 1), (8, 4), (10, 3), (9, 1)])
def test_overlapping_places_are_refused_and_the_other_is_named(app, hour, hours):
    first, second = at(9, title="清洁家园"), at(hour, hours, title="文明交通")
    join("volunteer", first)
    reason = refused_for("volunteer", second)
    assert (reason.why, reason.other.id) == (Why.CONFLICT, first.id)
    assert "清洁家园" in reason.text
    assert_counters(second)


@pytest.mark.parametrize(("hour", "hours"), [(7, 2), (11, 1)])
def test_one_may_end_when_the_next_begins(app, hour, hours):
    join("volunteer", at(9))
    assert join("volunteer", at(hour, hours)).status is S.ADMITTED


def test_who_waits_or_asks_stands_in_nobodys_way(app):
    full, asked, other = at(9, capacity=1), at(9, needs_approval=True), at(9)
    join("second", full)
    join("volunteer", full)
    join("volunteer", asked)
    assert join("volunteer", other).status is S.ADMITTED
    fourth = at(9, capacity=1)
    join("second", at(13))
    put(fourth, volunteer_of("third"), S.ADMITTED)
    assert join("volunteer", fourth).status is S.WAITING, "and who is in may wait elsewhere"


def test_a_cancelled_activity_stands_in_nobodys_way(app):
    off = at(9)
    signup = join("volunteer", off)
    off.cancel(who("wantong"), "下雨")
    assert join("volunteer", at(9)).status is S.ADMITTED
    assert signup.status is S.ADMITTED, "the row stays as it was"
    assert signup.standing() is Standing.CALLED_OFF
    with pytest.raises(Refused, match="活动已取消"):
        signup.cancel(by=who("volunteer"))


# --- every pair of states

ALLOWED = {
    (S.ASKING, S.ADMITTED), (S.ASKING, S.WAITING), (S.ASKING, S.DECLINED), (S.ASKING, S.CANCELLED),
    (S.WAITING, S.ADMITTED), (S.WAITING, S.DECLINED), (S.WAITING, S.CANCELLED),
    (S.ADMITTED, S.DECLINED), (S.ADMITTED, S.CANCELLED),
    (S.DECLINED, S.ADMITTED),  # as a walk-in only: no verb of the queue does it
    (S.CANCELLED, S.ASKING), (S.CANCELLED, S.WAITING), (S.CANCELLED, S.ADMITTED),
}  # fmt: skip


@pytest.mark.parametrize(("old", "new"), list(itertools.product(SignUpStatus, SignUpStatus)))
def test_every_pair_of_states(app, old, new):
    activity = make_activity()
    signup = put(activity, volunteer_of("volunteer"), old)
    if (old, new) in ALLOWED:
        shift(signup, new, by=who("wantong"), reason="原因")
        assert signup.status is new
    else:
        with pytest.raises(Refused):
            shift(signup, new, by=who("wantong"), reason="原因")
        assert signup.status is old
        assert history_of(signup) == []
    assert_counters(activity)


VERBS = {
    "join": lambda activity, signup: join("volunteer", activity),
    "cancel": lambda activity, signup: signup.cancel(by=who("volunteer")),
    "admit": lambda activity, signup: signup.admit(by=who("wantong")),
    "decline": lambda activity, signup: signup.decline(by=who("wantong"), reason="原因"),
}
BEFORE = {
    ("join", S.CANCELLED): S.ADMITTED,
    ("cancel", S.ASKING): S.CANCELLED, ("cancel", S.WAITING): S.CANCELLED, ("cancel", S.ADMITTED): S.CANCELLED,
    ("admit", S.ASKING): S.ADMITTED,
    ("decline", S.ASKING): S.DECLINED, ("decline", S.ADMITTED): S.DECLINED,
}  # fmt: skip
AFTER = {("join", S.CANCELLED): S.ADMITTED}  # what was asked before the start is over by then


@pytest.mark.parametrize(("verb", "old", "late"), list(itertools.product(VERBS, SignUpStatus, (False, True))))
def test_every_verb_in_every_state_before_and_after_the_start(app, verb, old, late):
    activity = make_activity(capacity=3)
    signup = put(activity, volunteer_of("volunteer"), old)
    db.session.commit()
    if late:
        start(activity)
    wanted = (AFTER if late else BEFORE).get((verb, old))
    if wanted:
        VERBS[verb](activity, signup)
        assert signup.status is wanted
    else:
        with pytest.raises(Refused):
            VERBS[verb](activity, signup)
        db.session.rollback()
        assert signup.status is old
    assert_counters(activity)
