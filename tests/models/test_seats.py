"""名额: what happens to seats when places are added, a time moves, an activity falls out, a person stops."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app import clock
from app.db import db
from app.models import Message, Volunteer
from app.models.history import history_of
from app.models.signup import Attendance
from app.models.signups.seats import (
    close_at_start,
    decline_overlapping,
    free_future_places,
    overlaps_if_moved,
    promote,
    queues_to_close,
)
from app.models.volunteer import VolunteerStatus
from app.refusal import Refused
from tests.cast import make_activity, volunteer_of, who
from tests.signups import S, SignUp, assert_counters, crowd, join, put, rows, start, states, until
from tests.support.statements import statements


def tomorrow(hour):
    return clock.start_of(clock.today() + timedelta(days=1)) + timedelta(hours=hour)


def at(hour, hours=2, **facts):
    """An activity of tomorrow at this hour."""
    return make_activity(starts_at=tomorrow(hour), ends_at=tomorrow(hour + hours), **facts)


def titles(username):
    mine = db.select(Message.title).where(Message.user_id == who(username).id)
    return [title.partition("：")[0] for title in db.session.scalars(mine.order_by(Message.id))]


def move(activity, hour):
    activity.starts_at, activity.ends_at = tomorrow(hour), tomorrow(hour + 2)
    activity.signup_closes_at = activity.ends_at
    db.session.flush()


# --- places added


def test_added_places_go_to_who_waits_in_order(app):
    activity = make_activity(capacity=1)
    people = crowd(5)
    for person in people:
        SignUp.join(person, activity, by=db.session.get_one(type(who("city")), person.user_id))
    activity.capacity = 3
    promoted = promote(activity, who("wantong"))
    assert [one.volunteer_id for one in promoted] == [people[1].id, people[2].id]
    assert [one.status for one in rows(activity)] == [S.ADMITTED] * 3 + [S.WAITING] * 2
    assert history_of(promoted[0])[-1].actor.username == "wantong"
    assert_counters(activity)
    assert promote(activity) == [], "nothing is free any more"


def test_nobody_is_promoted_after_the_start_nor_in_a_cancelled_activity(app):
    activity = make_activity(capacity=1)
    join("volunteer", activity)
    join("second", activity)
    activity.capacity = 2
    start(activity)
    assert promote(activity) == []
    clock.move(timedelta(0))
    activity.cancel(who("wantong"), "下雨")
    assert promote(activity) == []
    assert states(activity) == {S.ADMITTED: 1, S.WAITING: 1}


def test_who_paused_is_not_promoted(app):
    activity = make_activity(capacity=1)
    join("volunteer", activity)
    join("second", activity)
    volunteer_of("second").status = VolunteerStatus.PAUSED
    rows(activity)[0].cancel(by=who("volunteer"))
    assert (activity.taken, activity.waiting) == (0, 1)


# --- a moved time


def test_a_moved_time_names_beforehand_whom_it_costs_the_place(app):
    here, there = at(9), at(14)
    for username in ("volunteer", "second"):
        join(username, here)
    join("volunteer", there)
    assert [one.volunteer.user.name for one in overlaps_if_moved(here, tomorrow(15), tomorrow(17))] == ["李静"]
    assert overlaps_if_moved(here, tomorrow(12), tomorrow(14)) == [], "half-open"
    assert [one.status for one in rows(here)] == [S.ADMITTED] * 2, "asking changes nothing"


def test_whoever_overlaps_after_the_move_is_declined_and_the_seat_goes_on(app):
    here, there = at(9, capacity=2), at(14, title="文明交通")
    join("volunteer", here)
    join("second", here)
    third = join("third", here)
    join("volunteer", there)
    move(here, 13)
    (declined,) = decline_overlapping(here, who("wantong"))
    assert (declined.status, "文明交通" in declined.decline_reason) == (S.DECLINED, True)
    assert third.status is S.ADMITTED
    assert titles("volunteer") == ["未录用"]
    assert states(there) == {S.ADMITTED: 1}
    assert_counters(here)


def test_who_stands_there_already_is_never_put_out(app):
    here, there = at(9), at(14)
    for username, facts in (("volunteer", {"attendance": Attendance.PRESENT}), ("second", {"walk_in": True})):
        put(here, volunteer_of(username), S.ADMITTED, **facts)
        put(there, volunteer_of(username), S.ADMITTED)
    move(here, 13)
    assert decline_overlapping(here) == []


def test_who_waits_may_overlap_after_the_move_and_is_passed_over(app):
    here, there = at(9, capacity=1), at(14)
    join("volunteer", here)
    second, third = join("second", here), join("third", here)
    join("second", there)
    move(here, 13)
    assert decline_overlapping(here) == []
    rows(here)[0].cancel(by=who("volunteer"))
    assert (second.status, third.status) == (S.WAITING, S.ADMITTED)


def test_a_start_put_off_opens_the_queue_again(app):
    activity = make_activity(needs_approval=True)
    start(activity)
    close_at_start(activity)
    assert activity.queue_closed_at
    move(activity, 48)
    decline_overlapping(activity)
    assert activity.queue_closed_at is None
    assert join("volunteer", activity).standing() == "asking"


# --- an activity falls out


def test_when_an_activity_falls_out_its_people_take_seats_kept_from_them(app):
    here, there = at(9, capacity=1), at(9)
    join("volunteer", here)
    second = join("second", here)
    join("second", there)
    rows(here)[0].cancel(by=who("volunteer"))
    assert second.status is S.WAITING
    there.cancel(who("wantong"), "下雨")
    assert second.status is S.ADMITTED
    assert_counters(here)


# --- a person stops


def test_pausing_frees_every_future_place_and_each_goes_on(app):
    first, second, asked = at(9, capacity=1), at(14, capacity=1), at(18, needs_approval=True)
    for activity in (first, second, asked):
        join("volunteer", activity)
    join("second", first)
    waiting = join("third", second)
    past = make_activity(starts_at=clock.now() - timedelta(hours=1))
    put(past, volunteer_of("volunteer"), S.ADMITTED)
    volunteer_of("volunteer").pause(by=who("volunteer"), reason="照顾家人")
    assert [rows(one)[0].status for one in (first, second, asked)] == [S.CANCELLED] * 3
    assert (rows(first)[1].status, waiting.status) == (S.ADMITTED, S.ADMITTED)
    assert states(past) == {S.ADMITTED: 1}, "what has begun stays"
    assert history_of(rows(first)[0])[-1].note.text == "照顾家人"
    assert titles("volunteer") == [], "one's own act"
    for activity in (first, second, asked, past):
        assert_counters(activity)


def test_staff_who_pause_somebody_tell_them_once_which_places_are_gone(app):
    first, second = at(9, title="清洁家园"), at(14, title="文明交通")
    for activity in (first, second):
        join("volunteer", activity)
    freed = free_future_places(volunteer_of("volunteer"), who("wantong"), "本人电话请求")
    assert len(freed) == 2
    assert titles("volunteer") == ["您的 2 项报名已取消"]


def test_a_place_with_a_tick_is_not_freed(app):
    activity = make_activity(starts_at=clock.now() + timedelta(minutes=30))
    put(activity, volunteer_of("volunteer"), S.ADMITTED, attendance=Attendance.PRESENT)
    assert free_future_places(volunteer_of("volunteer"), who("volunteer"), "休息") == []


# --- what tick looks for


def test_only_activities_that_have_started_have_a_queue_to_close(app):
    soon, later, draft = at(9), at(12), at(9, status="draft")
    assert queues_to_close() == []
    start(soon)
    assert queues_to_close() == [soon.id]
    close_at_start(soon)
    assert queues_to_close() == []
    until(later.starts_at)
    assert queues_to_close() == [later.id]
    assert draft.queue_closed_at is None


# --- counters under any moves

PEOPLE = ("volunteer", "second", "third", "guest")
MOVES = ("join", "join", "join", "cancel", "cancel", "admit", "decline", "add", "pause", "walk-in", "start")
STEPS = st.tuples(
    st.sampled_from(MOVES),
    st.sampled_from(PEOPLE),
    st.integers(0, 2),
)


def step(activities, verb, username, number):
    activity = activities[number]
    mine = next((one for one in rows(activity) if one.volunteer_id == volunteer_of(username).id), None)
    if verb == "join":
        join(username, activity)
    elif verb == "add":
        db.session.refresh(activity)
        activity.capacity += 1
        promote(activity)
    elif verb == "pause":
        volunteer = db.session.get_one(Volunteer, volunteer_of(username).id)
        free_future_places(volunteer, who(username), "休息")
    elif verb == "walk-in" and mine is None:
        put(activity, volunteer_of(username), S.CANCELLED)
    elif verb == "start":
        close_at_start(activity)
    elif mine and verb == "decline":
        mine.decline(by=who("wantong"), reason="原因")
    elif mine and verb in ("cancel", "admit"):
        getattr(mine, verb)(by=who(username))


def no_two_places_at_once(activities):
    """Nobody is 已录用 twice at the same time (the first two activities overlap, the third begins when one ends)."""
    for person in PEOPLE:
        mine = [
            activity
            for activity in activities
            for one in rows(activity)
            if one.volunteer_id == volunteer_of(person).id and one.status is S.ADMITTED
        ]
        for one in mine:
            assert not any(o is not one and o.starts_at < one.ends_at and o.ends_at > one.starts_at for o in mine)


@given(st.lists(STEPS, max_size=25), st.booleans())
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_after_any_moves_the_counters_equal_a_recount(app, steps, asks):
    db.session.rollback()
    activities = [at(9, capacity=1), at(10, capacity=2, needs_approval=asks), at(11, 3, capacity=1)]
    db.session.commit()
    for verb, username, number in steps:
        try:
            step(activities, verb, username, number)
            db.session.commit()
        except Refused:
            db.session.rollback()
        for activity in activities:
            assert_counters(activity)
    no_two_places_at_once(activities)


@pytest.mark.parametrize("count", [0, 3])
def test_closing_costs_no_statement_where_nobody_waits(app, count):
    activity = make_activity()
    for person in crowd(count):
        put(activity, person, S.ADMITTED)
    start(activity)
    db.session.refresh(activity)
    with statements() as seen:
        close_at_start(activity)
    assert len(seen) == 2, seen  # the lock, the mark


def test_until_tick_has_run_an_activity_counts_and_cancels_as_if_it_had(app):
    activity = make_activity(capacity=1)
    for username, state in (("volunteer", S.ADMITTED), ("second", S.WAITING), ("third", S.ASKING)):
        put(activity, volunteer_of(username), state)
    assert (activity.waiting_now, activity.asking_now) == (1, 1)
    start(activity)
    assert (activity.waiting_now, activity.asking_now) == (0, 0)
    activity.cancel(who("wantong"), "下雨")
    assert states(activity) == {S.ADMITTED: 1, S.DECLINED: 2}
    assert titles("second") == ["未录用"]
    assert "活动已取消" in titles("volunteer")
