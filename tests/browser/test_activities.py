"""The live filter of the portal's activities as a person meets it: address, caret, back button, and no scripts."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from app.db import db
from tests.activities import day, form
from tests.cast import GULOU, HUANGLOU, PASSWORD, WANTONG, far_code, make_activity

pytestmark = [pytest.mark.browser, pytest.mark.sqlite_only]


@pytest.fixture(autouse=True)
def city(app):
    """Three coming activities in two districts, and one that was."""
    make_activity(WANTONG, title="云龙湖岸线清洁", category="env", place="东岸游客中心")
    make_activity(WANTONG, title="宪法宣传咨询", category="law", place="居民议事厅")
    make_activity(far_code(), title="路口值守", category="traffic", place="淮海西路口")
    make_activity(WANTONG, title="冬季慢病义诊", category="med", starts_at=day(-3), ends_at=day(-3, 11))
    db.session.commit()


def rows(page: Page):
    return page.locator("#results article h3")


def chip(page: Page, text: str):
    return page.locator("label.chip", has_text=text)


def query(page: Page) -> dict[str, list[str]]:
    """The address's filters that say something."""
    return parse_qs(urlsplit(page.url).query)


def test_chips_narrow_at_once_with_address_counts_and_back(page):
    page.goto("/activities")
    expect(rows(page)).to_have_count(4)
    chip(page, "鼓楼区").click()
    expect(rows(page)).to_have_count(3)
    expect(chip(page, "文明交通").locator(".n")).to_have_text("0")  # the other chips count along
    chip(page, "报名中").click()
    expect(rows(page)).to_have_text(["云龙湖岸线清洁", "宪法宣传咨询"])
    assert query(page)["region"][0] == GULOU and query(page)["status"] == ["recruiting"]
    expect(page.locator("input[name=status][value=recruiting]")).to_be_focused()

    page.go_back()
    expect(rows(page)).to_have_count(3)
    expect(page.locator("input[name=status][value=recruiting]")).not_to_be_checked()
    assert "status" not in query(page) and page.locator("header").count() == 1
    page.go_back()
    expect(rows(page)).to_have_count(4)
    page.go_forward()
    expect(rows(page)).to_have_count(3)
    page.reload()
    expect(rows(page)).to_have_count(3)


def test_typing_replaces_the_address_and_keeps_the_caret(page):
    page.goto("/activities")
    before = page.evaluate("history.length")
    box = page.get_by_role("searchbox", name="关键词")
    box.press_sequentially("清洁", delay=30)
    expect(rows(page)).to_have_text(["云龙湖岸线清洁"])
    assert query(page)["q"] == ["清洁"] and page.evaluate("history.length") == before
    expect(box).to_be_focused()
    expect(page.locator("#results [role=status]")).to_have_text("找到 1 项活动")
    box.fill("没有这样的")
    expect(page.get_by_text("没有找到符合条件的活动")).to_be_visible()


def test_a_district_opens_its_subdistricts_and_communities(page):
    page.goto("/activities")
    chip(page, "鼓楼区").click()
    page.get_by_label("街道（镇）").select_option(HUANGLOU)
    page.get_by_label("社区（村）").select_option(WANTONG)
    expect(page.locator(".chip.sel")).to_have_text("鼓楼区 · 黄楼街道 · 万通社区，去掉这个条件")
    expect(rows(page)).to_have_count(3)
    chip(page, "云龙区").click()
    expect(rows(page)).to_have_text(["路口值守"])
    chip(page, "全市").click()
    expect(rows(page)).to_have_count(4)
    expect(page.get_by_label("街道（镇）")).to_have_count(0)


def test_without_scripts_the_button_does_the_same(plain):
    plain.goto("/activities")
    chip(plain, "鼓楼区").click()
    chip(plain, "报名中").click()
    plain.get_by_role("button", name="搜索").last.click()
    expect(rows(plain)).to_have_text(["云龙湖岸线清洁", "宪法宣传咨询"])
    plain.get_by_label("街道（镇）").select_option(HUANGLOU)
    plain.get_by_role("searchbox", name="关键词").fill("议事")
    plain.get_by_role("button", name="搜索").last.click()
    expect(rows(plain)).to_have_text(["宪法宣传咨询"])
    plain.get_by_role("link", name=re.compile("全部清除")).click()
    expect(rows(plain)).to_have_count(4)


def enter(page: Page, username: str) -> None:
    page.goto("/login")
    form = page.locator("main form[action$='/login']")
    form.locator("[name=username]").fill(username)
    form.locator("[name=password]").fill(PASSWORD)
    form.get_by_role("button", name="登录").click()
    expect(page).not_to_have_url(re.compile("/login"))


def fill(page: Page, **changes: str) -> None:
    """Fill the form as a person does."""
    sent = form(**changes)
    page.get_by_label("环境保护").check()
    for name in ("title", "place", "starts_at", "ends_at", "capacity", "description", "risks"):
        page.locator(f"[name={name}]").fill(sent[name])


def test_an_activity_is_launched_changed_and_called_off_without_scripts(plain):
    enter(plain, "wantong")
    plain.goto("/office/activities/new")
    fill(plain, title="无脚本的活动")
    plain.get_by_role("button", name="预览活动内容").click()
    expect(plain.locator("#preview strong")).to_have_text("白色垃圾")
    plain.locator("[name=capacity]").fill("0")
    plain.get_by_role("button", name="保存并发布").click()
    expect(plain.locator(".errsum")).to_contain_text("招募人数应在 1 到 100000 之间")
    expect(plain.locator("[name=title]")).to_have_value("无脚本的活动")
    plain.locator("[name=capacity]").fill("12")
    plain.get_by_role("button", name="保存并发布").click()
    expect(plain.get_by_text("“无脚本的活动”已发布。")).to_be_visible()
    plain.get_by_role("link", name="取消活动").click()
    plain.get_by_label("取消原因").fill("大风降温")
    plain.get_by_role("button", name="确认取消活动").click()
    expect(plain.get_by_text("原因：大风降温")).to_be_visible()


def test_preview_and_calling_off_happen_in_place_with_scripts(page):
    enter(page, "huanglou")
    page.goto("/office/activities/new")
    fill(page)
    page.get_by_label("万通社区").check()
    page.get_by_role("button", name="预览活动内容").click()
    expect(page.locator("#preview strong")).to_have_text("白色垃圾")
    assert page.url.endswith("/office/activities/new")
    page.get_by_role("button", name="存为草稿").click()
    page.get_by_role("button", name="发布", exact=False).first.click()
    expect(page.get_by_text("市民现在可以看到")).to_be_visible()
    page.get_by_role("link", name="取消活动").click()
    dialog = page.get_by_role("dialog", name="取消这次活动？")
    expect(dialog).to_be_visible()
    dialog.get_by_label("取消原因").fill("大风降温")
    dialog.get_by_role("button", name="确认取消活动").click()
    expect(page.get_by_text("原因：大风降温")).to_be_visible()
