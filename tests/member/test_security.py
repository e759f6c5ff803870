"""账号安全: a new password, ending sessions, a one-time code's duty."""

import re

import pytest

from app import clock
from app.accounts import passwords
from app.db import db
from app.models import SignIn
from app.models.history import history_of
from app.models.user import user_named
from tests import cast
from tests.cast import PASSWORD

NEW = "清早去湖边捡垃圾"[:8] + "真好啊"
CHANGE = {"password": PASSWORD, "new_password": NEW, "new_password_confirm": NEW}
POST = "/member/security/password"


def is_in(client) -> bool:
    return client.get("/member/profile").status_code == 200


def said(page: str, field: str) -> str:
    found = re.search(rf'id="{field}-e">.*?</span>(.*?)</span>', page, re.S)
    return found.group(1) if found else ""


def test_a_new_password_ends_every_other_session(app, clients):
    here, there = clients("member"), clients("member")
    assert here.post(POST, data=CHANGE).location == "/member/security"
    assert "新密码已生效" in here.get("/member/security").text and not is_in(there)
    assert app.test_client().post("/login", data={"username": "member", "password": PASSWORD}).status_code == 422
    assert app.test_client().post("/login", data={"username": "member", "password": NEW}).status_code == 303
    assert [line.action for line in history_of(user_named("member"))] == ["password"]


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"password": "wrong"}, "password", "现在的密码不对"),
        ({"password": ""}, "password", "请填写现在的密码"),
        ({"new_password": ""}, "new_password", "请设置新密码"),
        ({"new_password": "short"}, "new_password", "至少 10 个字符"),
        ({"new_password": "1234567890"}, "new_password", "太常见"),
        ({"new_password": "member-2026!"}, "new_password", "用户名"),
        ({"new_password": "x13800000005"}, "new_password", "手机号"),
        ({"new_password": "a" * 200}, "new_password", "最多 128"),
        ({"new_password": PASSWORD}, "new_password", "和现在的一样"),
        ({"new_password_confirm": "不是同一句话啊啊"}, "new_password_confirm", "两次输入"),
    ],
)
def test_a_bad_new_password_is_named_and_changes_nothing(clients, changes, field, words):
    here, there = clients("member"), clients("member")
    answer = here.post(POST, data={**CHANGE, **changes})
    assert answer.status_code == 422 and words in said(answer.text, field)
    assert is_in(there) and passwords.matches(user_named("member").password_hash, PASSWORD)


def test_guessing_the_present_password_is_limited(clients):
    client = clients("member")
    statuses = [client.post(POST, data={**CHANGE, "password": "wrong"}).status_code for _ in range(6)]
    assert statuses == [422] * 5 + [429]
    answer = client.post(POST, data=CHANGE)
    assert answer.status_code == 429 and int(answer.headers["Retry-After"]) > 800


def test_one_sees_where_one_is_signed_in_and_ends_one_of_them(clients):
    here, there = clients("member"), clients("member")
    here.get("/")
    page = here.get("/member/security").text
    assert page.count("当前设备") == 1 and page.count("/ending") == 2
    ending = re.search(r'action="(/member/security/sign-ins/\d+/ending)"', page)
    assert ending
    assert here.post(ending.group(1)).status_code == 303
    assert is_in(here) and not is_in(there)


def test_one_ends_all_others_at_once(clients):
    here, *others = [clients("member") for _ in range(4)]
    other_person = clients("volunteer")
    assert here.post("/member/security/other-sign-ins/ending").status_code == 303
    assert is_in(here) and not any(is_in(one) for one in others) and is_in(other_person)


def test_nobody_ends_another_persons_session(clients):
    clients("volunteer")
    theirs = db.session.scalars(db.select(SignIn)).one()
    for htmx in (False, True):
        assert clients("member").post(f"/member/security/sign-ins/{theirs.id}/ending", htmx=htmx).status_code == 404
    assert db.session.get(SignIn, theirs.id).ended_at is None


def test_sessions_of_long_ago_are_not_listed(clients):
    client = clients("member")
    old = SignIn(token="x" * 64, user_id=user_named("member").id, seen_at=clock.now() - clock.timedelta(hours=3))
    db.session.add(old)
    db.session.commit()
    assert client.get("/member/security").text.count("sign-ins/") == 0


def test_the_list_of_sessions_costs_the_same_however_long(clients):
    from tests.support.statements import statements

    client = clients("member")
    counts = []
    for _ in range(2):
        with statements() as seen:
            client.get("/member/security")
        counts.append(len(seen))
        for _ in range(20):
            cast.sign_in(client.application.test_client(), "member")
    assert counts[0] == counts[1]


# After a one-time code


def forced(client):
    """The member, signed in by a one-time code."""
    user = user_named("member")
    code = user.issue_code(by=cast.who("wantong"), reason="忘记密码")
    db.session.commit()
    assert client.post("/login", data={"username": "member", "password": code}).status_code == 303
    return client


@pytest.mark.parametrize(
    "path", ["/", "/member/", "/member/profile", "/member/messages", "/login?next=/member/", "/regions/matches?q=x"]
)
def test_every_way_leads_to_setting_a_new_password(client, path):
    answer = forced(client).get(path)
    assert (answer.status_code, answer.location) == (303, "/member/security")
    assert client.get(path, htmx=True).headers["HX-Redirect"] == "/member/security"


def test_the_new_password_is_set_without_the_old_one(client):
    page = forced(client).get("/member/security").text
    assert "请先设置新密码" in page and 'name="password"' not in page and "正在登录的设备" not in page
    answer = client.post(POST, data={"new_password": NEW, "new_password_confirm": NEW})
    assert answer.location == "/member/" and is_in(client)
    client.post("/logout")
    assert client.post("/login", data={"username": "member", "password": NEW}).status_code == 303


def test_nothing_else_can_be_done_before(client):
    answer = forced(client).post("/member/profile", data={"name": "别人", "phone": "13900000000", "version": "1"})
    assert answer.location == "/member/security" and user_named("member").name == "孙丽"
    assert client.post("/logout").location == "/"
