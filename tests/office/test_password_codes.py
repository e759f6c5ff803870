"""一次性密码: issued after seeing the person, only downwards, shown once, good once and for a day."""

import re
from datetime import timedelta

import pytest

from app import clock
from app.db import db
from app.models import Message, Post
from app.models.history import history_of
from app.models.user import Role, user_named
from tests import cast
from tests.cast import PASSWORD
from tests.password_desk import PAGE, PHONES, enters, issue, search
from tests.support.statements import statements, writes
from tests.support.together import together


def code_in(page: str) -> str:
    return re.search(r'class="num">([0-9A-Z]{5}-[0-9A-Z]{5})<', page).group(1)


def test_a_person_who_lost_the_password_comes_back_in(app, clients):
    client = clients("wantong")
    assert "李静" in search(client, username="volunteer").text
    answer = issue(client, "volunteer")
    assert answer.status_code == 200 and answer.headers["Cache-Control"] == "no-store"
    there = app.test_client()
    typed = code_in(answer.text).lower().replace("-", " ")
    assert there.post("/login", data={"username": "volunteer", "password": typed}).status_code == 303
    assert there.get("/member/").location == "/member/security"


def test_the_code_is_shown_once_and_kept_as_a_hash(clients):
    client = clients("wantong")
    code = code_in(issue(client, "volunteer").text)
    assert code not in client.get(PAGE).text
    user = user_named("volunteer")
    assert code not in user.code_hash and code.replace("-", "") not in user.code_hash


def test_the_old_password_and_all_sessions_are_void_at_once(app, clients):
    there = clients("volunteer")
    issue(clients("wantong"), "volunteer")
    assert there.get("/member/profile").status_code == 303
    assert enters(app, "volunteer", PASSWORD) == 422


def test_the_code_is_good_once(app, clients):
    code = code_in(issue(clients("wantong"), "volunteer").text)
    assert [enters(app, "volunteer", code) for _ in range(2)] == [303, 422]


def test_of_two_who_use_it_at_once_one_comes_in(app, clients):
    code = code_in(issue(clients("wantong"), "volunteer").text)
    assert sorted(together(app, [lambda: enters(app, "volunteer", code)] * 4))[:1] == [303]
    assert (
        db.session.scalar(
            db.text("SELECT count(*) FROM sign_in WHERE user_id = :id"), {"id": user_named("volunteer").id}
        )
        == 1
    )


def test_the_code_is_good_for_a_day(app, clients):
    code = code_in(issue(clients("wantong"), "volunteer").text)
    clock.move(timedelta(hours=24, seconds=1))
    assert enters(app, "volunteer", code) == 422


def test_a_newer_code_replaces_the_first(app, clients):
    client = clients("wantong")
    first, second = (code_in(issue(client, "volunteer").text) for _ in range(2))
    assert (enters(app, "volunteer", first), enters(app, "volunteer", second)) == (422, 303)


def test_a_code_opens_no_other_account(app, clients):
    code = code_in(issue(clients("wantong"), "volunteer").text)
    assert enters(app, "second", code) == 422


def test_a_locked_account_is_free_again_with_the_code(app, clients):
    for _ in range(6):
        enters(app, "volunteer", "wrong")
    code = code_in(issue(clients("wantong"), "volunteer").text)
    assert enters(app, "volunteer", code) == 303


def test_the_person_reads_who_did_it_and_why(app, clients):
    code = code_in(issue(clients("wantong"), "volunteer", reason="换了手机，忘记密码").text)
    [line] = history_of(user_named("volunteer"))
    assert (line.action, line.actor_id, line.actor_role) == ("password-code", user_named("wantong").id, "community")
    assert line.note.text == "换了手机，忘记密码"
    message = db.session.scalars(db.select(Message).where(Message.user_id == user_named("volunteer").id)).one()
    assert "万通社区社区管理员周芳" in message.body and code not in message.body
    there = app.test_client()
    there.post("/login", data={"username": "volunteer", "password": code})
    there.post(
        "/member/security/password",
        data={"new_password": "新的一句话很好记", "new_password_confirm": "新的一句话很好记"},
    )
    assert "新的一句话" not in there.get("/member/security").text


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"seen": ""}, "seen", "请先当面核对身份"),
        ({"reason": ""}, "reason", "请写明原因"),
        ({"reason": "原" * 501}, "reason", "最多 500"),
        ({"reason": "   "}, "reason", "请写明原因"),
    ],
)
def test_without_seeing_the_person_or_a_reason_nothing_is_issued(clients, changes, field, words):
    answer = issue(clients("wantong"), "volunteer", **changes)
    assert answer.status_code == 422 and words in answer.text
    assert user_named("volunteer").code_hash is None and "发放一次性密码" in answer.text


@pytest.mark.parametrize("htmx", [False, True])
@pytest.mark.parametrize("who", ["baiyun", "far", "yunlong"])
def test_the_neighbour_issues_nothing_and_meets_a_404(clients, who, htmx):
    client = clients(who)
    with statements() as seen:
        answer = issue(client, "volunteer", htmx=htmx)
    assert answer.status_code == 404 and writes(seen) == []
    answer = issue(client, "volunteer", htmx=htmx, phone=PHONES["volunteer"], name="李静")
    assert answer.status_code == 404 and user_named("volunteer").code_hash is None


@pytest.mark.parametrize("who", ["unit", "volunteer", "member", ""])
def test_who_holds_no_such_right_is_sent_away(clients, who):
    client = clients(who)
    wanted = 403 if who else 303
    assert client.get(PAGE).status_code == wanted
    assert search(client, username="member").status_code == wanted
    assert issue(client, "member").status_code == wanted


@pytest.mark.parametrize(
    ("who", "whom", "may"),
    [
        ("huanglou", "wantong", True),
        ("gulou", "wantong", True),
        ("gulou", "huanglou", True),
        ("city", "gulou", True),
        ("wantong", "wantong2", False),
        ("huanglou", "gulou", False),
        ("city", "city2", False),
        ("wantong", "city", False),
    ],
)
def test_codes_are_issued_downwards_only(clients, who, whom, may):
    answer = issue(clients(who), whom, phone=PHONES[whom])
    assert answer.status_code == 200 if may else answer.status_code in (404, 409)
    assert (user_named(whom).code_hash is not None) is may


@pytest.mark.parametrize(("who", "may"), [("wantong", False), ("huanglou", False), ("gulou", True), ("city", True)])
def test_a_units_administrator_is_served_by_district_and_city(clients, who, may):
    answer = issue(clients(who), "unit", phone=PHONES["unit"])
    assert answer.status_code == (200 if may else 409) and (user_named("unit").code_hash is not None) is may


def test_a_post_that_begins_tomorrow_counts_already_and_one_that_ended_does_not(clients):
    user, tomorrow = user_named("volunteer"), clock.today() + timedelta(days=1)
    post = Post.grant(user, Role.COMMUNITY, cast.WANTONG, by=None, first_day=tomorrow)
    db.session.commit()
    client = clients("wantong")
    assert "请由上一级工作人员办理" in search(client, username="volunteer").text
    assert issue(client, "volunteer").status_code == 409
    db.session.get(Post, post.id).revoke(by=None, reason="不任了")
    assert issue(client, "volunteer").status_code == 200


def test_somebody_elses_number_in_the_form_is_a_404(clients):
    answer = issue(clients("wantong"), "volunteer", person=str(user_named("guest").id))
    assert answer.status_code == 404 and user_named("guest").code_hash is None


def test_nobody_chosen_is_a_mistake_of_the_form(clients):
    assert clients("wantong").post(PAGE).status_code == 422
