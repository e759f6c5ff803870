"""志愿者服务: my sign-ups in three tabs, with their states, and cancelling."""

import re
from datetime import timedelta

import pytest

from app import clock
from app.db import db
from app.models.activities.phase import ActivityStatus
from app.models.signup import Attendance
from tests.cast import make_activity, volunteer_of, who
from tests.signups import S, join, put, rows, start, states, until
from tests.support.statements import statements, writes

TABS = ("running", "ended", "cancelled")


def titles(client, tab=""):
    """The activities that a tab shows, in order."""
    page = client.get("/member/services" + (f"?tab={tab}" if tab else "")).text
    return re.findall(r'<h3><a class="plain" href="[^"]*">([^<]+)</a>', page)


def in_days(days, **facts):
    return make_activity(starts_at=clock.now() + timedelta(days=days), **facts)


def test_each_sign_up_stands_in_one_tab(app, clients):
    me = volunteer_of("volunteer")
    for number, state in enumerate((S.ADMITTED, S.WAITING, S.ASKING, S.DECLINED, S.CANCELLED)):
        put(in_days(number + 1, title=f"将来-{state}"), me, state)
        put(in_days(-number - 1, title=f"过去-{state}"), me, state)
    off = in_days(7, title="取消的活动", cancel_reason="下雨")
    put(off, me, S.ADMITTED)
    off.status = ActivityStatus.CANCELLED
    client = clients("volunteer")
    assert titles(client) == ["将来-admitted", "将来-waiting", "将来-asking"]
    assert titles(client, "ended") == ["过去-admitted"]
    assert titles(client, "cancelled") == [
        "取消的活动",
        "将来-cancelled",
        "将来-declined",
        "过去-waiting",
        "过去-asking",
        "过去-declined",
        "过去-cancelled",
    ]
    assert re.findall(r'class="cnt[^"]*">(\d+)<', client.get("/member/services").text)[-4:] == ["3", "1", "7", "0"]


def test_states_positions_and_reasons_are_named(app, clients):
    full, asked = make_activity(capacity=1), in_days(9, needs_approval=True)
    join("second", full)
    join("third", full)
    join("volunteer", full)
    declined = join("volunteer", asked)
    declined.decline(by=who("wantong"), reason="需要急救证")
    client = clients("volunteer")
    assert "候补第 2 位" in client.get("/member/services").text
    assert "需要急救证" in client.get("/member/services?tab=cancelled").text
    start(full)
    assert "候补没有轮到" in clients("volunteer").get("/member/services?tab=cancelled").text, "whether tick came or not"


@pytest.mark.parametrize(("attendance", "said"), [
    (Attendance.PRESENT, "计 1 次服务，1 小时 30 分"), (Attendance.ABSENT, "记为缺席"), (Attendance.UNKNOWN, "等待社区确认到场"),
])  # fmt: skip
def test_what_has_ended_says_what_counted(app, clients, attendance, said):
    activity = make_activity()
    put(activity, volunteer_of("volunteer"), S.ADMITTED, attendance=attendance, minutes=90)
    until(activity.ends_at)
    assert said in clients("volunteer").get("/member/services?tab=ended").text


def test_count_and_minutes_stand_above(app, clients):
    me = volunteer_of("volunteer")
    me.services, me.minutes = 6, 750
    page = clients("volunteer").get("/member/services").text
    assert "累计服务" in page
    assert "12 小时 30 分" in page


def test_one_cancels_in_place(app, clients):
    activity = make_activity(capacity=1)
    mine = join("volunteer", activity)
    join("second", activity)
    db.session.commit()
    path = f"/member/services/{mine.id}/cancellation"
    response = clients("volunteer").post(path, htmx=True)
    assert response.status_code == 200
    assert response.text.lstrip().startswith(f'<article class="act" id="su-{mine.id}"')
    assert "您已取消这次报名" in response.text
    assert states(activity) == {S.CANCELLED: 1, S.ADMITTED: 1}
    again = clients("volunteer").post(path, htmx=True)
    assert again.status_code == 409
    assert "已取消" in again.text


def test_one_cancels_without_scripts_and_after_the_start_not_at_all(app, clients):
    first, second = make_activity(), in_days(3)
    mine, later = join("volunteer", first), join("volunteer", second)
    db.session.commit()
    client = clients("volunteer")
    assert client.post(f"/member/services/{later.id}/cancellation").location == "/member/services"
    assert "已取消报名" in client.get("/member/services").text
    start(first)
    response = clients("volunteer").post(f"/member/services/{mine.id}/cancellation")
    assert response.status_code == 409
    assert "活动已经开始" in response.text
    assert rows(first)[0].status is S.ADMITTED


def test_one_sign_up_has_its_history(app, clients):
    activity = make_activity(needs_approval=True)
    mine = join("volunteer", activity)
    mine.admit(by=who("wantong"))
    db.session.commit()
    page = clients("volunteer").get(f"/member/services/{mine.id}").text
    for said in ("办理记录", "待审核 → 已录用", "周芳", "报名"):
        assert said in page


@pytest.mark.parametrize("username", ["second", "member", "wantong", "city"])
@pytest.mark.parametrize("htmx", [False, True])
def test_the_sign_up_of_another_person_is_not_found(app, clients, username, htmx):
    activity = make_activity()
    mine = join("volunteer", activity)
    db.session.commit()
    path = f"/member/services/{mine.id}"
    client = clients(username)
    client.get("/")
    with statements() as seen:
        assert client.get(path, htmx=htmx).status_code == 404
        assert client.post(f"{path}/cancellation", htmx=htmx).status_code == 404
        assert activity.title not in client.get("/member/services", htmx=htmx).text
    assert writes(seen) == []


def test_who_has_none_is_told_where_to_begin(app, clients):
    assert "去申请" in clients("member").get("/member/services").text
    for tab in TABS:
        assert '<div class="empty">' in clients("volunteer").get(f"/member/services?tab={tab}").text
    assert clients("volunteer").get("/member/services?tab=x").status_code == 422
    assert clients("").get("/member/services").location.startswith("/login")


def test_long_lists_go_on_by_position(app, clients):
    me = volunteer_of("volunteer")
    for number in range(45):
        put(in_days(number + 1, title=f"第{number:02d}项"), me, S.ADMITTED)
    client = clients("volunteer")
    seen, path = [], "/member/services"
    while path:
        page = client.get(path).text
        seen += re.findall(r'<h3><a class="plain" href="[^"]*">([^<]+)</a>', page)
        found = re.search(r'rel="next" href="([^"]+)"', page)
        path = found.group(1).replace("&amp;", "&") if found else ""
    assert seen == [f"第{number:02d}项" for number in range(45)]


def test_a_longer_list_costs_no_more_statements(app, clients):
    me = volunteer_of("volunteer")
    put(in_days(1), me, S.WAITING)
    client = clients("volunteer")
    client.get("/member/services")
    with statements() as few:
        client.get("/member/services")
    for number in range(15):
        put(in_days(number + 2), me, S.WAITING)
    db.session.commit()
    with statements() as many:
        client.get("/member/services")
    assert len(few) == len(many) <= 7, many
    assert writes(many) == []
