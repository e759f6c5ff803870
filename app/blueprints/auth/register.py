"""会员注册: an account of one's own; identity belongs to the volunteer application."""

from typing import Any

from flask import flash, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, HiddenField, PasswordField, ValidationError

from app.access import public, somebody
from app.accounts import known_browsers, passwords, sessions
from app.accounts.registration import name_is_taken, register_once
from app.blueprints.auth import auth
from app.forms import CreationForm, PhoneField, TextField, length, required
from app.htmx import go, render
from app.models.accounts.credentials import good_password, good_username
from app.models.accounts.profile import good_name
from app.models.user import TAKEN
from app.redirects import safe_next
from app.refusal import Invalid

LIMIT = 200  # characters of a user name or name that are looked at, before the rule names its own limit


def judged(rule: Any, *values: Any) -> None:
    """Let a rule of the account judge a field; its objection is shown there."""
    try:
        rule(*values)
    except Invalid as wrong:
        raise ValidationError(wrong.message) from wrong


class RegistrationForm(CreationForm):
    """What a member states; field names are SPEC section 5's."""

    next = HiddenField()
    username = TextField("用户名", [required("请填写用户名。"), length(LIMIT)])
    password = PasswordField("密码", [required("请设置密码。")])
    password_confirm = PasswordField("再输一次密码", [required("请再输一次密码。")])
    name = TextField("真实姓名", [required("请填写真实姓名。"), length(LIMIT)])
    phone = PhoneField("手机号", [required("请填写手机号。")])
    consent = BooleanField("同意", [required("请先阅读并同意个人信息处理说明。")])

    def validate_username(self, field: TextField) -> None:
        """The rule of user names, and that nobody has it."""
        judged(good_username, field.data)
        if name_is_taken(field.data or "", self.key.data or ""):
            raise ValidationError(TAKEN.format(field.data))

    def validate_password(self, field: PasswordField) -> None:
        """Long, not common, not made of the person's own data."""
        judged(good_password, field.data, [self.username.data or "", self.phone.data or ""])

    def validate_password_confirm(self, field: PasswordField) -> None:
        """Typed twice alike."""
        if field.data != self.password.data and not self.password.errors:
            raise ValidationError("两次输入的密码不一样，请重新输入。")

    def validate_name(self, field: TextField) -> None:
        """A person's name."""
        judged(good_name, field.data)

    def register(self) -> Any:
        """The account that the fields ask for, made once for this form's key."""
        return register_once(
            self.key.data or "",
            self.password.data or "",
            username=self.username.data or "",
            name=self.name.data or "",
            phone=self.phone.data or "",
        )


@auth.route("/register", methods=["GET", "POST"])
@public
def register() -> ResponseReturnValue:
    """Make an account, sign in and go on to the member centre."""
    if somebody():
        return go(url_for("member.home"))
    form = RegistrationForm(next=request.args.get("next", ""))
    user = form.carry(form.register)
    if user is None:
        return render("auth/register.html", status=form.status, form=form, least=passwords.LEAST)
    sessions.start(user)
    flash(f"注册成功，{user.name}。下一步：填写志愿者申请，社区审核通过后就能报名活动。", "ok")
    return known_browsers.remember(go(safe_next(form.next.data, "member.home")), user.username)
