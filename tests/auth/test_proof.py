"""再次确认身份: before what would hurt most, once more after ten minutes; nothing that was typed is lost."""

import re
from datetime import timedelta
from html import unescape

import pytest

from app import clock
from app.db import db
from app.models import SignIn, User
from app.models.accounts.sign_in import SignIn as Session
from app.models.history import History
from app.models.user import user_named
from tests import cast
from tests.auth.test_second_step import KEY, code, with_phone
from tests.cast import PASSWORD

ASKED = "请确认是您本人"
# Every view that asks: reveals, telephone numbers, grants of posts, password codes and help with signing in, the second step.
PROVEN = {
    "office.applications_reveal",
    "office.volunteers_reveal",
    "office.calls_phones",
    "office.posts_new",
    "office.posts_hand_over",
    "office.password_codes_create",
    "office.password_codes_unlock",
    "office.password_codes_second_step",
    "office.password_codes_disable",
    "office.password_codes_enable",
    "member.my_data_download",
    "member.closing_carry_out",
    "member.security_other_sign_ins_ending",
    "member.security_sign_in_ending",
    "member.second_step_start",
    "member.second_step_confirmation",
}


@pytest.fixture
def card():
    """The address that reveals an ID-card number."""
    volunteer = cast.volunteer_of("volunteer")
    volunteer.id_card, volunteer.id_card_tail = "110101199003070011", "0011"
    db.session.commit()
    return f"/office/volunteers/{volunteer.id}/reveal"


def later(minutes: float = 11) -> None:
    clock.move(timedelta(minutes=minutes))


def reveal(client, path: str, **more: str):
    return client.post(path, data={"reason": "核对<证件> & “照片”", **more})


def is_shown(answer) -> bool:
    return "110101199003070011" in answer.text


def test_the_views_that_ask_are_these(app):
    assert {name for name, view in app.view_functions.items() if getattr(view, "proven", False)} == PROVEN


def test_a_new_telephone_number_asks_and_an_old_one_does_not(clients):
    client = clients("volunteer")
    page = client.get("/member/profile").text
    version = re.search(r'name="version"[^>]*value="(\d+)"', page)
    later()
    typed = {"version": version.group(1), "phone": "13800000001", "address": "幸福小区 1 号"}
    assert client.post("/member/profile", data=typed).status_code == 303  # the same number: nothing is asked
    number = {"version": str(user_named("volunteer").version), "phone": "13911112222"}
    asked = client.post("/member/profile", data=number)
    assert asked.status_code == 422 and ASKED in asked.text and user_named("volunteer").phone == "13800000001"
    wrong = client.post("/member/profile", data={**number, "proof": "not it"})
    assert wrong.status_code == 422 and user_named("volunteer").phone == "13800000001"
    assert client.post("/member/profile", data={**number, "proof": PASSWORD}).status_code == 303
    assert user_named("volunteer").phone == "13911112222"


def test_within_ten_minutes_of_signing_in_nobody_is_asked(clients, card):
    client = clients("wantong")
    later(9.9)
    assert is_shown(reveal(client, card))


def test_after_ten_minutes_the_password_is_asked_and_what_was_typed_goes_on(clients, card):
    client = clients("wantong")
    later()
    asked = reveal(client, card)
    assert asked.status_code == 422 and ASKED in asked.text and not is_shown(asked)
    assert f'action="{card}"' in asked.text and db.session.scalar(db.select(db.func.count()).select_from(History)) == 0
    kept = re.search(r'name="reason" value="([^"]*)"', asked.text)
    done = reveal(client, card, reason=unescape(kept.group(1)), proof=PASSWORD)
    assert is_shown(done)
    line = db.session.scalars(db.select(History).options(db.joinedload(History.note))).one()
    assert line.note.text == "核对<证件> & “照片”"
    later(20)
    assert is_shown(reveal(client, card))
    later(22)
    assert ASKED in reveal(client, card).text


def test_the_check_notices_when_nobody_is_asked(clients, card, monkeypatch):
    monkeypatch.setattr(Session, "is_proved", True)
    with pytest.raises(AssertionError):
        test_after_ten_minutes_the_password_is_asked_and_what_was_typed_goes_on(clients, card)


def test_a_code_of_the_phone_does_as_well_and_only_once(clients, card):
    with_phone("wantong")
    client, other = clients("wantong"), clients("wantong")
    later()
    typed = code(KEY)
    assert is_shown(reveal(client, card, proof=typed))
    assert not is_shown(reveal(other, card, proof=typed))
    assert is_shown(reveal(other, card, proof=PASSWORD))


def test_a_wrong_password_shows_nothing_and_is_limited(clients, card):
    client = clients("wantong")
    later()
    tries = [reveal(client, card, proof="wrong") for _ in range(5)]
    assert [one.status_code for one in tries] == [422] * 5 and "密码或验证码不对" in tries[0].text
    answer = reveal(client, card, proof=PASSWORD)
    assert answer.status_code == 429 and int(answer.headers["Retry-After"]) > 800 and not is_shown(answer)


def test_one_session_proves_nothing_for_another(clients, card):
    here, there = clients("wantong"), clients("wantong")
    later()
    assert is_shown(reveal(here, card, proof=PASSWORD)) and ASKED in reveal(there, card).text


def test_whoever_copied_the_cookie_before_is_out_after_it(app, clients, card):
    desk, copied = clients("wantong"), app.test_client()
    copied.set_cookie("session", desk.get_cookie("session").value)
    assert copied.get("/office/").status_code == 200
    later()
    assert is_shown(reveal(desk, card, proof=PASSWORD))
    assert desk.get("/office/").status_code == 200
    assert copied.get("/office/").status_code == 303


def test_it_is_kept_though_the_form_itself_was_wrong(clients, card):
    client = clients("wantong")
    later()
    assert reveal(client, card, reason="", proof=PASSWORD).status_code == 422
    assert is_shown(reveal(client, card))


def test_with_htmx_the_question_takes_the_pages_place(clients, card):
    client = clients("wantong")
    later()
    answer = client.post(card, data={"reason": "核对"}, htmx=True)
    assert answer.headers["HX-Retarget"] == "#main" and ASKED in answer.text and "<html" not in answer.text


def test_a_post_is_granted_after_the_question_only(clients):
    client = clients("huanglou")
    later()
    form = {"person": "member", "name": "孙丽", "role": "community", "place": cast.WANTONG, "first_day": "2026-11-28"}
    asked = client.post("/office/posts/new", data=form)
    assert ASKED in asked.text and cast.who("member").post is None
    sent = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', asked.text))
    assert form.items() <= sent.items()
    assert client.post("/office/posts/new", data={**form, "proof": PASSWORD}).status_code in (303, 422)
    assert db.session.scalars(db.select(SignIn.proved_at).join(User).where(User.username == "huanglou")).one() > (
        clock.now() - timedelta(minutes=1)
    )


def test_setting_up_a_second_step_asks_too(clients):
    client = clients("volunteer")
    later()
    assert ASKED in client.post("/member/security/second-step/start").text
    assert client.post("/member/security/second-step/start", data={"proof": PASSWORD}).status_code == 303
    assert user_named("volunteer").totp_secret is None
