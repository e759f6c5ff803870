"""The checklist in a real browser: on a phone in the cold, with the network gone, and without scripts."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from app.db import db
from app.models import SignUp
from app.models.attendance import mark
from tests import cast
from tests.rollcall import admitted, assert_figures_true, crowd, live, running
from tests.support.html import invalid_pages

pytestmark = pytest.mark.browser


@pytest.fixture
def activity(app):
    found = running()
    for name in ("third", "volunteer", "second", "guest"):
        admitted(found, cast.volunteer_of(name))
    return found


@pytest.fixture
def desk(app, live_server):
    """Sign `wantong` in on this page's browser and open the checklist."""

    def opened(page, activity, username="wantong"):
        db.session.commit()
        client = app.test_client()
        client.sign_in(username)
        cookie = client.get_cookie("session") or next(iter(client._cookies.values()))
        page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server}])
        address = f"/office/activities/{activity.id}/attendance"
        db.session.commit()  # SQLite has one writer: from here on it is the browser
        page.goto(address)
        return page

    return opened


def row(page, name):
    return page.locator(".tick").filter(has_text=name)


def box(page, name):
    return row(page, name).get_by_role("checkbox")


def test_tapping_a_row_ticks_it_and_the_counter_follows(phone, desk, activity):
    page = desk(phone, activity)
    expect(page.locator("#meter .big")).to_have_text("0 / 4 人")
    assert row(page, "李静").bounding_box()["height"] >= 68
    row(page, "李静").get_by_text("李静").first.tap()
    expect(box(page, "李静")).to_have_attribute("aria-checked", "true")
    expect(page.locator("#meter .big")).to_have_text("1 / 4 人")
    expect(page.locator("#n-present")).to_have_text("1")
    expect(page.locator("#rest")).to_contain_text("其余 3 人")
    expect(box(page, "李静")).to_be_focused()
    expect(page.locator("#meter time")).to_have_text(re.compile(r"^\d\d:\d\d:\d\d$"))
    box(page, "李静").tap()
    expect(page.locator("#meter .big")).to_have_text("0 / 4 人")
    assert live(activity) == []


def test_a_tick_that_does_not_arrive_is_loud_until_it_does(phone, desk, activity):
    page = desk(phone, activity)
    page.route("**/attendance/*", lambda route: route.abort())
    box(page, "李静").tap()
    expect(row(page, "李静")).to_have_class(re.compile("fail"))
    expect(row(page, "李静").locator(".st")).to_have_text("没存上，点一下重试")
    page.unroute("**/attendance/*")
    page.route("**/attendance/*", lambda route: route.fulfill(status=503, body="<p>busy</p>", content_type="text/html"))
    box(page, "李静").tap()
    expect(row(page, "李静")).to_have_class(re.compile("fail"))
    page.unroute("**/attendance/*")
    box(page, "李静").tap()
    expect(box(page, "李静")).to_have_attribute("aria-checked", "true")
    expect(row(page, "李静")).not_to_have_class(re.compile("fail"))
    expect(page.locator("#alert")).to_be_empty()
    assert len(live(activity)) == 1


def test_a_refused_tick_says_why_and_leaves_the_row(page, desk, activity):
    other = running(title="文明交通")
    mark(admitted(other, cast.volunteer_of("volunteer")), "1", by=cast.who("wantong"))
    desk(page, activity)
    box(page, "李静").click()
    expect(page.locator("#alert")).to_contain_text("文明交通")
    expect(box(page, "李静")).to_have_attribute("aria-checked", "false")
    box(page, "王建国").click()
    expect(box(page, "王建国")).to_have_attribute("aria-checked", "true")
    expect(page.locator("#alert")).to_be_empty()


def test_typing_finds_people_and_the_caret_stays(page, desk, activity):
    desk(page, activity)
    page.get_by_role("searchbox").press_sequentially("wj")
    expect(page.locator(".tick")).to_have_count(1)
    expect(row(page, "王建国")).to_be_visible()
    expect(page.get_by_role("searchbox")).to_be_focused()
    assert "q=wj" in page.url
    page.get_by_role("searchbox").fill("")
    expect(page.locator(".tick")).to_have_count(4)
    box(page, "王建国").click()
    expect(page.locator("#n-present")).to_have_text("1")
    page.locator(".chip", has_text="已到").click()
    expect(page.locator(".tick")).to_have_count(1)


