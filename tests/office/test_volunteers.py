"""The roster: who stands in it for whom, the file with all activities, keeping, exports."""

import csv
import io
import re
from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.orm import joinedload

from app import clock
from app.db import db
from app.models import History, Message, SignUp, Volunteer, VolunteerSkill
from app.models.activity import Activity
from app.models.history import HistoryNote, record
from app.models.pages import quickest
from app.models.volunteer import Political, Skill, VolunteerStatus
from app.models.volunteers import search
from app.text import masked_phone
from tests import cast
from tests.applicants import S, card, in_state
from tests.support.statements import statements, writes

URL = "/office/volunteers"
KEEP = ("pause", "resumption", "departure", "reveal", "id-card-release")
WANTONG_PEOPLE = {"李静", "王建国", "陈晨"}


def names(page: str) -> set[str]:
    return set(re.findall(rf'<a href="{URL}/\d+">([^<]+)</a>', page))


def id_of(username: str) -> int:
    return cast.volunteer_of(username).id


def notes(action: str) -> list[str]:
    wanted = db.select(HistoryNote.text).join(History, History.id == HistoryNote.history_id)
    return list(db.session.scalars(wanted.where(History.action == action).order_by(History.id)))


@pytest.mark.parametrize(
    ("username", "people"),
    [
        ("wantong", WANTONG_PEOPLE),
        ("baiyun", set()),
        ("huanglou", WANTONG_PEOPLE),
        ("gulou", WANTONG_PEOPLE),
        ("city", WANTONG_PEOPLE | {"赵敏"}),
        ("far", {"赵敏"}),
        ("yunlong", {"赵敏"}),
        ("unit", {"李静", "赵敏"}),
        ("unit2", {"陈晨"}),
    ],
)
def test_everybody_sees_their_own_people_in_list_and_export(clients, username, people):
    client = clients(username)
    assert names(client.get(URL).text) == people
    exported = client.post(f"{URL}/export", data={"purpose": "核对", "format": "csv"})
    assert {line[0] for line in list(csv.reader(io.StringIO(exported.text)))[1:]} == people
    everybody = [
        (volunteer.id, volunteer.user.name)
        for volunteer in db.session.scalars(db.select(Volunteer).options(joinedload(Volunteer.user)))
    ]
    for id, name in everybody:
        assert client.get(f"{URL}/{id}").status_code == (200 if name in people else 404)
        assert client.get(f"{URL}/{id}", htmx=True).status_code == (200 if name in people else 404)


@pytest.mark.parametrize("username", ["member", "volunteer"])
def test_members_have_no_roster(clients, username):
    assert clients(username).get(URL).status_code == 403
    assert clients(username).get(f"{URL}/{id_of('volunteer')}").status_code == 403


@pytest.mark.parametrize("htmx", [False, True])
@pytest.mark.parametrize(("username", "status"), [("baiyun", 404), ("far", 404), ("unit", 403), ("volunteer", 403)])
def test_neighbours_and_units_keep_nobody(clients, username, status, htmx):
    in_state(S.APPROVED)
    db.session.execute(db.update(Volunteer).values(unit_id=cast.volunteer_of("volunteer").unit_id))
    client, id = clients(username), id_of("member")
    with statements() as sent:
        for verb in KEEP:
            answer = client.post(f"{URL}/{id}/{verb}", data={"reason": "试试"}, htmx=htmx)
            assert answer.status_code == status and card() not in answer.text
    assert writes(sent) == []
    assert cast.volunteer_of("member").status is VolunteerStatus.SERVING


def test_a_unit_reads_and_finds_nothing_to_press(clients):
    page = clients("unit").get(f"{URL}/{id_of('volunteer')}").text
    assert "李静" in page and "暂停服务" not in page and "查看完整号码" not in page


