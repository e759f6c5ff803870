"""The office queue: what stands in it and for whom, the page of one, looks, exports."""

import csv
import io
import re
from datetime import timedelta

import pytest

from app import clock
from app.db import db
from app.models import Application, History, Post, WorkUnit
from app.models.history import HistoryNote
from app.models.user import Role
from app.models.volunteer import Employment, Political
from tests import cast
from tests.applicants import URL, S, apply, card, counter, crowd, fresh
from tests.support.statements import statements, writes

VERBS = ("approval", "return", "rejection", "undo", "reveal")


def names(page: str) -> list[str]:
    """The people of the rows, in their order."""
    return re.findall(r'<h2 class="h3"><a[^>]*>([^<]+)</a>', page)


# the list


def test_the_oldest_comes_first_and_the_tabs_count(clients):
    for number, status in enumerate((S.RETURNED, S.APPROVED, S.REJECTED, S.WITHDRAWN)):
        person = cast.make_user(f"p{number}", f"甲{number}")
        db.session.flush()
        application = apply(person, id_card=card(50 + number))
        if status is S.WITHDRAWN:
            application.withdraw(by=person)
        else:
            verb = {S.RETURNED: "send_back", S.REJECTED: "reject", S.APPROVED: "approve"}[status]
            getattr(application, verb)(by=cast.who("wantong"), **({} if status is S.APPROVED else {"reason": "请补充"}))
    for hours, name in ((-1, "晚"), (-3, "早"), (-2, "中")):
        clock.move(timedelta(hours=hours))
        apply(cast.make_user(name, f"{name}先生"), id_card=card(hours + 20))
    clock.move(timedelta(0))
    client = clients("wantong")
    page = client.get(URL).text
    assert names(page) == ["早先生", "中先生", "晚先生"]
    assert [counter(page, status.value) for status in S] == ["3", "1", "1", "1", "1"]
    for number, status in enumerate((S.RETURNED, S.APPROVED, S.REJECTED, S.WITHDRAWN)):
        assert names(client.get(URL, query_string={"status": status.value}).text) == [f"甲{number}"]


def test_filters_by_region_identity_words_and_lateness(clients):
    unit = db.session.scalars(db.select(WorkUnit)).first()
    people = [
        (
            "张晓红",
            "13711110001",
            {"political": Political.PARTY, "employment": Employment.EMPLOYED, "unit_id": unit.id},
        ),
        (
            "李大山",
            "13711110002",
            {"political": Political.PROBATIONARY, "employment": Employment.RETIRED, "unit_other": "老机床厂"},
        ),
        (
            "王小川",
            "13711110003",
            {"political": Political.MASSES, "employment": Employment.OTHER, "community": cast.baiyun_code()},
        ),
    ]
    for number, (name, phone, facts) in enumerate(people):
        clock.move(timedelta(days=-20 if name == "李大山" else 0))
        apply(cast.make_user(f"u{number}", name, phone), id_card=card(number), **facts)
    clock.move(timedelta(0))
    client = clients("huanglou")
    expected = {
        "": {"张晓红", "李大山", "王小川"},
        "identity=employed-party": {"张晓红"},
        "identity=retired-party": {"李大山"},
        "identity=masses": {"王小川"},
        "q=晓红": {"张晓红"},
        "q=zxh": {"张晓红"},
        "q=老机床": {"李大山"},
        f"q={unit.name[:6]}": {"张晓红"},
        "q=13711110002": {"李大山"},
        "q=1371111": set(),
        "q=0003": {"王小川"},
        f"q={card(1)[-4:]}": {"李大山"},
        "q=%25": set(),
        "q=_": set(),
        "q=𠮷": set(),
        "overdue=1": {"李大山"},
        f"region={cast.baiyun_code()}": {"王小川"},
        f"region={cast.WANTONG}": {"张晓红", "李大山"},
        f"region={cast.HUANGLOU}": {"张晓红", "李大山", "王小川"},
    }
    for query, people_found in expected.items():
        assert set(names(client.get(f"{URL}?{query}").text)) == people_found, query


