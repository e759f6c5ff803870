"""谁看过我的信息: reveals, telephone numbers, exports, help with signing in; nobody else's."""

from datetime import timedelta

import pytest

from app import clock
from app.db import db
from app.models import Disclosed, Disclosure
from app.models.disclosure import note_export
from app.models.history import record
from app.models.user import user_named
from tests import cast
from tests.cast import PASSWORD, who

PAGE = "/member/looks"
CARD, PHONE = "110101199003070011", "13800000001"


@pytest.fixture
def volunteer():
    """李静 with an ID-card number."""
    found = cast.volunteer_of("volunteer")
    found.id_card, found.id_card_tail = CARD, CARD[-4:]
    db.session.commit()
    return found


def export(client, path: str = "/office/volunteers", **more: str):
    return client.post(f"{path}/export", data={"purpose": "核对名单", "format": "csv", **more})


def test_a_reveal_is_read_by_the_person_with_post_name_and_reason(clients, volunteer):
    clients("wantong").post(f"/office/volunteers/{volunteer.id}/reveal", data={"reason": "核对证件"})
    page = clients("volunteer").get(PAGE).text
    assert "查看了您的身份证号码" in page and "万通社区社区管理员 周芳" in page and "核对证件" in page
    assert "还没有人看过" in clients("second").get(PAGE).text


def test_an_export_is_read_by_everybody_in_it_and_by_nobody_else(clients):
    export(clients("wantong"))
    made = db.session.scalars(db.select(Disclosure)).one()
    people = {user_named(name).id for name in ("volunteer", "second", "third")}
    assert set(db.session.scalars(db.select(Disclosed.user_id))) == people
    assert (made.rows, made.full, made.purpose, made.title) == (3, False, "核对名单", "志愿者名册")
    page = clients("volunteer").get(PAGE).text
    assert "导出的“志愿者名册”里有您，共 3 行" in page and "用途：核对名单" in page
    assert "还没有人看过" in clients("guest").get(PAGE).text


def test_files_are_masked_unless_whole_numbers_are_asked_for_and_the_password_is_given(clients, volunteer):
    client = clients("wantong")
    masked = export(client).text
    assert CARD not in masked and PHONE not in masked and "138****0001" in masked
    clock.move(timedelta(minutes=11))
    asked = export(client, full="y")
    assert asked.status_code == 422 and "请确认是您本人" in asked.text and CARD not in asked.text
    assert 'name="purpose" value="核对名单"' in asked.text
    whole = export(client, full="y", proof=PASSWORD).text
    assert CARD in whole and PHONE in whole
    assert [one.full for one in db.session.scalars(db.select(Disclosure).order_by(Disclosure.id))] == [False, True]
    assert "含完整手机号和身份证号码" in clients("volunteer").get(PAGE).text


def test_the_check_notices_when_no_password_is_asked(clients, volunteer, monkeypatch):
    monkeypatch.setattr("app.disclosure.prove_first", lambda: None)
    with pytest.raises(AssertionError):
        test_files_are_masked_unless_whole_numbers_are_asked_for_and_the_password_is_given(clients, volunteer)


def test_a_unit_gets_no_whole_numbers(clients, volunteer):
    client = clients("unit")
    assert "导出完整" not in client.get("/office/volunteers/export").text
    answer = export(client, full="y")
    assert answer.status_code == 200 and CARD not in answer.text and PHONE not in answer.text


@pytest.mark.both
@pytest.mark.parametrize(
    ("who", "path", "whom"),
    [
        ("gulou", "/office/posts", "wantong"),
        ("wantong", "/office/activities/{activity}/signups", "volunteer"),
        ("wantong", "/office/statistics/people", None),
    ],
)
def test_other_lists_name_their_people_too(clients, who, path, whom):
    from tests.signups import join

    activity = cast.make_activity()
    join("volunteer", activity)
    db.session.commit()
    export(clients(who), path.format(activity=activity.id))
    named = set(db.session.scalars(db.select(Disclosed.user_id)))
    assert user_named(whom).id in named if whom else named == set()


def test_what_staff_did_to_the_way_in_is_read_here_and_what_one_did_oneself_is_not(clients):
    user = user_named("volunteer")
    user.issue_code(by=cast.who("wantong"), reason="忘记密码")
    record(cast.volunteer_of("volunteer"), "reveal", by=user, reason="自己看的")
    db.session.commit()
    cast.sign_in(client := clients("volunteer"), "volunteer")
    page = client.get(PAGE).text
    assert "为您发放了一次性密码" in page and "忘记密码" in page and "自己看的" not in page


def test_the_list_goes_on_page_by_page_at_the_same_cost(clients):
    from tests.support.statements import statements

    volunteer = cast.volunteer_of("volunteer")
    client, counts = clients("volunteer"), []
    for _ in range(2):
        with statements() as seen:
            first = client.get(PAGE).text
        counts.append(len(seen))
        for number in range(30):
            record(volunteer, "reveal", by=cast.who("wantong"), reason=f"第{number}次")
        db.session.commit()
    first = client.get(PAGE)
    assert first.text.count("查看了您的身份证号码") == 20 and counts[0] == counts[1] - 0
    after = first.text.split("after=")[1].split('"')[0]
    assert client.get(f"{PAGE}?after={after}").text.count("查看了您的身份证号码") == 20


def test_a_large_export_says_its_rows_with_a_comma(clients):
    made = note_export("志愿者名册", "核对", 2761, full=False, by=who("city"))
    db.session.add(Disclosed(disclosure_id=made.id, user_id=who("volunteer").id))
    db.session.commit()
    assert "共 2,761 行" in clients("volunteer").get("/member/looks").text
