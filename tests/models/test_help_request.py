"""公众求助 and 求助安排: every rule of their two rows in SPEC section 3, told of people."""

import itertools
import re
from collections import Counter
from datetime import date, datetime, timedelta
from functools import partial

import pytest

from app import clock
from app.crypto import keyed_hash
from app.db import db
from app.models import ContactView, Message, PublicCase, ServiceRecord
from app.models.contact_view import look, look_as_volunteer, looks_at
from app.models.help.clock import due_requests, settle_help
from app.models.help.lists import counts, known_as, shown_in
from app.models.help.numbers import as_typed, days_of
from app.models.help.states import ASSIGNMENT_MOVES, REQUEST_MOVES, AssignmentStatus, HelpStatus, Rating
from app.models.help_request import HelpRequest, by_number
from app.models.history import history_of
from app.models.public_case import case_of
from app.models.recount import CHECKS
from app.models.service_record import Evidence
from app.models.stateful import TransitionError
from app.models.volunteer import VolunteerStatus
from app.models.workday import Workday, add_working_days
from app.refusal import Invalid, Refused
from tests.cast import baiyun_code, far_code, make_user, make_volunteer, volunteer_of, who
from tests.helps import (
    ADDRESS,
    NAME,
    PHONE,
    SUMMARY,
    TITLE,
    A,
    S,
    ask,
    assignment,
    bring,
    close,
    days,
    of,
    offer,
    until,
)


def told(username):
    """Titles of this person's messages, oldest first, without what follows a colon."""
    mine = db.select(Message.title).where(Message.user_id == who(username).id).order_by(Message.id)
    return [title.partition("：")[0] for title in db.session.scalars(mine)]


# --- asking


def test_a_request_gets_a_number_of_date_serial_and_forty_random_bits(app):
    first, second = ask(), ask()
    assert re.fullmatch(rf"QZ{clock.today():%Y%m%d}-0001-[0-9A-HJKMNP-TV-Z]{{8}}", first.number)
    assert second.number.split("-")[1] == "0002"
    assert as_typed(f" {first.number.lower().replace('-', ' ').replace('0', 'o')} ") == first.number


@pytest.mark.parametrize(
    "beginning, first, last",
    [
        ("QZ", date(2000, 1, 1), date(2099, 12, 31)),
        ("QZ202", date(2020, 1, 1), date(2029, 12, 31)),
        ("QZ2026", date(2026, 1, 1), date(2026, 12, 31)),
        ("qz20261", date(2026, 10, 1), date(2026, 12, 31)),
        ("QZ202602", date(2026, 2, 1), date(2026, 2, 28)),
        ("QZ202412", date(2024, 12, 1), date(2024, 12, 31)),
        ("QZ2024022", date(2024, 2, 20), date(2024, 2, 29)),
        ("QZ20240229-00", date(2024, 2, 29), date(2024, 2, 29)),
    ],
)
def test_the_beginning_of_a_number_tells_between_which_days_it_was_given(app, beginning, first, last):
    assert days_of(beginning) == (first, last, "-" not in beginning)


@pytest.mark.parametrize(
    "words", ["", "2026", "1QZ2026", "QZ20261301", "QZ20260230", "QZ2026023", "QZ0000", "QZ9999", "QZ２０２６"]
)
def test_what_tells_no_days_is_looked_for_in_every_number(app, words):
    assert not (days := days_of(words)) or not days[2]


def test_a_request_is_found_by_each_beginning_of_its_number_in_the_first_and_last_moment_of_a_year(app):
    midnight = clock.start_of(date(2027, 1, 1))
    for moment in (midnight - timedelta(seconds=1), midnight):
        until(moment, minutes=0)
        number = ask().number
        for letters in range(len("QZ2026"), len(number)):
            found = db.session.scalars(db.select(HelpRequest.number).where(known_as(number[:letters].lower())))
            assert number in list(found), letters
    found = list(db.session.scalars(db.select(HelpRequest.number).where(known_as("QZ2026"))))
    assert found and all(number.startswith("QZ2026") for number in found)


