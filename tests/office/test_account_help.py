"""Other help for who cannot sign in: accounts disabled and enabled, unlocked, second steps closed; only from above."""

import pytest

from app import clock
from app.db import db
from app.models import Message
from app.models.accounts.erasure import close_account
from app.models.history import history_of
from app.models.user import user_named
from app.refusal import Refused
from tests import cast
from tests.cast import PASSWORD
from tests.password_desk import PAGE, PHONES, enters, issue, search


def keep_out(client, whom: str, how: str = "disabling", **changes: str):
    sent = {"person": str(user_named(whom).id), "username": whom, "why": "有人冒用"}
    return client.post(f"{PAGE}/{how}", data={**sent, **changes})


def test_a_disabled_account_is_out_at_once_and_comes_back_as_it_was(app, clients):
    staff, there = clients("wantong"), clients("volunteer")
    assert there.get("/member/").status_code == 200
    assert "停用账号" in search(staff, username="volunteer").text
    assert keep_out(staff, "volunteer").status_code == 303
    assert there.get("/member/").status_code == 303 and enters(app, "volunteer", PASSWORD) == 422
    page = search(staff, username="volunteer").text
    assert "账号已停用" in page and "恢复账号" in page and 'name="seen"' not in page
    assert issue(staff, "volunteer").status_code == 409 and user_named("volunteer").code_hash is None
    assert keep_out(staff, "volunteer").status_code == 409  # twice
    assert keep_out(staff, "volunteer", "enabling", why="本人已到社区说明").status_code == 303
    assert there.get("/member/").status_code == 303  # the ended session stays ended
    assert enters(app, "volunteer", PASSWORD) == 303
    assert keep_out(staff, "volunteer", "enabling").status_code == 409
    lines = history_of(user_named("volunteer"))
    assert [(line.action, line.note.text) for line in lines if line.action in ("disable", "enable")] == [
        ("disable", "有人冒用"),
        ("enable", "本人已到社区说明"),
    ]
    told = db.session.scalars(db.select(Message).where(Message.user_id == user_named("volunteer").id)).all()
    assert "账号已恢复使用" in told[-1].title
    there.post("/login", data={"username": "volunteer", "password": PASSWORD})
    assert "停用了您的账号" in there.get("/member/looks").text


def test_a_disabled_account_needs_a_reason_and_a_person(clients):
    staff = clients("wantong")
    answer = keep_out(staff, "volunteer", why=" ")
    assert answer.status_code == 422 and "请写明原因" in answer.text and 'name="why"' in answer.text
    assert staff.post(f"{PAGE}/disabling").status_code == 422 and user_named("volunteer").disabled_at is None


@pytest.mark.parametrize("how", ["disabling", "enabling"])
@pytest.mark.parametrize(
    ("who", "whom", "status"),
    [("baiyun", "volunteer", 404), ("wantong", "huanglou", 409), ("huanglou", "huanglou", 404), ("city", "gulou", 303)],
)
def test_an_account_is_disabled_only_by_a_post_above(clients, how, who, whom, status):
    client, person = clients(who), user_named(whom)
    person.disabled_at = clock.now() if how == "enabling" else None
    db.session.commit()
    held = person.disabled_at
    if whom == who:  # nobody does it to oneself, nor could afterwards
        user_named(whom).disabled_at = held = None
        db.session.commit()
    assert keep_out(client, whom, how, phone=PHONES[whom]).status_code == status
    assert (user_named(whom).disabled_at == held) is (status != 303)


def test_a_closed_account_is_not_enabled(clients):
    user = user_named("guest")
    close_account(user, by=user)
    with pytest.raises(Refused):
        user.enable(by=cast.who("city"), reason="请恢复")


def help_with(client, what: str, username: str, **changes: str):
    person = user_named(username)
    data = {
        "person": str(person.id),
        "username": username,
        "seen": "y",
        "reason": "本人到场",
        "phone": PHONES[username],
    }
    return client.post(f"{PAGE}/{what}", data={**data, **changes})


def test_a_locked_account_is_unlocked_by_a_superior_and_keeps_its_password(app, clients):
    for _ in range(6):
        enters(app, "volunteer", "wrong")
    assert enters(app, "volunteer", PASSWORD) == 429
    assert help_with(clients("wantong"), "unlock", "volunteer").status_code == 303
    assert enters(app, "volunteer", PASSWORD) == 303
    [line] = history_of(user_named("volunteer"))
    assert (line.action, line.note.text) == ("unlock", "本人到场")


@pytest.mark.parametrize("what", ["unlock", "second-step"])
@pytest.mark.parametrize(
    ("who", "whom", "right"),
    [("baiyun", "volunteer", 404), ("wantong", "wantong2", 409), ("city", "city2", 409), ("unit", "volunteer", 403)],
)
def test_no_neighbour_or_equal_helps(clients, what, who, whom, right):
    user_named(whom).totp_secret = "JBSWY3DPEHPK3PXP"
    changes = {"phone": ""} if right == 404 else {}
    assert help_with(clients(who), what, whom, **changes).status_code == right
    assert user_named(whom).totp_secret and history_of(user_named(whom)) == []


def test_a_superior_closes_the_second_step_with_a_reason(app, clients):
    user_named("wantong").totp_secret = "JBSWY3DPEHPK3PXP"
    there = clients("wantong")
    client = clients("huanglou")
    assert help_with(client, "second-step", "wantong", reason="").status_code == 422
    assert help_with(client, "second-step", "wantong", seen="").status_code == 422
    assert user_named("wantong").totp_secret
    assert help_with(client, "second-step", "wantong").status_code == 303
    assert user_named("wantong").totp_secret is None and there.get("/member/profile").status_code == 303
    [line] = history_of(user_named("wantong"))
    assert (line.action, line.actor_role, line.note.text) == ("second-step-reset", "subdistrict", "本人到场")
    assert (
        "关闭两步验证"
        in db.session.scalars(db.select(Message.title).where(Message.user_id == user_named("wantong").id)).one()
    )
