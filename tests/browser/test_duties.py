"""待办 in a real browser: a community empties its workbench, what it leaves rises, a cancelled activity is rung up."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from app import clock
from app.db import db
from app.models.workday import add_working_days
from tests.activities import published
from tests.applicants import apply, card
from tests.browser.test_signups import assert_accessible, become
from tests.cast import make_user, volunteer_of, who
from tests.helps import ask
from tests.signups import S, put, until

pytestmark = [pytest.mark.browser, pytest.mark.sqlite_only]


def test_from_the_workbench_to_the_work_and_back_until_it_is_done(page, phone, app, live_server):
    apply(make_user("fresh", "申小请", "13512340001"), id_card=card(5))
    request = ask()
    number = request.number
    become(page, app, "wantong", live_server)
    page.goto("/office/")
    assert_accessible(page)
    side = page.get_by_role("navigation", name="后台导航")
    expect(side.get_by_role("link", name=re.compile("志愿者申请 *1"))).to_be_visible()
    page.locator(".stat").filter(has_text="志愿者申请").get_by_role("link").click()
    expect(page.get_by_text("待办：志愿者申请")).to_be_visible()
    page.get_by_role("button", name=re.compile("^通过")).first.click()
    expect(page.locator(".q.is-ok")).to_be_visible()
    page.goto("/office/")
    page.get_by_role("link", name=number).click()
    page.get_by_role("button", name="受理", exact=True).click()
    expect(page.locator("main .badge").first).to_have_text("已受理")

    db.session.rollback()
    until(add_working_days(db.session.get_one(type(request), request.id).arrange_due - timedelta(microseconds=1), 2))
    become(phone, app, "huanglou", live_server)
    phone.goto("/office/")
    risen = phone.locator("section").filter(has=phone.get_by_role("heading", name="下级超期上升"))
    expect(risen.get_by_role("link", name=number)).to_be_visible()
    expect(risen).to_contain_text("已超期")
    assert_accessible(phone)
    clock.move(timedelta(0))


def test_who_was_rung_up_is_ticked_with_and_without_scripts(page, plain, app, live_server):
    activity = published()
    for username in ("volunteer", "second"):
        put(activity, volunteer_of(username), S.ADMITTED)
    activity.cancel(who("wantong"), "大风降温")
    here = f"/office/activities/{activity.id}"
    become(page, app, "wantong", live_server)
    page.goto(here)
    page.get_by_role("link", name="电话通知").click()
    expect(page.get_by_text("13800000001")).to_have_count(0)
    page.get_by_role("button", name="显示电话号码").click()
    expect(page.get_by_role("link", name="13800000001")).to_be_visible()
    page.get_by_role("button", name=re.compile("^记为已通知.*李静")).click()
    expect(page.get_by_role("button", name=re.compile("^撤销.*李静"))).to_be_visible()
    expect(page.get_by_role("link", name="13800000001")).to_be_visible()
    assert_accessible(page)
    become(plain, app, "wantong2", live_server)
    plain.goto(f"{here}/calls")
    plain.get_by_role("button", name=re.compile("^记为已通知.*王建国")).click()
    plain.get_by_role("link", name="还没通知到").click()
    expect(plain.get_by_text("都通知到了")).to_be_visible()
