"""Accounts and pickers in a real browser: with the keyboard, on a telephone, without scripts, for everybody."""

import re
from contextlib import suppress

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Error, expect

from app.db import db
from app.models.message import tell
from app.models.user import user_named
from tests import cast
from tests.cast import PASSWORD, WANTONG
from tests.support.html import invalid_pages

pytestmark = [pytest.mark.browser, pytest.mark.sqlite_only]
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
PROFILE = "/member/profile"


def become(page, app, username, base):
    """Sign the person in on this page's browser."""
    client = app.test_client()
    client.sign_in(username)
    page.context.add_cookies([{"name": "session", "value": client.get_cookie("session").value, "url": base}])


def home_of(username):
    db.session.expire_all()
    db.session.rollback()
    return user_named(username).home_community_code


def test_a_community_is_typed_and_chosen_with_the_keyboard_alone(page, app, live_server):
    become(page, app, "member", live_server)
    page.goto(PROFILE)
    page.get_by_label("输入社区或村名的一部分").focus()
    page.keyboard.type("万通")
    match = page.get_by_role("radio", name="鼓楼区 · 黄楼街道 · 万通社区")
    expect(match).to_be_visible()
    expect(page.locator("#status")).to_have_text("找到 1 个")
    page.keyboard.press("Enter")
    expect(page).to_have_url(live_server + PROFILE)
    expect(page.get_by_label("输入社区或村名的一部分")).to_be_focused()
    for _ in range(3):  # the search button, the way down the tree, the match
        page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(match).to_be_checked()
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("个人信息已保存")).to_be_visible()
    expect(page.get_by_role("radio", name="鼓楼区 · 黄楼街道 · 万通社区")).to_be_checked()
    assert home_of("member") == WANTONG


def test_searching_on_keeps_the_choice_until_another_is_chosen(page, app, live_server):
    become(page, app, "member", live_server)
    page.goto(PROFILE)
    page.get_by_label("输入社区或村名的一部分").fill("万通")
    page.get_by_role("radio", name="万通社区").check()
    page.get_by_label("输入社区或村名的一部分").fill("白云")
    expect(page.get_by_role("radio", name="黄楼街道 · 白云社区")).to_be_visible()
    expect(page.get_by_role("radio", name="万通社区")).to_be_checked()
    page.get_by_role("radio", name="黄楼街道 · 白云社区").check()
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("个人信息已保存")).to_be_visible()
    assert home_of("member") == cast.baiyun_code()


def test_an_answer_that_comes_late_does_not_take_the_choice_away(page, app, live_server):
    held = []
    become(page, app, "member", live_server)
    page.goto(PROFILE)
    page.get_by_label("输入社区或村名的一部分").fill("万通")
    choice = page.get_by_role("radio", name="万通社区")
    expect(choice).to_be_visible()
    page.route("**/regions/matches*", lambda route: held.append(route))
    with page.expect_request("**/regions/matches*"):
        page.get_by_label("输入社区或村名的一部分").fill("万")
    choice.check()
    page.unroute("**/regions/matches*")
    with suppress(Error):  # a request that was called off cannot be answered any more
        held[0].continue_()
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("个人信息已保存")).to_be_visible()
    assert home_of("member") == WANTONG


def test_the_selects_lead_down_and_keep_the_focus(phone, app, live_server):
    become(phone, app, "member", live_server)
    phone.goto(PROFILE)
    phone.get_by_text("或者按区、街道逐级选").click()
    phone.get_by_label("区（县、市）").focus()
    phone.get_by_label("区（县、市）").select_option("320302")
    phone.get_by_label("街道（镇）").select_option(label="黄楼街道")
    expect(phone.get_by_label("街道（镇）")).to_be_visible()
    expect(phone.get_by_role("button", name="列出下一级")).to_be_hidden()
    phone.get_by_role("radio", name="万通社区").check()
    phone.get_by_role("button", name="保存").click()
    expect(phone.get_by_text("个人信息已保存")).to_be_visible()
    assert home_of("member") == WANTONG


def test_a_lists_region_filter_narrows_step_by_step_and_lives_in_the_address(page, app, live_server):
    page.goto("/feedback")
    page.locator("#region-1").select_option("320302")
    expect(page.locator("#region-2")).to_be_visible()
    expect(page.locator("#region-1")).to_have_value("320302")
    expect(page).to_have_url(re.compile("region=320302"))
    page.locator("#region-2").select_option(label="黄楼街道")
    expect(page.locator("#region-3")).to_contain_text("万通社区")
    expect(page).to_have_url(re.compile("region=320302001"))
    page.locator("#region-1").select_option("320303")
    expect(page.locator("#region-2")).to_contain_text("云龙区（全部）")
    expect(page.locator("#region-3")).to_have_count(0)
    expect(page).to_have_url(re.compile("region=320303"))
    page.reload()
    expect(page.locator("#region-1")).to_have_value("320303")
    page.go_back()
    expect(page.locator("#region-2")).to_have_value("320302001")


