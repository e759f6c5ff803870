"""到场: who may be ticked, by whom, when, for how many minutes, and what it makes."""

from datetime import date, datetime, timedelta

import pytest

from app import clock
from app.db import db
from app.models import Feedback, Post, ServiceMonth, ServiceRecord
from app.models.activities.phase import ActivityStatus
from app.models.attendance import complete, mark, mark_rest, walk_in
from app.models.history import history_of
from app.models.service_record import Evidence
from app.models.signup import SignUpStatus
from app.models.user import Role
from app.refusal import Invalid, Refused
from tests import cast
from tests.rollcall import (
    EXCUSED,
    UNKNOWN,
    admitted,
    assert_figures_true,
    li_jing,
    live,
    over,
    running,
)


def test_a_tick_makes_one_live_record_and_the_count_rises_by_one(app):
    activity = running()
    signup = li_jing(activity)
    assert mark(signup, "1", by=cast.who("wantong")) is True
    db.session.commit()
    [record] = live(activity)
    volunteer = cast.volunteer_of("volunteer")
    assert (record.minutes, record.evidence, record.day) == (120, Evidence.ONSITE, clock.day(activity.starts_at))
    assert record.month == f"{record.day:%Y-%m}"
    assert record.confirmed_by_id == cast.who("wantong").id
    assert record.unit_id == volunteer.unit_id
    assert record.category_id == activity.category_id
    assert (volunteer.services, volunteer.minutes, volunteer.last_served_on) == (1, 120, record.day)
    assert activity.attended == 1
    assert_figures_true()


def test_ticking_what_is_ticked_changes_nothing(app):
    signup = li_jing(running())
    mark(signup, "1", by=cast.who("wantong"))
    db.session.commit()
    before = signup.ticked_at, signup.version, len(history_of(signup))
    assert mark(signup, "1", by=cast.who("wantong2")) is False
    assert mark(signup, "1", 120, by=cast.who("wantong2")) is False
    db.session.commit()
    assert (signup.ticked_at, signup.version, len(history_of(signup))) == before
    assert_figures_true()


def test_un_ticking_revokes_the_record_and_the_row_stays(app):
    activity = running()
    signup = li_jing(activity)
    mark(signup, "1", by=cast.who("wantong"))
    mark(signup, "0", by=cast.who("wantong2"))
    db.session.commit()
    [record] = db.session.scalars(db.select(ServiceRecord))
    assert record.revoked_at is not None
    assert record.revoked_by_id == cast.who("wantong2").id
    volunteer = cast.volunteer_of("volunteer")
    assert (volunteer.services, volunteer.minutes, volunteer.last_served_on) == (0, 0, None)
    assert (signup.attendance, signup.minutes, activity.attended) == (UNKNOWN, None, 0)
    mark(signup, "1", by=cast.who("wantong"))
    db.session.commit()
    assert len(live(activity)) == 1
    assert_figures_true()


def test_the_history_tells_who_ticked_when_and_in_which_role(app):
    signup = li_jing(running())
    mark(signup, "1", by=cast.who("huanglou"))
    mark(signup, "leave", by=cast.who("wantong"))
    db.session.commit()
    first, second = history_of(signup)
    assert (first.action, first.from_state, first.to_state) == ("attendance", "unknown", "present")
    assert (first.actor.name, first.actor_role, first.actor_place) == ("黄敏", "subdistrict", cast.HUANGLOU)
    assert (second.from_state, second.to_state, second.actor.name) == ("present", "excused", "周芳")
    assert (signup.ticked_by_id, signup.attendance) == (cast.who("wantong").id, EXCUSED)


def test_ticking_opens_sixty_minutes_before_the_start(app):
    activity = running(hours=2)
    signup = li_jing(activity)
    clock.move(activity.starts_at - timedelta(minutes=60, seconds=5) - clock.now())
    for wanted in ("1", "0", "leave"):
        with pytest.raises(Refused, match="60 分钟"):
            mark(signup, wanted, by=cast.who("wantong"))
    db.session.rollback()
    clock.move(timedelta(0))
    clock.move(activity.starts_at - timedelta(minutes=59) - clock.now())
    assert mark(signup, "1", by=cast.who("wantong"))


@pytest.mark.parametrize("status", [status for status in SignUpStatus if status is not SignUpStatus.ADMITTED])
def test_only_who_is_admitted_can_be_ticked(app, status):
    signup = admitted(running(), cast.volunteer_of("volunteer"), status)
    for wanted in ("1", "0", "leave"):
        with pytest.raises(Refused):
            mark(signup, wanted, by=cast.who("wantong"))


