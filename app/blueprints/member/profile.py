"""个人信息: what the account says about the person."""

from typing import Any

from flask import flash, url_for
from flask.typing import ResponseReturnValue
from wtforms import IntegerField, RadioField
from wtforms.validators import Optional
from wtforms.widgets import HiddenInput

from app.access import me, signed_in
from app.accounts.proof import prove_first
from app.blueprints.member import member
from app.forms import Form, PhoneField, RegionField, TextField, length, required
from app.htmx import go, render
from app.labels import word
from app.models.region import heir
from app.models.user import Gender, User

ADDRESS_LIMIT = 100


def _gender(value: Any) -> Gender | None:
    return Gender(value) if value else None


class ProfileForm(Form):
    """Name and phone; the rest only if the person wants to. `version` notices an edit made elsewhere."""

    version = IntegerField(widget=HiddenInput())
    name = TextField("姓名", [required("请填写姓名。"), length(200)])
    phone = PhoneField("手机号", [required("请填写手机号。")])
    gender = RadioField(
        "性别",
        [Optional()],
        coerce=_gender,
        default=None,
        choices=[("", "不填"), *((one.value, word(one)) for one in Gender)],
    )
    home_community = RegionField("居住社区")
    address = TextField("住址", [length(ADDRESS_LIMIT, name="住址")])

    def facts(self, user: User) -> dict[str, Any]:
        """The answers, for `User.edit_profile`; a checked name is not asked for again."""
        return {
            "name": self.name.data or user.name,
            "phone": self.phone.data,
            "gender": self.gender.data,
            "home_community_code": self.home_community.data,
            "address": self.address.data,
        }


@member.route("/profile", methods=["GET", "POST"])
@signed_in
def profile() -> ResponseReturnValue:
    """Show and change the profile."""
    user, locked = me(), me().name_is_checked
    form = ProfileForm(obj=user, home_community=heir(user.home_community_code or ""))
    if locked:
        form.name.validators = form.name.validators[1:]
    if (asked := _asked(form, user.phone)) is not None:
        return asked
    if form.carry(lambda: user.edit_profile(form.facts(user), form.version.data, by=user)) is None:
        return render("member/profile.html", status=form.status, form=form, locked=locked)
    flash("个人信息已保存。", "ok")
    return go(url_for("member.profile"))


def _asked(form: ProfileForm, held: str) -> ResponseReturnValue | None:
    """再次确认身份 before another telephone number: a one-time code is issued to whoever has it."""
    changes = form.is_submitted() and not form.stepping and form.validate() and form.phone.data != held
    return prove_first() if changes else None