def test_filters(clients):
    first, second, guest = (cast.volunteer_of(name) for name in ("volunteer", "second", "guest"))
    db.session.add(VolunteerSkill(volunteer_id=second.id, skill=Skill.REPAIR))
    second.political, second.id_card_tail = Political.MASSES, "977X"
    second.home_community_code, guest.home_community_code = cast.far_code(), cast.WANTONG
    cast.volunteer_of("third").status = VolunteerStatus.LEFT
    client = clients("city")
    expected = {
        "": {"李静", "王建国", "赵敏"},
        "status=left": {"陈晨"},
        "status=serving": {"李静", "王建国", "赵敏"},
        "status=paused": set(),
        "skill=repair": {"王建国"},
        "skill=law": set(),
        f"unit={first.unit_id}": {"李静", "赵敏"},
        "q=王建": {"王建国"},
        "q=wjg": {"王建国"},
        "q=138 0000 0001": {"李静"},
        "q=0004": {"赵敏"},
        "q=977x": {"王建国"},
        "identity=masses": {"王建国"},
        "identity=employed-party": {"李静", "赵敏"},
        "q=第一测试": {"李静", "赵敏"},
        f"region={cast.GULOU}": {"李静", "王建国"},
        f"region={cast.HUANGLOU}": {"李静", "王建国"},
        f"region={cast.WANTONG}&by=home": {"赵敏"},
        f"region={cast.GULOU}&by=home": {"赵敏"},
        f"region={cast.WANTONG}&by=service": {"李静", "王建国"},
        "by=home": {"李静", "王建国", "赵敏"},
    }
    for query, people in expected.items():
        assert names(client.get(f"{URL}?{query}").text) == people, query
    assert names(client.get(f"{URL}?skill=repair", htmx=True).text) == {"王建国"}


@pytest.mark.both
@pytest.mark.parametrize("easy, sooner", [(200, 2000), (-1, 2000), (-1, 0)])
def test_who_is_rare_is_found_alike_whether_looked_up_or_met(clients, monkeypatch, easy, sooner):
    """As if there were hundreds of them: how long the list is, is asked without asking who is rare once more."""
    monkeypatch.setattr(quickest, "EASY", easy)
    monkeypatch.setattr(search, "SOONER", sooner)
    second, guest = cast.volunteer_of("second"), cast.volunteer_of("guest")
    db.session.add(VolunteerSkill(volunteer_id=second.id, skill=Skill.REPAIR))
    second.political, second.unit_id, guest.status = Political.MASSES, guest.unit_id, VolunteerStatus.PAUSED
    guest.home_community_code = cast.WANTONG
    db.session.commit()
    city, unit = clients("city"), f"unit={guest.unit_id}"
    for place in ("", f"region={cast.GULOU}", f"region={cast.WANTONG}", unit):
        page = city.get(f"{URL}?skill=repair&{place}").text
        assert names(page) == {"王建国"}, place
        assert names(city.get(f"{URL}?identity=masses&{place}").text) == {"王建国"}, place
        assert names(city.get(f"{URL}?identity=other-party&{place}").text) == set(), place
        paused = {"赵敏"} if place in ("", unit) else set()
        assert names(city.get(f"{URL}?status=paused&{place}").text) == paused, place
    assert names(clients("unit").get(f"{URL}?identity=masses").text) == {"王建国"}
    for query in ("", unit):
        assert names(city.get(f"{URL}?by=home&region={cast.WANTONG}&{query}").text) == {"赵敏"}, query
    assert names(clients("gulou").get(f"{URL}?by=home&region={cast.WANTONG}").text) == set()


@pytest.mark.usefixtures("one_minute")
def test_how_many_there_are_is_kept_until_somebody_changes(clients):
    client, second = clients("city"), cast.volunteer_of("second")

    def found(query: str) -> int:
        db.session.commit()
        page = client.get(f"{URL}?{query}").text
        told = re.search(r'找到 <b class="num">(\d+)</b>', page)
        number = int(told[1]) if told else 0
        assert number == len(names(page)), query
        with statements() as seen:
            assert client.get(f"{URL}?{query}").text.count(f'找到 <b class="num">{number}</b>') == bool(number)
        assert not [one for one in seen if "count(" in one], query
        return number

    queries = (
        "",
        "skill=repair",
        "identity=masses",
        f"region={cast.GULOU}",
        "q=王",
        "q=wj",
        "q=0002",
        f"unit={cast.volunteer_of('volunteer').unit_id}",
    )
    before = [found(query) for query in queries]
    steps = {
        "skill=repair": lambda: db.session.add(VolunteerSkill(volunteer_id=second.id, skill=Skill.REPAIR)),
        "identity=masses": lambda: setattr(second, "political", Political.MASSES),
        "q=周": lambda: cast.who("second").call("周周"),
        "q=9876": lambda: cast.who("second").reachable_at("13800009876"),
        "": lambda: cast.make_volunteer(cast.who("member")),
    }
    for query, step in steps.items():
        had = found(query)
        step()
        assert found(query) == had + 1, query
    assert [found(query) for query in queries] != before
    second.pause(by=cast.who("wantong"), reason="回老家")
    db.session.execute(update(Volunteer).where(Volunteer.id == second.id).values(status=VolunteerStatus.LEFT))
    had = found("")
    db.session.execute(update(Volunteer).where(Volunteer.id == second.id).values(status=VolunteerStatus.SERVING))
    assert found("") == had + 1


