"""我的数据: everything the site keeps about a person, as one download; and 注销账号, which removes it."""

from flask import flash, send_file, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField

from app import clock
from app.access import me, signed_in
from app.accounts import sessions
from app.accounts.proof import proven
from app.blueprints.member import member
from app.forms import Form, required
from app.htmx import go, render
from app.models.accounts.erasure import close_account
from app.models.history import record
from app.mydata.package import packed


class ClosingForm(Form):
    """That one means it."""

    sure = BooleanField("我明白注销后不能恢复", [required("请确认您明白注销后不能恢复。")])


@member.get("/my-data")
@signed_in
def my_data() -> ResponseReturnValue:
    """What the download holds, and the form for it."""
    return render("member/my_data.html", form=Form())


@member.post("/my-data")
@signed_in
@proven
def my_data_download() -> ResponseReturnValue:
    """The file, once it is sure who asks; that it was taken is noted."""
    user = me()
    record(user, "my-data", by=user)
    name = f"my-data-{clock.today():%Y%m%d}.zip"
    return send_file(packed(user), "application/zip", as_attachment=True, download_name=name)


@member.get("/closing")
@signed_in
def closing() -> ResponseReturnValue:
    """What 注销账号 removes and what stays."""
    return _closing(ClosingForm())


@member.post("/closing")
@signed_in
@proven
def closing_carry_out() -> ResponseReturnValue:
    """Close the account and sign out."""
    form, user = ClosingForm(), me()
    if form.carry(lambda: close_account(user, by=user)) is None:
        return _closing(form)
    sessions.end(user)
    flash("账号已注销，个人信息已删除。感谢您参加志愿服务。", "ok")
    return go(url_for("portal.home"))


def _closing(form: ClosingForm) -> ResponseReturnValue:
    return render("member/closing.html", status=form.status, form=form, held=bool(me().rank))
