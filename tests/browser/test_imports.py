"""Bringing the city in, in a real browser: a file with an error, mended, carried out; the person finds it and accepts."""

import re

import pytest
from playwright.sync_api import Page, expect

from app.db import db
from tests import cast
from tests.people_files import CARD, line, people, xlsx

pytestmark = pytest.mark.browser
KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DATED = {"服务时长": 90, "服务类型": "敬老助残"}
SUN = [line(服务日期=f"2025-0{month}-12", **DATED) for month in (3, 4)] + [line(服务次数=3)]


def sign_in(page: Page, who: str) -> None:
    page.goto("/login")
    page.locator("main [name=username]").fill(who)
    page.locator("main [name=password]").fill(cast.PASSWORD)
    page.locator("main").get_by_role("button", name="登录", exact=True).click()
    expect(page).not_to_have_url(re.compile("/login"))


def sign_out(page: Page) -> None:
    page.context.clear_cookies()


def upload(page: Page, rows: list) -> None:
    page.goto("/office/imports/new")
    page.locator("input[type=file]").set_input_files({"name": "名单.xlsx", "mimeType": KIND, "buffer": xlsx(rows)})
    page.get_by_label("截止日期").fill("2025-12-31")
    page.get_by_role("button", name="上传并检查").click()
    expect(page).to_have_url(re.compile(r"/office/imports/\d+$"))


def journey(page: Page) -> None:
    sign_in(page, "city")
    page.goto("/office/")
    page.get_by_role("link", name="人员导入").first.click()
    page.get_by_role("link", name="导入名单").first.click()
    upload(page, [*SUN, *people(2, 服务社区="没有这个社区")])
    expect(page.get_by_role("heading", name="有 2 处要改，没有导入任何人")).to_be_visible()
    expect(page.get_by_role("row", name=re.compile("第 5 行 服务社区 没有找到这个社区"))).to_be_visible()
    page.get_by_role("link", name="改好后重新上传").click()
    upload(page, [*SUN, *people(2)])
    page.get_by_role("button", name="导入 3 人").click()
    expect(page.get_by_role("heading", name="已发出 3 份邀请")).to_be_visible()
    sign_out(page)
    sign_in(page, "member")
    page.goto("/member/volunteer")
    page.get_by_role("link", name="去看邀请").click()
    expect(page.get_by_role("heading", name="接受以后记到您名下：5 次服务")).to_be_visible()
    page.get_by_label("身份证号码").fill(CARD)
    page.get_by_role("button", name="接受", exact=True).click()
    expect(page.get_by_text("以前的 5 次服务已经记到您名下").first).to_be_visible()
    page.goto("/member/")
    expect(page.get_by_text("累计服务").first).to_be_visible()
    assert cast.volunteer_of("member").services == 5


def test_a_list_is_mended_carried_out_and_accepted(page, app, live_server):
    db.session.commit()
    journey(page)


def test_the_same_without_scripts(plain, app, live_server):
    db.session.commit()
    journey(plain)
