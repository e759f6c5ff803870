"""志愿者申请: every verb from every state, who decides, deadlines, changing community."""

from datetime import timedelta

import pytest

from app import clock
from app.db import db
from app.models import Application, Volunteer
from app.models.application import ApplicationStatus
from app.models.history import history_of
from app.models.message import Message as Note
from app.models.stateful import TransitionError
from app.models.user import Post, Role
from app.models.volunteer import Skill, VolunteerStatus, volunteer_of
from app.models.workday import add_working_days
from app.refusal import Invalid, Refused
from tests import cast
from tests.applicants import S, apply, card, in_state, messages_of, told

VERBS = {
    "approve": lambda a: a.approve(by=cast.who("wantong")),
    "send_back": lambda a: a.send_back(by=cast.who("wantong"), reason="请补充"),
    "reject": lambda a: a.reject(by=cast.who("wantong"), reason="不符"),
    "undo": lambda a: a.undo(by=cast.who("wantong")),
    "withdraw": lambda a: a.withdraw(by=cast.who("member")),
    "resubmit": lambda a: a.resubmit(told(), by=cast.who("member")),
}
LEADS = {
    ("approve", S.PENDING): S.APPROVED,
    ("send_back", S.PENDING): S.RETURNED,
    ("reject", S.PENDING): S.REJECTED,
    ("withdraw", S.PENDING): S.WITHDRAWN,
    ("withdraw", S.RETURNED): S.WITHDRAWN,
    ("resubmit", S.RETURNED): S.PENDING,
    ("undo", S.APPROVED): S.PENDING,
}


def test_the_verbs_cover_exactly_the_moves_of_the_table():
    assert {(came, to) for came in ApplicationStatus for to in Application.MOVES[came]} == {
        (came, to) for (_, came), to in LEADS.items()
    }


@pytest.mark.parametrize("status", ApplicationStatus)
@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_from_every_state(app, verb, status):
    application = in_state(status)
    lines = len(history_of(application))
    if (verb, status) in LEADS:
        VERBS[verb](application)
        assert application.status is LEADS[verb, status]
        assert len(history_of(application)) == lines + 1
    else:
        with pytest.raises(TransitionError):
            VERBS[verb](application)
        assert application.status is status and len(history_of(application)) == lines


@pytest.mark.parametrize("verb", ["send_back", "reject"])
@pytest.mark.parametrize("reason", ["", "   ", "长" * 501])
def test_a_no_needs_a_reason(app, verb, reason):
    application = apply()
    with pytest.raises(Invalid) as wrong:
        getattr(application, verb)(by=cast.who("wantong"), reason=reason)
    assert wrong.value.field == "reason" and application.status is S.PENDING


def test_an_application_keeps_what_was_stated_and_only_the_tail_of_the_number_is_plain(app):
    application = apply(
        skills=(Skill.LAW, Skill.LAW, Skill.MEDICINE), home_community=cast.baiyun_code(), statement="周末有空"
    )
    assert application.born_year == 1985 and application.id_card == card()
    assert application.skill_list == [Skill.LAW, Skill.MEDICINE]
    assert (application.district_code, application.subdistrict_code) == (cast.GULOU, cast.HUANGLOU)
    stored = db.session.execute(db.text("SELECT id_card, id_card_tail, id_card_hash FROM application")).one()
    assert card() not in str(tuple(stored)) and stored[1] == card()[-4:]


def test_approval_makes_a_volunteer_with_skills_and_is_told_after_ten_minutes(app):
    application = apply(skills=(Skill.LAW,))
    application.approve(by=cast.who("wantong"))
    volunteer = cast.volunteer_of("member")
    assert volunteer.status is VolunteerStatus.SERVING and volunteer.community_code == cast.WANTONG
    assert volunteer.id_card_hash == application.id_card_hash and volunteer.joined_on == clock.today()
    assert [one.skill for one in volunteer_of(volunteer.user_id).skills] == [Skill.LAW]
    assert messages_of("member") == []
    clock.move(timedelta(minutes=10))
    assert messages_of("member") == ["您已成为鼓楼区 · 黄楼街道 · 万通社区的志愿者"]


@pytest.mark.parametrize("verb", ["send_back", "reject"])
def test_a_no_is_told_at_once_with_its_reason(app, verb):
    getattr(apply(), verb)(by=cast.who("wantong"), reason="请补充工作单位")
    (message,) = db.session.scalars(Note.inbox(cast.who("member").id))
    assert message.body == "请补充工作单位" and message.path == "/member/volunteer"


# one at a time


@pytest.mark.parametrize("status", [S.PENDING, S.RETURNED])
def test_only_one_open_application_a_person(app, status):
    present = in_state(status)
    with pytest.raises(Refused) as refused:
        apply()
    assert refused.value.row is present and ("待审核" if status is S.PENDING else "退回补正") in refused.value.message


