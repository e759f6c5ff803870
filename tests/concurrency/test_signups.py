"""Many people at exactly the same moment: seats, queues and overlaps hold on both databases."""

from collections import Counter
from datetime import timedelta

import pytest

from app import clock
from app.db import db
from app.models import Activity, Message, SignUp, User, Volunteer
from app.models.signups.joining import NotNow, Why, positions
from app.models.signups.seats import close_at_start, decline_overlapping, promote
from app.refusal import Refused
from tests.cast import make_activity, volunteer_of, who
from tests.signups import S, assert_counters, crowd, put, rows, start, states
from tests.support.together import together


def joining(volunteer, activity):
    """An act: this person signs up for this activity."""
    person, place = volunteer.id, activity.id

    def act():
        mine = db.session.get_one(Volunteer, person)
        return SignUp.join(mine, db.session.get_one(Activity, place), by=db.session.get_one(User, mine.user_id)).status

    return act


def moving(signup, verb, username, **facts):
    """An act: somebody moves this sign-up."""
    number = signup.id

    def act():
        row = db.session.get_one(SignUp, number)
        by = who(username) if isinstance(username, str) else db.session.get_one(User, username)
        getattr(row, verb)(by=by, **facts)
        return row.status

    return act


def on_activity(activity, verb):
    """An act on this activity by its number."""
    number = activity.id
    return lambda: verb(db.session.get_one(Activity, number))


def assert_only_refusals(results):
    """Nobody met a deadlock, a stale row or a broken constraint."""
    assert [one for one in results if isinstance(one, Exception) and not isinstance(one, Refused)] == []


def test_a_hundred_people_for_ten_places(app):
    activity, people = make_activity(capacity=10), crowd(100)
    results = together(app, [joining(person, activity) for person in people])
    assert Counter(results) == {S.ADMITTED: 10, S.WAITING: 90}
    held = rows(activity)
    assert [one.turn for one in held] == list(range(1, 101))
    assert [one.status for one in held] == [S.ADMITTED] * 10 + [S.WAITING] * 90
    assert [positions(held)[one.id] for one in held[10:]] == list(range(1, 91))
    assert_counters(activity)


@pytest.mark.full
def test_a_hundred_people_for_ten_places_twenty_times(app):
    """Each time another day, so that nobody's sign-ups overlap; the order of the queue is that of arrival, each time."""
    people = crowd(100)
    for turn in range(20):
        activity = make_activity(capacity=10, starts_at=clock.now() + timedelta(days=2 + turn))
        results = together(app, [joining(person, activity) for person in people])
        assert Counter(results) == {S.ADMITTED: 10, S.WAITING: 90}, turn
        assert [one.status for one in rows(activity)] == [S.ADMITTED] * 10 + [S.WAITING] * 90
        assert_counters(activity)


def test_fifty_pairs_of_overlapping_sign_ups_never_both(app):
    here = make_activity(capacity=100)
    there = make_activity(capacity=100, starts_at=here.starts_at + timedelta(hours=1))
    people = crowd(50)
    acts = [joining(person, activity) for person in people for activity in (here, there)]
    results = together(app, acts)
    assert_only_refusals(results)
    for one, other in zip(results[::2], results[1::2], strict=True):
        assert {type(one), type(other)} == {type(S.ADMITTED), NotNow}
        refused = one if isinstance(one, NotNow) else other
        assert refused.reason.why is Why.CONFLICT
    db.session.refresh(here)
    db.session.refresh(there)
    assert here.taken + there.taken == 50
    assert_counters(here)
    assert_counters(there)


def test_one_person_pressing_twenty_times_is_in_once(app):
    activity = make_activity()
    person = volunteer_of("volunteer")
    results = together(app, [joining(person, activity)] * 20)
    assert [one for one in results if one is S.ADMITTED] == [S.ADMITTED]
    assert_only_refusals(results)
    assert states(activity) == {S.ADMITTED: 1}
    assert_counters(activity)


def test_while_people_leave_others_come_and_no_seat_is_lost(app):
    activity, people = make_activity(capacity=10), crowd(40)
    held = [put(activity, person, S.ADMITTED) for person in people[:10]]
    for person in people[10:15]:
        put(activity, person, S.WAITING)
    leaving = [moving(one, "cancel", one.volunteer.user_id) for one in held]
    results = together(app, leaving + [joining(person, activity) for person in people[15:]])
    assert_only_refusals(results)
    assert states(activity) == {S.CANCELLED: 10, S.ADMITTED: 10, S.WAITING: 20}
    now = rows(activity)
    admitted, waiting = ([one.turn for one in now if one.status is state] for state in (S.ADMITTED, S.WAITING))
    assert max(admitted) < min(waiting), "in the order of turns"
    assert_counters(activity)


def test_one_freed_seat_is_given_once(app):
    activities = [make_activity(capacity=1), make_activity(capacity=1)]
    owners, waiting = crowd(2, "owner"), volunteer_of("volunteer")
    acts = []
    for owner, activity in zip(owners, activities, strict=True):
        acts.append(moving(put(activity, owner, S.ADMITTED), "cancel", owner.user_id))
        put(activity, waiting, S.WAITING)
    results = together(app, acts)
    assert results == [S.CANCELLED, S.CANCELLED]
    both = [rows(activity)[1].status for activity in activities]
    assert sorted(both) == [S.ADMITTED, S.WAITING], "two seats at the same time, one person"