@pytest.mark.parametrize(
    "query",
    [
        "status=nonsense",
        "identity=nonsense",
        "region=320303",
        "region=99",
        f"q={'长' * 51}",
    ],
)
def test_a_filter_that_cannot_be_is_a_422_without_rows(clients, query):
    apply()
    answer = clients("wantong").get(f"{URL}?{query}")
    assert answer.status_code == 422 and names(answer.text) == [] and "errsum" in answer.text


def test_badges_say_today_overdue_and_minor_and_warn_of_shared_phones(clients):
    application = apply(cast.make_user("twin", "孙丽", "13800000005"))
    client = clients("wantong")
    assert "同名同手机号已有会员账号 member" in client.get(URL).text
    clock.move(application.due_at - clock.now() - timedelta(hours=1))
    assert "今天到期" in clients("wantong").get(URL).text
    clock.move(timedelta(days=30))
    page = clients("wantong").get(URL).text
    assert "已超期" in page and "今天到期" not in page


def test_pages_follow_each_other_and_miss_nobody(clients):
    crowd(45)
    client, seen, url = clients("wantong"), [], URL
    while url:
        page = client.get(url).text
        seen += names(page)
        found = re.search(r'rel="next" href="([^"]+)"', page)
        url = found.group(1).replace("&amp;", "&") if found else ""
    assert seen == [f"申请人{n}" for n in range(45)]


@pytest.mark.parametrize("username", ["wantong", "city"])
def test_a_list_of_a_hundred_costs_what_one_of_ten_does_and_writes_nothing(clients, username):
    client, seen = clients(username), []
    client.get(URL)
    for number, prefix in ((10, "a"), (90, "b")):
        crowd(number, prefix=prefix)
        db.session.execute(db.update(Application).values(id_card_hash=None))
        db.session.commit()
        with statements() as sent:
            client.get(URL)
        seen.append(sent)
    ten, hundred = seen
    assert len(ten) == len(hundred) <= 7, hundred
    assert writes(hundred) == []


# scope


@pytest.mark.parametrize("username", ["baiyun", "far", "yunlong"])
@pytest.mark.parametrize("htmx", [False, True])
def test_the_neighbour_meets_a_404_everywhere_and_sees_nobody(clients, username, htmx):
    application = apply()
    client = clients(username)
    path = f"{URL}/{application.id}"
    with statements() as sent:
        assert client.get(path, htmx=htmx).status_code == 404
        for verb in ("return", "rejection"):
            assert client.get(f"{path}/{verb}", htmx=htmx).status_code == 404
        for verb in VERBS:
            assert client.post(f"{path}/{verb}", data={"reason": "试试"}, htmx=htmx).status_code == 404
        bulk = client.post(f"{URL}/bulk", data={"decision": "approve", "ids": application.id}, htmx=htmx)
    assert "申请人" not in bulk.text and fresh(application).status is S.PENDING
    assert [one for one in writes(sent) if "history" in one or "volunteer" in one or "UPDATE application" in one] == []
    page = client.get(URL, htmx=htmx).text
    assert "孙丽" not in page
    assert counter(client.get(URL).text, "pending") == "0"
    exported = client.post(f"{URL}/export", data={"purpose": "核对", "format": "csv"}, htmx=htmx)
    assert "孙丽" not in exported.text


def test_levels_above_decide_for_a_community_below_and_units_do_not(clients):
    for number, username in enumerate(("huanglou", "gulou", "city")):
        application = apply(cast.make_user(f"n{number}", "某人"), id_card=card(number))
        assert clients(username).post(f"{URL}/{application.id}/approval").status_code == 303
        assert fresh(application).status is S.APPROVED
    application = apply(id_card=card(9))
    for username in ("unit", "volunteer", "member"):
        assert clients(username).get(URL).status_code == 403
        assert clients(username).post(f"{URL}/{application.id}/approval").status_code == 403


