"""Asking for help: the number of a request and how it is found by parts of it, wrong answers, what lies encrypted."""

import re
from collections import Counter
from datetime import date, timedelta
from functools import partial

import pytest

from app import clock
from app.crypto import keyed_hash
from app.db import db
from app.models.help.lists import counts, known_as, shown_in
from app.models.help.numbers import as_typed, days_of
from app.models.help_request import HelpRequest, by_number
from app.refusal import Invalid
from tests.cast import make_user, who
from tests.helps import (
    ADDRESS,
    NAME,
    PHONE,
    S,
    ask,
    bring,
    until,
)


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


def test_who_files_for_the_second_time_is_a_second_request(app):
    make_user("other")
    assert ask().id != ask().id
