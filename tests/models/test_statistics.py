"""Sums of services hold for every month, in both views, whoever moved, whatever was revoked or merged meanwhile."""

import json
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import product
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import literal, select

from app import clock
from app.db import db, reading
from app.freshness import forget
from app.models import Region, ServiceRecord, Volunteer
from app.models.category import category_by_slug
from app.models.city_sum import fold
from app.models.figures import different as people_of
from app.models.figures import people as counted
from app.models.figures.different import people
from app.models.figures.people import Way, who_served
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
from app.models.figures.tree import branch_of
from app.models.region import CITY, children
from app.models.service_record import Evidence, ServiceMonth
from tests.cast import GULOU, HUANGLOU, WANTONG, baiyun_code, far_code, volunteer_of
from tests.rollcall import assert_figures_true
from tests.services import last_year, served
from tests.signups import until
from tests.support.statements import statements

MONTHS = ("2024-11", "2025-02", "2025-11")
PERIOD = Period("2025-01", "2025-12")
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


def figures(lines: Any) -> tuple[int, int]:
    """Services and minutes of all the lines."""
    found = total(lines)
    return found.services, found.minutes


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


def different(scope: Scope) -> int:
    """How many people the records behind a figure name."""
    records = select(ServiceRecord.volunteer_id.distinct()).where(*scope.records())
    return len(db.session.scalars(records).all())


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


