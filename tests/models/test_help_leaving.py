"""A volunteer who pauses or leaves gives up what was promised, in one piece with it; somebody else is asked."""

from datetime import timedelta
from itertools import pairwise
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import joinedload

from app import clock
from app.db import db
from app.models import Assignment, HelpRequest, Message, Volunteer
from app.models.contact_view import look_as_volunteer
from app.models.help.states import ASSIGNMENT_MOVES, OPEN, REQUEST_MOVES, Rating
from app.models.history import History
from app.models.volunteer import VolunteerStatus
from app.refusal import Invalid, Refused
from tests.cast import WANTONG, baiyun_code, volunteer_of, who
from tests.helps import SUMMARY, TITLE, A, S, ask, bring, of, offer
from tests.support.together import together


def titles(username):
    wanted = db.select(Message.title).where(Message.user_id == who(username).id).order_by(Message.id)
    return [title.partition("：")[0] for title in db.session.scalars(wanted)]


def test_who_pauses_is_asked_no_more_and_sends_somebody_else(app):
    offered, promised, shared = bring(S.ARRANGED), bring(S.SERVING), bring(S.ACCEPTED)
    first, second = offer(shared, "volunteer", "second")
    first.accept(by=who("volunteer"))
    second.accept(by=who("second"))
    done = bring(S.DONE)
    volunteer_of("volunteer").pause(by=who("wantong"), reason="家里有事")
    assert [one.status for request in (offered, promised, shared, done) for one in of(request)] == [
        A.EXPIRED, A.GAVE_UP, A.GAVE_UP, A.ACCEPTED, A.DONE,
    ]  # fmt: skip
    assert [request.status for request in (offered, promised, shared, done)] == [
        S.ACCEPTED,
        S.ACCEPTED,
        S.SERVING,
        S.DONE,
    ]
    assert titles("wantong").count("求助没有人接单，请重新安排") == 2
    assert titles("wantong").count("志愿者去不了，请换人") == 1, "somebody is still there"
    assert titles("volunteer").count("这件求助不用再去了") == 3


def fresh(one):
    """The assignment read anew, with its request."""
    wanted = db.select(Assignment).where(Assignment.id == one.id).options(joinedload(Assignment.request))
    return db.session.scalars(wanted.execution_options(populate_existing=True)).one()


def test_a_refused_result_is_nothing_for_who_has_left(app):
    done = bring(S.DONE)
    volunteer_of("volunteer").leave(by=who("volunteer"))
    done.refuse_result(by=who("wantong"), reason="还在漏水")
    assert (done.status, of(done)[0].status) == (S.ACCEPTED, A.GAVE_UP)


def test_who_helped_before_a_reopening_sees_the_contact_no_more(app):
    request = bring(S.CLOSED)
    (one,) = of(request)
    assert look_as_volunteer(fresh(one), by=who("volunteer")).name
    request.reopen(reason="又漏了")
    with pytest.raises(Refused, match="才能查看"):
        look_as_volunteer(fresh(one), by=who("volunteer"))


def test_where_only_unanswered_offers_are_left_nobody_serves(app):
    """服务中 begins with the first acceptance (SPEC section 3), so it ends with the last one."""
    request = bring(S.ACCEPTED)
    first, second = offer(request, "volunteer", "second")
    first.accept(by=who("volunteer"))
    first.give_up(by=who("volunteer"), reason="去不了")
    assert (request.status, request.offers_end_at) == (S.ARRANGED, second.expires_at)
    second.accept(by=who("second"))
    assert request.status is S.SERVING


def test_who_leaves_by_themselves_needs_no_message(app):
    promised = bring(S.SERVING)
    volunteer_of("volunteer").leave(by=who("volunteer"))
    assert (promised.status, of(promised)[0].status) == (S.ACCEPTED, A.GAVE_UP)
    assert "这件求助不用再去了" not in titles("volunteer")


@pytest.mark.parametrize("round", range(2))
def test_a_pause_and_an_arrangement_at_once_leave_nobody_promised(app, round):
    ids = [bring(S.ACCEPTED).id, bring(S.ARRANGED).id]
    volunteer = volunteer_of("volunteer").id

    def pause():
        db.session.get_one(Volunteer, volunteer).pause(by=who("volunteer"), reason="出差")

    def arrange():
        db.session.get_one(HelpRequest, ids[0]).arrange([volunteer], by=who("wantong"))

    results = together(app, [pause, arrange])
    assert all(isinstance(one, (Refused, Invalid)) for one in results if isinstance(one, BaseException)), results
    live = db.select(Assignment).where(
        Assignment.volunteer_id == volunteer, Assignment.status.in_((A.OFFERED, A.ACCEPTED))
    )
    paused = db.session.get_one(Volunteer, volunteer).status is VolunteerStatus.PAUSED
    assert not paused or not db.session.scalars(live).all()
    assert any(not isinstance(one, BaseException) for one in results)


