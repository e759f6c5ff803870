"""两步验证: set up, signing in with a code of the phone, recovery codes, help from above."""

import base64
import re
from datetime import timedelta

import pyotp
import pytest
from flask import g

from app import clock
from app.accounts.sessions import second_step_first
from app.crypto import keyed_hash
from app.db import db
from app.models import Message, RecoveryCode, SignIn
from app.models.accounts import recovery_code, second_step
from app.models.accounts.second_step import fitting_step
from app.models.history import history_of
from app.models.user import user_named
from tests import cast
from tests.cast import PASSWORD
from tests.support.together import together

PAGE = "/member/security/second-step"
STEP = "/login/second-step"
KEY = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def code(secret: str = KEY, off: int = 0) -> str:
    """What the phone shows now, or `off` half minutes away."""
    return pyotp.TOTP(secret).at(int(clock.now().timestamp()) + off * 30)


def with_phone(username: str = "volunteer") -> list[str]:
    """Let this person have a second step with KEY, set up some minutes ago; the recovery codes."""
    user = user_named(username)
    user.totp_secret, user.totp_step = KEY, 0
    codes = user.new_recovery_codes()
    db.session.commit()
    return codes


def halfway(app, username: str = "volunteer", **data: str):
    """A browser in which the password was right."""
    client = app.test_client()
    answer = client.post("/login", data={"username": username, "password": PASSWORD, **data})
    assert (answer.status_code, answer.location) == (303, STEP)
    return client


def is_in(client) -> bool:
    return client.get("/member/profile").status_code == 200


# RFC 6238, appendix B, SHA-1, the last six digits


