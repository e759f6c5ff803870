"""志愿者上报 in a real browser (guide 三.4): a volunteer writes, the community mends and publishes, everybody reads; a plan becomes a draft."""

import re

import pytest
from playwright.sync_api import Page, expect

from app.db import db
from app.models import Activity
from tests.support import photos
from tests.support.browser import enter

pytestmark = pytest.mark.browser
PHOTO = {"name": "现场.jpg", "mimeType": "image/jpeg", "buffer": photos.photo(800, 600)}
TITLE, MENDED = "第一次给老人理发，我手抖了", "第一次给老人理发"


def write(page: Page, kind: str, title: str, body: str) -> None:
    page.get_by_label(kind).check()
    page.get_by_label("标题").fill(title)
    page.get_by_label("内容", exact=True).fill(body)


def test_from_a_draft_to_the_portal_and_off_it_again(page, app, live_server):
    enter(page, "volunteer", "/member/reports")
    page.get_by_role("link", name="写一篇").first.click()
    write(page, "心得体会", TITLE, "短")
    page.locator("input[type=file]").set_input_files(PHOTO)
    page.get_by_label("第 1 张的说明").fill("理发的现场")
    page.get_by_role("button", name="提交给社区").click()
    expect(page.locator(".errsum")).to_contain_text("内容至少 10 个字")
    page.get_by_label("内容", exact=True).fill("老人一直说没关系。\n下个月我还去，先在家里练练。")
    page.get_by_role("button", name="保存草稿").click()
    expect(page.get_by_text("草稿已保存")).to_be_visible()
    page.get_by_role("link", name="继续写").click()
    expect(page.get_by_label("第 1 张的说明")).to_have_value("理发的现场")
    page.get_by_role("button", name="提交给社区").click()
    expect(page.get_by_text("等社区审核")).to_be_visible()

    enter(page, "wantong", "/office/reports")
    page.get_by_role("link", name=TITLE).click()
    page.get_by_text("退回修改", exact=True).click()
    page.get_by_role("button", name="退回", exact=True).click()
    expect(page.locator("#return .msg")).to_contain_text("请写明原因")
    page.get_by_role("link", name="修改文字").click()
    page.get_by_label("标题").fill(MENDED)
    page.get_by_role("button", name="保存修改").click()
    expect(page.get_by_role("heading", name="作者原来写的")).to_be_visible()
    page.get_by_role("button", name="发布", exact=True).click()
    expect(page.locator("#report .badge").first).to_have_text("已发布")
    expect(page.locator("#status")).to_contain_text("已发布，登在网站的")

    page.context.clear_cookies()
    page.goto("/reports")
    page.get_by_role("link", name=MENDED).click()
    expect(page.get_by_role("heading", name=MENDED, level=1)).to_be_visible()
    expect(page.get_by_text("李同志")).to_be_visible()
    expect(page.get_by_alt_text("理发的现场")).to_be_visible()
    public = page.url

    enter(page, "gulou", "/office/reports?status=published")
    page.get_by_role("link", name=MENDED).click()
    page.get_by_role("button", name="置顶").click()
    expect(page.get_by_role("button", name="取消置顶")).to_be_visible()
    page.get_by_text("撤下", exact=True).first.click()
    page.get_by_label("原因（作者会看到）").fill("照片里有门牌")
    page.get_by_role("button", name="撤下", exact=True).click()
    expect(page.locator("#report .badge").first).to_have_text("已撤下")
    answer = page.goto(public)
    assert answer is not None and answer.status == 404
    enter(page, "volunteer", "/member/messages")
    expect(page.get_by_text("照片里有门牌").first).to_be_visible()


def test_a_plan_becomes_a_draft_without_scripts(plain, app, live_server):
    enter(plain, "volunteer", "/member/reports/new")
    write(plain, "活动计划", "楼道亮化的几点想法", "三号楼到六号楼的楼道灯坏了九盏，打算周末换灯。")
    plain.get_by_role("button", name="提交给社区").click()
    expect(plain.get_by_text("已提交，社区审核后会通知您")).to_be_visible()

    enter(plain, "wantong", "/office/reports")
    plain.get_by_role("link", name="楼道亮化的几点想法").click()
    here = plain.url
    plain.get_by_role("button", name="据此新建活动").click()
    expect(plain.get_by_label("活动名称")).to_have_value("楼道亮化的几点想法")
    plain.get_by_label("集合地点").fill("三号楼门厅")
    plain.get_by_role("button", name="保存并发布").click()
    expect(plain.get_by_text("来自志愿者的计划")).to_be_visible()
    plain.goto(here)
    expect(plain.locator("aside").get_by_role("link", name="楼道亮化的几点想法")).to_be_visible()
    plain.get_by_role("button", name="发布", exact=True).click()
    expect(plain.get_by_text("看公开页面")).to_be_visible()

    plain.context.clear_cookies()
    plain.goto("/reports")
    plain.get_by_role("link", name="楼道亮化的几点想法").click()
    plain.get_by_role("link", name=re.compile("看活动详情")).click()
    expect(plain.get_by_text("三号楼门厅").first).to_be_visible()
    assert db.session.scalar(db.select(db.func.count()).select_from(Activity)) == 1