def test_a_lists_region_filter_works_without_scripts(plain, live_server):
    plain.goto("/feedback")
    for number, value in ((1, "320302"), (2, "320302001"), (3, WANTONG)):
        plain.locator(f"#region-{number}").select_option(value)
        plain.locator("main form[role=search] button").first.click()
    expect(plain.locator("#region-3")).to_have_value(WANTONG)


def test_enter_in_another_field_saves_and_does_not_step(page, app, live_server):
    become(page, app, "member", live_server)
    page.goto(PROFILE)
    page.get_by_label("住址").fill("幸福小区 3 号楼")
    page.keyboard.press("Enter")
    expect(page.get_by_text("个人信息已保存")).to_be_visible()


def test_without_scripts_the_tree_and_the_search_post_the_form_back(plain, app, live_server):
    become(plain, app, "member", live_server)
    plain.goto(PROFILE)
    plain.get_by_label("住址").fill("别丢了我")
    plain.get_by_text("或者按区、街道逐级选").click()
    plain.get_by_label("区（县、市）").select_option("320302")
    plain.get_by_role("button", name="列出下一级").click()
    plain.get_by_label("街道（镇）").select_option(label="黄楼街道")
    plain.get_by_role("button", name="列出下一级").click()
    expect(plain.get_by_role("radio", name="鼓楼区 · 黄楼街道 · 白云社区")).to_be_visible()
    plain.get_by_label("输入社区或村名的一部分").fill("万通")
    plain.get_by_role("button", name="查找").click()
    plain.get_by_role("radio", name="万通社区").check()
    expect(plain.get_by_label("住址")).to_have_value("别丢了我")
    plain.get_by_role("button", name="保存").click()
    expect(plain.get_by_text("个人信息已保存")).to_be_visible()
    assert home_of("member") == WANTONG


def test_without_scripts_enter_in_another_field_saves(plain, app, live_server):
    become(plain, app, "member", live_server)
    plain.goto(PROFILE)
    plain.get_by_label("住址").fill("幸福小区 3 号楼")
    plain.keyboard.press("Enter")
    expect(plain.get_by_text("个人信息已保存")).to_be_visible()


@pytest.mark.parametrize("browser_kind", ["page", "plain"])
def test_a_visitor_registers_signs_out_and_in_again(request, live_server, browser_kind):
    visitor = request.getfixturevalue(browser_kind)
    visitor.goto("/register")
    visitor.get_by_role("button", name="注册").click()
    expect(visitor.locator(".errsum")).to_contain_text("有 6 处需要修改")
    if browser_kind == "page":
        expect(visitor.locator(".errsum")).to_be_focused()
    for label, value in (("用户名", "xinren"), ("真实姓名", "辛仁"), ("手机号", "138 1234 5678")):
        visitor.get_by_role("textbox", name=label).fill(value)
    visitor.locator("#password").fill("雨天也去护学岗的我们")
    visitor.locator("#password_confirm").fill("雨天也去护学岗的我们")
    visitor.get_by_label("我已阅读并同意").check()
    visitor.get_by_role("button", name="注册").click()
    expect(visitor.get_by_text("注册成功，辛仁")).to_be_visible()
    visitor.get_by_role("button", name="退出").first.click()
    visitor.goto("/login?next=/member/security")
    visitor.locator("main").get_by_label("用户名").fill("xinren")
    visitor.locator("main").get_by_role("textbox", name="密码").fill("雨天也去护学岗的我们")
    visitor.locator("main").get_by_role("button", name="登录", exact=True).click()
    expect(visitor.get_by_role("heading", name="账号安全")).to_be_visible()
    expect(visitor.get_by_text("当前设备")).to_be_visible()


def test_a_lost_password_from_the_desk_to_a_new_one(page, new_context, app, live_server):
    become(page, app, "wantong", live_server)
    page.goto("/office/password-codes")
    page.get_by_label("用户名").fill("volunteer")
    page.get_by_role("button", name="查找").click()
    page.get_by_role("button", name="发放一次性密码").click()
    expect(page.locator(".errsum")).to_contain_text("请先当面核对身份")
    page.get_by_label("已当面核对身份证件").check()
    page.get_by_label("办理原因").fill("忘记密码")
    page.get_by_role("button", name="发放一次性密码").click()
    code = page.locator(".ticket b").inner_text()

    person = new_context().new_page()
    person.goto("/login")
    person.locator("main").get_by_label("用户名").fill("volunteer")
    person.locator("main").get_by_role("textbox", name="密码").fill(code)
    person.locator("main").get_by_role("button", name="登录", exact=True).click()
    expect(person.get_by_text("请先设置新密码")).to_be_visible()
    person.get_by_label("新密码", exact=True).fill("清早去湖边捡垃圾真好")
    person.get_by_label("再输一次新密码").fill("清早去湖边捡垃圾真好")
    person.get_by_role("button", name="保存新密码").click()
    expect(person.get_by_text("新密码已生效")).to_be_visible()


