"""会员注册: one account for one form, bad input named at its field, nobody led astray."""

import re
from collections.abc import Mapping

import pytest

from app.db import db
from app.models import History, SignIn, User
from app.models.user import people_with_phone, user_named
from tests.support.together import together

GOOD = {
    "username": "lijing_new",
    "password": "雨天也去护学岗的李静",
    "password_confirm": "雨天也去护学岗的李静",
    "name": "李静",
    "phone": "13812345678",
    "consent": "y",
}


def people() -> int:
    return db.session.scalar(db.select(db.func.count()).select_from(User))


def said(page: str, field: str) -> str:
    """What the page says at this field."""
    found = re.search(rf'id="{field}-e">.*?</span>(.*?)</span>', page, re.S)
    return found.group(1) if found else ""


def fill(**changes: str) -> Mapping[str, str]:
    return {**GOOD, **changes}


def test_a_visitor_registers_and_is_led_to_what_comes_next(client):
    answer = client.submit("/register", **GOOD)
    assert (answer.status_code, answer.location) == (303, "/member/")
    page = client.get("/member/profile").text
    assert "注册成功，李静。下一步：填写志愿者申请" in page
    assert user_named("LIJING_NEW ").name == "李静"
    assert people_with_phone("138 1234 5678")[0].phone_tail == "5678"


def test_the_password_is_kept_as_argon2id_and_nowhere_plain(client, slow_hashes):
    client.submit("/register", **GOOD)
    user = user_named("lijing_new")
    assert user.password_hash.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert (
        user.phone_hash != user.phone
        and db.session.scalar(db.text('SELECT phone FROM "user" ORDER BY id DESC LIMIT 1')) != user.phone
    )


def test_the_history_says_that_the_account_was_made(client):
    client.submit("/register", **GOOD)
    user = user_named("lijing_new")
    line = db.session.scalars(db.select(History).where(History.noun == "user", History.noun_id == user.id)).one()
    assert (line.action, line.actor_id) == ("register", user.id)


def test_who_came_from_an_activity_goes_back_there(client):
    page = client.get("/register?next=/activities/7").text
    assert 'name="next"' in page and 'value="/activities/7"' in page
    assert client.post("/register", data=fill(next="/activities/7")).location == "/activities/7"


@pytest.mark.parametrize("field", GOOD)
def test_every_field_must_be_filled(client, field):
    before = people()
    answer = client.post("/register", data=fill(**{field: ""}))
    assert answer.status_code == 422 and said(answer.text, field) and people() == before
    assert "<title>错误：会员注册" in answer.text


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("username", "a", "2–32 个"),
        ("username", "a" * 33, "2–32 个"),
        ("username", "a" * 5000, "最多 200"),
        ("username", "李 静", "2–32 个"),
        ("username", "li<b>jing", "2–32 个"),
        ("username", "👵奶奶", "2–32 个"),
        ("username", "a'; DROP", "2–32 个"),
        ("username", "a\u202eb", ""),
        ("username", "wantong", "已被注册"),
        ("username", "WanTong", "已被注册"),
        ("username", "ｗａｎｔｏｎｇ", "已被注册"),
        ("password", "短", "至少 10 个字符，现在是 1 个"),
        ("password", "a" * 129, "最多 128 个字符"),
        ("password", "1234567890", "太常见"),
        ("password", "Password123", "太常见"),
        ("password", "哈" * 12, "太常见"),
        ("password", "Xuzhou@2026!", "太常见"),
        ("password", "徐州党员志愿者2026", "太常见"),
        ("password", "abcabcabcabc", "太常见"),
        ("password", "lijing_new-2026", "不要包含用户名"),
        ("password", "13812345678x", "不要包含用户名或手机号"),
        ("password_confirm", "另外一句话另外一句话", "两次输入的密码不一样"),
        ("name", "李", "真实姓名"),
        ("name", "李" * 41, "真实姓名"),
        ("name", "<script>alert(1)</script>", "真实姓名"),
        ("name", "李静😀", "真实姓名"),
        ("name", "12", "真实姓名"),
        ("name", "李" * 300, "最多 200"),
        ("phone", "1380000000", "现在是 10 位"),
        ("phone", "电话", "11 位手机号"),
        ("phone", "12345678901", "11 位手机号"),
        ("phone", "1" * 4000, "11 位手机号"),
    ],
)
def test_bad_input_is_named_at_its_field_and_changes_nothing(client, field, value, words):
    before = people()
    changes = {field: value} if field != "password" else {"password": value, "password_confirm": value}
    answer = client.post("/register", data=fill(**changes))
    if not words:  # invisible direction marks are taken out
        assert answer.status_code == 303 and user_named("ab")
        return
    assert answer.status_code == 422 and words in said(answer.text, field), said(answer.text, field)
    assert people() == before and "<script>alert" not in answer.text