@pytest.mark.parametrize("status", [S.REJECTED, S.WITHDRAWN])
def test_after_a_no_or_a_withdrawal_a_new_one_may_follow_and_the_number_is_known(app, status):
    in_state(status)
    again = apply(id_card="")
    assert again.status is S.PENDING and again.id_card == card()


# deadlines


def test_three_working_days_that_start_anew_with_a_resubmission_and_stand_still_in_between(app):
    application = apply()
    assert application.due_at == add_working_days(application.submitted_at, 3) and not application.overdue
    clock.move(timedelta(days=30))
    assert application.overdue and not application.due_today
    application.send_back(by=cast.who("wantong"), reason="请补充")
    assert not application.overdue
    clock.move(timedelta(days=90))
    assert not application.overdue
    application.resubmit(told(), by=cast.who("member"))
    assert application.due_at == add_working_days(clock.now(), 3) and not application.overdue


def test_the_last_day_is_marked_until_its_midnight(app):
    application = apply()
    clock.move(application.due_at - clock.now() - timedelta(seconds=5))
    assert application.due_today and not application.overdue
    clock.move(application.due_at - (clock.now() - clock._shift) + timedelta(seconds=5))
    assert application.overdue and not application.due_today


# changing community


def test_the_old_membership_holds_until_the_new_community_approves(app):
    in_state(S.APPROVED)
    change = apply(community=cast.baiyun_code())
    assert cast.volunteer_of("member").community_code == cast.WANTONG
    change.approve(by=cast.who("baiyun"))
    volunteer = cast.volunteer_of("member")
    assert volunteer.community_code == cast.baiyun_code() and volunteer.services == 0
    assert "id_card" in change.before and card() not in str(change.before)


@pytest.mark.parametrize("end", ["withdraw", "reject"])
def test_a_change_that_comes_to_nothing_leaves_the_membership_alone(app, end):
    in_state(S.APPROVED)
    change = apply(community=cast.baiyun_code())
    VERBS[end](change)
    assert cast.volunteer_of("member").community_code == cast.WANTONG


def test_a_change_of_nothing_is_refused(app):
    in_state(S.APPROVED)
    with pytest.raises(Invalid) as wrong:
        apply(id_card="")
    assert "完全相同" in wrong.value.message


def test_a_paused_volunteer_who_moves_stays_paused(app):
    in_state(S.APPROVED)
    cast.volunteer_of("member").pause(by=cast.who("member"), reason="出差")
    apply(community=cast.baiyun_code()).approve(by=cast.who("baiyun"))
    assert cast.volunteer_of("member").status is VolunteerStatus.PAUSED


def test_who_left_comes_back_by_a_new_application_and_keeps_the_count(app):
    in_state(S.APPROVED)
    volunteer = cast.volunteer_of("member")
    volunteer.services = 3
    volunteer.leave(by=cast.who("member"))
    again = apply()
    again.approve(by=cast.who("wantong"))
    back: Volunteer = cast.volunteer_of("member")
    assert back.status is VolunteerStatus.SERVING and back.services == 3 and back.left_at is None
    again.undo(by=cast.who("wantong"))
    assert cast.volunteer_of("member").status is VolunteerStatus.LEFT


# nobody decides for themselves


@pytest.mark.parametrize("verb", ["approve", "send_back", "reject"])
def test_nobody_decides_on_their_own_application(app, verb):
    application = apply("wantong")
    with pytest.raises(Refused) as refused:
        VERBS[verb](application)
    assert "上一级" in refused.value.message and application.status is S.PENDING


def test_the_level_above_decides_on_an_administrators_application(app):
    application = apply("wantong")
    application.approve(by=cast.who("huanglou"))
    with pytest.raises(Refused):
        application.undo(by=cast.who("wantong"))
    line = history_of(application)[-1]
    assert (line.actor_role, line.actor_place) == ("subdistrict", cast.HUANGLOU)


def test_a_colleagues_application_goes_one_level_up(app):
    application = apply("wantong2")
    with pytest.raises(Refused, match="同一岗位"):
        application.approve(by=cast.who("wantong"))
    application.approve(by=cast.who("huanglou"))
    assert application.status is ApplicationStatus.APPROVED


def test_a_higher_post_of_ones_own_does_not_help(app):
    user = cast.who("wantong")
    db.session.add(Post(user_id=user.id, role=Role.DISTRICT, region_code=cast.GULOU, first_day=clock.today()))
    db.session.flush()
    application, again = apply("wantong"), cast.who("wantong")
    again.post = next(post for post in again.posts if post.role is Role.DISTRICT)
    with pytest.raises(Refused):
        application.approve(by=again)
