"""The people behind services are counted once, and those of a page are the same on every way to them."""

import json
from datetime import date
from itertools import product

from app import clock
from app.db import db
from app.freshness import forget
from app.models import ServiceRecord
from app.models.figures import different as people_of
from app.models.figures import people as counted
from app.models.figures.different import people
from app.models.figures.people import Way, who_served
from app.models.figures.period import Period, year_before
from app.models.figures.totals import (
    Scope,
    View,
)
from app.models.figures.tree import branch_of
from app.models.region import CITY
from app.models.service_record import Evidence
from tests.cast import GULOU, HUANGLOU, WANTONG, far_code, volunteer_of
from tests.services import PERIOD, different, last_year, served
from tests.support.statements import statements


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