# --- any events in any order

EVENTS: dict[str, Any] = {
    "accept": lambda r: r.accept(by=who("wantong")),
    "ask-back": lambda r: r.ask_back(by=who("wantong"), reason="请写明楼层"),
    "supply": lambda r: r.supply("三楼，有电梯。"),
    "transfer": lambda r: r.transfer(
        baiyun_code() if r.community_code == WANTONG else WANTONG, by=who("wantong"), reason="不在本社区"
    ),
    "refuse": lambda r: r.refuse(by=who("wantong"), reason="不属于志愿服务"),
    "merge": lambda r: r.merge(ask(), by=who("wantong")),
    "withdraw": lambda r: r.withdraw(),
    "arrange": lambda r: r.arrange([volunteer_of("volunteer").id], by=who("wantong")),
    "arrange-two": lambda r: r.arrange([volunteer_of(one).id for one in ("second", "third")], by=who("wantong")),
    "yes": lambda r: of(r)[-1].accept(by=who("volunteer")),
    "no": lambda r: of(r)[-1].decline(by=who("volunteer")),
    "give-up": lambda r: of(r)[-1].give_up(by=who("volunteer"), reason="去不了"),
    "result": lambda r: of(r)[-1].file_result("换好了接头", 60, by=who("volunteer")),
    "first-result": lambda r: of(r)[0].file_result("换好了灯", 30, by=who("wantong")),
    "pause": lambda r: volunteer_of("volunteer").pause(by=who("volunteer"), reason="出差"),
    "resume": lambda r: volunteer_of("volunteer").resume(by=who("volunteer")),
    "solve": lambda r: r.solve("社区换好了", by=who("wantong")),
    "refuse-result": lambda r: r.refuse_result(by=who("wantong"), reason="没修好"),
    "close": lambda r: r.close(by=who("wantong"), result="换好了接头", title=TITLE, summary=SUMMARY),
    "close-empty": lambda r: r.close(by=who("wantong"), result=" ", title=TITLE, summary=SUMMARY),
    "rate": lambda r: r.rate(Rating.GOOD),
    "reopen": lambda r: r.reopen(reason="又漏了"),
    "a-day": lambda r: clock.move(clock._shift + timedelta(hours=25)),
    "a-month": lambda r: clock.move(clock._shift + timedelta(days=31)),
    "tick": lambda r: r.hold(),
}
TIME, ENDS = ("a-day", "a-month", "tick"), ("refuse", "merge", "withdraw", "a-month")


def try_out(request, event):
    """Whether the event was possible; a refused one leaves nothing behind."""
    with db.session.begin_nested() as attempt:
        try:
            EVENTS[event](request)
        except (Refused, Invalid, IndexError):
            attempt.rollback()
            return False
    return True


@pytest.mark.sqlite_only
@settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(seeds=st.lists(st.integers(0, 10_000), min_size=10, max_size=16))
def test_whatever_happens_a_request_keeps_to_its_table(app, seeds):
    """Each step tries events in an order of its own until one is possible, so that walks get far."""
    request = ask()
    try:
        for seed in seeds:
            random = Random(seed)
            rare = random.random()
            acts = ENDS if rare < 0.05 else TIME if rare < 0.15 else [one for one in EVENTS if one not in TIME + ENDS]
            next((event for event in random.sample(acts, min(7, len(acts))) if try_out(request, event)), None)
            check(request)
        walked(request, REQUEST_MOVES)
        for one in of(request):
            walked(one, ASSIGNMENT_MOVES)
    finally:
        clock.move(timedelta(0))
        db.session.rollback()


def check(request):
    """What must hold at every moment."""
    assert request.status is not S.CLOSED or (request.result and request.closed_at), "closed without a result"
    live = [one for one in of(request) if one.status in (A.OFFERED, A.ACCEPTED)]
    assert len({one.volunteer_id for one in live}) == len(live), "one person asked twice at once"
    records = [one.record_id for one in of(request) if one.record_id]
    assert len(set(records)) == len(records), "two assignments of one record"
    assert not live or request.status in (S.ARRANGED, S.SERVING), (request.status, live)
    assert request.status is not S.SERVING or any(one.status is A.ACCEPTED for one in live) or not of(request)
    counted = [one.volunteer_id for one in of(request) if one.record_id]
    assert len(set(counted)) == len(counted), "one request counts once for a person"
    assert request.standing in OPEN or request.due_at is None


def walked(row, moves):
    """Every line of history is a move of the table, each from where the last one ended."""
    mine = db.select(History).where(
        History.noun == row.__tablename__, History.noun_id == row.id, History.to_state != ""
    )
    lines = db.session.scalars(mine.order_by(History.id)).all()
    states = {state.value: state for state in moves}
    for before, line in pairwise(lines):
        assert line.from_state == before.to_state
        assert states[line.to_state] in moves[states[line.from_state]]
    assert lines[-1].to_state == row.status.value