def test_a_revoked_post_decides_nothing_more(clients):
    application, client = apply(), clients("wantong")
    db.session.scalars(db.select(Post).where(Post.user_id == cast.who("wantong").id)).one().revoked_at = clock.now()
    assert client.post(f"{URL}/{application.id}/approval").status_code == 403


# the page of one, the look, the export


def test_the_page_of_one_shows_everything_masked_with_its_history(clients):
    application = apply(statement="周末有空", home_community=cast.far_code())
    application.send_back(by=cast.who("huanglou"), reason="请补充单位")
    page = clients("wantong").get(f"{URL}/{application.id}").text
    for words in (
        "孙丽",
        "138****0005",
        f"********** ****{card()[-4:]}",
        "周末有空",
        "提交申请",
        "退回补正",
        "街道管理员 黄敏：请补充单位",
    ):
        assert words in page, words
    assert card() not in page and "13800000005" not in page


def test_a_look_at_the_number_needs_a_reason_is_once_and_is_history(clients):
    application, client = apply(), clients("wantong")
    path = f"{URL}/{application.id}/reveal"
    assert client.get(path).status_code == 405
    empty = client.post(path, data={"reason": ""})
    assert empty.status_code == 422 and card() not in empty.text and "请写明原因" in empty.text
    shown = client.post(path, data={"reason": "核对身份"}, htmx=True)
    assert shown.status_code == 200 and card() in shown.text and "<html" not in shown.text
    assert shown.headers["Cache-Control"] == "no-store"
    assert card() in client.post(path, data={"reason": "核对身份"}).text
    assert card() not in client.get(f"{URL}/{application.id}").text
    notes = db.session.scalars(
        db.select(HistoryNote.text)
        .join(History, History.id == HistoryNote.history_id)
        .where(History.action == "reveal")
    )
    assert list(notes) == ["核对身份", "核对身份"]
    assert "查看了身份证号码" in clients("member").get("/member/volunteer").text


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_an_export_needs_a_purpose_is_masked_and_logged_with_its_rows(clients, ending):
    crowd(3)
    apply(cast.make_user("evil", "=1+1", "13711112222"), id_card=card(30))
    client = clients("wantong")
    assert client.get(f"{URL}/export").status_code == 200
    assert client.get(f"{URL}?format=csv").mimetype == "text/html"
    for purpose in ("", "长" * 101):
        answer = client.post(f"{URL}/export", data={"purpose": purpose, "format": ending})
        assert answer.status_code == 422 and "用途" in answer.text
    assert client.post(f"{URL}/export", data={"purpose": "核对", "format": "exe"}).status_code == 422
    answer = client.post(f"{URL}/export", data={"purpose": "月底核对", "format": ending})
    assert answer.status_code == 200 and f".{ending}" in answer.headers["Content-Disposition"]
    note = db.session.scalars(
        db.select(HistoryNote.text)
        .join(History, History.id == HistoryNote.history_id)
        .where(History.action == "export")
    ).one()
    assert note == f"志愿者申请 4 行（{ending}），用途：月底核对"
    if ending == "csv":
        lines = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
        assert len(lines) == 5 and lines[0][0] == "姓名" and lines[-1][0] == "'=1+1"
        assert card(0) not in answer.text and "137****2222" in answer.text
    answer.close()


def test_an_export_has_what_the_filters_leave(clients):
    crowd(3)
    answer = clients("wantong").post(f"{URL}/export?q=申请人1", data={"purpose": "核对", "format": "csv"})
    assert [line.split(",")[0] for line in answer.text.splitlines()[1:]] == ["申请人1"]


def test_two_posts_of_one_person_act_for_their_own_places(clients):
    user = cast.who("wantong")
    db.session.add(Post(user_id=user.id, role=Role.COMMUNITY, region_code=cast.far_code(), first_day=clock.today()))
    application = apply(community=cast.far_code())
    client = clients("wantong")
    assert client.post(f"{URL}/{application.id}/approval").status_code == 404
