"""A team from its founding to the leader that everybody sees, in a real browser; joining and leaving also without scripts."""

import re

import pytest
from playwright.sync_api import Page, expect

from app.db import db
from app.models import Team, TeamMember
from app.models.team import MemberStatus
from tests.browser.test_signups import assert_accessible, become
from tests.showcases import make_team

pytestmark = pytest.mark.browser
NAME = "“小桔灯”助学队"


def the(model):
    """The only row, as it now stands."""
    db.session.rollback()
    return db.session.scalars(db.select(model).execution_options(populate_existing=True)).one()


def open_as(new_context, app, username, base) -> Page:
    page = new_context().new_page()
    become(page, app, username, base)
    return page


def test_a_team_is_founded_joined_led_and_seen(page, phone, new_context, app, live_server):
    become(page, app, "wantong", live_server)
    page.goto("/office/")
    page.get_by_role("link", name="志愿者团队").click()
    page.get_by_role("link", name="新建团队").first.click()
    page.get_by_role("button", name="建立团队").click()
    expect(page.locator(".errsum")).to_contain_text("请填写名称。")
    page.get_by_label("名称").fill(NAME)
    page.get_by_label("成立日期").fill("2019-03-05")
    page.get_by_label("简介").fill("周末给孩子讲作业。")
    page.get_by_role("button", name="建立团队").click()
    expect(page.get_by_role("heading", name=NAME)).to_be_visible()
    here = f"/teams/{the(Team).id}"

    become(phone, app, "volunteer", live_server)
    phone.goto(here)
    box = phone.locator("#team-box")
    box.get_by_role("button", name="申请加入").click()
    expect(box).to_contain_text("申请已提交")
    expect(box).to_contain_text("待同意")
    assert_accessible(phone)

    page.reload()
    page.get_by_role("button", name=re.compile("^同意.*李静")).click()
    page.get_by_role("button", name=re.compile("设为队长.*李静")).click()
    expect(page.locator("article.q")).to_contain_text("队长")
    assert_accessible(page)

    visitor = new_context().new_page()
    visitor.goto("/teams")
    visitor.get_by_role("link", name=NAME).click()
    expect(visitor.locator("dl.sum").first).to_contain_text("李同志")
    expect(visitor.locator("#team-count")).to_have_text("1")
    expect(visitor.get_by_text("2019年3月5日")).to_be_visible()
    assert_accessible(visitor)

    phone.goto(here)
    box.get_by_text("退出团队", exact=True).click()
    box.get_by_role("button", name="确定退出").click()
    expect(box).to_contain_text("已退出团队")
    expect(phone.locator("#team-count")).to_have_text("0")
    assert the(TeamMember).status is MemberStatus.LEFT and the(Team).leader_id is None


def test_joining_and_leaving_without_scripts(plain, app, live_server):
    team = make_team().id
    become(plain, app, "volunteer", live_server)
    plain.goto(f"/teams/{team}")
    plain.get_by_role("button", name="申请加入").click()
    expect(plain.locator("#team-box")).to_contain_text("待同意")
    the(TeamMember).admit(by=None)
    db.session.commit()
    plain.goto("/member/teams")
    plain.locator("main").get_by_text("退出团队").click()
    plain.get_by_role("button", name="确定退出").click()
    expect(plain).to_have_url(re.compile("/member/teams"))
    expect(plain.locator("main")).to_contain_text("已退出")
    assert the(TeamMember).status is MemberStatus.LEFT and the(Team).members == 0