def test_who_is_found_on_one_page_is_not_counted_again(clients):
    client = clients("city")
    first = client.get(f"{URL}?q=王建").text  # how common the words are is known from here on
    with statements() as seen:
        page = client.get(f"{URL}?q=王建").text
    assert names(page) == {"王建国"} == names(first) and '<b class="num">1</b>' in page
    assert not [one for one in seen if "count(" in one]


@pytest.mark.parametrize(
    "query",
    [
        "status=x",
        "skill=x",
        "by=x",
        "unit=x",
        "unit=99999",
        "unit=99999999999999999999",
        "identity=x",
        "region=1",
        f"q={'长' * 51}",
    ],
)
def test_a_filter_that_cannot_be_is_a_422_without_rows(clients, query):
    answer = clients("city").get(f"{URL}?{query}")
    assert answer.status_code == 422 and names(answer.text) == set() and "errsum" in answer.text


@pytest.mark.parametrize("username", ["wantong", "city", "unit"])
def test_a_roster_of_a_hundred_costs_what_one_of_ten_does_and_writes_nothing(clients, username):
    unit = cast.volunteer_of("volunteer").unit_id
    client = clients(username)

    def more(prefix, number):
        for n in range(number):
            volunteer = cast.make_volunteer(cast.make_user(f"{prefix}{n:03d}", f"某{n}"), unit_id=unit)
            db.session.add(VolunteerSkill(volunteer_id=volunteer.id, skill=Skill.LAW))
        db.session.commit()

    client.get(URL)
    more("a", 10)
    with statements() as ten:
        client.get(URL)
    more("b", 90)
    with statements() as hundred:
        client.get(URL)
    assert len(ten) == len(hundred) <= 6 and writes(hundred) == [], hundred


def test_the_file_shows_all_activities_anywhere_masked_and_costs_the_same_with_many(clients):
    def signed_up(number, community):
        for n in range(number):
            start = clock.now() + timedelta(days=len(db.session.scalars(db.select(Activity.id)).all()) + 1)
            times = {"starts_at": start, "ends_at": start + timedelta(hours=2)}
            activity = cast.make_activity(community, title=f"活动{community[-3:]}-{n}", **times)
            SignUp.join(cast.volunteer_of("volunteer"), activity, by=cast.who("volunteer"))

    signed_up(1, cast.far_code())
    path, client = f"{URL}/{id_of('volunteer')}", clients("wantong")
    client.get(path)
    with statements() as one:
        page = client.get(path).text
    assert f"活动{cast.far_code()[-3:]}-0" in page and "云龙区" in page and "已录用" in page
    assert masked_phone("13800000001") in page and "13800000001" not in page
    signed_up(24, cast.WANTONG)
    db.session.commit()
    with statements() as many:
        page = client.get(path).text
    assert len(one) == len(many) <= 7, many
    following = re.search(r'rel="next" href="([^"]+)"', page).group(1)
    assert client.get(following.replace("&amp;", "&"), htmx=True).text.count("<tr>") >= 5
    assert clients("unit").get(path).status_code == 200


