"""Numbers of narrowed lists (app/counted.py): counted once, and never older than what was written."""

import re
from html import unescape
from itertools import count

import pytest
from sqlalchemy import select

from app import clock, reads
from app.counted import counted
from app.db import db, reading
from app.freshness import forget
from app.growing import Growing
from app.listing import AnyFilter, Listing
from app.models import Report, ServiceRecord, UnitDispute
from app.models.history import record
from app.models.honours.quarter import quarter_of
from app.models.report import ReportStatus
from app.models.team import MemberStatus
from tests import applicants, cast, honours
from tests.applicants import apply
from tests.helps import ask
from tests.histories import sealed
from tests.people_files import brought_in
from tests.reports import reported
from tests.showcases import make_base, make_member, make_team
from tests.signups import join
from tests.support.statements import statements

S = ReportStatus
NUMBERS = count(1)
pytestmark = pytest.mark.usefixtures("one_minute")


def counting(client, path):
    """How many of the statements that this page sends count something."""
    with statements() as sent:
        assert client.get(path).status_code == 200
    return len([one for one in sent if "count(" in one and "sign_in" not in one])


def tabs(client, path):
    """What the tabs say, by state."""
    page = client.get(path).text
    return {state: int(number) for state, number in re.findall(r"status=(\w+)[^>]*>[^<]*<[^>]*>\s*(\d+)", page)}


def test_tabs_and_pages_of_reports_are_counted_once_for_all_states(clients):
    reported(S.PENDING, title="清洁家园")
    db.session.commit()
    city = clients("city")
    path = "/office/reports?q=清洁"
    assert counting(city, path) and counting(city, path) == 0 == counting(city, path + "&status=published")
    assert counting(clients("wantong"), path), "another post has numbers of its own"
    assert counting(city, "/office/reports?q=家园"), "and so have other words"


def test_what_is_written_is_counted_at_once(clients):
    first = reported(S.PENDING, title="清洁家园")
    db.session.commit()
    city, path = clients("city"), "/office/reports?q=清洁"
    assert (tabs(city, path)["pending"], tabs(city, path)["published"]) == (1, 0)
    first.publish(by=cast.who("gulou"))
    db.session.commit()
    assert (tabs(city, path)["pending"], tabs(city, path)["published"]) == (0, 1)
    author = "/office/reports?q=欧阳"
    assert tabs(city, author)["published"] == 0
    cast.who("volunteer").name = "欧阳静"
    db.session.commit()
    assert tabs(city, author)["published"] == 1


def test_disputes_are_counted_once_until_one_is_raised(clients):
    city, path = clients("city"), "/office/disputes?q=李"
    assert counting(city, path) and counting(city, path) == 0 and tabs(city, path)["open"] == 0
    UnitDispute.put(cast.volunteer_of("volunteer"), "不在本单位工作", by=cast.who("unit"))
    db.session.commit()
    assert tabs(city, path)["open"] == 1


def test_a_number_is_counted_again_when_somebody_gets_it(clients):
    UnitDispute.put(cast.volunteer_of("volunteer"), "不在本单位工作", by=cast.who("unit"))
    db.session.commit()
    city, path = clients("city"), "/office/disputes?q=7654"
    assert counting(city, path) and counting(city, path) == 0 and tabs(city, path)["open"] == 0
    cast.who("volunteer").reachable_at("13900007654")
    db.session.commit()
    assert tabs(city, path)["open"] == 1


def test_the_portal_counts_what_words_find_once(clients, monkeypatch):
    monkeypatch.setattr("app.reads.FEW", 0)  # or it would not be counted, but found
    for number in range(13):
        reported(S.PUBLISHED, title=f"清洁{number}")
    db.session.commit()
    member, path = clients("member"), "/reports?q=清洁"
    assert counting(member, path) and counting(member, path) == 0
    assert "13" in member.get(path).text
    reported(S.PUBLISHED, title="清洁又一篇")
    db.session.commit()
    assert counting(member, path) and "14" in member.get(path).text


def test_a_place_elsewhere_says_nothing_in_a_district(clients):
    reported(S.PUBLISHED)
    db.session.commit()
    member = clients("member")
    for words, there in (("万通", True), ("黄楼", True), ("鼓楼", True), ("云龙", False)):
        for region in ("", f"&region={cast.HUANGLOU}", f"&region={cast.HUANGLOU[:6]}"):
            page = member.get(f"/reports?q={words}{region}").text
            assert ("手抖" in page) is there, (words, region)