def test_what_was_typed_stays_but_for_the_password(client):
    answer = client.post("/register", data=fill(phone="1380000000"))
    assert 'value="lijing_new"' in answer.text and 'value="李静"' in answer.text and 'value="1380000000"' in answer.text
    assert GOOD["password"] not in answer.text and "密码需要再输一次" in answer.text


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("username", "𠮷野家"),
        ("username", "lao.wang-1_2"),
        ("name", "𠮷祥"),
        ("name", "阿依古丽·买买提"),
        ("password", "👵👴🏻一起去扫雪吧吧吧"),
        ("password", "correct horse battery staple"),
        ("password", "<b>'\"--;%00\\"),
        ("phone", "+86 138-1234-5678"),
        ("phone", "0516-83712345"),
        ("phone", "１３８１２３４５６７８"),
    ],
)
def test_rare_characters_and_other_ways_of_writing_are_welcome(client, field, value):
    changes = {field: value} if field != "password" else {"password": value, "password_confirm": value}
    answer = client.post("/register", data=fill(**changes))
    assert answer.status_code == 303, said(answer.text, field)
    client.post("/logout")
    sent = fill(**changes)
    assert client.post("/login", data={"username": sent["username"], "password": sent["password"]}).status_code == 303


def test_all_that_is_wrong_is_said_at_once(client):
    page = client.post("/register", data=fill(username="wantong", phone="1380000000", password="x", consent="")).text
    assert "有 4 处需要修改" in page and "用户名“wantong”已被注册" in said(page, "username")


def test_a_family_may_share_a_phone(client):
    assert client.post("/register", data=fill(phone="13800000001")).status_code == 303


def test_the_form_sent_twice_makes_one_account_and_both_answers_are_signed_in(app, client):
    key, before = "a" * 32, people()
    other = app.test_client()
    answers = [one.post("/register", data=fill(key=key)) for one in (client, other)]
    assert [answer.location for answer in answers] == ["/member/", "/member/"] and people() == before + 1
    assert other.get("/member/profile").status_code == 200


def test_somebody_elses_key_opens_no_account(app, client):
    client.post("/register", data=fill(key="b" * 32))
    other = app.test_client()
    answer = other.post(
        "/register", data=fill(key="b" * 32, password="不是她的那句话吧", password_confirm="不是她的那句话吧")
    )
    assert answer.status_code == 422 or "已被注册" in answer.text
    assert other.get("/member/profile").status_code == 303


def test_two_people_who_want_one_name_at_once_make_one_account(app):
    before = people()
    tries = [
        lambda phone=phone: app.test_client().post("/register", data=fill(phone=phone)).status_code
        for phone in ("13812345671", "13812345672", "13812345673")
    ]
    assert sorted(together(app, tries)) == [303, 422, 422] and people() == before + 1


def test_fields_that_the_form_does_not_have_are_ignored(client):
    more = {
        "id": "1",
        "role": "city",
        "must_change_password": "1",
        "version": "9",
        "disabled_at": "2020-01-01",
        "username_key": "city",
        "posts": "1",
        "services": "99",
    }
    client.post("/register", data=fill(**more))
    user = user_named("lijing_new")
    assert user.living_posts() == [] and user.version == 1 and not user.must_change_password


def test_who_is_signed_in_does_not_register_again(clients):
    answer = clients("member").post("/register", data=GOOD)
    assert answer.location == "/member/" and user_named("lijing_new") is None


def test_going_back_after_success_and_sending_again_leads_to_the_account(app, client, monkeypatch):
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    hidden = dict(re.findall(r'type="hidden"[^>]*name="([^"]+)"[^>]*value="([^"]*)"', client.get("/register").text))
    before = people()
    assert client.post("/register", data={**hidden, **GOOD}).status_code == 303
    again = client.post("/register", data={**hidden, **GOOD})
    assert (again.status_code, again.headers["Location"], people()) == (303, "/member/", before + 1)
    assert "不用再提交一次" in client.get("/member/").text
    stranger = app.test_client().post("/register", data={**hidden, **GOOD, "username": "another_one"})
    assert (stranger.status_code, people()) == (400, before + 1), "without an account the old token opens nothing"


def test_a_new_session_begins_with_the_account(client):
    with client.session_transaction() as session:
        session["planted"] = "before"
    client.post("/register", data=GOOD)
    with client.session_transaction() as session:
        assert "planted" not in session
    assert db.session.scalar(db.select(db.func.count()).select_from(SignIn)) == 1


def test_probing_for_taken_names_is_stopped_and_registering_is_not(app, client, monkeypatch):
    monkeypatch.setattr("app.accounts.passwords.hashed", lambda password: "$argon2id$x")
    statuses = [client.post("/register", data=fill(username="wantong")).status_code for _ in range(102)]
    assert statuses[:100] == [422] * 100 and statuses[100:] == [429, 429]
    answer = app.test_client().post("/register", data=GOOD, environ_base={"REMOTE_ADDR": "10.0.0.9"})
    assert answer.status_code == 303
