"""个人信息: the person keeps it, a checked name stays, nothing older overwrites something newer."""

import re

import pytest

from app.db import db
from app.models import History
from app.models.history import history_of
from app.models.user import Gender, user_named
from tests.cast import WANTONG

PAGE = "/member/profile"


def form(client, **changes: str) -> dict[str, str]:
    """The profile form as it stands, with some fields typed anew."""
    version = re.search(r'name="version"[^>]*value="(\d+)"', client.get(PAGE).text)
    assert version
    return {"version": version.group(1), "name": "孙丽", "phone": "13800000005", **changes}


def said(page: str, field: str) -> str:
    found = re.search(rf'id="{field}-e">.*?</span>(.*?)</span>', page, re.S)
    return found.group(1) if found else ""


def test_a_member_completes_the_profile(clients):
    client = clients("member")
    answer = client.post(
        PAGE,
        data=form(
            client,
            name="孙丽丽",
            phone="139 0000 9999",
            gender="female",
            home_community=WANTONG,
            address="幸福小区 3 号楼",
        ),
    )
    assert (answer.status_code, answer.location) == (303, PAGE)
    user = user_named("member")
    assert (user.name, user.initials, user.phone, user.gender) == ("孙丽丽", "sll", "13900009999", Gender.FEMALE)
    assert (user.home_community_code, user.address, user.phone_tail) == (WANTONG, "幸福小区 3 号楼", "9999")
    page = client.get(PAGE).text
    assert "个人信息已保存" in page and f'value="{WANTONG}" checked' in page


def test_the_history_names_what_was_changed_and_not_to_what(clients):
    client = clients("member")
    client.post(PAGE, data=form(client, phone="13900009999", address="幸福小区 3 号楼"))
    [line] = history_of(user_named("member"))
    assert (line.action, line.note.text) == ("profile", "手机号、住址")
    assert "修改个人信息" in client.get("/member/security").text


def test_saving_without_a_change_writes_no_history(clients):
    client = clients("member")
    assert client.post(PAGE, data=form(client)).status_code == 303
    assert db.session.scalar(db.select(db.func.count()).select_from(History)) == 0


def test_what_is_not_given_is_taken_out(clients):
    client = clients("member")
    client.post(PAGE, data=form(client, gender="male", home_community=WANTONG, address="某处"))
    client.post(PAGE, data=form(client, gender="", home_community="", address=""))
    user = user_named("member")
    assert (user.gender, user.home_community_code, user.address) == (None, None, None)


def test_the_address_lies_encrypted(clients):
    client = clients("member")
    client.post(PAGE, data=form(client, address="幸福小区 3 号楼"))
    assert "幸福" not in db.session.scalar(db.text("SELECT address FROM \"user\" WHERE username = 'member'"))


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("name", "", "请填写姓名"),
        ("name", "x" * 50, "真实姓名"),
        ("name", "<b>孙</b>", "真实姓名"),
        ("name", "😀😀", "真实姓名"),
        ("phone", "", "请填写手机号"),
        ("phone", "123", "现在是 3 位"),
        ("phone", "x" * 500, "11 位手机号"),
        ("address", "楼" * 101, "最多 100 个字"),
        ("home_community", "320302", "请选择到社区"),
        ("home_community", "999", "没有这个地方"),
        ("gender", "robot", ""),
    ],
)
def test_bad_input_is_named_and_keeps_what_was_typed(clients, field, value, words):
    client = clients("member")
    answer = client.post(
        PAGE, data=form(client, **{field: value, "address": value if field == "address" else "别丢了我"})
    )
    assert answer.status_code == 422
    assert words in said(answer.text, field) or field == "gender"
    assert "别丢了我" in answer.text or field == "address"
    assert user_named("member").address is None and user_named("member").name == "孙丽"


@pytest.mark.parametrize("value", ["幸福里 𠮷 号", "<script>alert(1)</script>", "👵的家", "1; DROP TABLE user"])
def test_an_address_may_hold_anything_and_runs_nothing(clients, value):
    client = clients("member")
    assert client.post(PAGE, data=form(client, address=value)).status_code == 303
    assert user_named("member").address == value and "<script>alert" not in client.get(PAGE).text


@pytest.mark.parametrize("code", ["0", "999999", "", "x"])
def test_an_older_form_does_not_overwrite_a_newer_state(clients, code):
    client = clients("member")
    old = form(client, address="旧表单")
    client.post(PAGE, data=form(client, address="新地址"))
    answer = client.post(PAGE, data={**old, "version": code or old["version"]})
    assert answer.status_code in (409, 422) and user_named("member").address == "新地址"


def test_the_stale_form_is_told_to_look_again(clients):
    client = clients("member")
    old = form(client, address="旧表单")
    client.post(PAGE, data=form(client, address="新地址"))
    answer = client.post(PAGE, data=old)
    assert answer.status_code == 409 and "刚在别处改过" in answer.text


def test_a_checked_name_is_only_mended_by_the_community(clients):
    client = clients("volunteer")
    page = client.get(PAGE).text
    assert "姓名已由社区核实" in page and 'name="name"' not in page
    answer = client.post(PAGE, data=form(client, name="李四", phone="13800000001"))
    assert answer.status_code == 422 and "不能自己修改" in answer.text
    assert user_named("volunteer").name == "李静"
    sent = form(client, phone="13800000009")
    del sent["name"]
    assert client.post(PAGE, data=sent).status_code == 303 and user_named("volunteer").phone == "13800000009"


def test_the_tree_of_regions_works_without_scripts_and_saves_nothing(clients):
    client = clients("member")
    answer = client.post(
        PAGE,
        data=form(client, address="别丢了我", region_step="home_community:steps", home_community_district="320302"),
    )
    assert answer.status_code == 200 and "黄楼街道" in answer.text and "别丢了我" in answer.text
    assert user_named("member").address is None


def test_other_columns_are_out_of_reach(clients):
    client = clients("member")
    more = {
        "username": "city",
        "password_hash": "x",
        "must_change_password": "1",
        "id": "1",
        "disabled_at": "2020-01-01",
    }
    client.post(PAGE, data=form(client, **more))
    user = user_named("member")
    assert user.username == "member" and user.password_hash != "x" and not user.must_change_password


def test_a_visitor_is_sent_to_sign_in_and_comes_back(client):
    assert client.get(PAGE).location == "/login?next=/member/profile"
    assert client.post(PAGE).location == "/login"
