"""志愿者申请: what people state, who decides, deadlines, undo, changing community."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import joinedload

from app import clock
from app.db import db
from app.models import Activity, Application, Message, SignUp, Volunteer
from app.models.application import ApplicationStatus, open_application
from app.models.applications.duplicates import CARD_IN_QUEUE, CARD_OF_VOLUNTEER, warnings
from app.models.history import history_of
from app.models.message import Message as Note
from app.models.stateful import TransitionError
from app.models.user import Gender, Post, Role
from app.models.volunteer import Employment, Skill, VolunteerStatus, volunteer_of
from app.models.workday import add_working_days
from app.refusal import Invalid, Refused
from tests import cast
from tests.applicants import S, apply, card, in_state, told, years_ago

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


def messages_of(username: str, *, visible: bool = True) -> list[str]:
    user = cast.who(username)
    stmt = Note.inbox(user.id) if visible else db.select(Message).where(Message.user_id == user.id)
    return [message.title for message in db.session.scalars(stmt)]


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


# what contradicts the number


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"id_card": ""}, "id_card"),
        ({"id_card": "123"}, "id_card"),
        ({"id_card": card()[:-1] + ("0" if card()[-1] != "0" else "1")}, "id_card"),
        ({"id_card": card(born="20990101")}, "id_card"),
        ({"id_card": card(born="20230229")}, "id_card"),
        ({"gender": Gender.MALE}, "gender"),
        ({"community": ""}, "community"),
        ({"community": "320302"}, "community"),
        ({"community": "999999999999"}, "community"),
        ({"home_community": "320302001"}, "home_community"),
        ({"unit_id": 999_999}, "work_unit"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field_and_nothing_is_written(app, changes, field):
    with pytest.raises(Invalid) as wrong:
        apply(**changes)
    assert wrong.value.field == field
    db.session.rollback()
    assert open_application(cast.who("member").id) is None


def test_full_width_digits_are_the_same_number(app):
    wide = card().translate({ord(str(n)): chr(0xFF10 + n) for n in range(10)})
    assert apply(id_card=f" {wide} ").id_card == card()


def test_a_closed_region_takes_nobody_new(app):
    from app.freshness import touch
    from app.models import Region

    db.session.get(Region, cast.WANTONG).valid_to = clock.today()
    touch("regions")
    db.session.commit()
    with pytest.raises(Invalid) as wrong:
        apply()
    assert wrong.value.field == "community" and "已撤并" in wrong.value.message


def test_an_application_to_a_region_merged_meanwhile_makes_a_volunteer_of_its_heir(app):
    from app.freshness import touch
    from app.models import Region

    application = apply()
    region = db.session.get(Region, cast.WANTONG)
    region.valid_to, region.successor = clock.today(), cast.baiyun_code()
    touch("regions")
    db.session.commit()
    application.approve(by=cast.who("huanglou"))
    assert cast.volunteer_of("member").community_code == cast.baiyun_code()


# those under 18


def test_a_minor_needs_a_guardian_who_agrees_and_can_be_reached(app):
    minor = {"id_card": card(born=years_ago(17)), "employment": Employment.STUDENT}
    steps = [
        ({}, "guardian_name"),
        ({"guardian_name": "王母"}, "guardian_phone"),
        ({"guardian_name": "王母", "guardian_phone": "1380000"}, "guardian_phone"),
        ({"guardian_name": "王母", "guardian_phone": "13800001111"}, "guardian_consent"),
    ]
    for changes, field in steps:
        with pytest.raises(Invalid) as wrong:
            apply(**minor, **changes)
        assert wrong.value.field == field
    full = {"guardian_name": "王母", "guardian_phone": "138 0000 1111", "guardian_consent": True}
    application = apply(**minor, **full)
    assert application.guardian_phone == "13800001111"
    application.approve(by=cast.who("wantong"))
    assert cast.volunteer_of("member").guardian_name == "王母"


def test_who_turned_eighteen_today_decides_alone_and_no_guardian_is_kept(app):
    application = apply(id_card=card(born=years_ago(18)), guardian_name="王母", guardian_phone="13800001111")
    assert application.guardian_name == "" and application.guardian_phone is None


def test_a_day_before_the_eighteenth_birthday_a_guardian_is_needed(app):
    with pytest.raises(Invalid):
        apply(id_card=card(born=years_ago(18, days=-1)))


# the same number twice


def test_a_number_of_a_living_volunteer_is_refused_at_its_field(app):
    in_state(S.APPROVED)
    with pytest.raises(Invalid) as wrong:
        apply(cast.make_user("newcomer", "新人"))
    assert wrong.value.field == "id_card" and "请联系社区核实" in wrong.value.message


def test_two_applications_with_one_number_and_only_the_first_is_approved(app):
    first, second = apply(), apply(cast.make_user("newcomer", "新人"))
    first.approve(by=cast.who("wantong"))
    with pytest.raises(Refused) as refused:
        second.approve(by=cast.who("wantong"))
    assert "已有志愿者使用" in refused.value.message and second.status is S.PENDING


def test_a_number_freed_by_leaving_or_by_staff_can_be_used_again(app):
    in_state(S.APPROVED)
    volunteer = cast.volunteer_of("member")
    volunteer.release_card(by=cast.who("wantong"), reason="本人来社区核实，是错用")
    assert volunteer.id_card is None and volunteer.id_card_tail == "" and volunteer.status is VolunteerStatus.SERVING
    other = apply(cast.make_user("newcomer", "新人"))
    other.approve(by=cast.who("wantong"))
    assert "请重新填写身份证号码" in messages_of("member", visible=False)
    with pytest.raises(Refused):
        volunteer.release_card(by=cast.who("wantong"), reason="再来一次")


def test_an_application_whose_number_was_taken_away_cannot_be_approved(app):
    in_state(S.APPROVED)
    change = apply(community=cast.baiyun_code())
    cast.volunteer_of("member").release_card(by=cast.who("wantong"), reason="错用")
    with pytest.raises(Refused) as refused:
        change.approve(by=cast.who("baiyun"))
    assert "退回补正" in refused.value.message


def test_the_reviewer_is_warned_of_shared_phones_and_numbers_in_one_statement(app):
    from tests.support.statements import statements

    twin = cast.make_user("sunli2", "孙丽", "13800000005")
    family = cast.make_user("family", "孙小明", "13800000005")
    apply(), apply(twin), apply(family, id_card=card(2))
    wanted = db.select(Application).options(joinedload(Application.user)).order_by(Application.id)
    rows = db.session.scalars(wanted).all()
    with statements() as sent:
        found = warnings(rows)
    assert len(sent) == 1
    assert found[rows[0].id] == [
        "同名同手机号已有会员账号 sunli2，请先核对是否重复",
        "手机号与另一会员（孙同志）相同，可能是家人，请核对",
        CARD_IN_QUEUE,
    ]
    rows[1].approve(by=cast.who("wantong"))
    assert CARD_OF_VOLUNTEER in warnings([rows[0]])[rows[0].id] and rows[1].id not in warnings(rows)


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


# undo


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


def test_one_phone_of_many_accounts_is_said_in_few_words(app):
    user = cast.make_user("crowded", "申小请", "13511112222")
    mine = apply(user, id_card=card(7))
    for number in range(9):
        cast.make_user(f"same{number}", "申小请", "13511112222")
    db.session.commit()
    wanted = db.select(Application).options(joinedload(Application.user)).where(Application.id == mine.id)
    said = warnings(db.session.scalars(wanted.execution_options(populate_existing=True)).all())[mine.id]
    assert len(said) == 6 and said[-1] == "还有 4 个会员使用这个手机号，请核对"