def test_a_cancelled_activity_and_a_draft_cannot_be_ticked(app):
    for status in (ActivityStatus.CANCELLED, ActivityStatus.DRAFT):
        activity = running()
        signup = li_jing(activity)
        activity.status = status
        db.session.commit()
        for act in (
            lambda one=signup: mark(one, "1", by=cast.who("wantong")),
            lambda one=activity: mark_rest(one, by=cast.who("wantong")),
            lambda one=activity: walk_in(one, cast.volunteer_of("second"), by=cast.who("wantong")),
            lambda one=activity: complete(one, by=cast.who("wantong")),
        ):
            with pytest.raises(Refused):
                act()
            db.session.rollback()


def test_nobody_confirms_their_own_attendance(app):
    activity = running()
    signup = admitted(activity, cast.make_volunteer(cast.who("wantong")))
    for wanted in ("1", "leave"):
        with pytest.raises(Refused, match="上一级"):
            mark(signup, wanted, by=cast.who("wantong"))
    with pytest.raises(Refused, match="上一级"):
        mark(signup, "1", by=cast.who("wantong2"))
    assert mark(signup, "1", by=cast.who("huanglou"))
    with pytest.raises(Refused, match="上一级"):
        mark(signup, "1", 60, by=cast.who("wantong"))
    with pytest.raises(Refused, match="上一级"):
        mark(signup, "0", by=cast.who("wantong"))


def test_a_person_with_a_second_post_higher_up_may_not_either(app):
    activity = running()
    wantong = cast.who("wantong")
    Post.grant(wantong, Role.DISTRICT, cast.GULOU, by=cast.who("city"))
    signup = admitted(activity, cast.make_volunteer(wantong))
    db.session.expire_all()
    wantong = cast.who("wantong")
    wantong.post = wantong.living_posts()[1]
    with pytest.raises(Refused, match="本人"):
        mark(signup, "1", by=wantong)


def test_the_city_has_nothing_above_so_another_of_its_administrators_confirms(app):
    signup = admitted(running(), cast.make_volunteer(cast.who("city")))
    with pytest.raises(Refused, match="本人"):
        mark(signup, "1", by=cast.who("city"))
    assert mark(signup, "1", by=cast.who("city2"))


def test_a_colleague_whose_post_has_ended_is_a_volunteer_like_others(app):
    colleague = cast.who("wantong2")
    colleague.posts[0].last_day = clock.today() - timedelta(days=1)
    signup = admitted(running(), cast.make_volunteer(colleague))
    assert mark(signup, "1", by=cast.who("wantong"))


def test_nobody_was_at_two_places_at_once(app):
    here, there, after = running(), running(-0.5, title="文明交通"), running(1)
    volunteer = cast.volunteer_of("volunteer")
    first, second, third = (admitted(activity, volunteer) for activity in (here, there, after))
    assert mark(first, "1", by=cast.who("wantong"))
    db.session.commit()
    with pytest.raises(Refused, match="清洁家园义务劳动"):
        mark(second, "1", by=cast.who("wantong"))
    db.session.rollback()
    clock.move(timedelta(minutes=5))
    assert mark(third, "1", by=cast.who("wantong")), "half-open: one may end when the next begins"
    mark(first, "0", by=cast.who("wantong"))
    with pytest.raises(Refused, match="清洁家园"):  # `third` overlaps with `second` by half an hour
        mark(second, "1", by=cast.who("wantong"))
    mark(third, "0", by=cast.who("wantong"))
    assert mark(second, "1", by=cast.who("wantong"))


def test_minutes_per_person(app):
    activity = running()
    signup = li_jing(activity)
    by = cast.who("wantong")
    mark(signup, "1", 90, by=by)
    assert mark(signup, "1", 45, by=by) is True
    assert mark(signup, "1", by=by) is False
    db.session.commit()
    assert (live(activity)[0].minutes, cast.volunteer_of("volunteer").minutes) == (45, 45)
    assert (history_of(signup)[-1].from_state, history_of(signup)[-1].to_state) == ("90", "45")
    mark(signup, "1", 180, by=by)  # two hours and sixty minutes
    for wrong, field in ((181, "reason"), (0, "minutes"), (-5, "minutes"), (10**9, "minutes"), (120 + 1441, "minutes")):
        with pytest.raises(Invalid) as error:
            mark(signup, "1", wrong, by=by)
        assert error.value.field == field
    mark(signup, "1", 181, reason="收拾场地", by=by)
    with pytest.raises(Invalid):
        mark(signup, "1", 120 + 1441, reason="再久也不行", by=by)
    db.session.commit()
    assert live(activity)[0].minutes == 181
    assert_figures_true()


