"""Chapter two of the guide in a real browser, on both databases: a member's data, where every level finds the person, the services.

The person completes 个人信息 (图-5); city, district, subdistrict and community find the person and the activities by the
service community (图-6), city and unit by the work unit (图-7); the person sees what is running and what is over (图-8).
"""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from app import clock
from app.db import db
from app.models.attendance import mark
from app.models.signup import SignUpStatus
from tests import cast
from tests.signups import put
from tests.support.browser import enter

pytestmark = [pytest.mark.browser, pytest.mark.both]
OVER, COMING = "昨天的河岸清洁", "明天的义诊"


@pytest.fixture(autouse=True)
def took_part(app):
    """李静 of 万通社区 and the unit was at one activity and goes to another."""
    person, staff = cast.volunteer_of("volunteer"), cast.who("wantong")
    over = cast.make_activity(title=OVER, starts_at=clock.now() - timedelta(days=1))
    coming = cast.make_activity(title=COMING)
    was = put(over, person, SignUpStatus.ADMITTED)
    put(coming, person, SignUpStatus.ADMITTED)
    mark(was, "1", by=staff)
    db.session.commit()


def complete_the_profile(page: Page) -> None:
    """图-5: what is private is typed once and stands there afterwards."""
    enter(page, "member", "/member/")
    page.get_by_role("link", name="个人信息").first.click()
    page.locator("main [name=gender][value=female]").check()
    page.locator("main [name=address]").fill("幸福小区 3 号楼 501")
    page.locator("main").get_by_role("button", name="保存", exact=True).click()
    expect(page.locator("main")).to_contain_text("已保存")
    page.reload()
    expect(page.locator("main [name=address]")).to_have_value("幸福小区 3 号楼 501")


def find_by_community(page: Page, who: str) -> None:
    """图-6: below this post the person stands in the roster, with both activities."""
    enter(page, who, "/office/volunteers")
    page.locator("main [name=q]").fill("李静")
    page.locator("main").get_by_role("button", name="搜索").first.click()
    expect(page.locator("tbody tr")).to_have_count(1)
    page.locator("tbody").get_by_role("link", name="李静").click()
    expect(page.locator("main")).to_contain_text("黄楼街道 · 万通社区")
    see_the_part(page)


def find_by_unit(page: Page, who: str) -> None:
    """图-7: by the work unit; the unit itself sees nobody else's people."""
    enter(page, who, "/office/volunteers")
    if who == "city":
        page.locator("main select[name=unit]").select_option(label="徐州市第一测试中学")
        page.locator("main").get_by_role("button", name="搜索").first.click()
    expect(page.get_by_role("link", name="赵敏")).to_be_visible()
    expect(page.get_by_role("link", name="陈晨")).to_have_count(0)
    page.locator("tbody").get_by_role("link", name="李静").click()
    see_the_part(page)


def see_the_part(page: Page) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text("李静")
    expect(page.locator("main")).to_contain_text(OVER)
    expect(page.locator("main")).to_contain_text(COMING)


def own_services(page: Page) -> None:
    """图-8: the running ones and those that are over."""
    enter(page, "volunteer", "/member/")
    page.get_by_role("link", name="志愿者服务", exact=True).first.click()
    expect(page.get_by_role("link", name=COMING, exact=True)).to_be_visible()
    expect(page.get_by_role("link", name=OVER, exact=True)).to_have_count(0)
    page.get_by_role("link", name=re.compile("已结束")).first.click()
    expect(page.get_by_role("link", name=OVER, exact=True)).to_be_visible()


@pytest.mark.parametrize("scripts", [True, pytest.param(False, marks=pytest.mark.full)], ids=["scripts", "plain"])
def test_from_ones_own_data_to_the_part_that_every_level_sees(live_server, page, plain, scripts):
    there = page if scripts else plain
    complete_the_profile(there)
    for who in ("city", "gulou", "huanglou", "wantong"):
        find_by_community(there, who)
    for who in ("unit", "city"):
        find_by_unit(there, who)
    own_services(there)
    enter(there, "baiyun", "/office/volunteers?q=李静")
    expect(there.locator("tbody tr")).to_have_count(0)
