"""Sums of months that are kept follow every change, and what a writer sees is not kept."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app import clock
from app.db import db, reading
from app.models import ServiceRecord
from app.models.city_sum import fold
from app.models.figures import people as counted
from app.models.figures.different import people
from app.models.figures.period import Period, year_before
from app.models.figures.totals import (
    Scope,
    View,
    by_category,
    by_child,
    by_month,
    by_unit,
    services_of,
)
from tests.cast import GULOU, HUANGLOU, WANTONG, baiyun_code, far_code, volunteer_of
from tests.services import PERIOD, figures, last_year, served
from tests.signups import until
from tests.support.statements import statements


def test_what_is_kept_of_a_month_that_is_over_follows_every_change(app):
    mine, city = volunteer_of("volunteer"), Scope(PERIOD)

    def shown() -> set[tuple[int, int]]:
        db.session.commit()
        months = figures(by_month(city))
        assert services_of(city) == months[0]
        return {months, figures(by_child(city)), figures(by_unit(city)), figures(by_category(city))}

    first = served(mine, on=date(2025, 2, 3))
    assert shown() == {(1, 60)} and shown() == {(1, 60)}
    second = served(mine, on=date(2025, 2, 4), minutes=30)
    assert shown() == {(2, 90)}
    second.change_minutes(50)
    assert shown() == {(2, 110)}
    ServiceRecord.revoke([first], by=None)
    assert shown() == {(1, 50)}


def test_what_is_kept_of_the_present_month_follows_every_change(app):
    """Also one after which as many services took as long, in other communities, of other units or kinds; folded or not."""
    mine, other, month = volunteer_of("volunteer"), volunteer_of("second"), f"{clock.today():%Y-%m}"
    narrowed: tuple[dict[str, Any], ...] = (
        {},
        {"region": GULOU},
        {"region": HUANGLOU, "view": View.VOLUNTEER},
        {"unit": 0},
    )

    def shown() -> list[Any]:
        db.session.commit()
        scopes = [Scope(Period(year_before(month), month), **one) for one in narrowed]
        assert [counted.served(scope) for scope in scopes] == [people(scope) for scope in scopes]
        return [
            (vars(line), people(scope))
            for scope in scopes
            for lines in (by_month(scope), by_child(scope), by_unit(scope), by_category(scope))
            for line in lines
        ]

    def equal() -> None:
        read = shown()
        token = reading.set(True)  # as a page does, which only reads
        try:
            assert shown() == read and shown() == read
            with statements() as sent:
                assert shown() == read
        finally:
            reading.reset(token)
        assert not any("service_month" in one or "service_record" in one or ".services" in one for one in sent)

    first = served(mine, minutes=30)
    equal()
    for step in (
        lambda: (fold(), ServiceRecord.revoke([first], by=None), fold(), served(other, baiyun_code(), minutes=30)),
        fold,
        lambda: served(mine, minutes=40, category="law"),
        lambda: served(mine, on=last_year(), minutes=20),
    ):
        step()
        equal()


@pytest.mark.parametrize(("day", "everybody"), [(5, False), (25, True)])
def test_a_late_tick_of_last_month_lets_only_its_own_district_read_anew_while_many_come(app, day, everybody):
    end = clock.today().replace(day=1) + timedelta(days=31)
    until(clock.start_of(end.replace(day=day)))
    last = end.replace(day=1) - timedelta(days=1)
    period = Period(year_before(f"{last:%Y-%m}"), f"{end:%Y-%m}")
    here, far = Scope(period, GULOU), Scope(period, far_code()[:6])

    def read(scope: Scope) -> bool:
        """Whether months are summed up for this place; what is said is always true."""
        db.session.commit()
        token, page = reading.set(True), replace(scope, states={})
        try:
            with statements() as sent:
                said = services_of(page), people(page), figures(by_category(page))
        finally:
            reading.reset(token)
        records = db.session.scalars(select(ServiceRecord).where(*scope.records())).all()
        assert said[:2] == (len(records), len({one.volunteer_id for one in records}))
        assert said[2] == (len(records), sum(one.minutes for one in records))
        return any("service_month" in one or "service_record" in one for one in sent)

    for place in (WANTONG, far_code()):
        for on in (last_year(last), last, clock.today()):
            served(volunteer_of("volunteer"), place, on=on)
    assert (read(here), read(far)) == (True, True)
    assert (read(here), read(far)) == (False, False)
    late = served(volunteer_of("second"), far_code(), on=last, minutes=30)
    assert (read(here), read(far)) == (everybody, True)
    ServiceRecord.revoke([late], by=None)
    assert (read(here), read(far)) == (everybody, True)


def test_what_a_writer_sees_of_the_present_month_is_not_kept(app):
    """It may never be committed, and the next change counts up to the same number."""
    mine, month = volunteer_of("volunteer"), f"{clock.today():%Y-%m}"

    def services() -> int:
        return sum(line.services for line in by_month(Scope(Period(month, month), GULOU)))

    for _ in range(2):
        served(mine)
    assert services() == 2
    db.session.rollback()
    ServiceRecord.revoke([served(volunteer_of("volunteer"))], by=None)
    db.session.commit()
    token = reading.set(True)
    try:
        assert services() == 0
    finally:
        reading.reset(token)
