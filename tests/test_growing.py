"""Lists that only grow, as the history does (app/growing.py): what is settled is found once, until a row may have left or moved."""

import re
from html import unescape

import pytest
from sqlalchemy import select

from app.db import db, reading
from app.freshness import forget
from app.growing import Growing
from app.listing import AnyFilter
from app.models import Report
from app.models.history import record
from tests import cast
from tests.histories import sealed
from tests.signups import join
from tests.support.statements import statements

pytestmark = pytest.mark.usefixtures("one_minute")


def told(answer):
    """How many lines the page says that there are."""
    found = re.search(r"(\d+)</b> 条", answer.text)
    return int(found[1]) if found else 0


def test_rows_of_a_list_that_only_grows_are_counted_once_until_one_may_have_left(app, monkeypatch):
    rows, asked = list(range(1, 11)), []

    def between(listing, after, upto=None):
        asked.append(len([one for one in rows if after < one and (upto is None or one <= upto)]))
        return asked[-1]

    def number(settled, **shape):
        listing = Growing(
            select(Report), AnyFilter(), [], **({"name": "lines", "shape": "me"} | shape), settled=lambda: settled
        )
        return listing.told()

    monkeypatch.setattr(Growing, "between", between)
    token = reading.set(True)
    try:
        assert number(8) == 10 and asked == [8, 2]
        rows.append(11)
        assert number(8) == 11 and asked == [8, 2, 3], "only what came since"
        rows[:] = range(1, 1500)
        assert number(1200, name="many") == 1000 == number(1200, name="many") and asked == [8, 2, 3, 1200], "999+ stays"
        rows[:] = [1, 2]
        assert number(8) == 8, "nobody has said that it lost some"
        cast.who("volunteer").name = "欧阳静"
        db.session.commit()
        assert number(8) == 2, "a name may have changed"
        assert number(8, shape=None) == 2
    finally:
        reading.reset(token)


@pytest.mark.both
def test_lines_of_history_are_counted_on_and_anew_where_a_thing_came_to_lie_elsewhere(clients):
    def number():
        return told(clients("wantong").get("/office/history?noun=activity"))

    activity = cast.make_activity()
    record(activity, "edit", by=cast.who("wantong"))
    db.session.commit()
    before = number()
    sealed(0)
    record(activity, "edit", by=cast.who("wantong"))
    db.session.commit()
    assert number() == before + 1
    activity.locate(cast.far_code())
    db.session.commit()
    assert number() == before - 1 == 0


@pytest.mark.both
def test_the_newest_lines_by_somebody_are_found_once_until_another_comes_or_a_name_changes(clients):
    city, path = clients("city"), "/office/history?q=欧阳"
    person, activity = cast.who("wantong"), cast.make_activity()
    person.name = "欧阳静"
    db.session.commit()

    def page(more=""):
        answer = city.get(path + more)
        return told(answer), [int(one) for one in re.findall(r"第(\d+)次", answer.text)]

    def edited(*times):
        for number in times:
            record(activity, "edit", by=person, reason=f"第{number}次")
        db.session.commit()

    edited(*range(15))
    sealed(0)
    assert page() == page() == (15, [*range(14, -1, -1)])
    edited(15, 16)
    assert page() == (17, [*range(16, -1, -1)]), "what came since stands above"
    sealed(0)
    edited(*range(17, 40))
    assert page() == page("&region=320302") == (40, [*range(39, 19, -1)]) and page("&region=320303") == (0, [])
    sealed(0)
    forget()  # or it would be heard of in a minute
    older = unescape(re.search(r"[?&;](after=[^&\"]+)", city.get(path).text)[1])
    assert page(f"&{older}") == (40, [*range(19, -1, -1)])
    newer = unescape(re.search(r"[?&;](before=[^&\"]+)", city.get(f"{path}&{older}").text)[1])
    for way, found in ((older, [*range(19, -1, -1)]), (newer, [*range(39, 19, -1)])):
        assert page(f"&{way}") == (40, found)
        with statements() as sent:
            assert page(f"&{way}") == (40, found)
        looked = [one for one in sent if "ORDER BY history.id" in one and "> " not in one]
        assert way == newer or not looked, "found once"
    edited(40)
    assert page(f"&{older}") == (41, [*range(19, -1, -1)]) and page(f"&{newer}") == (41, [*range(39, 19, -1)])
    person.name = "王静"
    db.session.commit()
    assert page() == (0, [])


@pytest.mark.both
def test_lines_about_a_sign_up_count_for_the_unit_in_which_its_person_comes_back(clients):
    def number():
        return told(clients("unit").get("/office/history?noun=sign_up"))

    volunteer, other = cast.volunteer_of("volunteer"), cast.who("unit2").post.unit_id
    activity = cast.make_activity()
    join("volunteer", activity).cancel(by=cast.who("volunteer"))
    db.session.commit()
    sealed(0)
    before = number()
    assert before == number() >= 2
    volunteer.unit_id = other
    db.session.commit()
    assert number() == before, "the row stays where it was left"
    join("volunteer", activity)
    db.session.commit()
    assert number() == 0


@pytest.mark.both
def test_lines_about_a_person_count_where_they_become_a_volunteer(clients):
    def number():
        return told(clients("wantong").get("/office/history?noun=user"))

    person = cast.make_user("fresh", name="慕容清")
    record(person, "profile", by=person)
    db.session.commit()
    sealed(0)
    before = number()
    cast.make_volunteer(person)
    db.session.commit()
    assert number() == before + 1
