"""`flask create-admin` and `flask unlock`."""

import pytest

from app.accounts import passwords
from app.db import db
from app.models.user import Role, user_named
from tests.cast import PASSWORD

NEW = "一句很长又好记的话"
TWICE = f"{NEW}啊\n{NEW}啊\n"


def run(app, *words: str, typed: str = ""):
    db.session.commit()
    result = app.test_cli_runner().invoke(args=list(words), input=typed)
    db.session.expire_all()
    return result


def city_posts(username: str) -> int:
    return [post.role for post in user_named(username).living_posts()].count(Role.CITY)


def test_the_first_city_admin_is_made_with_a_password(app, client):
    result = run(app, "create-admin", "newcity", "高山", "13900001111", typed=TWICE)
    assert result.exit_code == 0 and "现在是市级管理员" in result.output, result.output
    assert NEW not in result.output and city_posts("newcity") == 1
    assert client.post("/login", data={"username": "newcity", "password": f"{NEW}啊"}).location == "/office/"
    assert client.get("/office/password-codes").status_code == 200


def test_an_account_that_exists_gets_the_post_and_keeps_its_password(app):
    result = run(app, "create-admin", "member", "孙丽", "13800000005")
    assert result.exit_code == 0 and city_posts("member") == 1
    assert passwords.matches(user_named("member").password_hash, PASSWORD)


def test_twice_makes_one_post(app):
    for _ in range(2):
        run(app, "create-admin", "member", "孙丽", "13800000005")
    assert city_posts("member") == 1
    assert "已是市级管理员" in run(app, "create-admin", "city", "高峰", "13900000001").output


def test_a_city_admin_who_lost_the_password_gets_a_new_one(app, clients):
    there = clients("city")
    result = run(app, "create-admin", "city", "高峰", "13900000001", "--new-password", typed=TWICE)
    assert result.exit_code == 0 and passwords.matches(user_named("city").password_hash, f"{NEW}啊")
    assert there.get("/member/profile").status_code == 303


@pytest.mark.parametrize(
    ("words", "typed", "said"),
    [
        (("a", "高山", "13900001111"), TWICE, "2–32 个"),
        (("newcity", "<b>", "13900001111"), TWICE, "真实姓名"),
        (("newcity", "高山", "123"), TWICE, "11 位手机号"),
        (("newcity", "高山", "13900001111"), "short\nshort\n", "至少 10 个"),
        (("newcity", "高山", "13900001111"), "1234567890\n1234567890\n", "太常见"),
    ],
)
def test_bad_input_makes_nothing(app, words, typed, said):
    result = run(app, "create-admin", *words, typed=typed)
    assert result.exit_code == 1 and said in result.output and user_named("newcity") is None


def test_unlock_lets_the_person_try_again_at_once(app, client):
    wrong, right = ({"username": "wantong", "password": one} for one in ("x", PASSWORD))
    for _ in range(5):
        client.post("/login", data=wrong)
    assert client.post("/login", data=right).status_code == 429
    result = run(app, "unlock", "WanTong")
    assert result.exit_code == 0 and "可以重新登录" in result.output
    assert client.post("/login", data=right).status_code == 303


def test_unlock_names_an_account_that_is_not_there(app):
    result = run(app, "unlock", "nobody")
    assert result.exit_code == 1 and "没有用户名为 nobody 的账号" in result.output