def test_a_number_tells_the_day_of_its_request_though_midnight_passes_before_it_is_written(app, monkeypatch):
    """Its beginning finds it by that day alone."""
    until(clock.start_of(date(2027, 1, 1)) - timedelta(minutes=1), minutes=0)
    monkeypatch.setattr("app.models.help.numbers.secrets.choice", lambda letters: until(clock.now(), minutes=2) or "A")
    late = ask()
    assert clock.today() == date(2027, 1, 1)
    assert late.number.startswith("QZ20261231") and clock.day(late.created_at) == date(2026, 12, 31)


def test_parts_of_numbers_find_what_holds_them_and_are_counted_by_what_the_clock_has_brought(app):
    stale, silent, closed = (bring(status) for status in (S.ARRANGED, S.RETURNED, S.CLOSED))
    stale.offers_end_at = silent.lapses_at = clock.now() - timedelta(minutes=1)
    ends = {stale: "7K7K0001", silent: "AB7KZZ02", closed: "ZZ%_7KAB"}
    for one, end in ends.items():
        one.number = f"QZ20261122-0001-{end}"
    db.session.commit()
    for part in ("7k", "7K7k", "zz", "%_", "k", "0001-7", "ab7kzz02", "none"):
        found = {one for one, end in ends.items() if part.upper() in one.number}
        scope = partial(having, part, [one.id for one in ends])
        assert set(db.session.scalars(scope())) == found, part
        numbers = counts(scope, tuple(S))
        assert {one: number for one, number in numbers.items() if number} == Counter(x.standing for x in found), part


def having(part, ids):
    return db.select(HelpRequest).where(known_as(part), HelpRequest.id.in_(ids))


def test_what_few_numbers_hold_is_looked_up_by_its_pairs_and_no_other_number_is_read(app):
    ask()
    assert "pairs" in str(known_as("7k7k").compile(db.engine))


@pytest.mark.parametrize("status", [S.ACCEPTED, S.LAPSED])
def test_what_the_clock_brings_to_a_state_leads_no_count_past_other_states(app, status):
    """Closed ones are most: a condition that no closed one can meet says so before any row is looked at."""
    nothing = db.select(HelpRequest.id).where(HelpRequest.status == S.CLOSED, shown_in(status))
    words = str(nothing.compile(db.engine, compile_kwargs={"render_postcompile": True}))
    assert re.search(r"status = \S+ AND help_request\.status IN \(", words)


def test_name_phone_address_and_text_lie_encrypted(app):
    request = ask()
    db.session.commit()
    raw = db.session.execute(db.text("SELECT name, phone, address, content FROM help_request")).one()
    assert not any(private in str(raw) for private in (NAME, PHONE, ADDRESS, "水管"))
    assert request.phone_hash == keyed_hash(PHONE, "phone") and request.phone_tail == "2222"


@pytest.mark.parametrize(
    "field, value",
    [
        ("name", "我"),
        ("name", "长" * 41),
        ("phone", ""),
        ("phone", "123"),
        ("address", "x"),
        ("content", "救"),
        ("content", "长" * 501),
        ("community", "320302"),
        ("community", ""),
        ("category", "nothing"),
        ("wanted_on", date(2001, 1, 1)),
        ("wanted_on", date(2099, 1, 1)),
    ],
)
def test_a_wrong_answer_names_its_field(app, field, value):
    with pytest.raises(Invalid) as wrong:
        ask(**{field: value})
    assert wrong.value.field == field


def test_staff_file_for_somebody_without_a_phone(app):
    from app.models.help_request import Asking

    told = Asking("无名老人", "", "320302001002", "幸福里", "elder", "请人陪我看病")
    request = HelpRequest.ask(told, by=who("wantong"))
    assert request.phone is None and re.fullmatch(r"\d{4}", request.phone_tail)
    assert request.filed_by_id == who("wantong").id
    assert by_number(request.number, request.phone_tail) is request
    with pytest.raises(Invalid):
        HelpRequest.ask(told)


# --- every pair of states


@pytest.mark.parametrize("start, to", list(itertools.product(HelpStatus, HelpStatus)), ids=lambda s: s.value)
def test_a_request_moves_only_along_its_table(app, start, to):
    request = ask()
    request.status = start
    db.session.flush()
    if to in REQUEST_MOVES[start]:
        request.move(to, by=who("wantong"), reason="原因")
        assert request.status is to
    else:
        with pytest.raises(TransitionError):
            request.move(to, by=who("wantong"), reason="原因")


