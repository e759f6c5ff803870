"""报名名单: staff see who signed up, admit and decline in the row, and take the list away as a file."""

import re

import pytest

from app.db import db
from app.models import History, HistoryNote, Message
from tests.cast import baiyun_code, make_activity, volunteer_of, who
from tests.signups import S, crowd, join, put, rows, start, states
from tests.support.statements import statements, writes


@pytest.fixture
def asked(app):
    """An activity of 万通 with two places, for which four people ask."""
    activity = make_activity(capacity=2, needs_approval=True)
    for username in ("volunteer", "second", "third", "guest"):
        join(username, activity)
    db.session.commit()
    return activity


def address(activity, rest=""):
    return f"/office/activities/{activity.id}/signups{rest}"


def decide(client, signup, verb, *, htmx=False, **fields):
    path = f"/office/activities/{signup.activity_id}/signups/{signup.id}/{verb}"
    return client.post(path, data=fields, htmx=htmx)


def of(activity, username):
    person = volunteer_of(username).id
    return next(one for one in rows(activity) if one.volunteer_id == person)


def test_the_list_shows_people_in_the_order_of_signing_up(asked, clients):
    page = clients("wantong").get(address(asked)).text
    assert re.findall(r'data-name|<h2 class="h3"><a[^>]*>([^<]+)</a>', page) == ["李静", "王建国", "陈晨", "赵敏"]
    assert page.count("待审核") >= 5
    assert "电话尾号 0001" in page
    assert "第 4 个报名" in page


def test_of_a_guest_only_name_unit_and_four_digits_are_shown(asked, clients):
    page = clients("wantong").get(address(asked)).text
    guest = page[page.index(f'id="su-{of(asked, "guest").id}"') :]
    guest = guest[: guest.index("</article>")]
    for shown in ("赵敏", "徐州市第一测试中学", "0004", "外社区"):
        assert shown in guest
    for hidden in ("已服务", "13800000004", "云龙区"):
        assert hidden not in guest
    one = clients("wantong").get(address(asked, f"/{of(asked, 'guest').id}")).text
    assert "志愿者资料" not in one
    assert "志愿者资料" in clients("wantong").get(address(asked, f"/{of(asked, 'volunteer').id}")).text
    assert "外社区" not in clients("city").get(address(asked)).text, "the city's people are all of the city"


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("q=李", "李静"),
        ("q=wjg", "王建国"),
        ("q=0004", "赵敏"),
        ("q=%25", ""),
        ("q=138000", ""),
        ("state=admitted", ""),
        ("state=asking&q=cc", "陈晨"),
        ("q=𠮷", ""),
        ("q=%27%3B--", ""),
    ],
)
def test_it_is_narrowed_by_state_and_words(asked, clients, query, names):
    response = clients("wantong").get(address(asked, f"?{query}"), htmx=True)
    assert response.status_code == 200
    assert "".join(re.findall(r'<h2 class="h3"><a[^>]*>([^<]+)</a>', response.text)) == names
    assert "<html" not in response.text


@pytest.mark.parametrize("query", ["state=nonsense", "q=" + "长" * 51])
def test_bad_filters_are_named_and_show_nobody(asked, clients, query):
    response = clients("wantong").get(address(asked, f"?{query}"))
    assert response.status_code == 422
    assert "李静" not in response.text


def test_admitting_in_the_row_changes_row_and_counters(asked, clients):
    signup = of(asked, "volunteer")
    response = decide(clients("wantong"), signup, "admission", htmx=True)
    assert response.status_code == 200
    assert response.text.lstrip().startswith('<article class="q no-ck is-ok"')
    for part in ('hx-target="#n-asking"', 'hx-target="#n-admitted"', 'hx-target="#seats"', "已录用：李静"):
        assert part in response.text
    assert of(asked, "volunteer").status is S.ADMITTED


def test_admitting_without_scripts_goes_back_to_the_list_it_came_from(asked, clients):
    client = clients("wantong")
    back = address(asked, "?state=asking")
    response = decide(client, of(asked, "volunteer"), "admission", next=back)
    assert (response.status_code, response.location) == (303, back)
    assert "已录用：李静" in client.get(back).text