def test_pausing_resuming_and_leaving_by_staff_with_reasons(clients):
    client, path = clients("huanglou"), f"{URL}/{id_of('volunteer')}"
    for verb in ("pause", "departure"):
        empty = client.post(f"{path}/{verb}", data={"reason": ""})
        assert empty.status_code == 422 and "请写明原因" in empty.text
        assert client.post(f"{path}/{verb}", data={"reason": "长" * 201}).status_code == 422
    assert client.post(f"{path}/pause", data={"reason": "家中有事"}).status_code == 303
    assert client.post(f"{path}/pause", data={"reason": "家中有事"}).status_code == 409
    page = client.get(path).text
    assert "暂停服务" in page and "街道管理员 黄敏：家中有事" in page and "恢复服务" in page
    assert client.post(f"{path}/resumption").status_code == 303
    assert client.post(f"{path}/departure", data={"reason": "本人要求"}).status_code == 303
    for verb in ("pause", "resumption", "departure"):
        assert client.post(f"{path}/{verb}", data={"reason": "再来"}).status_code == 409
    titles = [one.title for one in db.session.scalars(db.select(Message).order_by(Message.id))]
    assert titles == ["您的志愿服务已暂停", "您的志愿服务已恢复", "您的志愿者身份已注销"]


def test_a_number_used_wrongly_is_freed_for_its_owner(clients):
    in_state(S.APPROVED)
    client, path = clients("wantong"), f"{URL}/{id_of('member')}"
    assert "释放身份证号码" in client.get(path).text
    assert client.post(f"{path}/id-card-release", data={"reason": " "}).status_code == 422
    assert client.post(f"{path}/id-card-release", data={"reason": "来社区核实过"}).status_code == 303
    assert client.post(f"{path}/id-card-release", data={"reason": "再来"}).status_code == 409
    assert notes("release-card") == ["来社区核实过"] and "没有保存号码" in client.get(path).text
    assert "请补填身份证号码" in clients("member").get("/member/volunteer").text


def test_a_look_at_the_number_is_for_a_reason_once_and_history(clients):
    in_state(S.APPROVED)
    client, path = clients("wantong"), f"{URL}/{id_of('member')}"
    assert card() not in client.get(path).text
    assert client.post(f"{path}/reveal", data={"reason": ""}).status_code == 422
    assert card() in client.post(f"{path}/reveal", data={"reason": "核对"}, htmx=True).text
    assert card() not in client.get(path).text and notes("reveal") == ["核对"]
    assert "查看了身份证号码" in clients("member").get("/member/volunteer").text


def test_an_export_is_logged_with_purpose_and_rows_and_masked(clients):
    in_state(S.APPROVED)
    client = clients("wantong")
    answer = client.post(f"{URL}/export?q=孙丽", data={"purpose": "年度统计", "format": "csv"})
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert [row[0] for row in rows] == ["姓名", "孙丽"] and card() not in answer.text and "138****0005" in answer.text
    assert notes("export") == ["志愿者名册 1 行（csv），用途：年度统计"]
    assert client.post(f"{URL}/export", data={"purpose": ""}).status_code == 422
    assert client.get(f"{URL}/export?q=没有这个人").text.count("没有可以导出的内容") == 1


def test_a_long_history_is_told_in_parts(clients, monkeypatch):
    monkeypatch.setattr("app.models.history.NEWEST", 3)
    volunteer = cast.volunteer_of("volunteer")
    for n in range(7):
        record(volunteer, "change", by=None, reason=f"第{n}次")
    db.session.commit()
    for client, path in ((clients("wantong"), f"{URL}/{volunteer.id}"), (clients("volunteer"), "/member/volunteer")):
        told, page = [], client.get(path).text
        for _ in range(3):
            told.append(re.findall(r"第(\d)次", page))
            way = re.search(rf'href="({path}\?earlier=\d+)#h-story"', page)
            page = client.get(way[1]).text if way else ""
        assert told == [["6", "5", "4"], ["3", "2", "1"], ["0"]]
        for wrong in ("x", "-1", "0", "9" * 30):
            assert "第6次" in client.get(f"{path}?earlier={wrong}").text


def test_thousands_read_the_same_on_every_page(clients):
    known = cast.volunteer_of("volunteer")
    known.services, known.minutes = 1234, 2830 * 60 + 5
    db.session.commit()
    for username, url in (
        ("wantong", URL),
        ("wantong", f"{URL}/{known.id}"),
        ("volunteer", "/member/services"),
        ("volunteer", "/member/volunteer"),
    ):
        page = clients(username).get(url).text
        assert "2,830 小时 5 分" in page and "1,234" in page, url
        assert not re.search(r"(?<![\d/-])(1234|2830)(?!\d)", page), url
