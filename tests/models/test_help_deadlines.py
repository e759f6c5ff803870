"""Deadlines of 公众求助: working days, silence that ends a request, offers that live a day."""

from datetime import timedelta

import pytest

from app import clock
from app.db import db
from app.models.help.clock import due_requests, settle_help
from app.models.help_request import HelpRequest
from app.models.stateful import TransitionError
from app.models.workday import Workday, add_working_days
from tests.cast import who
from tests.helps import (
    A,
    S,
    ask,
    bring,
    days,
    of,
    offer,
    until,
)


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
