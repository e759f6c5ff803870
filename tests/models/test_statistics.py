"""Sums of services hold for every month, in both views, whoever moved, whatever was revoked or merged meanwhile."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app import clock
from app.db import db
from app.freshness import forget
from app.models import Region, ServiceRecord, Volunteer
from app.models.category import category_by_slug
from app.models.city_sum import fold
from app.models.figures.different import people
from app.models.figures.period import Period, year_before
from app.models.figures.totals import (
    Scope,
    View,
    by_category,
    by_child,
    by_month,
    by_quarter,
    by_unit,
    path,
    services_of,
    sums_of,
    total,
)
from app.models.region import CITY, children
from app.models.service_record import Evidence
from tests.cast import GULOU, HUANGLOU, WANTONG, baiyun_code, far_code, volunteer_of
from tests.rollcall import assert_figures_true
from tests.services import PERIOD, different, figures, last_year, served

MONTHS = ("2024-11", "2025-02", "2025-11")


KINDS = ("elder", "law")


def places() -> list[str]:
    """Two communities of one street, one of another street of the district, one of another district."""
    other = next(place for place in children()[GULOU] if place.code != HUANGLOU)
    return [WANTONG, baiyun_code(), children()[other.code][0].code, far_code()]


who, where, which, when = st.integers(0, 3), st.integers(0, 3), st.integers(0, 30), st.integers(0, 2)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("serve"), who, where, when, st.integers(1, 200)),
        st.tuples(st.just("serve"), who, where, when, st.integers(1, 200)),
        st.tuples(st.just("move"), who, where),
        st.tuples(st.just("unit"), who, st.integers(0, 2)),
        st.tuples(st.just("revoke"), which),
        st.tuples(st.just("minutes"), which, st.integers(0, 300)),
        st.tuples(st.just("merge"), where, where),
        st.tuples(st.just("fold")),
    ),
    min_size=8,
    max_size=30,
)


@dataclass
class City:
    """What was done, written down beside the product: the recount by hand."""

    places: list[str]
    people: list[Volunteer]
    units: list[int | None]
    records: list[ServiceRecord] = field(default_factory=list)
    heirs: dict[str, str] = field(default_factory=dict)

    def live(self) -> list[ServiceRecord]:
        return [record for record in self.records if record.revoked_at is None]

    def serve(self, who: int, where: int, when: int, minutes: int) -> None:
        day = date.fromisoformat(f"{MONTHS[when]}-{minutes % 28 + 1:02d}")
        facts = {"minutes": minutes, "category": KINDS[minutes % 2], "evidence": list(Evidence)[minutes % 4]}
        self.records.append(served(self.people[who], self.places[where], day, **facts))

    def move(self, who: int, where: int) -> None:
        self.people[who].locate(self.home(self.places[where]))

    def unit(self, who: int, unit: int) -> None:
        self.people[who].unit_id = self.units[unit]

    def revoke(self, which: int) -> None:
        if live := self.live():
            ServiceRecord.revoke([live[which % len(live)]], by=None)

    def minutes(self, which: int, minutes: int) -> None:
        if live := self.live():
            live[which % len(live)].change_minutes(minutes)

    def merge(self, one: int, other: int) -> None:
        code, into = self.places[one], self.home(self.places[other])
        if code not in self.heirs and into != code:
            region = db.session.get_one(Region, code)
            region.valid_to, region.successor, self.heirs[code] = clock.today(), into, into
            db.session.flush()
            forget()

    def fold(self) -> None:
        fold()

    def home(self, code: str) -> str:
        while code in self.heirs:
            code = self.heirs[code]
        return code

    def sum(self, region: str, view: View, *months: str) -> tuple[int, int]:
        """Services and minutes counted record by record."""
        name = "community_code" if view is View.ACTIVITY else "volunteer_community_code"
        mine = [
            record
            for record in self.live()
            if record.month in months and self.home(getattr(record, name)).startswith(region)
        ]
        return len(mine), sum(record.minutes for record in mine)


def judge(city: City, view: View) -> None:
    """Every sum of this view against the recount, down to the communities, and against the records' own lists."""
    scope = Scope(PERIOD, view=view)
    months = by_month(scope)
    for line in months:
        assert (line.services, line.minutes) == city.sum(CITY, view, line.key), line
        assert (line.before, line.minutes_before) == city.sum(CITY, view, year_before(line.key)), line
    whole = total(months)
    for lines in (by_unit(scope), by_category(scope), [line for _, line in by_quarter(months, PERIOD)]):
        assert vars(total(lines)) == vars(whole)
    for unit in (None, 0, *filter(None, city.units)):
        of_unit = Scope(PERIOD, view=view, unit=unit)
        assert services_of(of_unit) == number(of_unit)
    down(city, scope, (whole.services, whole.minutes))


def down(city: City, scope: Scope, parent: tuple[int, int]) -> None:
    """Children make up their parent, and each is what was written down."""
    lines = by_child(scope)
    assert figures(lines) == parent, scope.region
    for line in lines:
        below = scope.at(line.key)
        found = (line.services, line.minutes)
        assert found == city.sum(line.key, scope.view, *PERIOD.months), (line, scope.view)
        if line.services:
            assert number(below) == line.services == services_of(below)
            assert people(below) == different(below), below
            if len(line.key) < 12:
                down(city, below, found)


def number(scope: Scope) -> int:
    """How many records the list behind the figure holds."""
    return db.session.scalar(db.select(db.func.count()).select_from(ServiceRecord).where(*scope.records()))


