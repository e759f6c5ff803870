"""到场 when many act at once, and after any sequence of acts."""

import itertools
import random
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from app import clock
from app.db import db
from app.models import Activity, ServiceRecord, SignUp, Volunteer
from app.models.attendance import complete, mark, mark_rest, undo_rest, walk_in
from app.models.history import history_of
from app.models.signup import Attendance
from app.refusal import Invalid, Refused
from tests import cast
from tests.rollcall import admitted, assert_figures_true, crowd, live, running
from tests.support.together import together


def ticking(signup_id, wanted="1", username="wantong"):
    return lambda: mark(db.session.get(SignUp, signup_id), wanted, by=cast.who(username))


def test_fifty_equal_ticks_at_once_make_one_live_record(app):
    activity = running()
    signup = admitted(activity, cast.volunteer_of("volunteer"))
    results = together(app, [ticking(signup.id)] * 50)
    assert sorted(results) == [False] * 49 + [True]
    assert len(live(activity)) == 1
    assert db.session.scalar(db.select(db.func.count()).select_from(ServiceRecord)) == 1
    assert len(history_of(signup)) == 1
    assert (activity.attended, cast.volunteer_of("volunteer").services) == (1, 1)
    assert_figures_true()


def test_ticking_and_un_ticking_at_once_leaves_what_the_last_one_wanted(app):
    activity = running()
    signup = admitted(activity, cast.volunteer_of("volunteer"))
    results = together(app, [ticking(signup.id, wanted) for wanted in ("1", "0", "leave") * 10])
    assert not [one for one in results if isinstance(one, Exception)]
    assert len(live(activity)) == (signup.attendance is Attendance.PRESENT)
    assert history_of(signup)[-1].to_state == signup.attendance
    assert_figures_true()


def test_twenty_pairs_of_overlapping_ticks_at_once_never_both(app):
    here, there = running(), running(-0.5, title="文明交通")
    pairs = []
    for position in range(20):
        volunteer = cast.make_volunteer(cast.make_user(f"q{position}", f"人{position}", f"135{position:08d}"))
        pairs.append([admitted(activity, volunteer).id for activity in (here, there)])
    results = together(app, [ticking(one) for pair in pairs for one in pair])
    for first, second in zip(results[::2], results[1::2], strict=True):
        assert sorted([first is True, second is True]) == [False, True]
        assert any(isinstance(one, Refused) and "时间重叠" in one.message for one in (first, second))
    assert here.attended + there.attended == 20
    assert_figures_true()


def test_completion_and_ticks_at_once_agree(app):
    activity = running(-3)
    people = [one.id for one in crowd(activity, 12)]
    acts, activity_id = [ticking(one) for one in people], activity.id
    acts[6:6] = [lambda: complete(db.session.get(Activity, activity_id), by=cast.who("wantong"))] * 3
    results = together(app, acts)
    assert sum(isinstance(one, int) and not isinstance(one, bool) for one in results) == 1, "one completion wins"
    for signup_id, result in zip(people, results[:6] + results[9:], strict=True):
        late = isinstance(result, Invalid)
        assert db.session.get(SignUp, signup_id).attendance is (Attendance.ABSENT if late else Attendance.PRESENT)
    assert_figures_true()


def test_the_rest_of_two_activities_at_once_end_without_a_deadlock(app):
    here, there = running(), running(-0.5, title="文明交通")
    units = [cast.volunteer_of("volunteer").unit_id, cast.volunteer_of("third").unit_id, None]
    everybody = []
    for position in range(12):
        user = cast.make_user(f"r{position}", f"人{position}", f"134{position:08d}")
        everybody.append(cast.make_volunteer(user, unit_id=units[position % 3]))
    for activity, order in ((here, everybody), (there, everybody[::-1])):
        for volunteer in order:
            admitted(activity, volunteer)
    ids = here.id, there.id
    rests = together(
        app, [lambda id=id: mark_rest(db.session.get(Activity, id), by=cast.who("wantong")) for id in ids * 3]
    )
    assert not [one for one in rests if isinstance(one, Exception)]
    assert here.attended + there.attended == 12
    assert_figures_true()


