"""现场补录: people who came without a place."""

import pytest

from app.access import P
from app.db import db
from app.models import Volunteer
from app.models.attendance import complete, find_guests, mark, walk_in
from app.models.signup import Attendance, SignUpStatus
from app.models.volunteer import VolunteerStatus
from app.models.volunteers.id_card import card_hash
from app.refusal import Invalid, Refused
from tests import cast
from tests.rollcall import admitted, assert_figures_true, live, running


def nobody_of_mine():
    return db.select(Volunteer).where(db.false())


def test_a_walk_in_is_admitted_outside_seats_and_deadline_and_present_at_once(app):
    activity = running(capacity=1)
    admitted(activity, cast.volunteer_of("second"))
    signup = walk_in(activity, cast.volunteer_of("guest"), by=cast.who("wantong"))
    db.session.commit()
    assert (signup.status, signup.walk_in, signup.attendance) == (SignUpStatus.ADMITTED, True, Attendance.PRESENT)
    assert (activity.taken, activity.attended, signup.turn) == (1, 1, 2)
    assert signup.volunteer_community_code == cast.far_code()
    assert len(live(activity)) == 1
    assert_figures_true()
    assert walk_in(activity, cast.volunteer_of("guest"), by=cast.who("wantong")).id == signup.id
    assert_figures_true()


@pytest.mark.parametrize("status", list(SignUpStatus))
def test_a_row_the_person_has_is_revived(app, status):
    activity = running()
    there = admitted(activity, cast.volunteer_of("volunteer"), status)
    there.decline_reason = "旧原因"
    signup = walk_in(activity, cast.volunteer_of("volunteer"), by=cast.who("wantong"))
    db.session.commit()
    assert (signup.id, signup.status) == (there.id, SignUpStatus.ADMITTED)
    assert signup.walk_in is (status is not SignUpStatus.ADMITTED), "who holds a seat keeps it"
    assert (activity.waiting, activity.asking) == (0, 0)
    assert_figures_true()


def test_a_walk_in_may_have_a_place_elsewhere_but_not_be_there(app):
    here, there = running(), running(title="文明交通")
    elsewhere = admitted(there, cast.volunteer_of("volunteer"))
    mark(elsewhere, "1", by=cast.who("wantong"))
    db.session.commit()
    with pytest.raises(Refused, match="文明交通"):
        walk_in(here, cast.volunteer_of("volunteer"), by=cast.who("wantong"))
    db.session.rollback()
    mark(elsewhere, "0", by=cast.who("wantong"))
    walk_in(here, cast.volunteer_of("volunteer"), by=cast.who("wantong"))
    assert_figures_true()


def test_who_does_not_serve_cannot_walk_in(app):
    for status in (VolunteerStatus.PAUSED, VolunteerStatus.LEFT):
        volunteer = cast.volunteer_of("volunteer")
        volunteer.status = status
        db.session.commit()
        with pytest.raises(Refused):
            walk_in(running(), volunteer, by=cast.who("wantong"))
        db.session.rollback()


def test_nobody_walks_in_by_their_own_hand_or_too_early(app):
    with pytest.raises(Refused, match="上一级"):
        walk_in(running(), cast.make_volunteer(cast.who("wantong")), by=cast.who("wantong"))
    db.session.rollback()
    with pytest.raises(Refused, match="60 分钟"):
        walk_in(running(hours=3), cast.volunteer_of("volunteer"), by=cast.who("wantong"))


def test_after_completion_a_walk_in_needs_a_reason(app):
    activity = running(-3)
    complete(activity, by=cast.who("wantong"))
    db.session.commit()
    with pytest.raises(Invalid):
        walk_in(activity, cast.volunteer_of("volunteer"), by=cast.who("wantong"))
    db.session.rollback()
    signup = walk_in(activity, cast.volunteer_of("volunteer"), reason="签到表第 3 行", by=cast.who("wantong"))
    db.session.commit()
    assert signup.attendance is Attendance.PRESENT
    assert_figures_true()


def test_the_whole_city_is_searched_by_phone_or_id_number_only(app):
    activity = running()
    guest = cast.volunteer_of("guest")
    guest.id_card_hash = card_hash("11010519491231002X")
    twin = cast.make_volunteer(cast.make_user("twin", "欧阳明月", "13800000004"), cast.far_code())
    db.session.commit()
    for typed in ("13800000004", "138 0000 0004", "+86 13800000004"):
        assert [(one.name, one.tail) for one in find_guests(typed, activity, nobody_of_mine())] == [
            ("欧阳同志", "0004"),
            ("赵同志", "0004"),
        ]
    [found] = find_guests("11010519491231002x", activity, nobody_of_mine())
    assert (found.volunteer_id, found.name, found.tail, found.unit) == (guest.id, "赵同志", "0004", "")
    twin.status = VolunteerStatus.PAUSED
    db.session.commit()
    assert len(find_guests("13800000004", activity, nobody_of_mine())) == 1
    for typed in ("赵敏", "zm", "0004", "1380000000", "110105194912310020", "", " "):
        assert find_guests(typed, activity, nobody_of_mine()) == []


def test_ones_own_people_are_found_by_name(app):
    activity = running()
    own = db.select(Volunteer).where(Volunteer.community_code == cast.WANTONG)
    admitted(activity, cast.volunteer_of("volunteer"))
    [found] = find_guests("李静", activity, own)
    assert (found.name, found.unit, found.on_list) == ("李静", "徐州市第一测试中学", True)
    assert [one.name for one in find_guests("wj", activity, own)] == ["王建国"]
    assert find_guests("赵敏", activity, own) == []
    assert find_guests("%", activity, own) == []
    assert P.VOLUNTEERS.door == "people"
