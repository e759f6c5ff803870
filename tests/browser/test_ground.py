"""The browser tests' own ground: a page arrives on a desk, on a telephone and without scripts."""

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.sqlite_only]


def test_a_page_arrives_on_a_desk_in_xuzhou(page):
    assert page.goto("/healthz").ok
    desk = page.evaluate("[innerWidth, navigator.language, Intl.DateTimeFormat().resolvedOptions().timeZone]")
    assert desk == [1280, "zh-CN", "Asia/Shanghai"]


def test_a_page_arrives_on_a_telephone(phone):
    phone.goto("/healthz")
    phone.set_content("<meta name=viewport content='width=device-width'>")
    assert phone.evaluate("[innerWidth, 'ontouchstart' in window]") == [390, True]


def test_a_page_arrives_without_scripts(plain):
    plain.set_content("<noscript>无脚本</noscript>")
    expect(plain.get_by_text("无脚本")).to_be_visible()


def test_chinese_is_drawn_not_boxed(page):
    """Two characters look different, so neither is the box that stands for a missing one."""
    page.set_content("<p><b>党</b> <b>员</b>")
    party, member = (page.locator("b").nth(place).screenshot() for place in (0, 1))
    assert party != member