def test_the_card_of_a_row_holds_minutes_leave_and_history(phone, desk, activity):
    page = desk(phone, activity)
    row(page, "李静").get_by_role("link").tap()
    page.get_by_label("服务时长").fill("两小时")
    page.get_by_role("radio", name="已到", exact=True).check()
    page.get_by_role("button", name="保存").tap()
    expect(page.locator(".msg")).to_contain_text("整数")
    expect(page.get_by_label("服务时长")).to_have_value("两小时")
    page.get_by_label("服务时长").fill("45")
    page.get_by_role("button", name="保存").tap()
    expect(row(page, "李静").locator(".st")).to_contain_text("45 分钟")
    expect(page.locator("#meter .big")).to_have_text("1 / 4 人")
    row(page, "李静").get_by_role("link").tap()
    page.get_by_text("谁在什么时候记录的").tap()
    expect(page.get_by_text("未确认 → 已到")).to_be_visible()
    page.get_by_role("link", name="不改了").tap()
    expect(row(page, "李静").locator(".st")).to_contain_text("45 分钟")


def test_all_the_rest_its_undo_and_the_end(page, desk):
    activity = running(-3)
    crowd(activity, 5)
    desk(page, activity)
    page.get_by_role("button", name="把其余 5 人都记为已到").click()
    expect(page.get_by_text("已把 5 人记为已到")).to_be_visible()
    page.get_by_role("button", name="撤销").click()
    expect(page.locator("#meter .big")).to_have_text("0 / 5 人")
    box(page, "人0").click()
    expect(page.locator("#dock")).to_contain_text("未确认的 4 人记为缺席")
    page.get_by_role("link", name="完成确认").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("还有 4 人未确认，将记为缺席")
    dialog.get_by_role("button", name="完成确认").click()
    expect(page.get_by_text("4 人记为缺席")).to_be_visible()
    row(page, "人1").get_by_role("link").click()
    page.get_by_role("radio", name="已到", exact=True).check()
    page.get_by_role("button", name="更正").click()
    expect(page.locator(".msg")).to_contain_text("请写明原因")
    page.get_by_label("原因").fill("签到表有她")
    page.get_by_role("button", name="更正").click()
    expect(page.locator("#meter .big")).to_have_text("2 / 5 人")
    assert_figures_true()


def test_everything_works_without_scripts(plain, desk, live_server):
    activity = running(-3)
    crowd(activity, 3)
    page = desk(plain, activity)
    box(page, "人0").click()
    expect(page.locator("#meter .big")).to_have_text("1 / 3 人")
    row(page, "人1").get_by_role("button", name="请假").click()
    expect(row(page, "人1")).to_have_class(re.compile("is-leave"))
    page.get_by_role("searchbox").fill("人2")
    page.get_by_role("button", name="搜索").click()
    expect(page.locator(".tick")).to_have_count(1)
    row(page, "人2").get_by_role("link").click()
    page.get_by_role("radio", name="已到", exact=True).check()
    page.get_by_label("服务时长").fill("999999")
    page.get_by_role("button", name="保存").click()
    expect(page.locator(".errsum")).to_contain_text("最多")
    page.get_by_label("服务时长").fill("30")
    page.get_by_role("button", name="保存").click()
    expect(row(page, "人2").locator(".st")).to_contain_text("30 分钟")
    page.get_by_role("link", name="补录现场参加").click()
    page.get_by_label("手机号、身份证号码或姓名").fill("13800000004")
    page.get_by_role("button", name="查找").click()
    page.get_by_role("button", name="补录，记为已到").click()
    expect(row(page, "赵敏")).to_contain_text("现场补录")
    page.get_by_role("link", name="完成确认").click()
    expect(page.locator("main")).to_contain_text("3 人已到")
    page.get_by_role("button", name="完成确认").click()
    expect(page.get_by_text("活动已结项", exact=True)).to_be_visible()
    assert_figures_true()


PAGES = ["", "?q=nobody", "?state=present", "/1", "/completion", "/walk-ins", "/sheet"]


@pytest.mark.full
@pytest.mark.sqlite_only
def test_the_pages_are_accessible_valid_and_fit_a_narrow_phone(page, desk, activity):
    mark(live_signup(activity), "1", by=cast.who("wantong"))
    ended, coming = running(-3, title="已经结束"), running(30, title="还没开始")
    crowd(ended, 2)
    desk(page, activity)
    pages = [f"{page.url}{part}" for part in PAGES]
    pages += [page.url.replace("/1/", f"/{number}/") for number in (2, 3)]
    found, html = {}, {}
    for url in pages:
        for width in (1280, 390, 320):
            page.set_viewport_size({"width": width, "height": 900})
            html[url] = page.goto(url).text()
            wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            wrong = [one["id"] for one in Axe().run(page).response["violations"]]
            if wrong or wide:
                found[url, width] = wrong, wide
    assert found == {}
    assert invalid_pages(html) == {}
    assert ended.id == 2, coming.id


def live_signup(activity):
    return db.session.scalars(db.select(SignUp).where(SignUp.activity_id == activity.id)).first()
