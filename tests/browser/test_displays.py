"""A star and a professional in a real browser: the city asks, the volunteer decides, everybody sees; then taken back."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from app.commands import tick
from app.db import db
from app.models import Honour
from tests import cast
from tests.honours import REASON, past_quarter, served, to_the_end
from tests.support.browser import enter

pytestmark = pytest.mark.browser


def look(page: Page, path: str) -> None:
    """Open the page as a visitor."""
    page.context.clear_cookies()
    page.goto(path)


@pytest.mark.both
def test_a_star_from_the_proposal_to_the_portal(page, app, live_server):
    served(cast.volunteer_of("volunteer"), past_quarter().first_day + timedelta(days=5))
    db.session.commit()
    enter(page, "city", "/office/honours")
    page.locator("main").get_by_role("link", name="推荐候选").first.click()
    page.get_by_role("link", name=re.compile("推荐.*李静")).click()
    page.get_by_label("推荐理由").fill(REASON)
    page.get_by_role("button", name="列为候选").click()
    expect(page.get_by_text("本人还没有同意公开姓名，同意以后才能公示。")).to_be_visible()
    office = page.url
    enter(page, "volunteer", "/member/")
    page.get_by_role("link", name="是否同意公开您的姓名").click()
    page.get_by_role("button", name=re.compile("^同意")).first.click()
    expect(page.get_by_text("已同意，谢谢您")).to_be_visible()
    enter(page, "city", office)
    page.get_by_role("button", name="开始公示").click()
    expect(page.get_by_text("公示已定好")).to_be_visible()
    look(page, "/stars")
    expect(page.get_by_role("heading", name=re.compile("正在公示"))).to_be_visible()
    to_the_end(db.session.scalars(db.select(Honour)).one())
    tick._run(tick.honours)
    db.session.rollback()
    look(page, "/stars")
    expect(page.get_by_role("heading", name=re.compile("正在公示"))).to_have_count(0)
    page.get_by_role("link", name="李静").click()
    expect(page.get_by_text("已公布")).to_be_visible()
    expect(page.get_by_text(REASON)).to_be_visible()


def test_a_professional_agrees_and_withdraws_without_scripts(plain, app, live_server):
    enter(plain, "city", "/office/professionals")
    plain.get_by_role("link", name="新建协会").first.click()
    plain.get_by_label("协会名称").fill("市律师协会")
    plain.get_by_role("button", name="保存").click()
    plain.get_by_role("link", name="添加成员").first.click()
    plain.get_by_label("姓名、手机号或号码后四位").fill("李静")
    plain.get_by_role("button", name="查找").click()
    plain.get_by_role("link", name=re.compile("选这位.*李静")).click()
    plain.get_by_label("专长").fill("劳动争议")
    plain.get_by_label("核实了什么").fill("律师执业证年度考核合格")
    plain.get_by_role("button", name="保存，征求本人同意").click()
    expect(plain.get_by_text("待本人同意", exact=True).last).to_be_visible()
    look(plain, "/professionals")
    expect(plain.get_by_text("李静")).to_have_count(0)
    enter(plain, "volunteer", "/member/consents")
    plain.get_by_role("button", name=re.compile("^同意.*市律师协会")).first.click()
    look(plain, "/professionals")
    expect(plain.get_by_text("李静")).to_be_visible()
    enter(plain, "volunteer", "/member/consents")
    plain.get_by_text("撤回同意").click()
    plain.get_by_role("button", name="确定撤回").click()
    expect(plain.get_by_text("您的姓名不会公开")).to_be_visible()
    look(plain, "/professionals")
    expect(plain.get_by_text("李静")).to_have_count(0)