@pytest.mark.parametrize(
    "start, to", list(itertools.product(AssignmentStatus, AssignmentStatus)), ids=lambda s: s.value
)
def test_an_assignment_moves_only_along_its_table(app, start, to):
    (one,) = offer(bring(S.ACCEPTED))
    one.status = start
    db.session.flush()
    if to in ASSIGNMENT_MOVES[start]:
        one.move(to, by=who("volunteer"), reason="原因")
        assert one.status is to
    else:
        with pytest.raises(TransitionError):
            one.move(to, by=who("volunteer"), reason="原因")


VERBS = {
    "accept": lambda r: r.accept(by=who("wantong")),
    "ask_back": lambda r: r.ask_back(by=who("wantong"), reason="缺地址"),
    "transfer": lambda r: r.transfer(baiyun_code(), by=who("wantong"), reason="住在白云"),
    "refuse": lambda r: r.refuse(by=who("wantong"), reason="不属于"),
    "merge": lambda r: r.merge(ask(), by=who("wantong")),
    "arrange": lambda r: offer(r, "second"),
    "solve": lambda r: r.solve("社区已经解决", by=who("wantong")),
    "refuse_result": lambda r: r.refuse_result(by=who("wantong"), reason="还在漏"),
    "close": close,
    "supply": lambda r: r.supply("住在三楼"),
    "withdraw": lambda r: r.withdraw(),
    "rate": lambda r: r.rate(Rating.GOOD),
    "reopen": lambda r: r.reopen(reason="又漏了"),
}
LEADS = {  # verb → from where → to where; everything else is refused
    "accept": {S.PENDING: S.ACCEPTED},
    "ask_back": {S.PENDING: S.RETURNED},
    "transfer": {S.PENDING: S.PENDING, S.ACCEPTED: S.PENDING},
    "refuse": {S.PENDING: S.REFUSED, S.ACCEPTED: S.REFUSED},
    "merge": {S.PENDING: S.MERGED, S.ACCEPTED: S.MERGED},
    "arrange": {S.ACCEPTED: S.ARRANGED, S.ARRANGED: S.ARRANGED, S.SERVING: S.SERVING},
    "solve": {S.ACCEPTED: S.DONE, S.ARRANGED: S.DONE},
    "refuse_result": {S.DONE: S.SERVING},
    "close": {S.DONE: S.CLOSED},
    "supply": {S.RETURNED: S.PENDING},
    "withdraw": {S.PENDING: S.WITHDRAWN, S.RETURNED: S.WITHDRAWN, S.ACCEPTED: S.WITHDRAWN, S.ARRANGED: S.WITHDRAWN},
    "rate": {S.CLOSED: S.CLOSED},
    "reopen": {S.CLOSED: S.ACCEPTED},
}


@pytest.mark.parametrize("status", HelpStatus, ids=lambda s: s.value)
def test_every_verb_in_every_state(app, status):
    for verb, act in VERBS.items():
        request = bring(status)
        db.session.flush()
        to = LEADS[verb].get(status)
        if to is None:
            with pytest.raises(Refused):
                act(request)
            assert request.status is status, verb
        else:
            act(request)
            assert request.status is to, verb
        db.session.rollback()


ANSWERS = {
    "accept": (lambda a: a.accept(by=who("volunteer")), A.OFFERED, A.ACCEPTED),
    "decline": (lambda a: a.decline(by=who("volunteer")), A.OFFERED, A.DECLINED),
    "give_up": (lambda a: a.give_up(by=who("volunteer"), reason="病了"), A.ACCEPTED, A.GAVE_UP),
    "file": (lambda a: a.file_result("做好了", 60, by=who("volunteer")), A.ACCEPTED, A.DONE),
}


@pytest.mark.parametrize("status", AssignmentStatus, ids=lambda s: s.value)
def test_every_answer_in_every_state(app, status):
    for act, start, to in ANSWERS.values():
        one = assignment(status)
        if status is start:
            act(one)
            assert one.status is to
        else:
            with pytest.raises(TransitionError):
                act(one)
        db.session.rollback()