def test_the_same_walk_in_ten_times_at_once_is_one_row(app):
    activity = running()
    ids = activity.id, cast.volunteer_of("guest").id

    def act():
        return walk_in(db.session.get(Activity, ids[0]), db.session.get(Volunteer, ids[1]), by=cast.who("wantong")).id

    results = together(app, [act] * 10)
    assert len(set(results)) == 1
    assert (len(live(activity)), activity.turns, activity.taken) == (1, 1, 0)
    assert_figures_true()


class Roll(RuleBasedStateMachine):
    """Any sequence of acts on three overlapping activities and four people, by several administrators."""

    def __init__(self) -> None:
        super().__init__()
        clock.move(timedelta(0))
        self.rests = {}
        self.activities = [running(-1).id, running(-0.5).id, running(-4).id]
        people = [cast.volunteer_of(name) for name in ("volunteer", "second", "third", "guest")]
        self.people = [volunteer.id for volunteer in people]
        for activity_id, volunteer in itertools.product(self.activities[:2], people[:3]):
            admitted(db.session.get(Activity, activity_id), volunteer)

    def try_to(self, act):
        try:
            done = act()
            db.session.commit()
            return done
        except (Refused, Invalid):
            db.session.rollback()
            return None

    @rule(
        which=st.integers(0, 2),
        who=st.integers(0, 3),
        wanted=st.sampled_from(["1", "0", "leave"]),
        minutes=st.sampled_from([None, None, 30, 180, 181, -1]),
        reason=st.sampled_from(["", "更正"]),
        by=st.sampled_from(["wantong", "gulou"]),
    )
    def tick(self, which, who, wanted, minutes, reason, by):
        listed = SignUp.activity_id == self.activities[which], SignUp.volunteer_id == self.people[who]
        signup = db.session.scalar(db.select(SignUp).where(*listed))
        if signup:
            self.try_to(lambda: mark(signup, wanted, minutes, reason, by=cast.who(by)))

    @rule(which=st.integers(0, 2))
    def all_the_rest(self, which):
        done = self.try_to(lambda: mark_rest(db.session.get(Activity, self.activities[which]), by=cast.who("wantong")))
        if done:
            self.rests[which] = done.at

    @rule(which=st.integers(0, 2))
    def undo(self, which):
        if which in self.rests:
            activity = db.session.get(Activity, self.activities[which])
            self.try_to(lambda: undo_rest(activity, self.rests[which], by=cast.who("wantong")))

    @rule(which=st.integers(0, 2), who=st.integers(0, 3), reason=st.sampled_from(["", "补录"]))
    def walks_in(self, which, who, reason):
        activity, volunteer = (
            db.session.get(Activity, self.activities[which]),
            db.session.get(Volunteer, self.people[who]),
        )
        self.try_to(lambda: walk_in(activity, volunteer, by=cast.who("wantong"), reason=reason))

    @rule(which=st.integers(0, 2))
    def completes(self, which):
        self.try_to(lambda: complete(db.session.get(Activity, self.activities[which]), by=cast.who("wantong")))

    @rule(hours=st.integers(1, 24 * 20))
    def time_passes(self, hours):
        clock.move(clock._shift + timedelta(hours=hours))

    @invariant()
    def every_figure_is_the_sum_of_its_rows(self):
        assert_figures_true()

    def teardown(self):
        clock.move(timedelta(0))


@pytest.mark.parametrize("sequences", [6, pytest.param(24, marks=pytest.mark.full)])
def test_figures_are_true_after_any_sequence(app, sequences):
    random.seed(sequences)
    machine = settings(
        max_examples=sequences,
        stateful_step_count=20,
        deadline=None,
        database=None,
        derandomize=sequences == 6,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Roll, settings=machine)
