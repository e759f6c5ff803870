"""两步验证: set up with a phone, new recovery codes, switching off."""

import base64

from flask import current_app, flash, url_for
from flask.typing import ResponseReturnValue
from pyotp import TOTP
from wtforms import PasswordField

from app.access import me, signed_in
from app.accounts import guard
from app.accounts.proof import proven, right_code, right_password
from app.blueprints.member import member
from app.forms import Form, TextField, length, required
from app.htmx import go, render
from app.models.accounts.recovery_code import codes_left
from app.models.accounts.second_step import WRONG, new_secret
from app.models.accounts.sign_in import end_all
from app.models.history import record
from app.refusal import Invalid, Refused


class CodeForm(Form):
    """A code of the phone."""

    code = TextField("6 位验证码", [required("请填写手机上显示的 6 位验证码。"), length(40)])


class BothForm(CodeForm):
    """Password and code: what takes the second step away needs both."""

    password = PasswordField("登录密码", [required("请填写登录密码。")])
    code = TextField("验证码", [required("请填写 6 位验证码，手机丢了就填一个恢复码。"), length(40)])

    def prove(self) -> None:
        """Invalid where one of them is wrong (which one is not told); Wait after five in 15 minutes."""
        id_ = me().id
        tried = guard.count([guard.password_limit(id_)])
        if not (right_password(self.password.data or "") and right_code(self.code.data or "")):
            raise Invalid("code", "密码或验证码不对。" + WRONG.partition("。")[2])
        guard.forgive_password(id_, tried)


@member.get("/security/second-step")
@signed_in
def second_step() -> ResponseReturnValue:
    """Off, being set up, or on."""
    return _page()


@member.post("/security/second-step/start")
@signed_in
@proven
def second_step_start() -> ResponseReturnValue:
    """Draw a secret; it waits in this session until a code proves that the phone has it."""
    here = me().sign_in
    if here is None or me().has_second_step:
        raise Refused("两步验证已经开启。")
    here.pending_secret = new_secret()
    return go(url_for(".second_step"))


@member.post("/security/second-step/confirmation")
@signed_in
@proven
def second_step_confirmation() -> ResponseReturnValue:
    """The first code: from now on signing in asks for one; all other sessions end."""
    form = CodeForm()
    codes = form.carry(lambda: _confirm(form.code.data or ""))
    return _page(form) if codes is None else _codes(codes)


@member.post("/security/second-step/codes")
@signed_in
def second_step_codes() -> ResponseReturnValue:
    """Ten new recovery codes; the old ones are void."""
    form = BothForm()
    codes = form.carry(lambda: _anew(form))
    return _page(codes=form) if codes is None else _codes(codes)


@member.post("/security/second-step/ending")
@signed_in
def second_step_ending() -> ResponseReturnValue:
    """Back to the password alone."""
    form = BothForm()
    if form.carry(lambda: _drop(form)) is None:
        return _page(ending=form)
    flash("两步验证已关闭，以后只用密码登录。", "ok")
    return go(url_for(".second_step"))


def _confirm(typed: str) -> list[str]:
    user = me()
    here = user.sign_in
    if here is None or here.pending_secret is None:
        raise Refused("请重新开始设置两步验证。")
    codes = user.set_second_step(here.pending_secret, typed, by=user)
    here.pending_secret = None
    end_all(user.id, but=here.id)
    return codes


def _anew(form: BothForm) -> list[str]:
    form.prove()
    if not me().has_second_step:
        raise Refused("这个账号没有开启两步验证。")
    codes = me().new_recovery_codes()
    record(me(), "recovery-codes", by=me())
    return codes


def _drop(form: BothForm) -> None:
    form.prove()
    me().drop_second_step(by=me())


def _codes(codes: list[str]) -> ResponseReturnValue:
    """The recovery codes, this once; the file is part of the page, so that the server keeps none."""
    text = "\r\n".join([f"{current_app.config['SITE_NAME']} 恢复码", f"用户名：{me().username}", *codes, ""])
    file = "data:text/plain;charset=utf-8;base64," + base64.b64encode(b"\xef\xbb\xbf" + text.encode()).decode()
    return render("member/recovery_codes.html", codes=codes, file=file)


def _page(form: Form | None = None, codes: Form | None = None, ending: Form | None = None) -> ResponseReturnValue:
    here, on = me().sign_in, me().has_second_step
    secret = here.pending_secret if here and not on else None
    blank = BothForm(formdata=None)
    forms = {"form": form or CodeForm(formdata=None), "codes": codes or blank, "ending": ending or blank}
    wrong = next((one for one in forms.values() if one.wrong), None)
    shown = {
        "secret": secret,
        "picture": _picture(secret) if secret else "",
        "left": codes_left(me().id) if on else 0,
        "needed": current_app.config["SECOND_STEP_REQUIRED"] and me().post is not None and not on,
        "wrong": wrong,
    }
    return render("member/second_step.html", status=wrong.status if wrong else 200, **shown, **forms)


def _picture(secret: str) -> str:
    """The QR code that phones read, as a data address (the content policy lets pictures be those)."""
    import segno  # 0.7 MB that few processes ever need

    address = TOTP(secret).provisioning_uri(name=me().username, issuer_name=current_app.config["SITE_NAME"])
    return str(segno.make(address, error="m").svg_data_uri(scale=4, border=4, light="white"))
