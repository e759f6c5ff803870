"""Two people at exactly the same moment: of two who accept, arrange, answer or close, one wins and the other gets 409."""

import pytest

from app.db import db
from app.models import Assignment, HelpRequest, ServiceRecord
from app.refusal import Invalid, Refused
from tests.cast import volunteer_of, who
from tests.helps import SUMMARY, TITLE, A, S, ask, bring, of, offer
from tests.support.together import together


def won(results):
    """How many were not refused; every other must have been refused in words."""
    assert all(isinstance(one, (Refused, Invalid)) for one in results if isinstance(one, BaseException)), results
    return sum(not isinstance(one, BaseException) for one in results)


def fetch(id):
    return db.session.get_one(HelpRequest, id)


@pytest.mark.parametrize("round", range(3))
def test_of_two_who_accept_one_wins(app, round):
    id = ask().id
    results = together(
        app,
        [
            lambda: fetch(id).accept(by=who("wantong")),
            lambda: fetch(id).accept(by=who("wantong2")),
            lambda: fetch(id).refuse(by=who("huanglou"), reason="不属于"),
        ],
    )
    assert won(results) >= 1
    assert fetch(id).status in (S.ACCEPTED, S.REFUSED)


@pytest.mark.parametrize("round", range(3))
def test_nobody_is_asked_twice_by_two_at_once(app, round):
    id, volunteer = bring(S.ACCEPTED).id, volunteer_of("volunteer").id
    acts = [lambda name=name: fetch(id).arrange([volunteer], by=who(name)) for name in ("wantong", "wantong2")]
    assert won(together(app, acts)) == 1
    assert [one.status for one in of(fetch(id))] == [A.OFFERED]


@pytest.mark.parametrize("round", range(3))
def test_an_answer_and_a_withdrawal_do_not_both_happen(app, round):
    request = bring(S.ARRANGED)
    id, one = request.id, of(request)[0].id
    results = together(
        app,
        [
            lambda: db.session.get_one(Assignment, one).accept(by=who("volunteer")),
            lambda: fetch(id).withdraw(),
        ],
    )
    assert won(results) == 1
    pair = fetch(id).status, db.session.get_one(Assignment, one).status
    assert pair in ((S.SERVING, A.ACCEPTED), (S.WITHDRAWN, A.EXPIRED))


def test_two_volunteers_answer_at_once(app):
    request = bring(S.ACCEPTED)
    first, second = (one.id for one in offer(request, "volunteer", "second"))
    results = together(
        app,
        [
            lambda: db.session.get_one(Assignment, first).accept(by=who("volunteer")),
            lambda: db.session.get_one(Assignment, second).decline(by=who("second")),
        ],
    )
    assert won(results) == 2 and fetch(request.id).status is S.SERVING


@pytest.mark.parametrize("round", range(3))
def test_closed_by_two_at_once_it_counts_once(app, round):
    id = bring(S.DONE).id
    facts = {"result": "修好了", "title": TITLE, "summary": SUMMARY}
    acts = [lambda name=name: fetch(id).close(by=who(name), **facts) for name in ("wantong", "wantong2")]
    assert won(together(app, acts)) == 1
    assert db.session.scalar(db.select(db.func.count()).select_from(ServiceRecord)) == 1
    assert volunteer_of("volunteer").services == 1


def test_numbers_of_many_at_once_are_all_different(app):
    numbers = together(app, [lambda: ask().number for _ in range(8)])
    assert len({number.split("-")[1] for number in numbers}) == 8, numbers