def plan(column: Any, conditions: Any) -> str:
    """How SQLite looks for this column where these hold."""
    found = db.select(column).where(*conditions).compile(db.engine, compile_kwargs={"render_postcompile": True})
    values = [str(value) for value in found.params.values()]
    return str(db.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {found}", tuple(values)).all())


@pytest.mark.sqlite_only
@pytest.mark.parametrize("view", View)
def test_sqlite_looks_for_people_without_a_unit_in_their_place(app, view):
    """A quarter of all people have no unit: walking along these took a district's page at full size from 14 to 70 ms."""
    for region, along_units in ((CITY, True), (GULOU, False), (HUANGLOU, False), (WANTONG, False)):
        scope = Scope(PERIOD, region, view, unit=0)
        for model, conditions in ((ServiceRecord, scope.records()), (ServiceMonth, scope.months(PERIOD.months))):
            assert ("unit_id=?" in plan(model.minutes, conditions)) is along_units, (region, model)


@pytest.mark.sqlite_only
def test_sqlite_finds_in_an_index_alone_what_is_summed_up_of_a_unit(app):
    """Looking up each service of a unit took 5 of a page's 7 ms at full size, each volunteer of it 4 of 11."""
    for region, view, unit in product((CITY, GULOU, HUANGLOU), View, (0, 7)):
        scope = Scope(PERIOD, region, view, unit=unit, category=3)
        assert "COVERING INDEX" in plan(ServiceRecord.minutes, scope.records()), (region, view, unit)
    in_district = Volunteer.district_code == GULOU, Volunteer.status.in_(counted.ON_ROSTER), Volunteer.unit_id == 7
    assert "COVERING INDEX" in plan(literal(1), in_district)


@pytest.mark.sqlite_only
@pytest.mark.parametrize("region, along", [(CITY, False), (GULOU, False), (HUANGLOU, True), (WANTONG, False)])
def test_sqlite_looks_for_a_units_services_in_a_subdistrict_along_the_subdistrict(app, region, along):
    """Its index has the unit, the unit's has no subdistrict: each of its services was looked up, 5.3 ms for a page of 3.3."""
    wanted = [str(one) for one in Scope(PERIOD, region, unit=7).records()]
    assert ("+ service_record.unit_id" in " ".join(wanted)) is along


def test_two_periods_of_more_than_a_year_with_the_same_months_keep_their_years_before_apart(app):
    served(volunteer_of("volunteer"), on=date(2025, 11, 3), minutes=30)
    year, longer = Period("2025-11", "2026-10"), Period("2025-11", "2026-11")
    for period in (year, longer, year):
        [line] = [line for line in by_child(Scope(period, GULOU)) if line.services]
        before = period.last == "2026-11"
        assert (line.services, line.before) == (1, int(before)), period


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


def test_people_are_counted_once_over_the_months_that_are_kept_and_the_present_one(app):
    mine, other, guest = (volunteer_of(name) for name in ("volunteer", "second", "guest"))
    month = f"{clock.today():%Y-%m}"
    scopes = [
        Scope(Period(first, last), region, **narrowed)
        for first, last in ((year_before(month), month), (year_before(month), year_before(month)), (month, month))
        for region in (CITY, GULOU, far_code()[:6])
        for narrowed in ({}, {"view": View.VOLUNTEER}, {"unit": 0}, {"unit": mine.unit_id}, {"evidence": Evidence.LATE})
    ]

    def shown() -> int:
        db.session.commit()
        for scope in scopes:
            assert people(scope) == people(scope) == different(scope), scope
        return people(scopes[0])

    assert shown() == 0
    first = served(mine, on=last_year())
    assert shown() == 1
    served(mine)
    second = served(other, far_code(), evidence=Evidence.LATE)
    assert shown() == 2
    served(guest, on=last_year())
    assert shown() == 3
    ServiceRecord.revoke([first], by=None)
    assert shown() == 3
    ServiceRecord.revoke([second], by=None)
    assert shown() == 2


def test_the_people_of_many_services_are_read_a_quarter_at_a_time(app, monkeypatch):
    for on in (date(2025, 1, 1), date(2025, 3, 31), date(2025, 10, 1), date(2025, 12, 31)):
        served(volunteer_of("volunteer"), on=on)
    served(volunteer_of("second"), on=date(2025, 4, 1))
    db.session.commit()
    held, bits = [], people_of._bits
    monkeypatch.setattr(people_of, "_bits", lambda numbers: held.append(len(numbers)) or bits(numbers))
    assert people(Scope(PERIOD, GULOU)) == 2 and held == [2, 1, 0, 2]


def test_people_are_kept_for_each_post_by_itself(app):
    """The door through which records are read is no part of a scope that is compared; what it depends on is."""
    served(volunteer_of("volunteer"), on=last_year())
    db.session.commit()
    closed = Scope(PERIOD, door=ServiceRecord.district_code == "320399")
    assert [people(Scope(PERIOD), "city"), people(closed, "closed"), people(Scope(PERIOD), "city")] == [1, 0, 1]


def test_people_are_counted_once_and_listed_by_name(app):
    mine, other = volunteer_of("volunteer"), volunteer_of("second")
    for volunteer, minutes in ((mine, 30), (mine, 40), (other, 50)):
        served(volunteer, on=date(2025, 11, 3), minutes=minutes)
    scope = Scope(PERIOD, WANTONG)
    assert people(scope) == 2 and people(scope.at(CITY)) == 2
    found = {row.name: (row.services, row.minutes) for row in db.session.execute(who_served(scope))}
    assert found == {"李静": (2, 70), "王建国": (1, 50)}
    branch = branch_of(Scope(PERIOD), GULOU, WANTONG)
    assert branch is not None
    assert [(node.line.key, node.depth) for node in branch.nodes if node.opened] == [
        (GULOU, 0),
        (HUANGLOU, 1),
        (WANTONG, 2),
    ]
    last = next(node for node in branch.nodes if node.people is not None)
    assert [row.name for row in last.people] == ["李静", "王建国"]
    assert branch_of(Scope(PERIOD), "320399", "") is None


def test_the_people_of_a_page_are_the_same_on_every_way_to_them(app, monkeypatch):
    """Some served in months that are over only, some in this one, some in both, one was taken back."""
    mine, other, guest, third = (volunteer_of(name) for name in ("volunteer", "second", "guest", "third"))
    month = f"{clock.today():%Y-%m}"
    for volunteer, on in ((mine, last_year()), (mine, clock.today()), (other, clock.today()), (guest, last_year())):
        served(volunteer, on=on)
    ServiceRecord.revoke([served(third, on=last_year())], by=None)
    served(third, far_code(), on=clock.today())
    db.session.commit()
    for first, last in ((year_before(month), month), (year_before(month), year_before(month)), (month, month)):
        for scope in (Scope(Period(first, last)), Scope(Period(first, last), GULOU, unit=mine.unit_id or 0)):
            for count, at, back in ((9, -1, False), (1, other.id, False), (2, 10**6, True), (1, guest.id, True)):
                known = people_of.first(people_of.before(scope, ()), count, at, backwards=back)

                def cut(rows, person, count=count, at=at, back=back):
                    there = rows.where(person < at if back else person > at)
                    return there.order_by(person.desc() if back else person).limit(count)

                found = []
                ways = [way for way in Way if way is not Way.HELD or db.engine.dialect.name == "sqlite"]
                for way, rest in product(ways, (Way.SUMMED, Way.WALKED)):
                    monkeypatch.setattr(counted, "way_to", lambda scope, rest=rest: rest)
                    stmt = who_served(scope, way=way, cut=cut)
                    rows = db.session.execute(stmt, {"known": json.dumps(known)} if way is Way.HELD else {})
                    found.append(sorted((row.id, row.services, row.minutes) for row in rows))
                assert found[1:] == found[:1] * (len(found) - 1), (scope, count, at, back)
                assert found[0] or scope.region == GULOU or at != -1


def test_people_are_told_one_after_the_other_from_wherever_a_page_begins(monkeypatch):
    monkeypatch.setattr(people_of, "PART", 1)  # eight people are packed together
    everybody = [0, 3, 7, 8, 15, 16, 40, 41]
    held = people_of._pack(people_of._bits(everybody))
    for at in (-(2**31), -1, *range(45), 2**31 - 1):
        assert people_of.first(held, 9, at) == [one for one in everybody if one > at]
        assert people_of.first(held, 9, at, backwards=True) == [one for one in everybody[::-1] if one < at]
    assert people_of.first(held, 2) == [0, 3] and people_of.first(people_of._pack(0), 2) == []


def test_what_is_soonest_to_the_people_of_a_page(app, monkeypatch):
    served(volunteer_of("volunteer"), on=last_year())
    served(volunteer_of("volunteer"))
    db.session.commit()
    month = f"{clock.today():%Y-%m}"
    year, now = Scope(Period(year_before(month), month), GULOU), Scope(Period(month, month), GULOU)
    expected = {  # microseconds of a service that is summed up, of walking, and for a year more
        (0.13, 3e6, 8e6): (Way.SUMMED, Way.SUMMED),
        (1000, 3e6, 8e6): (Way.HELD, Way.SUMMED),
        (1000, 100, 100): (Way.WALKED, Way.WALKED),
        (1000, 100, 8e6): (Way.HELD, Way.SUMMED if clock.today().day > 1 else Way.WALKED),
    }
    for numbers, ways in expected.items():
        for name, number in zip(("SUMMED", "WALKED", "ASKED"), numbers, strict=True):
            monkeypatch.setattr(counted, name, number)
        forget()
        usual = db.engine.dialect.name == "postgresql"
        assert (counted.way_to(year), counted.way_to(now)) == ((Way.SUMMED,) * 2 if usual else ways)
        assert counted.way_to(year.at(WANTONG)) is Way.SUMMED


def test_the_first_of_many_services_say_how_many_served_unless_they_are_of_too_few(app, monkeypatch):
    mine, other = volunteer_of("volunteer"), volunteer_of("second")
    for volunteer, day in ((mine, 3), (mine, 4), (other, 5)):
        served(volunteer, on=date(2025, 11, day))
    for most, enough in ((1000, 2000), (1000, 2), (2, 2), (1, 2)):
        monkeypatch.setattr(counted, "CAP", most)
        monkeypatch.setattr(counted, "ENOUGH", enough)
        forget()
        assert counted.served(Scope(PERIOD, GULOU)) == min(most, 2)


def test_as_many_as_are_told_of_in_months_that_are_over_are_counted_once_until_one_is_taken_back(app, monkeypatch):
    monkeypatch.setattr(counted, "CAP", 2)
    records = [served(volunteer_of(name), on=date(2025, 11, 3)) for name in ("volunteer", "second")]
    db.session.commit()
    assert counted.served(Scope(PERIOD, GULOU)) == 2
    with statements() as seen:
        assert counted.served(Scope(PERIOD, GULOU)) == 2 and seen == []
    ServiceRecord.revoke(records[:1], by=None)
    db.session.commit()
    assert counted.served(Scope(PERIOD, GULOU)) == 1


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
