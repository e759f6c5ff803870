"""Statistics in a real browser: the city unfolds down to a person in place, a unit finds its people."""

import re

import pytest
from playwright.sync_api import expect

from app import clock
from app.db import db
from tests.cast import GULOU, HUANGLOU, WANTONG, far_code, volunteer_of
from tests.services import last_year, served
from tests.support.browser import enter

pytestmark = pytest.mark.browser


@pytest.fixture(autouse=True)
def services(app):
    """李静 served three times in 万通社区 and 赵敏 once, and once each elsewhere or a year ago."""
    mine, guest = volunteer_of("volunteer"), volunteer_of("guest")
    for _ in range(3):
        served(mine)
    served(guest)
    served(guest, far_code(), category="law")
    served(mine, on=last_year())
    db.session.commit()


def test_the_city_unfolds_down_to_a_person_in_place(page, live_server):
    month = f"{clock.today():%Y-%m}"
    enter(page, "city", f"/office/statistics?from={month}&to={month}")
    before = page.url
    for code in (GULOU, HUANGLOU, WANTONG):
        link = page.locator(f"#x-{code}")
        link.click()
        expect(link).to_have_attribute("aria-expanded", "true")
        expect(link).to_be_focused()
    expect(page.get_by_role("row", name=re.compile("李静")).get_by_role("link").nth(1)).to_have_text(re.compile("^3"))
    expect(page.get_by_role("row", name=re.compile("赵敏")).get_by_role("link").nth(1)).to_have_text(re.compile("^1"))
    assert page.url == before
    page.locator(f"#x-{WANTONG}").click()
    expect(page.get_by_role("link", name="李静", exact=True)).to_have_count(0)
    expect(page.locator(f"#x-{HUANGLOU}")).to_have_attribute("aria-expanded", "true")
    page.locator(f"#x-{WANTONG}").click()
    page.get_by_role("link", name="李静", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("李静")


def test_filters_and_views_change_the_figures_and_every_figure_opens(page, live_server):
    enter(page, "city", "/office/statistics")
    figure = page.locator(".stat", has_text="服务次数").locator("b")
    expect(figure).to_contain_text("5")
    page.get_by_label("区域：区（县、市）").select_option(label="鼓楼区")
    expect(figure).to_contain_text("4")
    expect(page).to_have_url(re.compile(f"region={GULOU}"))
    page.get_by_role("link", name="按志愿者社区").click()
    expect(figure).to_contain_text("3")
    figure.get_by_role("link").click()
    expect(page.get_by_role("status").first).to_contain_text("找到 3 条")
    expect(page.locator("tbody tr")).to_have_count(3)


def test_without_scripts_a_region_leads_to_its_own_page(plain, live_server):
    enter(plain, "city", "/office/statistics")
    for name in ("鼓楼区", "黄楼街道", "万通社区"):
        plain.get_by_role("rowheader").get_by_role("link", name=name).click()
    plain.get_by_role("link", name="李静", exact=True).click()
    expect(plain.get_by_role("heading", level=1)).to_have_text("李静")


def test_a_unit_finds_its_people_and_their_part(phone, live_server):
    enter(phone, "unit", "/office/")
    expect(phone.locator(".stat", has_text="今年服务").locator("b")).to_contain_text("5")
    expect(phone.locator("#h-recent")).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
    phone.locator(".stat", has_text="在册志愿者").get_by_role("link").click()
    expect(phone.get_by_role("link", name="赵敏")).to_be_visible()
    expect(phone.get_by_role("link", name="王建国")).to_have_count(0)
