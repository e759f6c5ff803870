"""到场 and 结项: every pair of states before and after it, corrections, all the rest at once."""

from datetime import timedelta

import pytest

from app import clock
from app.db import db
from app.models import SignUp
from app.models.activities.phase import ActivityStatus
from app.models.attendance import complete, mark, mark_rest, undo_rest, walk_in
from app.models.history import history_of
from app.models.service_record import Evidence
from app.models.signup import Attendance
from app.refusal import Invalid, Refused
from tests import cast
from tests.rollcall import (
    ABSENT,
    EXCUSED,
    PRESENT,
    UNKNOWN,
    admitted,
    assert_figures_true,
    crowd,
    li_jing,
    live,
    over,
    running,
)

MOVES = {  # wanted → state before 结项, state after it
    "1": (PRESENT, PRESENT),
    "0": (UNKNOWN, ABSENT),
    "leave": (EXCUSED, EXCUSED),
}


def bring_to(signup: SignUp, state: Attendance) -> None:
    words = {PRESENT: "1", EXCUSED: "leave", UNKNOWN: "0", ABSENT: "0"}
    mark(signup, words[state], reason="更正", by=cast.who("wantong"))


@pytest.mark.parametrize("wanted", MOVES)
@pytest.mark.parametrize("start", [PRESENT, UNKNOWN, EXCUSED])
def test_every_pair_of_states_before_completion(app, start, wanted):
    signup = li_jing(running())
    bring_to(signup, start)
    to = MOVES[wanted][0]
    assert mark(signup, wanted, by=cast.who("wantong")) is (start is not to)
    db.session.commit()
    assert signup.attendance is to
    assert_figures_true()


@pytest.mark.parametrize("wanted", MOVES)
@pytest.mark.parametrize("start", [PRESENT, ABSENT, EXCUSED])
def test_every_pair_of_states_after_completion_demands_a_reason(app, start, wanted):
    activity = over()
    signup = li_jing(activity)
    complete(activity, by=cast.who("wantong"))
    bring_to(signup, start)
    db.session.commit()
    to = MOVES[wanted][1]
    if start is to:
        assert mark(signup, wanted, by=cast.who("wantong")) is False
        return
    for empty in ("", "  "):
        with pytest.raises(Invalid) as wrong:
            mark(signup, wanted, reason=empty, by=cast.who("wantong"))
        assert wrong.value.field == "reason"
        db.session.rollback()
    assert mark(signup, wanted, reason="签到表上有他", by=cast.who("wantong")) is True
    db.session.commit()
    assert signup.attendance is to
    assert history_of(signup)[-1].note.text == "签到表上有他"
    assert_figures_true()


def test_after_completion_the_evidence_is_late_and_the_person_is_told(app):
    from app.models import Message

    activity = over()
    signup = li_jing(activity)
    complete(activity, by=cast.who("wantong"))
    mark(signup, "1", reason="漏勾了", by=cast.who("wantong"))
    db.session.commit()
    assert [record.evidence for record in live(activity)] == [Evidence.LATE]
    told = [message.title for message in db.session.scalars(Message.inbox(cast.who("volunteer").id))]
    assert told == ["到场情况记为缺席", "到场情况有更正"]


def test_thirty_days_after_completion_nothing_changes_any_more(app):
    activity = over()
    signup = li_jing(activity)
    complete(activity, by=cast.who("wantong"))
    db.session.commit()
    clock.move(timedelta(days=30, seconds=-30))
    assert mark(signup, "1", reason="签到表", by=cast.who("wantong"))
    db.session.commit()
    clock.move(timedelta(days=30, seconds=30))
    for wanted, minutes in (("0", None), ("leave", None), ("1", 90)):
        with pytest.raises(Refused, match="30 天"):
            mark(signup, wanted, minutes, reason="还想改", by=cast.who("wantong"))
    with pytest.raises(Refused, match="30 天"):
        walk_in(activity, cast.volunteer_of("second"), reason="还想补", by=cast.who("wantong"))
    db.session.rollback()
    assert mark(signup, "1", by=cast.who("wantong")) is False, "ticking what is ticked stays harmless"
    assert_figures_true()


def test_all_the_rest_came_and_the_undo(app):
    activity = running()
    people = crowd(activity, 5)
    by = cast.who("wantong")
    mark(people[0], "1", 60, by=by)
    mark(people[1], "leave", by=by)
    db.session.commit()
    rest = mark_rest(activity, by=by)
    db.session.commit()
    assert rest.ids == [one.id for one in people[2:]]
    assert (activity.attended, [one.minutes for one in people]) == (4, [60, None, 120, 120, 120])
    assert_figures_true()
    mark(people[2], "1", 30, by=by)  # changed since: stays
    db.session.commit()
    assert undo_rest(activity, rest.at, by=by) == [one.id for one in people[3:]]
    db.session.commit()
    assert [one.attendance for one in people] == [PRESENT, EXCUSED, PRESENT, UNKNOWN, UNKNOWN]
    assert_figures_true()
    with pytest.raises(Refused, match="没有可以撤销"):
        undo_rest(activity, rest.at, by=by)


def test_all_the_rest_leaves_out_whom_it_cannot_tick_and_names_them(app):
    activity, other = running(), running(title="文明交通")
    volunteer = cast.volunteer_of("volunteer")
    elsewhere = admitted(other, volunteer)
    own = admitted(activity, cast.make_volunteer(cast.who("wantong")))
    busy, free = admitted(activity, volunteer), admitted(activity, cast.volunteer_of("second"))
    mark(elsewhere, "1", by=cast.who("wantong"))
    rest = mark_rest(activity, by=cast.who("wantong"))
    db.session.commit()
    assert rest.ids == [free.id]
    assert {name for name, _ in rest.left_out} == {"李静", "周芳"}
    assert "文明交通" in dict(rest.left_out)["李静"]
    assert (own.attendance, busy.attendance) == (UNKNOWN, UNKNOWN)
    assert mark_rest(activity, by=cast.who("wantong")).ids == []
    assert_figures_true()


def test_completion_turns_the_rest_into_absent(app):
    activity = over()
    came, excused, missing = crowd(activity, 3)
    by = cast.who("wantong")
    mark(came, "1", by=by)
    mark(excused, "leave", by=by)
    with pytest.raises(Refused, match="1 人"):
        complete(activity, absent=2, by=by)
    db.session.rollback()
    mark(came, "1", by=by)
    mark(excused, "leave", by=by)
    assert complete(activity, absent=1, by=by) == 1
    db.session.commit()
    assert [one.attendance for one in (came, excused, missing)] == [PRESENT, EXCUSED, ABSENT]
    assert (activity.status, activity.attended) == (ActivityStatus.COMPLETED, 1)
    assert activity.completed_at is not None
    assert history_of(missing)[-1].to_state == "absent"
    for act in (
        lambda: complete(activity, by=by),
        lambda: mark_rest(activity, by=by),
        lambda: undo_rest(activity, clock.now(), by=by),
    ):
        with pytest.raises(Refused):
            act()
        db.session.rollback()
    assert_figures_true()


def test_completion_waits_for_the_end(app):
    activity = running()
    with pytest.raises(Refused, match="结束后"):
        complete(activity, by=cast.who("wantong"))
    clock.move(activity.ends_at - clock.now() + timedelta(seconds=1))
    assert complete(activity, by=cast.who("wantong")) == 0
