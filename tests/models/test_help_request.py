"""公众求助 and 求助安排: every pair of states of both, the desk, and volunteers who are asked; told of people."""

import itertools
from datetime import timedelta

import pytest

from app import clock
from app.db import db
from app.models.help.states import ASSIGNMENT_MOVES, REQUEST_MOVES, AssignmentStatus, HelpStatus, Rating
from app.models.help_request import HelpRequest
from app.models.history import history_of
from app.models.stateful import TransitionError
from app.models.volunteer import VolunteerStatus
from app.refusal import Invalid, Refused
from tests.cast import baiyun_code, far_code, told_in_short, volunteer_of, who
from tests.helps import (
    A,
    S,
    ask,
    assignment,
    bring,
    close,
    of,
    offer,
)

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
    assert request.accept_due > first and told_in_short("baiyun") == ["有转来的公众求助"]
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


# --- volunteers


def test_the_first_yes_makes_it_serving_and_the_last_no_asks_again(app):
    request = bring(S.ACCEPTED)
    first, second = offer(request, "volunteer", "second")
    first.decline(by=who("volunteer"))
    assert request.status is S.ARRANGED
    second.accept(by=who("second"))
    assert request.status is S.SERVING
    second.give_up(by=who("second"), reason="孩子病了")
    assert request.status is S.ACCEPTED
    assert "求助没有人接单，请重新安排" in told_in_short("wantong") and "志愿者去不了，请换人" not in told_in_short(
        "wantong"
    ), "told once"


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
    assert "求助不用再答复" in told_in_short("second")


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
    assert "服务结果需要补做" in told_in_short("volunteer")
    one.file_result("又修了一遍", 30, by=who("volunteer"))
    assert request.status is S.DONE


def test_every_move_is_told_with_its_reason(app):
    request = bring(S.RETURNED)
    line = history_of(request)[-1]
    assert (line.from_state, line.to_state, line.note.text) == ("pending", "returned", "请写明楼层")
    request.supply("三楼")
    assert (history_of(request)[-1].actor_role, history_of(request)[-1].actor_id) == ("self", None)