@pytest.mark.parametrize("verb", ["ask_back", "refuse", "refuse_result", "reopen"])
def test_marked_moves_demand_a_reason(app, verb):
    start = {"refuse_result": S.DONE, "reopen": S.CLOSED}.get(verb, S.PENDING)
    by = {} if verb == "reopen" else {"by": who("wantong")}
    with pytest.raises(Invalid) as wrong:
        getattr(bring(start), verb)(reason="  ", **by)
    assert wrong.value.field == "reason"
    with pytest.raises(Invalid):
        bring(S.PENDING).transfer(baiyun_code(), by=who("wantong"), reason="")


# --- the desk


def test_a_transfer_starts_anew_at_the_other_community_and_two_are_enough(app):
    request = bring(S.ACCEPTED)
    first = request.accept_due
    clock.move(timedelta(days=7))
    request.transfer(baiyun_code(), by=who("wantong"), reason="住在白云")
    assert (request.status, request.community_code, request.transfers) == (S.PENDING, baiyun_code(), 1)
    assert request.accept_due > first and told("baiyun") == ["有转来的公众求助"]
    request.transfer("320302001002", by=who("baiyun"), reason="不是")
    with pytest.raises(Refused, match="区县"):
        request.transfer(baiyun_code(), by=who("wantong"), reason="还是白云")
    with pytest.raises(Refused, match="区县"):
        request.transfer(baiyun_code(), by=who("huanglou"), reason="还是白云")
    request.transfer(far_code(), by=who("gulou"), reason="在云龙")
    assert request.community_code == far_code()


def test_a_request_is_not_handed_to_where_it_is(app):
    with pytest.raises(Invalid) as wrong:
        ask().transfer("320302001002", by=who("wantong"), reason="转")
    assert wrong.value.field == "community"


def test_a_merged_one_says_nothing_of_the_other(app):
    other, request = ask(name="别人"), ask()
    request.merge(other, by=who("wantong"))
    assert request.merged_into_id == other.id
    assert all(other.number not in (line.note.text if line.note else "") for line in history_of(request))
    with pytest.raises(Refused):
        request.merge(other, by=who("wantong"))
    with pytest.raises(Invalid):
        ask().merge(request, by=who("wantong"))


def test_refused_merges_name_the_field(app):
    request = ask()
    with pytest.raises(Invalid) as wrong:
        request.merge(request, by=who("wantong"))
    assert wrong.value.field == "into"


# --- deadlines


def test_deadlines_are_working_days_from_submission(app):
    request = ask()
    assert request.due_at == request.accept_due == days(request, 2)
    request.accept(by=who("wantong"))
    assert request.due_at == days(request, 3)
    offer(request)
    assert request.due_at == days(request, 10)


def test_holidays_and_make_up_days_count_as_the_calendar_says(app):
    today = clock.today()
    from app.freshness import touch

    for n in range(1, 15):
        day = today + timedelta(days=n)
        db.session.merge(Workday(day=day, works=n >= 8))
    touch("workdays")
    db.session.commit()
    request = ask()
    assert clock.day(request.accept_due - timedelta(seconds=1)) == today + timedelta(days=9)


def test_past_its_day_it_is_overdue_and_stands_still_while_the_asker_is_asked(app):
    request, asked = ask(), ask()
    asked.ask_back(by=who("wantong"), reason="缺地址")
    until(request.accept_due)
    assert request.overdue and not asked.overdue and asked.due_at is None
    asked.supply("三楼")
    assert not asked.overdue and asked.accept_due == add_working_days(clock.now(), 2)
    assert "三楼" in asked.content and asked.content.startswith("家里水管")


def test_ten_working_days_of_silence_end_it_whether_or_not_tick_has_run(app):
    request = bring(S.RETURNED)
    assert request.lapses_at == add_working_days(clock.now(), 10)
    until(request.lapses_at)
    assert request.status is S.RETURNED and request.standing is S.LAPSED
    with pytest.raises(TransitionError):
        request.supply("三楼")
    db.session.rollback()
    request = db.session.get(HelpRequest, bring(S.RETURNED).id)
    until(request.lapses_at)
    assert request.id in due_requests() and settle_help(request.id)
    assert request.status is S.LAPSED and not settle_help(request.id)
    assert request.id not in due_requests()


# --- volunteers


