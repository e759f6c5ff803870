"""A visitor's way through the portal: searching, the site map, the guide, 长者模式; with scripts and without."""

import re

import pytest
from playwright.sync_api import Page, expect

from app.db import db
from tests.cast import make_activity
from tests.showcases import make_base, make_team

pytestmark = [pytest.mark.browser, pytest.mark.sqlite_only]


@pytest.fixture
def things(app):
    """A few things to find."""
    make_activity(title="免费理发进社区")
    make_team(name="巧手理发队")
    make_base(name="便民小屋")
    db.session.commit()


def opens_what_it_finds(page: Page) -> None:
    """From the box in the header to one result."""
    page.goto("/")
    header = page.get_by_role("search").first
    header.get_by_role("searchbox").fill("理发")
    header.get_by_role("button", name="搜索").click()
    expect(page).to_have_url(re.compile(r"/search\?q="))
    expect(page.get_by_role("status").first).to_have_text("“理发”找到 2 条")
    page.get_by_role("link", name=re.compile("^志愿者团队")).last.click()
    expect(page.get_by_role("link", name="免费理发进社区")).to_have_count(0)
    page.locator("#results").get_by_role("link", name="巧手理发队").click()
    expect(page.get_by_role("heading", name="巧手理发队", level=1)).to_be_visible()


def walks_the_map(page: Page) -> None:
    """Footer → site map → a page that no menu holds; footer → guide → a step."""
    page.get_by_role("navigation", name="页脚").get_by_role("link", name="网站地图").click()
    page.locator("main").get_by_role("link", name="季度之星").click()
    expect(page.get_by_role("heading", name="季度之星", level=1)).to_be_visible()
    page.get_by_role("navigation", name="页脚").get_by_role("link", name="使用帮助").click()
    page.get_by_role("navigation", name="目录").get_by_role("link", name="发起求助").click()
    expect(page).to_have_url(re.compile("/guide#ask$"))
    expect(page.locator("#ask")).to_be_in_viewport()


def turns_the_letters_large_and_small(page: Page) -> None:
    """长者模式 on, on another page still on, and off again."""
    page.get_by_role("button", name="长者模式").click()
    expect(page.locator("html")).to_have_attribute("data-mode", "elder")
    expect(page.get_by_role("heading", name="使用帮助", level=1)).to_be_visible()
    page.get_by_role("navigation", name="页脚").get_by_role("link", name="无障碍说明").click()
    expect(page.locator("html")).to_have_attribute("data-mode", "elder")
    page.get_by_role("button", name="退出长者模式").click()
    expect(page.locator("html")).not_to_have_attribute("data-mode", "elder")
    expect(page.get_by_role("heading", name="无障碍说明", level=1)).to_be_visible()


@pytest.mark.parametrize("kind_of_page", ["page", "plain"])
def test_a_visitor_finds_looks_around_and_reads_large(request, things, live_server, kind_of_page):
    visitor = request.getfixturevalue(kind_of_page)
    opens_what_it_finds(visitor)
    walks_the_map(visitor)
    turns_the_letters_large_and_small(visitor)


def test_results_follow_the_typing_and_the_address_keeps_the_words(page, things, live_server):
    page.goto("/search")
    box = page.get_by_role("searchbox", name="要找的词")
    box.press_sequentially("便民")
    expect(page.locator("#results").get_by_role("link", name="便民小屋")).to_be_visible()
    expect(box).to_be_focused()
    expect(page).to_have_url(re.compile(r"q=%E4%BE%BF%E6%B0%91"))
    box.fill("没有这样的东西")
    expect(page.get_by_text("换个说法试试")).to_be_visible()
    page.reload()
    expect(box).to_have_value("没有这样的东西")
