"""账号安全: the password, where one is signed in, and what happened to the account."""

from flask import flash, url_for
from flask.typing import ResponseReturnValue
from wtforms import PasswordField, ValidationError

from app.access import me, own, signed_in
from app.accounts import passwords
from app.accounts.password_change import change_password
from app.accounts.proof import proven
from app.blueprints.auth.register import judged
from app.blueprints.member import member
from app.forms import Form, required
from app.htmx import go, render
from app.models.accounts.credentials import good_password
from app.models.accounts.sign_in import SignIn, end_all, living_sign_ins
from app.timeline.account import account_story


class PasswordForm(Form):
    """The present password (not asked for after a one-time code) and the new one, twice."""

    password = PasswordField("现在的密码")
    new_password = PasswordField("新密码", [required("请设置新密码。")])
    new_password_confirm = PasswordField("再输一次新密码", [required("请再输一次新密码。")])

    def validate_password(self, field: PasswordField) -> None:
        """Needed unless a one-time code has just proved who this is."""
        if not field.data and not me().must_change_password:
            raise ValidationError("请填写现在的密码。")

    def validate_new_password(self, field: PasswordField) -> None:
        """Long, not common, not made of the person's own data, and new."""
        judged(good_password, field.data, [me().username, me().phone], "new_password")
        if field.data == self.password.data:
            raise ValidationError("新密码和现在的一样，请换一个。")

    def validate_new_password_confirm(self, field: PasswordField) -> None:
        """Typed twice alike."""
        if field.data != self.new_password.data and not self.new_password.errors:
            raise ValidationError("两次输入的密码不一样，请重新输入。")


@member.get("/security")
@signed_in
def security() -> ResponseReturnValue:
    """Password, sessions, history."""
    return _page(PasswordForm())


@member.post("/security/password")
@signed_in
def security_password() -> ResponseReturnValue:
    """Set a new password; every other session of the person ends."""
    form = PasswordForm()
    forced = me().must_change_password
    if form.carry(lambda: change_password(me(), form.password.data or "", form.new_password.data or "")) is None:
        return _page(form)
    flash("新密码已生效，其他设备上的登录都已退出。", "ok")
    return go(url_for("member.home" if forced else "member.security"))


@member.post("/security/sign-ins/<int:id>/ending")
@signed_in
@proven
def security_sign_in_ending(id: int) -> ResponseReturnValue:
    """Sign out one other device."""
    own(SignIn, id).end()
    flash("那台设备已退出登录。", "ok")
    return go(url_for("member.security"))


@member.post("/security/other-sign-ins/ending")
@signed_in
@proven
def security_other_sign_ins_ending() -> ResponseReturnValue:
    """Sign out everywhere but here."""
    here = me().sign_in
    end_all(me().id, but=here.id if here else None)
    flash("其他设备上的登录都已退出。", "ok")
    return go(url_for("member.security"))


def _page(form: PasswordForm) -> ResponseReturnValue:
    return render(
        "member/security.html",
        status=form.status,
        form=form,
        least=passwords.LEAST,
        sign_ins=living_sign_ins(me().id),
        story=account_story(me()),
        here=me().sign_in,
    )