def test_a_decision_with_a_reason_reaches_the_person(asked, clients):
    signup = of(asked, "volunteer")
    response = decide(clients("wantong"), signup, "refusal", htmx=True, preset="人手已够，欢迎参加其他活动。")
    assert response.status_code == 200
    assert "未录用" in response.text
    message = db.session.scalars(db.select(Message).where(Message.user_id == who("volunteer").id)).one()
    assert message.body == "人手已够，欢迎参加其他活动。"


@pytest.mark.parametrize("htmx", [False, True])
@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "请写明原因"),
        ({"reason": "  "}, "请写明原因"),
        ({"preset": "其他"}, "请写明原因"),
        ({"preset": "编造的原因"}, "请写明原因"),
        ({"reason": "长" * 201}, "最多 200 个字"),
    ],
)
def test_without_a_good_reason_nothing_changes_and_the_words_stay(asked, clients, fields, said, htmx):
    signup = of(asked, "volunteer")
    response = decide(clients("wantong"), signup, "refusal", htmx=htmx, **fields)
    assert response.status_code == 422
    assert said in response.text
    assert fields.get("reason", "").strip() in response.text
    assert of(asked, "volunteer").status is S.ASKING


@pytest.mark.parametrize("htmx", [False, True])
def test_the_second_admin_meets_the_present_state(asked, clients, htmx):
    signup = of(asked, "volunteer")
    decide(clients("wantong"), signup, "refusal", reason="人手已够")
    response = decide(clients("wantong2"), signup, "admission", htmx=htmx)
    assert response.status_code == 409
    assert "现在是“未录用”" in response.text
    assert "人手已够" in response.text
    assert of(asked, "volunteer").status is S.DECLINED


def test_when_a_place_is_taken_back_the_next_moves_up_in_the_same_answer(app, clients):
    activity = make_activity(capacity=1)
    held, waiting, last = (join(username, activity) for username in ("volunteer", "second", "third"))
    db.session.commit()
    number, behind = waiting.id, last.id
    response = decide(clients("wantong"), held, "refusal", htmx=True, reason="场地变小")
    assert f'<hx-partial hx-target="#su-{number}"' in response.text
    assert "1 名候补已自动录用" in response.text
    moved = response.text.partition(f'<hx-partial hx-target="#at-{behind}"')[2]
    assert "候补第 1 位" in moved[:150]
    assert states(activity) == {S.DECLINED: 1, S.ADMITTED: 1, S.WAITING: 1}


def test_a_conflict_is_named_in_the_row(asked, clients):
    other = make_activity(title="文明交通值守")
    join("volunteer", other)
    response = decide(clients("wantong"), of(asked, "volunteer"), "admission", htmx=True)
    assert response.status_code == 409
    assert "文明交通值守" in response.text


def test_many_are_admitted_at_once_each_for_itself(asked, clients):
    other = make_activity(title="文明交通值守")
    join("second", other)
    db.session.commit()
    ids = [one.id for one in rows(asked)]
    response = clients("wantong").post(address(asked, "/admissions"), data={"ids": ids}, htmx=True)
    assert response.status_code == 200
    assert "已录用 2 人，候补 1 人，1 人未处理：王建国（同一时间已录用于“文明交通值守”" in response.text
    assert [one.status for one in rows(asked)] == [S.ADMITTED, S.ASKING, S.ADMITTED, S.WAITING]
    for number in ids:
        assert f'hx-target="#su-{number}"' in response.text


def test_bulk_without_scripts_and_with_bad_ids(asked, clients):
    client = clients("wantong")
    foreign = put(make_activity(baiyun_code(), needs_approval=True), volunteer_of("volunteer"), S.ASKING)
    db.session.commit()
    response = client.post(
        address(asked, "/admissions"), data={"ids": [foreign.id, rows(asked)[0].id, "x", "-1", "9" * 30]}
    )
    assert response.status_code == 303
    assert "已录用 1 人。" in client.get(address(asked)).text
    db.session.refresh(foreign)
    assert foreign.status is S.ASKING
    for ids in ([], ["x"], list(range(1, 102))):
        assert client.post(address(asked, "/admissions"), data={"ids": ids}).status_code == 422