def play(moves: list[Any]) -> None:
    """Do it all, judge both views, take it back."""
    names = ("volunteer", "second", "third", "guest")
    city = City(
        places(),
        [volunteer_of(name) for name in names],
        [None, *(volunteer_of(n).unit_id for n in ("volunteer", "third"))],
    )
    try:
        for name, *facts in moves:
            getattr(city, name)(*facts)
            db.session.flush()
        for view in View:
            judge(city, view)
        assert_figures_true()
    finally:
        db.session.rollback()
        forget()


COMMON = {
    "deadline": None,
    "suppress_health_check": [HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    "database": None,
}


@given(moves=steps)
@settings(max_examples=12, derandomize=True, **COMMON)
def test_sums_hold_for_every_month_in_both_views_whoever_moved(app, moves):
    play(moves)


@pytest.mark.full
@given(moves=st.lists(steps, min_size=3, max_size=5).map(lambda parts: [step for part in parts for step in part]))
@settings(max_examples=100, **COMMON)
def test_sums_hold_after_many_more_moves(app, moves):
    play(moves)


def test_a_merger_into_another_street_takes_its_past_along_once(app):
    """白云's records count with the heir in another street; its old street counts them no more, the district does."""
    old, new = places()[1:3]
    served(volunteer_of("guest"), old, date(2025, 11, 3))
    region = db.session.get_one(Region, old)
    region.valid_to, region.successor = clock.today(), new
    db.session.flush()
    forget()
    for code, expected in ((old[:9], 0), (new[:9], 1), (new, 1), (GULOU, 1), (CITY, 1), (far_code()[:6], 0)):
        scope = Scope(PERIOD, code)
        assert (services_of(scope), number(scope)) == (expected, expected), code
    assert path(CITY, new) == [GULOU, new[:9], new]
    db.session.rollback()
    forget()


def test_the_citys_services_of_one_category_or_unit_are_those_of_its_records(app):
    for name, minutes in (("volunteer", 30), ("third", 40), ("second", 50)):
        record = served(volunteer_of(name), on=date(2025, 11, 3), minutes=minutes)
    unit = volunteer_of("volunteer").unit_id
    for narrowed in (
        {},
        {"unit": unit},
        {"unit": 0},
        {"category": record.category_id},
        {"category": 999},
        {"unit": 999},
    ):
        scope = Scope(PERIOD, **narrowed)
        found = db.session.scalars(select(ServiceRecord).where(*scope.records())).all()
        assert sums_of(scope) == (len(found), sum(one.minutes for one in found)), narrowed
    assert sums_of(Scope(PERIOD, unit=unit)) == (1, 30) and sums_of(Scope(PERIOD, unit=0)) == (1, 50)


def test_the_citys_services_of_one_evidence_are_those_of_its_records(app):
    mine = volunteer_of("volunteer")
    month = f"{clock.today():%Y-%m}"
    period = Period(year_before(month), month)
    scopes = [
        Scope(period, evidence=evidence, category=category_by_slug(kind).id if kind else None, **narrowed)
        for evidence in Evidence
        for kind in (None, *KINDS)
        for narrowed in ({}, {"view": View.VOLUNTEER}, {"unit": 0}, {"unit": mine.unit_id})
    ]

    def shown() -> list[tuple[int, int]]:
        db.session.commit()
        for scope in scopes:
            found = db.session.scalars(select(ServiceRecord).where(*scope.records())).all()
            assert sums_of(scope) == sums_of(scope) == (len(found), sum(one.minutes for one in found)), scope
        return [sums_of(Scope(period, evidence=evidence)) for evidence in Evidence]

    made = [
        served(mine, on=day, minutes=minutes, category=kind, evidence=evidence)
        for kind in KINDS
        for day, minutes in ((last_year(), 10), (clock.today(), 20))
        for evidence in (*Evidence, Evidence.ONSITE)
    ]
    assert shown() == [(8, 120), *[(4, 60)] * 3]
    ServiceRecord.revoke([one for one in made if one.evidence is Evidence.LATE and one.minutes == 10], by=None)
    assert shown() == [(8, 120), (2, 40), (4, 60), (4, 60)]
    made[0].change_minutes(15)
    assert shown() == [(8, 125), (2, 40), (4, 60), (4, 60)]


def test_two_periods_of_more_than_a_year_with_the_same_months_keep_their_years_before_apart(app):
    served(volunteer_of("volunteer"), on=date(2025, 11, 3), minutes=30)
    year, longer = Period("2025-11", "2026-10"), Period("2025-11", "2026-11")
    for period in (year, longer, year):
        [line] = [line for line in by_child(Scope(period, GULOU)) if line.services]
        before = period.last == "2026-11"
        assert (line.services, line.before) == (1, int(before)), period


@pytest.mark.parametrize(
    ("first", "last", "words", "before", "quarters"),
    [
        ("2026-10", "2026-12", "2026年第四季度", "2025-10", ["2026年第四季度"]),
        (
            "2026-01",
            "2026-12",
            "2026年",
            "2025-01",
            ["2026年第一季度", "2026年第二季度", "2026年第三季度", "2026年第四季度"],
        ),
        ("2026-02", "2026-02", "2026年2月", "2025-02", ["2026年2月"]),
        ("2025-12", "2026-01", "2025年12月—2026年1月", "2024-12", ["2025年12月", "2026年1月"]),
        ("2026-02", "2026-04", "2026年2月—4月", "2025-02", ["2026年2月—3月", "2026年4月"]),
    ],
)
def test_periods_are_whole_months(first, last, words, before, quarters):
    period = Period(first, last)
    assert (period.words, period.before.first) == (words, before)
    assert [one.words for one in period.quarters] == quarters
    assert period.days[1] + timedelta(days=1) == clock.day(period.moments[1])
    assert [month for one in period.quarters for month in one.months] == period.months
