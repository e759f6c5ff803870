"""The city merges a community in a real browser: its old address leads to the heir, whose staff find the open work."""

import re

import pytest
from playwright.sync_api import expect

from app.db import db
from tests import cast
from tests.applicants import apply
from tests.browser.test_signups import assert_accessible, become

pytestmark = [pytest.mark.browser, pytest.mark.sqlite_only]


@pytest.fixture
def there(app, live_server):
    """Somebody who waits for 万通社区, and an activity there: (id of the application, code of 白云社区).

    Everything is read before the browser acts: SQLite has one writer.
    """
    cast.make_activity(title="万通的义务劳动")
    found = apply().id, cast.baiyun_code()
    db.session.commit()
    return found


def find_and_open(page):
    page.goto("/office/")
    page.get_by_role("link", name="区域", exact=True).first.click()
    page.get_by_role("searchbox").fill("万通")
    page.get_by_role("button", name="搜索").click()
    page.get_by_role("link", name="万通社区居委会").click()
    page.get_by_role("link", name="并入另一个区域").click()


def confirm(page, heir):
    page.locator(f"input[name=into][value='{heir}']").check(force=True)
    page.get_by_role("button", name="下一步：看影响").click()
    expect(page.get_by_role("heading", name="把万通社区居委会并入白云社区居委会？")).to_be_visible()
    expect(page.locator("#h-sure + p + dl")).to_contain_text("1 份，归白云社区")


def test_a_merged_community_lives_on_with_its_heir(page, new_context, app, live_server, there):
    application, heir = there
    become(page, app, "city", live_server)
    find_and_open(page)
    page.locator("input[name=into_q]").fill("白云")
    page.locator(f"input[name=into][value='{heir}']").wait_for()
    confirm(page, heir)
    assert_accessible(page)
    page.get_by_role("button", name="确定并入").click()
    expect(page.get_by_text("万通社区居委会已并入")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text("白云社区居委会")

    visitor = new_context().new_page()
    visitor.goto(f"{live_server}/activities?region={cast.WANTONG}")
    expect(visitor).to_have_url(re.compile(f"region={heir}"))
    expect(visitor.get_by_role("link", name="万通的义务劳动", exact=True)).to_be_visible()

    staff = new_context().new_page()
    become(staff, app, "baiyun", live_server)
    staff.goto(f"{live_server}/office/applications/{application}")
    staff.get_by_role("button", name=re.compile("^通过")).first.click()
    expect(staff.get_by_text(re.compile("已成为白云社区|已通过")).first).to_be_visible()


def test_the_same_choice_without_scripts(plain, app, live_server, there):
    become(plain, app, "city", live_server)
    find_and_open(plain)
    plain.locator("input[name=into_q]").fill("白云")
    plain.get_by_role("button", name="查找").click()
    confirm(plain, there[1])
    plain.get_by_role("button", name="确定并入").click()
    expect(plain.get_by_text("万通社区居委会已并入")).to_be_visible()
