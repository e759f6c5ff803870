"""Chapter 四 of the guide in a real browser: from a request at a telephone to the closed case on the portal.

A visitor asks without an account and keeps the number; the community accepts and arranges; a volunteer accepts, sees
the contact and files the result; the community closes with a public summary; the asker rates; everybody reads it.
"""

import re

import pytest
from playwright.sync_api import Page, expect

from app.db import db
from app.models import HelpRequest
from tests import cast
from tests.support.browser import enter

pytestmark = pytest.mark.browser
NAME, PHONE, ADDRESS = "周大爷", "13711112222", "幸福里3幢502室"
TITLE, SUMMARY = "水管漏水，请人检修", "志愿者上门换了接头，当天修好。"


def asks(page: Page) -> str:
    """A visitor asks; returns the number."""
    page.goto("/help")
    page.locator("main").get_by_role("link", name="我要求助").first.click()
    page.locator("[name=category][value=community]").check()
    page.locator("[name=content]").fill("家里水管漏水，希望有人来修。")
    page.locator("[name=community_q]").fill("万通")
    page.locator("#community-box").get_by_role("button", name="查找").click()
    page.locator(f"[name=community][value='{cast.WANTONG}']").check()
    page.locator("main [name=address]").fill(ADDRESS)
    page.locator("main [name=name]").fill(NAME)
    page.locator("main [name=phone]").fill(PHONE)
    page.get_by_role("button", name="提交求助").click()
    expect(page.locator(".errsum")).to_contain_text("勾选同意")
    expect(page.locator("main [name=address]")).to_have_value(ADDRESS)
    page.locator("[name=consent]").check()
    page.get_by_role("button", name="提交求助").click()
    expect(page).to_have_url(re.compile("/help/asked"))
    number = re.search(r"QZ[0-9]{8}-[0-9]{4}-[0-9A-Z]{8}", page.locator("main").inner_text())
    assert number is not None
    return number[0]


def community_arranges(page: Page, number: str) -> None:
    enter(page, "wantong", "/office/help")
    page.get_by_role("link", name=number).click()
    expect(page.locator("main")).not_to_contain_text(PHONE)
    page.get_by_role("button", name="受理", exact=True).first.click()
    expect(page.locator(".badge").first).to_have_text("已受理")
    page.get_by_role("link", name="安排志愿者").click()
    helper = cast.volunteer_of("volunteer").id
    db.session.rollback()  # looking is over: on SQLite it held the right to write
    page.locator(f"[name=volunteers][value='{helper}']").check()
    page.locator("[name=sentence]").fill("请了一位会修水管的志愿者。")
    page.get_by_role("button", name="发出邀请").click()
    expect(page.locator(".badge").first).to_have_text("已安排")


def volunteer_helps(page: Page) -> None:
    enter(page, "volunteer", "/member/help")
    page.locator("main ul.list").get_by_role("link").first.click()
    expect(page.locator("main")).not_to_contain_text(PHONE)
    page.get_by_role("button", name="接单，我去").click()
    page.get_by_role("button", name="查看联系方式").click()
    for told in (NAME, PHONE, ADDRESS):
        expect(page.locator("#contact")).to_contain_text(told)
    page.locator("[name=result]").fill("换好了接头，不漏了。")
    page.locator("[name=minutes]").fill("60")
    page.get_by_role("button", name="提交结果").click()
    expect(page.locator("main")).to_contain_text("回访办结后计一次服务")


def community_closes(page: Page, number: str) -> None:
    enter(page, "wantong", "/office/help")
    page.get_by_role("link", name=number).click()
    page.get_by_role("link", name="回访并办结").click()
    expect(page.locator("[name=result]")).to_have_value("换好了接头，不漏了。")
    page.locator("[name=public_title]").fill(TITLE)
    page.locator("[name=public_summary]").fill(SUMMARY)
    page.get_by_role("button", name="确定").click()
    expect(page.locator(".badge").first).to_have_text("已办结")


def asker_rates(page: Page, number: str) -> None:
    page.context.clear_cookies()
    page.goto("/help/track")
    page.locator("[name=number]").fill(number.lower())
    page.locator("[name=tail]").fill(PHONE[-4:])
    page.get_by_role("button", name="查进度").click()
    main = page.locator("main")
    for said in ("请了一位会修水管的志愿者。", "换好了接头，不漏了。", "志愿者李同志"):
        expect(main).to_contain_text(said)
    page.get_by_label("满意", exact=True).check()
    page.get_by_role("button", name="提交评价").click()
    expect(main).to_contain_text("您的评价：满意")


def everybody_reads(page: Page) -> None:
    page.context.clear_cookies()
    page.goto("/help")
    page.locator("main").get_by_role("link", name=TITLE).first.click()
    expect(page.locator("article")).to_contain_text(SUMMARY)
    expect(page.locator("article")).to_contain_text("满意")
    for secret in (NAME, PHONE, ADDRESS):
        expect(page.locator("body")).not_to_contain_text(secret)


def whole_way(asker: Page, staff: Page) -> None:
    """The asker at one browser; everybody with an account at the other."""
    number = asks(asker)
    community_arranges(staff, number)
    volunteer_helps(staff)
    community_closes(staff, number)
    asker_rates(asker, number)
    everybody_reads(asker)
    request = db.session.scalars(db.select(HelpRequest).where(HelpRequest.number == number)).one()
    assert (request.status, request.rating) == ("closed", "good")


@pytest.mark.both
def test_from_a_request_at_a_telephone_to_the_closed_case(phone, page, app, live_server):
    whole_way(phone, page)


@pytest.mark.full
def test_the_same_without_scripts(plain, app, live_server):
    whole_way(plain, plain)