def test_planned_minutes_never_stop_a_tick(app):
    activity = running(length=1, minutes=500)
    signup = li_jing(activity)
    assert mark(signup, "1", by=cast.who("wantong"))
    assert signup.minutes == 120


@pytest.mark.parametrize("wanted", ["", "2", "toggle", "present", "１"])
def test_an_unknown_wanted_state_is_refused(app, wanted):
    with pytest.raises(Invalid) as wrong:
        mark(li_jing(running()), wanted, by=cast.who("wantong"))
    assert wrong.value.field == "attended"


@pytest.mark.parametrize(
    ("local", "day"),
    [
        ("2028-02-29T23:30", date(2028, 2, 29)),
        ("2027-12-31T23:00", date(2027, 12, 31)),
        ("2028-01-01T00:00", date(2028, 1, 1)),
        ("2028-01-31T07:59", date(2028, 1, 31)),
    ],
)
def test_a_record_belongs_to_the_first_day_in_shanghai(app, local, day):
    start = clock.from_local(datetime.fromisoformat(local))
    activity = cast.make_activity(starts_at=start, ends_at=start + timedelta(hours=3))
    signup = li_jing(activity)
    clock.move(start + timedelta(hours=2, minutes=50) - clock.now())
    mark(signup, "1", by=cast.who("wantong"))
    db.session.commit()
    [record] = live(activity)
    assert (record.day, record.month) == (day, f"{day:%Y-%m}")
    assert db.session.scalars(db.select(ServiceMonth.month)).all() == [f"{day:%Y-%m}"]
    assert_figures_true()


def test_a_record_carries_the_persons_community_and_unit_of_that_day(app):
    activity = running()
    signup = li_jing(activity)
    volunteer = cast.volunteer_of("volunteer")
    volunteer.locate(cast.baiyun_code())
    volunteer.unit_id = None
    db.session.commit()
    clock.move(clock.start_of(clock.day(activity.starts_at)) + timedelta(hours=23, minutes=50) - clock.now())
    mark(signup, "1", by=cast.who("wantong"))
    db.session.commit()
    [record] = live(activity)
    assert (record.volunteer_community_code, record.unit_id) == (cast.baiyun_code(), None)
    assert (record.community_code, signup.volunteer_community_code) == (cast.WANTONG, cast.baiyun_code())
    assert_figures_true()


def test_a_later_tick_takes_what_the_sign_up_knew(app):
    activity = over()
    signup = li_jing(activity)
    complete(activity, by=cast.who("wantong"))
    clock.move(timedelta(days=3))
    cast.volunteer_of("volunteer").locate(cast.baiyun_code())
    mark(signup, "1", reason="补记", by=cast.who("wantong"))
    db.session.commit()
    assert live(activity)[0].volunteer_community_code == cast.WANTONG


def test_the_last_day_of_service_goes_back_when_a_record_is_revoked(app):
    earlier, later = running(-50), running()
    volunteer = cast.volunteer_of("volunteer")
    first, second = admitted(earlier, volunteer), admitted(later, volunteer)
    mark(first, "1", by=cast.who("wantong"))
    mark(second, "1", by=cast.who("wantong"))
    mark(second, "0", by=cast.who("wantong"))
    db.session.commit()
    assert cast.volunteer_of("volunteer").last_served_on == clock.day(earlier.starts_at)
    assert [record.activity.id for record in db.session.scalars(ServiceRecord.of_volunteer(volunteer.id))] == [
        earlier.id
    ]


def test_the_time_stays_once_somebody_was_ticked(app):
    from dataclasses import replace

    activity = running(hours=0.5)
    mark(li_jing(activity), "1", by=cast.who("wantong"))
    db.session.commit()
    later = replace(
        activity.facts, starts_at=activity.starts_at + timedelta(days=1), ends_at=activity.ends_at + timedelta(days=1)
    )
    with pytest.raises(Invalid, match="确认到场"):
        activity.edit(later, activity.version, cast.who("wantong"))


@pytest.mark.both
def test_a_tick_changes_what_the_portal_keeps_only_where_feedback_is_public(app):
    signup = li_jing(activity := running())
    by = cast.who("wantong")
    touched = db.session.info.setdefault("touched", set())
    mark(signup, "1", by=by)
    assert "feedback" not in touched and "roster" not in touched
    Feedback.draft(activity, "活动情况", "大家都来了。", [], by=by).publish(by=by)
    touched.clear()
    mark(signup, "0", by=by)
    assert "feedback" in touched
