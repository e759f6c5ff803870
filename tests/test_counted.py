"""Numbers of narrowed lists (app/counted.py): counted once, and never older than what was written."""

import re
from itertools import count

import pytest
from sqlalchemy import select

from app import clock, reads
from app.counted import counted
from app.db import db, reading
from app.listing import AnyFilter, Listing
from app.models import Report, ServiceRecord, UnitDispute
from app.models.honours.quarter import quarter_of
from app.models.report import ReportStatus
from app.models.team import MemberStatus
from tests import applicants, cast, honours
from tests.applicants import apply
from tests.helps import ask
from tests.people_files import brought_in
from tests.reports import reported
from tests.showcases import make_base, make_member, make_team
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