def test_the_workbench_counts_once_and_never_less_than_was_written(clients):
    city = clients("city")
    asked = [counting(city, "/office/") for _ in range(2)]
    if db.engine.dialect.name == "sqlite":
        assert asked[1] < asked[0], "what has topics is not counted again"
    written = {
        "reports": lambda: reported(S.PENDING),
        "applications": apply,
        "help": ask,
        "disputes": lambda: UnitDispute.put(cast.volunteer_of("volunteer"), "不在本单位工作", by=cast.who("unit")),
    }
    for kind, write in written.items():
        assert f"todo={kind}-all" not in city.get("/office/").text
        write()
        db.session.commit()
        assert f'todo={kind}-all">1 ' in city.get("/office/").text
    db.session.scalars(select(Report)).one().publish(by=cast.who("gulou"))
    db.session.commit()
    assert "todo=reports-all" not in city.get("/office/").text


@pytest.mark.parametrize("reads", [True, False])
def test_what_a_writing_request_counts_is_not_kept(app, reads):
    with app.test_request_context("/?q=清洁"):
        told = Listing(select(Report), AnyFilter(), [], shape="all", topics=["reports"])
        token = reading.set(reads)
        try:
            assert counted(told, lambda: 4) == 4 and counted(told, lambda: 5) == (4 if reads else 5)
        finally:
            reading.reset(token)


def test_tabs_and_the_number_of_one_list_stand_apart(app):
    with app.test_request_context("/"):
        token = reading.set(True)
        try:
            told = Listing(select(Report), AnyFilter(), [], shape="all", topics=["reports"])
            assert counted(told, lambda: {"pending": 4}, "status") == {"pending": 4} and counted(told, lambda: 5) == 5
        finally:
            reading.reset(token)


def test_what_waits_is_counted_anew_when_its_conditions_change(app):
    """Who holds a post is part of what waits (TodoFilter.shape), and touches no topic of the list."""
    holders = ["one"]

    class Waiting(AnyFilter):
        def shape(self, but: str = ""):
            return tuple(holders)

    with app.test_request_context("/"):
        token = reading.set(True)
        try:
            told = Listing(select(Report), Waiting(), [], shape="all", topics=["reports"])
            assert counted(told, lambda: 4) == counted(told, lambda: 5) == 4
            holders.append("another")
            assert counted(told, lambda: 5) == 5
        finally:
            reading.reset(token)


def test_rows_of_a_list_that_only_grows_are_counted_once_until_one_may_have_left(app, monkeypatch):
    rows, asked = list(range(1, 11)), []

    def between(listing, after, upto=None):
        asked.append(len([one for one in rows if after < one and (upto is None or one <= upto)]))
        return asked[-1]

    def told(settled, **shape):
        listing = Growing(
            select(Report), AnyFilter(), [], **({"name": "lines", "shape": "me"} | shape), settled=lambda: settled
        )
        return listing.told()

    monkeypatch.setattr(Growing, "between", between)
    token = reading.set(True)
    try:
        assert told(8) == 10 and asked == [8, 2]
        rows.append(11)
        assert told(8) == 11 and asked == [8, 2, 3], "only what came since"
        rows[:] = range(1, 1500)
        assert told(1200, name="many") == 1000 == told(1200, name="many") and asked == [8, 2, 3, 1200], "999+ stays"
        rows[:] = [1, 2]
        assert told(8) == 8, "nobody has said that it lost some"
        cast.who("volunteer").name = "欧阳静"
        db.session.commit()
        assert told(8) == 2, "a name may have changed"
        assert told(8, shape=None) == 2
    finally:
        reading.reset(token)


@pytest.mark.both
def test_lines_of_history_are_counted_on_and_anew_where_a_thing_came_to_lie_elsewhere(clients):
    def number():
        page = clients("wantong").get("/office/history?noun=activity").text
        found = re.search(r"(\d+)</b> 条", page)
        return int(found.group(1)) if found else 0

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
        text = city.get(path + more).text
        found = re.search(r"(\d+)</b> 条", text)
        return int(found[1]) if found else 0, [int(one) for one in re.findall(r"第(\d+)次", text)]

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
def test_the_first_page_of_common_words_is_found_once_until_a_name_changes(clients, monkeypatch):
    monkeypatch.setattr(reads, "FEW", -1)
    monkeypatch.setattr(reads, "DOUBTED", -1)
    city, path = clients("city"), "/office/volunteers?q=欧阳"
    people = [cast.make_user(f"person{number}", name=f"欧阳{number}") for number in range(3)]
    for person in people:
        cast.make_volunteer(person)
    db.session.commit()

    def named():
        with statements() as sent:
            names = re.findall(r"欧阳\d", city.get(path).text)
        return list(dict.fromkeys(names)), sum("LIKE" in one or "pairs" in one for one in sent)

    assert named()[0] == ["欧阳2", "欧阳1", "欧阳0"] and named() == (["欧阳2", "欧阳1", "欧阳0"], 0)
    people[1].name = "王静"
    db.session.commit()
    assert named()[0] == ["欧阳2", "欧阳0"]


def told_by(client, path):
    """How many rows the page says that it has."""
    found = re.search(r'找到 <b class="num">(\d+)', client.get(path).text)
    return int(found[1]) if found else 0