def test_nothing_moves_in_a_cancelled_activity(asked, clients):
    asked.cancel(who("wantong"), "下雨")
    db.session.commit()
    response = decide(clients("wantong"), of(asked, "volunteer"), "admission")
    assert response.status_code == 409
    assert "活动已取消" in response.text
    page = clients("wantong").get(address(asked)).text
    assert page.count("活动已取消") >= 4
    assert "批量录用" not in page
    bulk = clients("wantong").post(address(asked, "/admissions"), data={"ids": [rows(asked)[0].id]}, htmx=True)
    assert bulk.status_code == 409


def test_after_the_start_the_list_treats_a_late_tick_as_done(asked, clients):
    start(asked)
    client = clients("wantong")
    page = client.get(address(asked)).text
    assert page.count("活动开始前社区没有审核这项报名") == 4
    assert "批量录用" not in page
    assert len(re.findall("su-", client.get(address(asked, "?state=declined")).text)) >= 4
    assert "没有符合条件的人" in client.get(address(asked, "?state=asking")).text


# --- the neighbour and the others

DENIED = {"baiyun": 404, "far": 404, "unit": 403, "member": 403, "volunteer": 403}


@pytest.mark.parametrize(("username", "status"), DENIED.items())
@pytest.mark.parametrize("htmx", [False, True])
def test_the_neighbour_meets_a_404_and_nothing_is_written(asked, clients, username, status, htmx):
    client = clients(username)
    signup = of(asked, "volunteer")
    client.get("/")
    tries = [
        ("get", ""), ("get", f"/{signup.id}"), ("get", "/export"), ("post", f"/{signup.id}/admission"),
        ("post", f"/{signup.id}/refusal"), ("post", "/admissions"), ("post", "/export"),
    ]  # fmt: skip
    with statements() as seen:
        for method, rest in tries:
            response = getattr(client, method)(address(asked, rest), htmx=htmx)
            assert response.status_code == status, (method, rest)
            assert "王建国" not in response.text
    assert writes(seen) == []


def test_a_sign_up_of_another_activity_is_not_found_under_this_one(asked, clients):
    other = put(make_activity(needs_approval=True), volunteer_of("volunteer"), S.ASKING)
    db.session.commit()
    for verb in ("admission", "refusal"):
        response = clients("wantong").post(address(asked, f"/{other.id}/{verb}"), data={"reason": "不要"})
        assert response.status_code == 404
    db.session.refresh(other)
    assert other.status is S.ASKING


def test_who_is_above_may_act_and_the_history_says_so(asked, clients):
    signup = of(asked, "volunteer")
    assert decide(clients("gulou"), signup, "admission").status_code == 303
    line = db.session.scalars(db.select(History).where(History.noun == "sign_up").order_by(History.id.desc())).first()
    assert (line.actor_role, line.actor_place) == ("district", "320302")


# --- the file


def test_the_list_leaves_as_a_file_only_with_a_purpose(asked, clients):
    client = clients("wantong")
    assert "用途" in client.get(address(asked, "/export")).text
    assert client.post(address(asked, "/export"), data={"format": "csv"}).status_code == 422
    file = client.post(address(asked, "/export?q=李"), data={"purpose": "现场签到", "format": "csv"})
    lines = file.text.removeprefix("\ufeff").splitlines()
    assert lines[0].startswith("序号,姓名,工作单位,手机号后四位")
    assert len(lines) == 2
    assert "13800000001" not in file.text
    note = db.session.scalars(db.select(HistoryNote.text).order_by(HistoryNote.history_id.desc())).first()
    assert "现场签到" in note
    assert "1 行" in note


def test_a_guest_leaves_no_community_in_the_file(asked, clients):
    file = clients("wantong").post(address(asked, "/export"), data={"purpose": "现场签到", "format": "csv"}).text
    guest = next(line for line in file.splitlines() if "赵敏" in line)
    assert "外社区" in guest
    assert "云龙" not in guest


# --- how much it costs


def test_a_longer_list_costs_no_more_statements(app, clients):
    activity = make_activity(capacity=2)
    people = crowd(49)
    for person in people[:4]:
        put(activity, person, S.ADMITTED if activity.taken < 2 else S.WAITING)
    client, path = clients("wantong"), address(activity)
    client.get(path)
    with statements() as few:
        client.get(path)
    for person in people[4:]:
        put(activity, person, S.WAITING)
    db.session.commit()
    with statements() as many:
        page = client.get(path).text
    assert len(many) == len(few) <= 9, few
    assert page.count('<article class="q') == 49
    assert writes(many) == []