def test_two_queues_of_the_same_people_do_not_wait_for_each_other(app):
    """The order of locks: both queues hold the same twenty people, in opposite orders."""
    activities = [make_activity(capacity=20), make_activity(capacity=20)]
    people, owners = crowd(20), crowd(40, "owner")
    acts = []
    for activity, mine, queue in zip(activities, (owners[:20], owners[20:]), (people, people[::-1]), strict=True):
        acts += [moving(put(activity, one, S.ADMITTED), "cancel", one.user_id) for one in mine]
        for person in queue:
            put(activity, person, S.WAITING)
    results = together(app, acts)
    assert results == [S.CANCELLED] * 40
    for person in people:
        mine = db.session.scalars(db.select(SignUp.status).where(SignUp.volunteer_id == person.id))
        assert sorted(mine) == [S.ADMITTED, S.WAITING]
    for activity in activities:
        assert_counters(activity)


def test_two_admins_decide_the_same_request_once(app):
    activity = make_activity(needs_approval=True)
    signup = put(activity, volunteer_of("volunteer"), S.ASKING)
    results = together(app, [
        moving(signup, "admit", "wantong"), moving(signup, "decline", "wantong2", reason="人手已够"),
    ])  # fmt: skip
    assert_only_refusals(results)
    assert sum(isinstance(one, Refused) for one in results) in (0, 1)
    db.session.refresh(signup)
    if signup.status is S.ADMITTED:
        assert isinstance(results[1], Refused)
    assert_counters(activity)


def test_admissions_of_one_person_to_two_activities_at_once_never_both(app):
    activities = [make_activity(needs_approval=True) for _ in range(8)]
    asked = [put(activity, volunteer_of("volunteer"), S.ASKING) for activity in activities]
    results = together(app, [moving(one, "admit", "wantong") for one in asked])
    assert_only_refusals(results)
    assert results.count(S.ADMITTED) == 1
    for activity in activities:
        assert_counters(activity)


def test_pausing_while_signing_up_leaves_no_place(app):
    activities = [make_activity(starts_at=clock.now() + timedelta(days=day)) for day in range(1, 11)]
    person = volunteer_of("volunteer")
    number = person.id
    for activity in activities[:5]:
        put(activity, person, S.ADMITTED)

    def pause():
        db.session.get_one(Volunteer, number).pause(by=who("volunteer"), reason="照顾家人")

    results = together(app, [pause, *(joining(person, activity) for activity in activities[5:])])
    assert_only_refusals(results)
    assert results[0] is None
    for activity in activities:
        assert S.ADMITTED not in states(activity), "either never in, or freed by the pause"
        assert_counters(activity)


def test_pausing_people_whose_seats_want_each_other(app):
    """Each holds a seat for which the other waits: both pause at once."""
    first, second = make_activity(capacity=1), make_activity(capacity=1, starts_at=clock.now() + timedelta(days=3))
    one, other = volunteer_of("volunteer"), volunteer_of("second")
    for activity, (holds, waits) in ((first, (one, other)), (second, (other, one))):
        put(activity, holds, S.ADMITTED)
        put(activity, waits, S.WAITING)
    numbers = (one.id, "volunteer"), (other.id, "second")

    def pause(number, username):
        return lambda: db.session.get_one(Volunteer, number).pause(by=who(username), reason="休息")

    assert together(app, [pause(*pair) for pair in numbers]) == [None, None]
    for activity in (first, second):
        assert states(activity) == {S.CANCELLED: 2}
        assert_counters(activity)


def test_a_time_moved_onto_another_while_people_sign_up_there(app):
    here = make_activity(capacity=30)
    there = make_activity(capacity=30, starts_at=here.starts_at + timedelta(hours=5))
    people = crowd(15)
    for person in people:
        put(here, person, S.ADMITTED)

    def move(activity):
        for name in ("starts_at", "ends_at", "signup_closes_at"):
            setattr(activity, name, getattr(activity, name) + timedelta(hours=5))
        decline_overlapping(activity)

    results = together(app, [on_activity(here, move), *(joining(person, there) for person in people)])
    assert_only_refusals(results)
    for person in people:
        mine = db.session.scalars(db.select(SignUp.status).where(SignUp.volunteer_id == person.id))
        assert Counter(mine)[S.ADMITTED] <= 1
    assert_counters(here)
    assert_counters(there)


def test_the_start_is_stored_once_however_many_ticks_run(app):
    activity, people = make_activity(capacity=1), crowd(6)
    for person, state in zip(people, [S.ADMITTED, S.WAITING, S.WAITING, S.ASKING, S.ASKING, S.ASKING], strict=True):
        put(activity, person, state)
    start(activity)
    results = together(app, [on_activity(activity, close_at_start)] * 5)
    assert sorted(results) == [0, 0, 0, 0, 5]
    assert db.session.scalar(db.select(db.func.count()).select_from(Message)) == 5
    assert_counters(activity)


@pytest.mark.parametrize("round_", range(3))
def test_everything_at_once_ends_without_a_deadlock_and_with_true_counters(app, round_):
    activities = [make_activity(capacity=3, starts_at=clock.now() + timedelta(days=1, hours=hour)) for hour in range(4)]
    people = crowd(12)
    acts = []
    for number, person in enumerate(people):
        for shift, activity in enumerate(activities):
            state = (S.ADMITTED, S.WAITING, S.ASKING)[(number + shift + round_) % 3]
            busy = state is S.ADMITTED and (activity.taken >= 3 or number % 4 != shift)
            signup = put(activity, person, S.WAITING if busy else state)
            verb, by = ("cancel", person.user_id) if (number + shift) % 2 else ("admit", "wantong")
            acts.append(moving(signup, verb, by))
    acts += [on_activity(activity, promote) for activity in activities]
    results = together(app, acts)
    assert_only_refusals(results)
    for activity in activities:
        assert_counters(activity)
