"""A member finds what was brought in for them, and nobody else's; accepts, declines, types the code of a slip."""

from app import clock
from app.db import db
from app.models import Volunteer
from app.models.invitation import InvitationStatus
from tests import cast
from tests.applicants import card, years_ago
from tests.people_files import CARD, invite, line

S = InvitationStatus


def sun(**changes):
    return invite(line(**({"身份证号": CARD, "服务次数": 5} | changes)), closes_on=clock.today())


def test_the_member_accepts_and_is_a_volunteer_with_five_services(client):
    invitation = sun()
    client.sign_in("member")
    card_shown = client.get("/member/volunteer").text
    assert "万通社区请您加入" in card_shown and "以前的服务 5 次" in card_shown
    url = f"/member/invitations/{invitation.id}"
    page = client.get(url).text
    assert "接受邀请，成为志愿者" in page and CARD not in page and CARD[-4:] not in page
    for typed, words in (("", "请填写身份证号码"), ("1", "18 位"), (card(8), "不一致")):
        wrong = client.post(f"{url}/acceptance", data={"id_card": typed})
        assert wrong.status_code == 422 and words in wrong.text, typed
    assert db.session.scalar(db.select(Volunteer).where(Volunteer.user_id == cast.who("member").id)) is None
    assert client.post(f"{url}/acceptance", data={"id_card": CARD}).status_code == 303
    assert "5 次" in client.get("/member/volunteer").text and "您已经接受" in client.get(url).text
    assert cast.volunteer_of("member").services == 5
    assert client.post(f"{url}/acceptance", data={"id_card": CARD}).status_code == 409
    assert "请您加入</h2>" not in client.get("/member/volunteer").text


def test_declining_and_thinking_better_of_it(client):
    invitation = sun()
    client.sign_in("member")
    url = f"/member/invitations/{invitation.id}"
    assert client.post(f"{url}/refusal").status_code == 303 and invitation.status is S.DECLINED
    assert "您已经谢绝" in client.get(url).text
    assert client.post(f"{url}/acceptance", data={"id_card": CARD}).status_code == 409
    client.post(f"{url}/reopening")
    assert invitation.status is S.OPEN and client.post(f"{url}/reopening").status_code == 409


def test_a_volunteer_needs_no_number_and_a_child_an_application(clients):
    old = invite(line(姓名="王建国", 手机号="13800000002", 服务次数=2), closes_on=clock.today())
    second = clients("second")
    page = second.get(f"/member/invitations/{old.id}").text
    assert "服务社区不变" in page and "id_card" not in page
    second.post(f"/member/invitations/{old.id}/acceptance")
    assert cast.volunteer_of("second").services == 2
    child = invite(line())
    answer = clients("member").post(
        f"/member/invitations/{child.id}/acceptance", data={"id_card": card(born=years_ago(15))}
    )
    assert answer.status_code == 409 and "监护人" in answer.text


def test_others_see_nothing_and_the_code_opens_only_for_the_same_name(clients):
    invitation = sun(手机号="13799990000")
    member, guest = clients("member"), clients("guest")
    url = f"/member/invitations/{invitation.id}"
    assert [one.get(url).status_code for one in (member, guest)] == [404, 404]
    assert guest.post(f"{url}/acceptance", data={"id_card": CARD}).status_code == 404
    assert "没有给您的邀请" in member.get("/member/invitations").text
    assert guest.post("/member/invitations/code", data={"code": invitation.code}).status_code == 422
    assert guest.get(url).status_code == 404
    for typed, words in (
        ("", "请填写纸条上的邀请码"),
        (f"{invitation.code[:-1]}!", "邀请码不对"),
        ("长" * 41, "最多 40 个字"),
    ):
        wrong = member.post("/member/invitations/code", data={"code": typed})
        assert wrong.status_code == 422 and words in wrong.text
    found = member.post("/member/invitations/code", data={"code": invitation.code.lower()})
    assert found.status_code == 303 and member.get(url).status_code == 200
    assert guest.get(url).status_code == 404
    member.post(f"{url}/acceptance", data={"id_card": CARD})
    assert cast.volunteer_of("member").services == 5


def test_guessing_codes_and_numbers_is_limited(clients):
    invitation = sun()
    member = clients("member")
    codes = [member.post("/member/invitations/code", data={"code": "1-AAAA-AAAA"}).status_code for _ in range(11)]
    assert codes == [422] * 10 + [429]
    url = f"/member/invitations/{invitation.id}/acceptance"
    cards = [member.post(url, data={"id_card": card(n)}).status_code for n in range(10, 21)]
    assert cards == [422] * 10 + [429] and invitation.status is S.OPEN