def test_an_offer_lives_a_day_then_the_community_asks_again(app):
    request = bring(S.ACCEPTED)
    (one,) = offer(request)
    assert one.expires_at - one.offered_at == timedelta(hours=24)
    until(one.expires_at)
    assert (one.standing, request.standing) == (A.EXPIRED, S.ACCEPTED)
    with pytest.raises(TransitionError):
        one.accept(by=who("volunteer"))
    db.session.rollback()


def test_tick_stores_what_expired(app):
    request = bring(S.ARRANGED)
    until(of(request)[0].expires_at)
    assert due_requests() == [request.id] and settle_help(request.id)
    assert (request.status, of(request)[0].status) == (S.ACCEPTED, A.EXPIRED)
    assert due_requests() == [] and not settle_help(request.id)


def test_the_first_yes_makes_it_serving_and_the_last_no_asks_again(app):
    request = bring(S.ACCEPTED)
    first, second = offer(request, "volunteer", "second")
    first.decline(by=who("volunteer"))
    assert request.status is S.ARRANGED
    second.accept(by=who("second"))
    assert request.status is S.SERVING
    second.give_up(by=who("second"), reason="孩子病了")
    assert request.status is S.ACCEPTED
    assert "求助没有人接单，请重新安排" in told("wantong") and "志愿者去不了，请换人" not in told("wantong"), (
        "told once"
    )


def test_a_decline_leaves_no_trace_on_the_volunteer(app):
    one = assignment(A.DECLINED)
    person = volunteer_of("volunteer")
    assert (person.services, person.status) == (0, VolunteerStatus.SERVING)
    offer(one.request if "request" in one.__dict__ else db.session.get(HelpRequest, one.request_id))


def test_nobody_is_asked_twice_and_nobody_who_pauses(app):
    request = bring(S.ARRANGED)
    with pytest.raises(Invalid, match="李静"):
        offer(request, "volunteer")
    volunteer_of("second").pause(by=who("second"), reason="出差")
    with pytest.raises(Invalid, match="王建国"):
        offer(request, "second")
    with pytest.raises(Invalid):
        request.arrange([], by=who("wantong"))


def test_with_two_of_them_it_is_done_when_nobody_is_on_the_way(app):
    request = bring(S.ACCEPTED)
    first, second = offer(request, "volunteer", "second")
    first.accept(by=who("volunteer"))
    second.accept(by=who("second"))
    first.file_result("扫完一半", 30, by=who("volunteer"))
    assert request.status is S.SERVING
    second.give_up(by=who("second"), reason="有事")
    assert request.status is S.DONE


def test_once_a_result_stands_open_offers_end(app):
    request = bring(S.ACCEPTED)
    first, second = offer(request, "volunteer", "second")
    first.accept(by=who("volunteer"))
    first.file_result("做好了", 30, by=who("volunteer"))
    assert (request.status, second.status) == (S.DONE, A.EXPIRED)
    assert "求助不用再答复" in told("second")


@pytest.mark.parametrize("minutes", [0, -5, 1441])
def test_minutes_lie_between_one_and_a_day(app, minutes):
    one = assignment(A.ACCEPTED)
    with pytest.raises(Invalid) as wrong:
        one.file_result("做好了", minutes, by=who("volunteer"))
    assert wrong.value.field == "minutes"


def test_a_refused_result_lets_the_volunteer_go_on(app):
    request = bring(S.DONE)
    request.refuse_result(by=who("wantong"), reason="还在漏")
    (one,) = of(request)
    assert (request.status, one.status) == (S.SERVING, A.ACCEPTED)
    assert "服务结果需要补做" in told("volunteer")
    one.file_result("又修了一遍", 30, by=who("volunteer"))
    assert request.status is S.DONE


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


def test_every_move_is_told_with_its_reason(app):
    request = bring(S.RETURNED)
    line = history_of(request)[-1]
    assert (line.from_state, line.to_state, line.note.text) == ("pending", "returned", "请写明楼层")
    request.supply("三楼")
    assert (history_of(request)[-1].actor_role, history_of(request)[-1].actor_id) == ("self", None)


def test_messages_hold_nothing_of_the_person(app):
    bring(S.CLOSED)
    for message in db.session.scalars(db.select(Message)):
        assert not any(private in message.title + message.body for private in (NAME, PHONE, ADDRESS, "水管"))


def test_who_files_for_the_second_time_is_a_second_request(app):
    make_user("other")
    assert ask().id != ask().id
