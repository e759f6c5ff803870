"""What people state in a 志愿者申请: what contradicts the ID-card number, guardians of those under 18, numbers and phones of others."""

import pytest
from sqlalchemy.orm import joinedload

from app import clock
from app.db import db
from app.models import Application
from app.models.application import open_application
from app.models.applications.duplicates import CARD_IN_QUEUE, CARD_OF_VOLUNTEER, warnings
from app.models.user import Gender
from app.models.volunteer import Employment, VolunteerStatus
from app.refusal import Invalid, Refused
from tests import cast
from tests.applicants import S, apply, card, in_state, messages_of, years_ago

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


def test_one_phone_of_many_accounts_is_said_in_few_words(app):
    user = cast.make_user("crowded", "申小请", "13511112222")
    mine = apply(user, id_card=card(7))
    for number in range(9):
        cast.make_user(f"same{number}", "申小请", "13511112222")
    db.session.commit()
    wanted = db.select(Application).options(joinedload(Application.user)).where(Application.id == mine.id)
    said = warnings(db.session.scalars(wanted.execution_options(populate_existing=True)).all())[mine.id]
    assert len(said) == 6 and said[-1] == "还有 4 个会员使用这个手机号，请核对"
