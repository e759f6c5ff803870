"""Undoing an approved 志愿者申请: what it takes back, and what stands against it."""

from datetime import timedelta

import pytest

from app import clock
from app.models import Activity, SignUp
from app.models.volunteer import Employment, Skill, volunteer_of
from app.refusal import Refused
from tests import cast
from tests.applicants import S, apply, card, in_state, messages_of


def test_an_undo_takes_the_volunteer_and_the_message_back_and_keeps_the_deadline(app):
    application = in_state(S.APPROVED)
    due = application.due_at
    clock.move(timedelta(minutes=9, seconds=50))
    application.undo(by=cast.who("wantong2"))
    assert application.status is S.PENDING and application.due_at == due and application.decided_at is None
    assert volunteer_of(application.user_id) is None
    clock.move(timedelta(hours=1))
    assert messages_of("member") == []
    application.approve(by=cast.who("wantong"))
    assert volunteer_of(application.user_id) is not None


def test_after_ten_minutes_there_is_no_undo(app):
    application = in_state(S.APPROVED)
    clock.move(timedelta(minutes=10))
    with pytest.raises(Refused) as refused:
        application.undo(by=cast.who("wantong"))
    assert "10 分钟" in refused.value.message and application.status is S.APPROVED


def test_who_signed_up_stays_a_volunteer(app):
    application = in_state(S.APPROVED)
    SignUp.join(cast.volunteer_of("member"), cast.make_activity(), by=cast.who("member"))
    with pytest.raises(Refused) as refused:
        application.undo(by=cast.who("wantong"))
    assert "已报名" in refused.value.message


def test_an_undone_change_brings_the_old_membership_back(app):
    in_state(S.APPROVED, skills=(Skill.LAW,))
    change = apply(community=cast.baiyun_code(), employment=Employment.RETIRED, unit_other="", skills=(Skill.DRIVING,))
    change.approve(by=cast.who("baiyun"))
    change.undo(by=cast.who("baiyun"))
    volunteer = volunteer_of(cast.who("member").id)
    assert volunteer.community_code == cast.WANTONG and volunteer.employment is Employment.EMPLOYED
    assert volunteer.unit_other == "徐州某学校" and volunteer.id_card == card()
    assert [one.skill for one in volunteer.skills] == [Skill.LAW]


def test_an_old_sign_up_does_not_stand_against_undoing_a_change_but_a_revived_one_does(app):
    in_state(S.APPROVED)
    activity: Activity = cast.make_activity()
    signup = SignUp.join(cast.volunteer_of("member"), activity, by=cast.who("member"))
    clock.move(timedelta(hours=1))
    change = apply(community=cast.baiyun_code())
    change.approve(by=cast.who("baiyun"))
    change.undo(by=cast.who("baiyun"))
    change.approve(by=cast.who("baiyun"))
    signup.cancel(by=cast.who("member"))
    clock.move(timedelta(hours=1, minutes=1))
    SignUp.join(cast.volunteer_of("member"), activity, by=cast.who("member"))
    with pytest.raises(Refused):
        change.undo(by=cast.who("baiyun"))


def test_a_newer_application_stands_against_undoing(app):
    application = in_state(S.APPROVED)
    apply(community=cast.baiyun_code())
    with pytest.raises(Refused) as refused:
        application.undo(by=cast.who("wantong"))
    assert "新的申请" in refused.value.message


def test_a_released_number_stands_against_undoing_a_change(app):
    in_state(S.APPROVED)
    change = apply(community=cast.baiyun_code())
    change.approve(by=cast.who("baiyun"))
    cast.volunteer_of("member").release_card(by=cast.who("baiyun"), reason="错用")
    with pytest.raises(Refused):
        change.undo(by=cast.who("baiyun"))
    assert cast.volunteer_of("member").community_code == cast.baiyun_code()
