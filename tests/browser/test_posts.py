"""任职 in a real browser: appointing, switching into the new post, revoking, passing on; accessible at both widths."""

import re
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from app import clock
from app.db import db
from app.models import Headcount, UnitDispute
from app.models.post import Post, Role
from tests import cast
from tests.applicants import apply
from tests.cast import WANTONG

pytestmark = [pytest.mark.browser, pytest.mark.sqlite_only]
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture
def become(app, live_server):
    """Sign somebody in on a page's browser."""

    def sign_in(page, username):
        client = app.test_client()
        client.sign_in(username)
        page.context.add_cookies([{"name": "session", "value": client.get_cookie("session").value, "url": live_server}])
        return page

    return sign_in


def appoint(page, person, name, role, words, choice):
    """Fill in 新任命 and send it."""
    page.goto("/office/posts")
    page.get_by_role("link", name="新任命").click()
    page.get_by_label("用户名或手机号").fill(person)
    page.get_by_label("姓名").fill(name)
    page.get_by_label(role).check()
    page.get_by_label("输入社区或村名的一部分").fill(words)
    page.get_by_role("radio", name=choice, exact=True).check()
    page.get_by_role("button", name="任命", exact=True).click()
    expect(page.get_by_text("已任命，并已通知本人。")).to_be_visible()


def test_a_district_appoints_somebody_who_switches_into_the_post_and_is_revoked(page, new_context, become):
    """`member` gets two posts one after the other, acts as the second, and loses it between two clicks."""
    gulou, member = become(page, "gulou"), become(new_context().new_page(), "member")
    member.goto("/office/")
    expect(member.get_by_role("heading", name="没有权限")).to_be_visible()
    appoint(gulou, "member", "孙丽", "社区管理员", "白云", "鼓楼区 · 黄楼街道 · 白云社区")
    appoint(gulou, "13800000005", "孙丽", "街道管理员", "黄楼街道", "鼓楼区 · 黄楼街道")
    member.goto("/office/")
    expect(member.locator("h1")).to_have_text("工作台")
    member.get_by_label("当前任职").select_option(label="鼓楼区 · 黄楼街道 · 街道管理员")
    member.get_by_role("button", name=re.compile("^切换")).click()
    expect(member.get_by_text("现在以“鼓楼区 · 黄楼街道 · 街道管理员”的身份操作。")).to_be_visible()
    member.get_by_role("navigation", name="后台导航").get_by_role("link", name="任职管理").click()
    expect(member.get_by_role("link", name="周芳")).to_be_visible()

    gulou.get_by_text("撤销", exact=True).click()
    gulou.get_by_role("button", name="确定撤销").click()
    expect(gulou.get_by_text("请写明撤销的原因。").first).to_be_visible()
    gulou.get_by_label("撤销的原因").fill("岗位调整")
    gulou.get_by_role("button", name="确定撤销").click()
    expect(gulou.get_by_text("已撤销，立即生效，并已通知本人。")).to_be_visible()
    member.get_by_role("link", name="周芳").click()  # the page still shows what was; the click meets what is
    expect(member.get_by_role("heading", name="没有权限")).to_be_visible()
    member.goto("/office/")
    expect(member.locator(".scope")).to_have_text(re.compile("白云社区 · 社区管理员"))


def test_a_post_is_passed_on_without_scripts(plain, new_context, become):
    apply()
    db.session.commit()
    gulou = become(plain, "gulou")
    gulou.goto("/office/posts?q=wantong")
    gulou.get_by_role("link", name="周芳").click()
    gulou.get_by_role("link", name="移交给别人").click()
    expect(gulou.locator("section", has_text="一起移交的工作")).to_contain_text(re.compile(r"志愿者申请\s*1\s*份"))
    gulou.get_by_label("用户名或手机号").fill("third")
    gulou.get_by_label("姓名").fill("王晨")
    gulou.get_by_role("button", name="移交").click()
    expect(gulou.get_by_text("有 1 处需要修改")).to_be_visible()
    expect(gulou.get_by_label("用户名或手机号")).to_have_value("third")
    gulou.get_by_label("姓名").fill("陈晨")
    gulou.get_by_role("button", name="移交").click()
    expect(gulou.get_by_text("已移交，并已通知双方。")).to_be_visible()
    successor = become(new_context().new_page(), "third")
    successor.goto("/office/applications")
    expect(successor.get_by_role("link", name="孙丽", exact=True)).to_be_visible()
    before = become(new_context().new_page(), "wantong")
    before.goto("/office/applications")
    expect(before.get_by_role("heading", name="没有权限")).to_be_visible()


@pytest.fixture
def places(app):
    """(person, address) of every page of this part, in its states."""
    by = cast.who("unit")
    Headcount.enter(by.post.unit_id, clock.today() - timedelta(days=9), 120, by=by)
    entry = Headcount.enter(by.post.unit_id, clock.today(), 118, by=by)
    dispute = UnitDispute.put(cast.volunteer_of("volunteer"), "名册里没有这个人", by=by)
    gone = Post.grant(cast.who("member"), Role.COMMUNITY, WANTONG, by=cast.who("gulou"))
    gone.revoke(by=cast.who("gulou"), reason="调离")
    post, guest = cast.who("wantong").post, cast.volunteer_of("guest")
    db.session.commit()
    return [
        ("city", "/office/posts"), ("gulou", "/office/posts?status=future"), ("gulou", "/office/posts?status=bad"), ("gulou", "/office/posts/new"),
        ("gulou", f"/office/posts/{post.id}"), ("gulou", f"/office/posts/{gone.id}"), ("gulou", f"/office/posts/{post.id}/hand-over"),
        ("gulou", "/office/posts/vacancies"), ("unit", "/office/headcounts"), ("unit2", "/office/headcounts"),
        ("unit", f"/office/headcounts/{entry.id}/edit"), ("wantong", "/office/disputes"), ("baiyun", "/office/disputes"),
        ("wantong", f"/office/disputes/{dispute.id}"), ("unit", f"/office/disputes/{dispute.id}"), ("unit", f"/office/volunteers/{guest.id}"),
    ]  # fmt: skip


@pytest.mark.full
@pytest.mark.parametrize("width", [1280, 390])
def test_every_page_is_accessible_and_fits(page, become, places, width):
    wrong = {}
    page.set_viewport_size({"width": width, "height": 900})
    for username, url in places:
        become(page, username).goto(url)
        for mode in ("", "elder") if width == 390 else ("",):
            page.evaluate("mode => { document.documentElement.dataset.mode = mode }", mode)
            found = [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in Axe().run(page).response["violations"]]
            found += ["sideways"] if page.evaluate(WIDER) > 0 else []
            if found:
                wrong[username, url, mode] = found
    assert wrong == {}
