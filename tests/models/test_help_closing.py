"""The end of a 公众求助: who looks at contact until then, closing, reopening, the public case that says nothing of the person."""

from datetime import datetime, timedelta

import pytest

from app import clock
from app.db import db
from app.models import ContactView, Message, PublicCase, ServiceRecord
from app.models.contact_view import look, look_as_volunteer, looks_at
from app.models.help.states import AssignmentStatus, HelpStatus, Rating
from app.models.help_request import HelpRequest
from app.models.public_case import case_of
from app.models.recount import CHECKS
from app.models.service_record import Evidence
from app.models.workday import add_working_days
from app.refusal import Invalid, Refused
from tests.cast import make_volunteer, volunteer_of, who
from tests.helps import (
    ADDRESS,
    NAME,
    PHONE,
    SUMMARY,
    TITLE,
    A,
    S,
    assignment,
    bring,
    close,
    of,
    offer,
    until,
)

# --- contact


@pytest.mark.parametrize("status", HelpStatus, ids=lambda s: s.value)
def test_staff_look_at_contact_only_from_acceptance_on_and_it_is_noted(app, status):
    request = bring(status)
    if status in (S.ACCEPTED, S.ARRANGED, S.SERVING, S.DONE, S.CLOSED):
        assert look(request, by=who("wantong")).phone == PHONE
        assert [(v.user.username, v.role) for v in looks_at(request)] == [("wantong", "community")]
    else:
        with pytest.raises(Refused):
            look(request, by=who("wantong"))
        assert not db.session.scalars(db.select(ContactView)).all()


@pytest.mark.parametrize("status", AssignmentStatus, ids=lambda s: s.value)
def test_volunteers_look_at_contact_only_after_their_yes(app, status):
    one = assignment(status)
    one.request = db.session.get(HelpRequest, one.request_id)
    if status in (A.ACCEPTED, A.DONE):
        assert look_as_volunteer(one, by=who("volunteer")).address == ADDRESS
    else:
        with pytest.raises(Refused):
            look_as_volunteer(one, by=who("volunteer"))


def test_seven_days_after_the_end_contact_is_gone(app):
    request = bring(S.CLOSED)
    look(request, by=who("wantong"))
    until(request.closed_at + timedelta(days=7))
    with pytest.raises(Refused):
        look(request, by=who("wantong"))


# --- the end


def test_closing_counts_each_finished_assignment_once(app):
    request = bring(S.DONE)
    close(request)
    (record,) = db.session.scalars(db.select(ServiceRecord)).all()
    (one,) = of(request)
    assert (record.evidence, record.minutes, record.community_code) == (Evidence.HELP, 60, request.community_code)
    assert record.category_id == request.category_id and one.record_id == record.id
    assert record.day == clock.day(one.done_at) and volunteer_of("volunteer").services == 1
    request.reopen(reason="又漏了")
    (again,) = offer(request)
    again.accept(by=who("volunteer"))
    again.file_result("再修", 30, by=who("volunteer"))
    close(request)
    assert db.session.scalar(db.select(db.func.count()).select_from(ServiceRecord)) == 1
    assert not [wrong for check in CHECKS.values() for wrong in check()]


def test_reopening_keeps_the_record_and_hides_the_case_at_once(app):
    request = bring(S.CLOSED)
    assert case_of(request).hidden_at is None
    request.rate(Rating.BAD)
    request.reopen(reason="没修好")
    assert (request.status, request.rating) == (S.ACCEPTED, None)
    assert case_of(request).hidden_at is not None and volunteer_of("volunteer").services == 1
    assert request.due_at == add_working_days(clock.now(), 3)


def test_reopening_ends_after_fifteen_days_or_two_times(app):
    late = bring(S.CLOSED)
    until(late.closed_at + timedelta(days=15))
    with pytest.raises(Refused):
        late.reopen(reason="太晚")
    request = bring(S.CLOSED)
    for _ in range(2):
        request.reopen(reason="没修好")
        request.solve("社区修好了", by=who("wantong"))
        close(request)
    with pytest.raises(Refused):
        request.reopen(reason="第三次")


def test_one_rates_once(app):
    request = bring(S.CLOSED)
    request.rate(Rating.FAIR)
    assert case_of(request).rating is Rating.FAIR
    with pytest.raises(Refused):
        request.rate(Rating.GOOD)


def test_nobody_closes_what_they_did_themselves(app):
    make_volunteer(who("wantong"))
    request = bring(S.ACCEPTED)
    (one,) = offer(request, "wantong")
    one.accept(by=who("wantong"))
    one.file_result("我去办的", 60, by=who("wantong"))
    with pytest.raises(Refused, match="本人"):
        close(request)
    db.session.rollback()


def test_closing_demands_a_result_and_a_summary_or_a_reason(app):
    request, by = bring(S.DONE), who("wantong")
    for facts, field in (
        ({"result": ""}, "result"),
        ({"result": "修好了", "title": TITLE}, "public_summary"),
        ({"result": "修好了", "summary": SUMMARY}, "public_title"),
    ):
        with pytest.raises(Invalid) as wrong:
            request.close(by=by, **facts)
        assert wrong.value.field == field
        db.session.expire(request)
    request.close(by=by, result="修好了", private_reason="涉及隐私")
    assert case_of(request) is None and request.status is S.CLOSED


@pytest.mark.parametrize(
    "text",
    [
        f"志愿者到{NAME}家里修好了水管",
        f"电话{PHONE}，志愿者上门修好",
        f"志愿者到{ADDRESS}修好了水管",
        "志愿者到3号楼修好了水管，很满意",
        "志愿者到五单元修好了水管，很满意",
        "志愿者拨打 0516 8888 8888 联系",
        "志愿者拨打一三八零零零零五六七八联系",
        "志愿者拨打138.0000.5678联系",
        "志愿者到3-501修好了水管，很满意",
        "李静上门修好了水管，很满意",  # the volunteer who went
        "请加微信zhouguiying联系志愿者",
        "有事联系ＱＱ：shequ_01，水管修好了",
        "有事写信到 someone@example.cn 联系",
    ],
)
def test_a_summary_that_says_who_or_where_is_refused(app, text):
    with pytest.raises(Invalid) as wrong:
        bring(S.DONE).close(by=who("wantong"), result="修好了", title=TITLE, summary=text)
    assert wrong.value.field == "public_summary"


def test_a_summary_may_count_people_and_name_a_day(app):
    text = "二〇二六年11月2日，志愿者2人上门，微信群里报名，帮10-100人的队伍修好了水管，用了1,200元"
    request = bring(S.DONE)
    request.close(by=who("wantong"), result="修好了", title=TITLE, summary=text)
    assert case_of(request).summary == text


def test_the_public_table_holds_nothing_of_the_person(app):
    bring(S.CLOSED)
    row = db.session.execute(db.select(PublicCase.__table__)).one()
    held = str([value for value in row if not isinstance(value, datetime)])  # microseconds may be anything
    assert not any(private in held for private in (NAME, PHONE, ADDRESS, "2222"))


def test_messages_hold_nothing_of_the_person(app):
    bring(S.CLOSED)
    for message in db.session.scalars(db.select(Message)):
        assert not any(private in message.title + message.body for private in (NAME, PHONE, ADDRESS, "水管"))
