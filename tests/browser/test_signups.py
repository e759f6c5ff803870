"""Signing up in a real browser: on a telephone, without scripts, and staff deciding in place."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.cast import make_activity
from tests.signups import S, join, states

pytestmark = [pytest.mark.browser, pytest.mark.sqlite_only]
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def become(page, app, username, base):
    """Sign the person in on this page's browser; commits, so that the server may write."""
    client = app.test_client()
    client.sign_in(username)
    value = client.get_cookie("session").value
    page.context.add_cookies([{"name": "session", "value": value, "url": base}])


def assert_accessible(page):
    found = Axe().run(page).response["violations"]
    assert [one["id"] for one in found] == []
    assert page.evaluate(WIDER) <= 0


def test_on_a_telephone_one_signs_up_and_cancels_in_the_box(phone, app, live_server):
    activity = make_activity(capacity=2)
    path = f"/activities/{activity.id}"
    become(phone, app, "volunteer", live_server)
    phone.goto(path)
    bar, box = phone.locator("#signup-bar"), phone.locator("#signup-box")
    expect(bar).to_contain_text("还剩 2 个名额")
    bar.get_by_role("link").click()
    expect(box).to_be_in_viewport()
    box.get_by_role("button", name="我要报名").click()
    expect(box.locator(".note.ok").first).to_be_focused()
    expect(box).to_contain_text("报名成功，还剩 1 个名额。")
    expect(bar).to_contain_text("已录用")
    expect(phone.locator("#signup-count")).to_have_text(re.compile("已报名 1 人"))
    expect(phone.locator("#status")).to_contain_text("报名成功")
    assert_accessible(phone)
    box.get_by_text("取消报名", exact=True).click()
    box.get_by_role("button", name="确定取消报名").click()
    expect(box).to_contain_text("已取消报名")
    expect(bar).to_contain_text("还剩 2 个名额")
    assert states(activity) == {S.CANCELLED: 1}


def test_the_same_without_scripts(plain, app, live_server):
    activity = make_activity(capacity=1)
    join("second", activity)
    path = f"/activities/{activity.id}"
    become(plain, app, "volunteer", live_server)
    plain.goto(path)
    plain.get_by_role("button", name="登记候补").click()
    expect(plain.locator("#signup-box")).to_contain_text("候补第 1 位")
    plain.goto("/member/services")
    plain.get_by_text("放弃候补").first.click()
    plain.get_by_role("button", name="确定放弃候补").click()
    expect(plain.locator("main")).to_contain_text("已取消报名")
    assert states(activity) == {S.ADMITTED: 1, S.CANCELLED: 1}


def test_staff_decide_in_the_rows(page, app, live_server):
    activity = make_activity(capacity=1, needs_approval=True)
    for username in ("volunteer", "second", "third", "guest"):
        join(username, activity)
    path = f"/office/activities/{activity.id}/signups"
    become(page, app, "wantong", live_server)
    page.goto(path)

    def row(name):
        return page.locator(".q", has=page.get_by_role("link", name=name, exact=True))

    row("李静").get_by_role("button", name=re.compile("^录用")).click()
    expect(row("李静").get_by_role("link", name="李静", exact=True)).to_be_focused()
    expect(page.locator("#n-admitted")).to_have_text("1")
    row("王建国").locator("summary").click()
    row("王建国").get_by_role("button", name="确定不录用").click()
    expect(row("王建国")).to_contain_text("请写明原因")
    row("王建国").get_by_label("人手已够，欢迎参加其他活动。").check()
    row("王建国").get_by_role("button", name="确定不录用").click()
    expect(row("王建国")).to_contain_text("未录用")
    page.get_by_label("选择本页全部").check()
    page.get_by_role("button", name="批量录用").click()
    expect(page.locator("#outcome .note")).to_be_focused()
    expect(page.locator("#outcome")).to_contain_text("候补 2 人")
    expect(row("赵敏")).to_contain_text("候补第 2 位")
    row("李静").locator("summary").click()
    row("李静").get_by_label("补充说明").fill("场地变小")
    row("李静").get_by_role("button", name="确定取消录用").click()
    expect(row("陈晨")).to_contain_text("已录用")
    expect(row("赵敏")).to_contain_text("候补第 1 位")
    assert_accessible(page)
    page.set_viewport_size({"width": 320, "height": 700})
    assert page.evaluate(WIDER) <= 0