@pytest.mark.parametrize(
    ("second", "digits"),
    [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"), (2000000000, "279037")],
)
def test_the_codes_are_those_of_the_standard(second, digits):
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    assert fitting_step(secret, digits, clock.datetime.fromtimestamp(second, clock.UTC)) == second // 30


@pytest.mark.parametrize(("off", "fits"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_code_is_good_one_half_minute_around(app, off, fits):
    assert (fitting_step(KEY, code(off=off)) is not None) is fits


@pytest.mark.parametrize("typed", ["", "x", "12345", "1234567", "１２３４５a", "٠١٢٣٤٥", "\x00", "9" * 5000])
def test_what_is_no_code_fits_nothing(app, typed):
    assert fitting_step(KEY, typed) is None


# Setting up


def test_a_person_sets_it_up_with_a_phone(app, clients):
    client, there = clients("volunteer"), clients("volunteer")
    assert "未开启" in client.get(PAGE).text
    assert client.post(f"{PAGE}/start").location == PAGE
    page = client.get(PAGE).text
    secret = re.search(r'id="key">([A-Z2-7 ]+)<', page).group(1).replace(" ", "")
    assert 'src="data:image/svg+xml' in page and len(secret) == 32
    assert user_named("volunteer").totp_secret is None
    done = client.post(f"{PAGE}/confirmation", data={"code": code(secret)})
    codes = re.findall(r"<b>(\w{5}-\w{5})</b>", done.text)
    assert len(set(codes)) == 10 and "data:text/plain" in done.text
    assert user_named("volunteer").totp_secret == secret and is_in(client) and not is_in(there)
    assert not any(one in client.get(PAGE).text for one in [*codes, secret])
    assert "已开启" in client.get(PAGE).text and "两步验证" in client.get("/member/security").text
    assert halfway(app).post(STEP, data={"code": codes[0]}).location == "/member/"


def test_a_wrong_code_sets_nothing_up(clients):
    client = clients("volunteer")
    client.post(f"{PAGE}/start")
    secret = db.session.scalars(db.select(SignIn.pending_secret)).one()
    answer = client.post(f"{PAGE}/confirmation", data={"code": "000000"})
    assert answer.status_code == 422 and "验证码不对" in answer.text and "二维码" in answer.text
    assert user_named("volunteer").totp_secret is None
    assert db.session.scalars(db.select(SignIn.pending_secret)).one() == secret


def test_the_confirmation_without_a_start_is_refused(clients):
    assert clients("volunteer").post(f"{PAGE}/confirmation", data={"code": "123456"}).status_code == 409


def test_the_database_keeps_neither_key_nor_recovery_codes_in_plain(app):
    codes = with_phone()
    kept = db.session.execute(db.text('SELECT totp_secret FROM "user" WHERE totp_secret IS NOT NULL')).scalar_one()
    hashes = db.session.scalars(db.select(RecoveryCode.code_hash)).all()
    assert KEY not in kept and kept.startswith("1.") and len(hashes) == 10
    assert not any(one.replace("-", "") in "".join(hashes) for one in codes)


def test_recovery_codes_are_hashed_slowly_with_a_salt_of_the_persons_own(app, monkeypatch):
    first, *_ = with_phone()
    with_phone("member")
    kept = [one.split(".") for one in db.session.scalars(db.select(RecoveryCode.code_hash))]
    salts, hashes = {one[1] for one in kept}, {one[2] for one in kept}
    assert len(salts) == 2 and len(hashes) == 20 and all(len(base64.urlsafe_b64decode(one)) == 16 for one in salts)
    asked: list[str] = []
    monkeypatch.setattr(recovery_code, "stretched", lambda secret, salt: asked.append(secret) or b"")
    assert not is_in(halfway(app)) and halfway(app).post(STEP, data={"code": first}).status_code == 422
    assert len(asked) == 1  # one slow hash tells which of the ten it is, and without it none fits


def test_a_code_of_an_older_version_works_before_and_after_the_tick(app):
    user = user_named("volunteer")
    user.totp_secret, codes = KEY, ["ABCDEFGHJK", "BBCDEFGHJK", "CBCDEFGHJK"]
    quick = [keyed_hash(f"{user.id}:{one}", "recovery-code") for one in codes]
    db.session.add_all([RecoveryCode(user_id=user.id, code_hash=one) for one in quick])
    db.session.commit()
    assert halfway(app).post(STEP, data={"code": codes[0]}).status_code == 303
    assert app.test_cli_runner().invoke(args=["tick"]).exit_code == 0
    kept = db.session.scalars(db.select(RecoveryCode.code_hash)).all()
    assert len(kept) == 3 and all(one.startswith("a.") for one in kept)
    answers = [halfway(app).post(STEP, data={"code": one}).status_code for one in (codes[0], codes[1], codes[1])]
    assert answers == [422, 303, 422]


# Signing in


def test_the_password_alone_does_not_sign_in(app):
    with_phone()
    client = halfway(app)
    assert not is_in(client) and db.session.scalars(db.select(SignIn)).all() == []
    answer = client.post(STEP, data={"code": code()})
    assert answer.location == "/member/" and is_in(client)


def test_the_check_notices_when_the_second_step_is_left_out(app, monkeypatch):
    """Planted: a product that asks for no second step."""
    with_phone()
    monkeypatch.setattr(cast.User, "has_second_step", False)
    with pytest.raises(AssertionError):
        halfway(app)


def test_the_way_on_is_kept_over_both_steps(app):
    with_phone()
    client = halfway(app, next="/member/messages")
    assert client.post(STEP, data={"code": code()}).location == "/member/messages"


def test_a_code_is_good_once(app):
    with_phone()
    typed = code()
    assert halfway(app).post(STEP, data={"code": typed}).status_code == 303
    assert halfway(app).post(STEP, data={"code": typed}).status_code == 422
    assert halfway(app).post(STEP, data={"code": code(off=-1)}).status_code == 422
    assert halfway(app).post(STEP, data={"code": code(off=1)}).status_code == 303


def test_the_check_notices_when_codes_are_good_twice(app, monkeypatch):
    monkeypatch.setattr(second_step, "_use_step", lambda *rest: True)
    with pytest.raises(AssertionError):
        test_a_code_is_good_once(app)


@pytest.mark.both
def test_of_two_who_use_one_code_at_once_one_comes_in(app):
    with_phone()
    typed, browsers = code(), [halfway(app) for _ in range(4)]
    tries = [lambda one=one: one.post(STEP, data={"code": typed}).status_code for one in browsers]
    assert sorted(together(app, tries)) == [303, 422, 422, 422]


def test_a_recovery_code_is_good_once_and_its_owner_is_told(app):
    first, *rest = with_phone()
    assert halfway(app).post(STEP, data={"code": f" {first.lower()} "}).status_code == 303
    assert halfway(app).post(STEP, data={"code": first}).status_code == 422
    assert halfway(app).post(STEP, data={"code": rest[0]}).status_code == 303
    assert "还剩 9 个" in db.session.scalars(db.select(Message.body).order_by(Message.id)).first()


def test_every_wrong_code_gets_the_same_answer(app):
    used, *_ = with_phone()
    typed = code()
    halfway(app).post(STEP, data={"code": used})
    halfway(app).post(STEP, data={"code": typed})
    pages = set()
    for wrong in (used, typed, "000000", "ABCDE-FGHJK", "<b>"):
        answer = halfway(app).post(STEP, data={"code": wrong})
        pages.add((answer.status_code, re.sub(r'name="csrf_token" value="[^"]*"', "", answer.text)))
    assert len(pages) == 1 and pages.pop()[0] == 422


def test_the_sixth_code_is_refused_even_when_right_and_elsewhere_too(app):
    with_phone()
    client = halfway(app)
    assert [client.post(STEP, data={"code": "000000"}).status_code for _ in range(5)] == [422] * 5
    answer = client.post(STEP, data={"code": code()})
    assert answer.status_code == 429 and int(answer.headers["Retry-After"]) > 800 and not is_in(client)
    assert halfway(app).post(STEP, data={"code": code()}).status_code == 429
    elsewhere = {"REMOTE_ADDR": "203.0.113.9"}
    assert halfway(app).post(STEP, data={"code": code()}, environ_base=elsewhere).status_code == 429


def test_the_check_notices_when_codes_may_be_guessed_for_ever(app, monkeypatch):
    monkeypatch.setattr("app.accounts.guard.FAILURES", 1000)
    with pytest.raises(AssertionError):
        test_the_sixth_code_is_refused_even_when_right_and_elsewhere_too(app)


def test_who_guesses_codes_does_not_stop_the_owners_known_browser(app):
    with_phone()
    mine = halfway(app)
    mine.post(STEP, data={"code": code()})
    mine.post("/logout")
    thief = halfway(app)
    for _ in range(6):
        thief.post(STEP, data={"code": "000000"})
    assert mine.post("/login", data={"username": "volunteer", "password": PASSWORD}).location == STEP
    assert mine.post(STEP, data={"code": code(off=1)}).status_code == 303


def test_halfway_lasts_five_minutes_and_ends_with_a_new_password(app):
    with_phone()
    client = halfway(app)
    clock.move(timedelta(minutes=5, seconds=1))
    assert client.post(STEP, data={"code": code()}).location == "/login" and not is_in(client)
    client = halfway(app)
    user_named("volunteer").password_hash = "!"
    assert client.post(STEP, data={"code": code()}).location == "/login" and not is_in(client)


def test_nobody_enters_by_the_second_step_alone(client):
    with_phone()
    assert client.get(STEP).location == "/login"
    assert client.post(STEP, data={"code": code()}).location == "/login" and not is_in(client)


def test_a_disabled_account_does_not_come_in_halfway(app):
    with_phone()
    client = halfway(app)
    user_named("volunteer").disabled_at = clock.now()
    assert client.post(STEP, data={"code": code()}).location == "/login"


def test_a_one_time_code_of_staff_does_not_replace_the_second_step(app):
    with_phone()
    issued = user_named("volunteer").issue_code(by=cast.who("wantong"), reason="忘记密码")
    db.session.commit()
    client = app.test_client()
    assert client.post("/login", data={"username": "volunteer", "password": issued}).location == STEP
    assert client.post(STEP, data={"code": "000000"}).status_code == 422
    assert client.post(STEP, data={"code": code()}).status_code == 303
    assert client.get("/member/profile").location == "/member/security"
    assert app.test_client().post("/login", data={"username": "volunteer", "password": issued}).status_code == 422


# Changing and switching off


@pytest.mark.parametrize("what", ["codes", "ending"])
@pytest.mark.parametrize("wrong", ["password", "code", "both"])
def test_taking_it_away_needs_password_and_code(clients, what, wrong):
    with_phone()
    data = {"password": PASSWORD, "code": code()}
    data |= {name: "000000" for name in ("password", "code") if wrong in (name, "both")}
    before = db.session.scalars(db.select(RecoveryCode.id)).all()
    answer = clients("volunteer").post(f"{PAGE}/{what}", data=data)
    assert answer.status_code == 422 and "密码或验证码不对" in answer.text
    assert user_named("volunteer").totp_secret and db.session.scalars(db.select(RecoveryCode.id)).all() == before


def test_guessing_there_is_limited_too(clients):
    with_phone()
    client, data = clients("volunteer"), {"password": PASSWORD, "code": "000000"}
    assert [client.post(f"{PAGE}/ending", data=data).status_code for _ in range(6)] == [422] * 5 + [429]
    assert client.post(f"{PAGE}/ending", data={**data, "code": code()}).status_code == 429


def test_new_recovery_codes_replace_the_old(app, clients):
    old = with_phone()
    page = clients("volunteer").post(f"{PAGE}/codes", data={"password": PASSWORD, "code": code()}).text
    [new, *_] = re.findall(r"<b>(\w{5}-\w{5})</b>", page)
    assert halfway(app).post(STEP, data={"code": old[0]}).status_code == 422
    assert halfway(app).post(STEP, data={"code": new}).status_code == 303


def test_switched_off_the_password_is_enough(app, clients):
    with_phone()
    answer = clients("volunteer").post(f"{PAGE}/ending", data={"password": PASSWORD, "code": code()})
    assert answer.location == PAGE
    client = app.test_client()
    assert client.post("/login", data={"username": "volunteer", "password": PASSWORD}).location == "/member/"
    assert [line.action for line in history_of(user_named("volunteer"))] == ["second-step-off"]


# Required


@pytest.fixture
def required(app, monkeypatch):
    """As in production."""
    monkeypatch.setitem(app.config, "SECOND_STEP_REQUIRED", True)


@pytest.mark.parametrize("path", ["/office/", "/office/volunteers", "/office/posts/new", "/office/statistics"])
def test_a_post_without_it_may_only_set_it_up(required, clients, path):
    client = clients("city")
    assert client.get(path).location == PAGE
    assert client.get(path, htmx=True).headers["HX-Redirect"] == PAGE
    assert "管理后台要求两步验证" in client.get(PAGE).text


def let_in(app, username: str) -> list[str]:
    """The routes that a post opens and that this person is not led away from."""
    found, user = [], cast.who(username)
    for rule in app.url_map.iter_rules():
        method = "GET" if "GET" in rule.methods else "POST"
        with app.test_request_context(re.sub(r"<[^>]+>", "1", rule.rule), method=method):
            g._login_user = user
            led = second_step_first()
        if led is None and app.view_functions[rule.endpoint].access not in ("public", "signed-in"):
            found.append(rule.rule)
    return found


def test_no_way_into_the_office_is_forgotten(required, app):
    assert let_in(app, "city") == []


def test_the_check_notices_when_it_is_not_required(app):
    assert len(let_in(app, "city")) > 100


def test_with_it_the_office_is_open_and_members_need_none(required, clients):
    with_phone("wantong")
    assert clients("wantong").get("/office/").status_code == 200
    assert is_in(clients("member")) and clients("member").get("/office/").status_code == 403


# Help


def test_a_command_closes_it_with_a_reason(app):
    with_phone("city")
    db.session.commit()
    run = app.test_cli_runner().invoke
    assert run(args=["reset-second-step", "city", "手机丢失，已核对证件"]).exit_code == 0
    db.session.expire_all()
    assert user_named("city").totp_secret is None
    [line] = history_of(user_named("city"))
    assert (line.action, line.note.text) == ("second-step-reset", "手机丢失，已核对证件")
    assert run(args=["reset-second-step", "city", "再来"]).exit_code == 1
    assert run(args=["reset-second-step", "nobody", "再来"]).exit_code == 1
