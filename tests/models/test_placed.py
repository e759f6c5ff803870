"""Who is called so in a district is found there alone: what is found is what a look at each name finds."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, text, update

from app import reads
from app.db import db
from app.freshness import forget
from app.models import User, Volunteer
from app.models.accounts.called import by_initials
from app.models.pages import quickest
from app.models.recount import CHECKS, repair
from app.models.regions.homes import districts_of
from app.models.volunteers import placed, search
from app.models.volunteers.search import known_as
from tests import cast

pytestmark = pytest.mark.both
LETTERS = "王建国李aAbBé%_\\' 9"
NAMES = st.text(LETTERS, min_size=1, max_size=5)
HERE, THERE = cast.GULOU, "320303"


def one_by_one(words, district):
    called = User.name.contains(words, autoescape=True), *by_initials(words)(User)
    found = select(Volunteer.id, *called).join(User, User.id == Volunteer.user_id)
    return {row[0] for row in db.session.execute(found.where(Volunteer.district_code == district)) if any(row[1:])}


def kept(words, *districts):
    return set(db.session.scalars(placed.ids_of(words, districts)))


def listed(words, district, **how):
    forget()
    place = Volunteer.district_code == district
    return set(
        db.session.scalars(select(Volunteer.id).where(place, *known_as(Volunteer, words, everywhere=False, **how)))
    )


def call(volunteer, name, initials):
    """In one statement, past every verb."""
    person = User.id == volunteer.user_id
    db.session.execute(update(User).where(person).values(name=name, initials=initials))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(NAMES, st.text("wjgab9", max_size=5)), min_size=2, max_size=2),
    st.lists(NAMES.map(str.strip).filter(bool), min_size=1, max_size=5),
)
def test_who_is_called_so_in_a_district_is_whoever_a_look_at_each_finds(app, called, words):
    first, second = cast.volunteer_of("volunteer"), cast.volunteer_of("second")
    call(first, *called[0])
    call(second, *called[1])
    for one in (*words, *(name.strip() for name, _ in called), *(letters for _, letters in called)):
        if one:
            assert kept(one, HERE) == one_by_one(one, HERE), one
            assert kept(one, HERE, THERE) == one_by_one(one, HERE) | one_by_one(one, THERE), one
    assert CHECKS["词对"]() == []
    db.session.rollback()


def test_a_volunteer_is_found_where_they_are_and_by_the_present_name_only(app):
    volunteer = cast.volunteer_of("volunteer")
    call(volunteer, "慕容清慕", "mrqm")
    assert kept("容清", HERE) == {volunteer.id} == kept("mr", HERE) and not kept("容清", THERE)
    assert not kept("容清慕容", HERE) and not kept("mrqx", HERE)  # all its pairs, the first three letters
    db.session.execute(update(Volunteer).where(Volunteer.id == volunteer.id).values(district_code=THERE))
    assert kept("容清", THERE) == {volunteer.id} and not kept("容清", HERE) and not kept("m", HERE)
    call(volunteer, "慕容家", "mrj")
    assert kept("容家", THERE) == {volunteer.id} and not kept("容清", THERE)
    db.session.rollback()
    assert not kept("容清", HERE) and kept("李静", HERE) == {volunteer.id}


def test_who_joins_is_found_and_who_is_deleted_is_not(app):
    person = cast.make_user("fresh", name="慕容清")
    volunteer = cast.make_volunteer(person)
    db.session.flush()
    assert kept("慕容清", HERE) == {volunteer.id}
    db.session.execute(delete(Volunteer).where(Volunteer.id == volunteer.id))
    assert not kept("慕容清", HERE) and CHECKS["词对"]() == []
    db.session.rollback()


@pytest.mark.parametrize("most", [-1, 20_000])
@pytest.mark.parametrize("times", [-1, 10])
@pytest.mark.parametrize("few", [-1, 2000])  # people of the units that the words name
def test_a_roster_of_a_district_finds_the_same_by_it_and_without(app, monkeypatch, most, times, few):
    volunteer = cast.volunteer_of("second")
    volunteer.unit_id, volunteer.unit_other = None, "清洁公司"
    call(cast.volunteer_of("volunteer"), "慕容清", "mrq")
    db.session.commit()
    monkeypatch.setattr(quickest, "MOST", most)
    monkeypatch.setattr(search, "SOONER", few)
    monkeypatch.setattr(quickest, "GATHERED", dict.fromkeys(quickest.GATHERED, times))
    for words in ("清", "容清", "慕容清", "m", "MRQ", "mrqx", "公司", "中学", "测试中学", "%", "龘"):
        found = listed(words, HERE, districts=(HERE,))
        assert found == listed(words, HERE) and (found or words != "中学"), words
        here = select(Volunteer).where(Volunteer.district_code == HERE)
        total = reads.capped(lambda words=words, here=here: here.where(*known_as(Volunteer, words, districts=(HERE,))))
        assert db.session.scalar(select(total)) == len(listed(words, HERE)), words


def test_a_lost_name_is_told_and_mended(app):
    volunteer = cast.volunteer_of("volunteer")
    gone = "DELETE FROM pairs_placed WHERE id = :id"
    if db.engine.dialect.name == "sqlite":
        gone = (
            "INSERT INTO pairs_placed(pairs_placed, rowid, words) VALUES ('delete', :id, '320302' || lower(hex('静')))"
        )
    db.session.execute(text(gone), {"id": volunteer.id})
    wrong = CHECKS["词对"]()
    assert {one.key["table"] for one in wrong} == {"placed"} and not kept("静", HERE)
    db.session.rollback()


@pytest.mark.sqlite_only
def test_what_is_mended_is_found_again(app):
    db.session.execute(text("INSERT INTO pairs_placed(pairs_placed) VALUES ('delete-all')"))
    repair(CHECKS["词对"]())
    assert kept("静", HERE) == {cast.volunteer_of("volunteer").id} and CHECKS["词对"]() == []
    db.session.rollback()


def test_a_place_lies_in_the_districts_by_whose_codes_its_rows_stand(app):
    assert districts_of(cast.CITY) == () == districts_of("nowhere")
    assert districts_of(cast.GULOU) == districts_of(cast.HUANGLOU) == districts_of(cast.WANTONG) == (HERE,)
