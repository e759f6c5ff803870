"""一次性密码: issued after seeing the person, only downwards, shown once, good once and for a day."""

import re
from datetime import timedelta

import pytest

from app import clock
from app.db import db
from app.models import Application, Message, Post, User
from app.models.accounts.erasure import close_account
from app.models.history import history_of
from app.models.user import Role, user_named
from app.refusal import Refused
from tests import cast
from tests.cast import PASSWORD
from tests.support.statements import statements, writes
from tests.support.together import together

PAGE = "/office/password-codes"
PHONES = {username: phone for username, _, phone, _ in cast.PEOPLE}


def search(client, **typed: str):
    return client.post(f"{PAGE}/search", data=typed)


def issue(client, whom: str, *, htmx: bool = False, **changes: str):
    sent = {"person": str(user_named(whom).id), "username": whom, "seen": "y", "reason": "忘记密码"}
    return client.post(PAGE, data={**sent, **changes}, htmx=htmx)


def code_in(page: str) -> str:
    return re.search(r'class="num">([0-9A-Z]{5}-[0-9A-Z]{5})<', page).group(1)


def enters(app, username: str, password: str) -> int:
    return app.test_client().post("/login", data={"username": username, "password": password}).status_code


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


# Whom a post finds


@pytest.mark.parametrize(
    ("who", "finds"),
    [
        ("wantong", True),
        ("huanglou", True),
        ("gulou", True),
        ("city", True),
        ("baiyun", False),
        ("far", False),
        ("yunlong", False),
    ],
)
@pytest.mark.parametrize(
    "typed",
    [
        {"username": "volunteer"},
        {"phone": "138 0000 0001"},
        {"name": "李静"},
        {"username": "volunteer", "phone": "13800000001", "name": "李静"},
    ],
)
def test_a_volunteer_is_found_from_above_and_by_no_neighbour(clients, who, finds, typed):
    page = search(clients(who), **typed).text
    assert ("用户名 volunteer" in page) is finds and ("没有找到" in page) is not finds


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


def test_a_member_who_applied_nowhere_is_found_by_user_name_and_phone_together(clients):
    client = clients("far")
    for typed in (
        {"username": "member"},
        {"phone": PHONES["member"]},
        {"name": "孙丽"},
        {"name": "孙丽", "username": "member"},
        {"username": "member", "phone": "13900000000"},
    ):
        assert "没有找到" in search(client, **typed).text, typed
        assert issue(client, "member", **{"username": "", **typed}).status_code == 404
    assert "用户名 member" in search(client, username="member", phone=PHONES["member"]).text
    assert issue(client, "member", phone=PHONES["member"]).status_code == 200


def test_an_applicant_belongs_to_the_community_that_was_asked(clients):
    user = user_named("member")
    application = Application(
        user_id=user.id,
        political="masses",
        employment="other",
        gender="female",
        born_year=1990,
        consent_at=clock.now(),
        submitted_at=clock.now(),
        due_at=clock.now(),
    )
    application.locate(cast.WANTONG)
    db.session.add(application)
    db.session.commit()
    assert "用户名 member" in search(clients("wantong"), username="member").text
    assert "没有找到" in search(clients("baiyun"), username="member", phone=PHONES["member"]).text


def test_the_home_community_finds_its_people_too(clients):
    user_named("guest").home_community_code = cast.WANTONG
    db.session.commit()
    assert "用户名 guest" in search(clients("wantong"), username="guest").text
    assert "没有找到" in search(clients("baiyun"), username="guest").text


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


def test_nobody_finds_oneself(clients):
    assert "没有找到" in search(clients("huanglou"), username="huanglou", phone=PHONES["huanglou"]).text


def test_a_closed_account_is_not_found(clients):
    user = user_named("guest")
    close_account(user, by=user)
    db.session.commit()
    assert "没有找到" in search(clients("city"), username=user.username, name=user.name).text


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


def test_somebody_elses_number_in_the_form_is_a_404(clients):
    answer = issue(clients("wantong"), "volunteer", person=str(user_named("guest").id))
    assert answer.status_code == 404 and user_named("guest").code_hash is None


def test_nobody_chosen_is_a_mistake_of_the_form(clients):
    assert clients("wantong").post(PAGE).status_code == 422


@pytest.mark.parametrize(
    "typed",
    [
        {},
        {"username": "", "phone": "", "name": ""},
        {"phone": "123"},
        {"name": "李" * 41},
        {"username": "a" * 65},
    ],
)
def test_a_search_that_asks_for_nothing_is_named(clients, typed):
    assert search(clients("wantong"), **typed).status_code == 422


@pytest.mark.parametrize("typed", ["%", "_", "李%", "<b>李静</b>", "𠮷", "👵", "' OR 1=1 --", "*"])
def test_only_what_fits_exactly_is_found(clients, typed):
    page = search(clients("city"), name=typed).text
    assert "没有找到" in page and "<b>李静</b>" not in page


def test_of_several_with_one_name_one_is_chosen(clients):
    twin = cast.make_user("lijing2", "李静", "13711112222")
    cast.make_volunteer(twin)
    db.session.commit()
    page = search(clients("wantong"), name="李静").text
    assert "找到 2 人" in page and page.count("选择此人") == 2 and 'name="seen"' not in page
    assert 'name="seen"' in search(clients("wantong"), name="李静", username="lijing2").text


def test_phones_are_masked_and_stand_in_no_address(clients):
    answer = search(clients("wantong"), username="volunteer")
    assert "138****0001" in answer.text and "13800000001" not in answer.text


def test_the_search_costs_the_same_for_one_and_for_many(clients):
    client = clients("wantong")
    counts = []
    search(client, name="李静")
    for _ in range(2):
        with statements() as seen:
            search(client, name="李静")
        counts.append(len(seen))
        for number in range(12):
            cast.make_volunteer(cast.make_user(f"again{len(counts)}{number}", "李静", "13711112222"))
        db.session.commit()
    assert counts[0] == counts[1]


def test_a_search_writes_nothing(clients):
    client = clients("wantong")
    with statements() as seen:
        search(client, username="volunteer")
    assert writes(seen) == []
    assert db.session.scalar(db.select(db.func.count()).select_from(User)) == len(cast.PEOPLE)


# Other help for who cannot sign in


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
