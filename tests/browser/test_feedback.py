"""Feedback and the home page in a real browser, with scripts and without."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from app import clock
from app.db import db
from tests import cast
from tests.portal_feedback import published
from tests.support import photos

pytestmark = [pytest.mark.browser, pytest.mark.sqlite_only]
PHOTOS = [{"name": f"{name}.jpg", "mimeType": "image/jpeg", "buffer": photos.photo(800, 600)} for name in ("一", "二")]
SVG = {"name": "漫画.jpg", "mimeType": "image/jpeg", "buffer": photos.SVG}


@pytest.fixture
def activity(app, live_server):
    """An activity of 万通社区 that has ended."""
    id = cast.make_activity(starts_at=clock.now() - timedelta(hours=3), ends_at=clock.now() - timedelta(hours=1)).id
    db.session.commit()
    return id


def open_form(page: Page, activity: int) -> None:
    page.goto("/login")
    page.locator("main [name=username]").fill("wantong")
    page.locator("main [name=password]").fill(cast.PASSWORD)
    page.locator("main").get_by_role("button", name="登录", exact=True).click()
    expect(page).not_to_have_url(re.compile("/login"))
    page.goto(f"/office/activities/{activity}/feedback")


def thumbnails(page: Page):
    return page.locator("#pictures-box li img")


def test_chosen_photos_stand_there_at_once_and_nothing_typed_is_lost(page, activity):
    open_form(page, activity)
    page.get_by_label("标题").fill("为 18 位老人上门理发")
    page.locator("input[type=file]").set_input_files(PHOTOS)
    expect(thumbnails(page)).to_have_count(2)
    page.get_by_label("第 1 张的说明").fill("志愿者在理发")
    page.get_by_label("第 2 张的说明").fill("大家的合影")
    page.get_by_role("button", name=re.compile("删除.*第 1 张")).click()
    expect(thumbnails(page)).to_have_count(1)
    expect(page.get_by_label("第 1 张的说明")).to_have_value("大家的合影")
    expect(page.get_by_label("标题")).to_have_value("为 18 位老人上门理发")
    page.get_by_role("button", name="发布", exact=True).click()
    expect(page.locator(".errsum")).to_contain_text("请写一写现场的情况。")
    expect(thumbnails(page)).to_have_count(1)
    page.get_by_label("现场情况").fill("来了二十多位志愿者，忙了一上午。")
    page.get_by_role("button", name="发布", exact=True).click()
    expect(page.get_by_text("反馈已发布")).to_be_visible()
    page.goto("/feedback")
    expect(page.get_by_alt_text("大家的合影")).to_be_visible()


def test_a_bad_file_is_named_without_leaving_the_page(page, activity):
    open_form(page, activity)
    page.get_by_label("标题").fill("为 18 位老人上门理发")
    page.locator("input[type=file]").set_input_files([SVG, PHOTOS[0]])
    expect(page.locator("#pictures-e")).to_contain_text("漫画.jpg：不是 JPEG、PNG 或 WebP 图片")
    expect(thumbnails(page)).to_have_count(1)
    expect(page.get_by_label("标题")).to_have_value("为 18 位老人上门理发")


def test_the_same_without_scripts(plain, activity):
    open_form(plain, activity)
    plain.get_by_label("标题").fill("为 18 位老人上门理发")
    plain.locator("input[type=file]").set_input_files(PHOTOS)
    plain.get_by_role("button", name="上传所选图片").click()
    expect(thumbnails(plain)).to_have_count(2)
    plain.get_by_role("button", name=re.compile("删除.*第 2 张")).click()
    expect(thumbnails(plain)).to_have_count(1)
    plain.get_by_label("第 1 张的说明").fill("志愿者在理发")
    plain.get_by_label("现场情况").fill("来了二十多位志愿者，忙了一上午。")
    plain.get_by_label("标题").press("Enter")
    expect(plain.get_by_text("草稿已保存")).to_be_visible()
    expect(plain.get_by_label("第 1 张的说明")).to_have_value("志愿者在理发")


def test_a_tab_of_the_home_page_swaps_in_place(page, app, live_server):
    for slug, title in (("elder", "上门理发"), ("law", "普法课堂")):
        cast.make_activity(category=slug, title=title)
    db.session.commit()
    page.goto("/")
    page.locator("main [name=username]").first.fill("wantong")
    page.get_by_role("link", name="法律服务", exact=True).click()
    expect(page).to_have_url(re.compile(r"\?category=law$"))
    expect(page.locator("#latest .card")).to_have_count(1)
    expect(page.get_by_role("link", name="普法课堂")).to_be_visible()
    expect(page.locator("main [name=username]").first).to_have_value("wantong"), "only that part was swapped"
    expect(page.locator("#tab-law")).to_be_focused()
    page.go_back()
    expect(page.locator("#latest .card")).to_have_count(2)


def test_the_pictures_of_the_home_page_arrive(phone, app, live_server):
    for number in range(5):
        published(f"反馈{number}")
    db.session.commit()
    phone.goto("/")
    phone.locator(".pics").scroll_into_view_if_needed()
    image = phone.locator(".pics img").first
    expect(image).to_be_visible()
    expect(image).to_have_js_property("complete", True)
    expect(image).to_have_js_property("naturalWidth", 60)
