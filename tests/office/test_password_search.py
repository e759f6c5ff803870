"""Whom a post finds who cannot sign in: by what fits exactly, in its own place, masked."""

import pytest

from app import clock
from app.db import db
from app.models import Application, User
from app.models.accounts.erasure import close_account
from app.models.user import user_named
from tests import cast
from tests.password_desk import PHONES, issue, search
from tests.support.statements import statements, writes


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


def test_nobody_finds_oneself(clients):
    assert "没有找到" in search(clients("huanglou"), username="huanglou", phone=PHONES["huanglou"]).text


def test_a_closed_account_is_not_found(clients):
    user = user_named("guest")
    close_account(user, by=user)
    db.session.commit()
    assert "没有找到" in search(clients("city"), username=user.username, name=user.name).text


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
