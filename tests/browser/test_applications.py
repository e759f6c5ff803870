"""The queue in a real browser: deciding in place, focus, undo, reasons, many at once; accessible at both widths."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from app.db import db
from tests import cast
from tests.applicants import S, apply, card, crowd, in_state

pytestmark = [pytest.mark.browser, pytest.mark.sqlite_only]
URL = "/office/applications"
YES, UNDO, BACK = re.compile("^通过"), re.compile("^撤销"), re.compile("^退回")
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def become(page, app, username, base):
    """Sign the person in on this page's browser."""
    client = app.test_client()
    client.sign_in(username)
    value = client.get_cookie("session").value
    page.context.add_cookies([{"name": "session", "value": value, "url": base}])


def row(page, name):
    return page.locator(".q", has=page.get_by_role("link", name=name, exact=True))


def test_ten_decisions_without_leaving_the_page(page, app, live_server):
    crowd(4)
    db.session.commit()
    become(page, app, "wantong", live_server)
    page.goto(URL)
    row(page, "申请人0").get_by_role("button", name=YES).click()
    expect(row(page, "申请人0").get_by_role("button", name=UNDO)).to_be_focused()
    expect(page.locator("#n-pending")).to_have_text("3")
    expect(page.locator("#status")).to_have_text("已通过：申请人0。")
    page.keyboard.press("Enter")
    expect(row(page, "申请人0").get_by_role("button", name=YES)).to_be_focused()
    expect(page.locator("#n-pending")).to_have_text("4")

    row(page, "申请人1").get_by_role("link", name=BACK).click()
    expect(row(page, "申请人1").get_by_role("radio").first).to_be_focused()
    page.get_by_role("link", name="先不退回").click()
    expect(row(page, "申请人1").get_by_role("link", name=BACK)).to_be_focused()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="确认退回").click()
    expect(row(page, "申请人1").get_by_role("textbox")).to_be_focused()
    page.get_by_label("请补充工作单位的全称。").check()
    page.get_by_role("button", name="确认退回").click()
    expect(row(page, "申请人1")).to_contain_text("退回补正")
    expect(page.locator("#n-returned")).to_have_text("1")

    for name in ("申请人2", "申请人3"):
        page.get_by_label(f"选择 {name}").check()
    expect(page.locator("[data-n]")).to_have_text("2")
    page.get_by_role("button", name="批量通过").click()
    expect(page.locator("#outcome .note")).to_be_focused()
    expect(page.locator("#outcome")).to_have_text(re.compile("已通过 2 人。"))
    expect(page.locator("#n-approved")).to_have_text("2")
    expect(page.locator("[data-n]")).to_have_text("0")


def test_the_second_administrator_sees_the_present_state_in_the_row(page, app, live_server, clients):
    application = apply()
    db.session.commit()
    become(page, app, "wantong", live_server)
    page.goto(URL)
    clients("wantong2").post(f"{URL}/{application.id}/approval")
    row(page, "孙丽").get_by_role("button", name=YES).click()
    expect(row(page, "孙丽")).to_contain_text("没有办理：这一项现在是“已通过”")
    expect(row(page, "孙丽").get_by_role("button", name=UNDO)).to_be_visible()


def test_the_filter_changes_rows_and_address_and_the_back_button_returns(page, app, live_server):
    crowd(3)
    db.session.commit()
    become(page, app, "wantong", live_server)
    page.goto(URL)
    page.get_by_role("searchbox").fill("申请人2")
    expect(page.locator(".q")).to_have_count(1)
    page.get_by_label("身份").select_option("masses")
    expect(page.get_by_text("没有符合条件的申请")).to_be_visible()
    expect(page).to_have_url(re.compile("identity=masses"))
    page.go_back()
    expect(page.locator(".q").first).to_be_visible()


def pages_of(application, volunteer):
    """(person, address) of every page of this part, in its states."""
    return [
        ("wantong", URL), ("wantong", f"{URL}?status=approved"), ("wantong", f"{URL}?q=没有"), ("huanglou", URL),
        ("wantong", f"{URL}/{application}"), ("wantong", f"{URL}/{application}/return"), ("wantong", f"{URL}/export"),
        ("huanglou", "/office/volunteers"), ("unit", "/office/volunteers"), ("wantong", "/office/volunteers?status=paused"),
        ("wantong", f"/office/volunteers/{volunteer}"), ("unit", f"/office/volunteers/{volunteer}"),
        ("second", "/member/volunteer"), ("member", "/member/volunteer"), ("second", "/member/volunteer/new"),
        ("newcomer", "/member/volunteer"), ("newcomer", "/member/volunteer/resubmission"), ("guest", "/member/"),
    ]  # fmt: skip


@pytest.fixture
def people(app):
    """Somebody in every state."""
    crowd(3)
    cast.make_user("newcomer", "新人")
    in_state(S.RETURNED, "newcomer", id_card=card(60))
    in_state(S.APPROVED, "third", id_card=card(61))
    application = apply(id_card=card(62)).id
    volunteer = cast.volunteer_of("volunteer").id
    db.session.commit()
    return pages_of(application, volunteer)


@pytest.mark.full
@pytest.mark.parametrize("width", [1280, 390])
def test_every_page_is_accessible_and_fits(page, app, live_server, people, width):
    wrong = {}
    page.set_viewport_size({"width": width, "height": 900})
    for username, url in people:
        become(page, app, username, live_server)
        page.goto(url)
        found = [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in Axe().run(page).response["violations"]]
        if width == 390:
            page.set_viewport_size({"width": 320, "height": 900})
            found += ["sideways"] if page.evaluate(WIDER) > 0 else []
            page.set_viewport_size({"width": width, "height": 900})
        if found:
            wrong[username, url] = found
    assert wrong == {}