def asking():
    """A new team in which somebody asks to be."""
    make_member(make_team(name=f"团队{next(NUMBERS)}"), status=MemberStatus.ASKING)


def brought():
    """Somebody of 万通社区 whom another file brought in."""
    return brought_in(cast.WANTONG)["invitation"]


LISTS = {
    "/office/applications": applicants.apply,
    "/office/imports": brought,
    "/office/invitations?region=320302": brought,
    "/office/teams": lambda: make_team(name=f"团队{next(NUMBERS)}"),
    "/office/teams?asking=1": asking,
    "/office/teams?todo=teams-all": asking,
    "/office/bases": lambda: make_base(name=f"基地{next(NUMBERS)}"),
    "/office/honours?status=candidate": honours.candidate,
}


@pytest.mark.parametrize("path", LISTS)
def test_the_number_of_a_list_is_counted_once_until_it_has_another(clients, path):
    city = clients("city")
    assert counting(city, path) > counting(city, path), "who asks is counted with each row of the teams"
    before = told_by(city, path)
    LISTS[path]()
    db.session.commit()
    assert told_by(city, path) == before + 1


def test_a_list_is_counted_anew_when_a_row_moves_out_of_it(clients):
    waiting, asked, invited = applicants.apply(), make_member(make_team(), status=MemberStatus.ASKING), brought()
    db.session.commit()
    city = clients("city")
    paths = "/office/applications", "/office/teams?asking=1", "/office/invitations?status=open"
    assert [told_by(city, path) for path in paths] == [1, 1, 1]
    assert tabs(city, paths[0])["pending"] == 1
    waiting.withdraw(by=cast.who("member"))
    asked.decline(by=None, reason="人数已满")
    invited.withdraw(by=None, reason="已经退休")
    db.session.commit()
    assert [told_by(city, path) for path in paths] == [0, 0, 0] and tabs(city, paths[0])["pending"] == 0


def test_the_queue_is_counted_anew_when_somebody_gets_another_name(clients):
    for number in range(21):  # what one page holds is not counted
        applicants.apply(
            cast.make_user(f"q{number}", f"申请{number}", f"137{number:08d}"), id_card=applicants.card(number)
        )
    db.session.commit()
    city, path = clients("city"), "/office/applications?q=申请"
    assert counting(city, path) and counting(city, path) == 0 and told_by(city, path) == 21
    cast.who("q3").name = "欧阳静"
    db.session.commit()
    assert told_by(city, path) == 20


@pytest.mark.parametrize("is_over", [True, False])
def test_who_could_be_a_star_is_counted_once_until_a_record_of_the_quarter_is_written_or_somebody_leaves(
    clients, is_over
):
    quarter = honours.past_quarter() if is_over else quarter_of(clock.today())
    day, activity = quarter.first_day if is_over else clock.today(), cast.make_activity()
    people = [cast.make_volunteer(cast.make_user(f"s{n}", f"人{n}", f"137{n:08d}")) for n in range(22)]
    for one in people[:21]:  # what one page holds is not counted
        honours.served(one, day, activity=activity)
    db.session.commit()
    city, path = clients("city"), f"/office/honours/candidates?quarter={quarter}"

    def named():
        return set(re.findall(r"人\d+", city.get(path).text))

    assert counting(city, path) > counting(city, path), "their facts are asked each time"
    assert told_by(city, path) == 21 and named() == named() and "人0" in named()
    last = honours.served(people[21], day, activity=activity)
    db.session.commit()
    assert told_by(city, path) == 22
    ServiceRecord.revoke([last], by=cast.who("city"))
    db.session.commit()
    assert told_by(city, path) == 21
    [first] = ServiceRecord.live_of(activity.id, [people[0].id])
    ServiceRecord.revoke([first], by=cast.who("city"))
    db.session.commit()
    assert told_by(city, path) == 20 and "人0" not in named() and "人20" in named()
    honours.served(people[0], day, activity=activity)
    db.session.commit()
    people[20].leave(by=cast.who("city"), reason="搬走了")
    db.session.commit()
    assert told_by(city, path) == 20 == city.get(path).text.count('data-l="社区"')


@pytest.mark.both
def test_lines_about_a_sign_up_count_for_the_unit_in_which_its_person_comes_back(clients):
    def number():
        page = clients("unit").get("/office/history?noun=sign_up").text
        found = re.search(r"(\d+)</b> 条", page)
        return int(found.group(1)) if found else 0

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
        page = clients("wantong").get("/office/history?noun=user").text
        found = re.search(r"(\d+)</b> 条", page)
        return int(found.group(1)) if found else 0

    person = cast.make_user("fresh", name="慕容清")
    record(person, "profile", by=person)
    db.session.commit()
    sealed(0)
    before = number()
    cast.make_volunteer(person)
    db.session.commit()
    assert number() == before + 1