def walk(page, app, live_server):
    """(name, act) of every page of accounts in its states; each act leaves the page standing there."""
    yield "login", lambda: page.goto("/login?next=/member/")
    yield "login wrong", lambda: (page.goto("/login"), page.locator("main button.pri").click())
    yield "register", lambda: page.goto("/register")
    yield "register wrong", lambda: page.locator("main button.pri").click()
    yield "regions", lambda: page.goto("/regions/matches?q=万通")
    yield "steps", lambda: page.goto("/regions/steps?community_district=320302&community_subdistrict=320302001")
    yield "filter", lambda: page.goto("/regions/filter?region=320302001")
    yield "units", lambda: page.goto("/units/matches?q=徐州")
    become(page, app, "wantong", live_server)
    yield (
        "profile",
        lambda: (
            page.goto(PROFILE),
            page.get_by_text("或者按区").click(),
            page.get_by_label("输入社区").fill("社区"),
            expect(page.locator("#home_community-matches p")).to_contain_text("先列出 12 个"),
        ),
    )
    yield (
        "profile wrong",
        lambda: (
            page.get_by_label("手机号").fill("1"),
            page.get_by_role("button", name="保存").click(),
            expect(page.locator(".errsum")).to_be_visible(),
        ),
    )
    yield "security", lambda: page.goto("/member/security")
    yield "security wrong", lambda: page.get_by_role("button", name="保存新密码").click()
    yield "messages", lambda: page.goto("/member/messages")
    yield "no messages", lambda: page.goto("/member/messages?unread=y&before=x")
    yield "codes", lambda: page.goto("/office/password-codes")
    yield (
        "codes none",
        lambda: (page.get_by_label("用户名").fill("nobody"), page.get_by_role("button", name="查找").click()),
    )
    yield (
        "codes one",
        lambda: (page.get_by_label("用户名").fill("volunteer"), page.get_by_role("button", name="查找").click()),
    )
    yield "codes wrong", lambda: page.get_by_role("button", name="发放一次性密码").click()
    yield (
        "codes issued",
        lambda: (
            page.get_by_label("已当面").check(),
            page.get_by_label("办理原因").fill("忘记"),
            page.get_by_role("button", name="发放一次性密码").click(),
        ),
    )


@pytest.mark.full
@pytest.mark.parametrize("browser_kind", ["page", "phone"])
def test_every_page_is_accessible_valid_and_narrow(request, app, live_server, browser_kind):
    for number in range(3):
        tell(user_named("wantong").id, f"消息{number}", "正文", path="/member/security" if number else "")
    db.session.commit()
    page, wrong = request.getfixturevalue(browser_kind), []
    page.on("console", lambda message: wrong.append(message.text) if "Content Security" in message.text else None)
    width = page.viewport_size
    for name, act in walk(page, app, live_server):
        act()
        page.wait_for_load_state()
        found = Axe().run(page).response["violations"]
        wrong += [f"{name}: {one['id']} {one['nodes'][0]['html'][:160]}" for one in found]
        page.set_viewport_size({"width": 320, "height": 700})
        wrong += [f"{name}: {page.evaluate(WIDER)} px too wide"] if page.evaluate(WIDER) > 0 else []
        page.set_viewport_size(width)
    assert wrong == []


def test_the_html_of_every_page_is_valid(clients):
    for number in range(3):
        tell(user_named("wantong").id, f"消息{number}", "正文", path="/member/security" if number else "")
    visitor, person, codes = clients(""), clients("wantong"), "/office/password-codes"
    found, more = {"username": "volunteer"}, {"username": "volunteer", "person": user_named("volunteer").id}
    answers = {
        **{
            path: visitor.get(path)
            for path in (
                "/login?next=/member/",
                "/register",
                "/regions/matches?q=万通",
                "/regions/steps?community_district=320302",
                "/regions/filter?region=320302001",
                "/units/matches?q=徐州",
            )
        },
        "login wrong": visitor.post("/login", data={"username": "<x>"}),
        "register wrong": visitor.post("/register"),
        **{path: person.get(path) for path in (PROFILE, "/member/security", "/member/messages", codes)},
        "profile wrong": person.post(PROFILE, data={"phone": "1", "home_community_q": "社区"}),
        "security wrong": person.post("/member/security/password"),
        "codes none": person.post(f"{codes}/search", data={"username": "nobody"}),
        "codes one": person.post(f"{codes}/search", data=found),
        "codes wrong": person.post(codes, data=more),
        "codes issued": person.post(codes, data={**more, "seen": "y", "reason": "忘记密码"}),
    }
    assert {answer.status_code for answer in answers.values()} <= {200, 422}
    assert invalid_pages({name: answer.text for name, answer in answers.items()}) == {}


def test_the_password_of_the_cast_is_the_demonstrations(app):
    from app.demo.accounts import PASSWORD as SHOWN

    assert SHOWN == PASSWORD
