"""一次性密码: find the person, look at the identity card, issue a code that is shown once; unlock, second step off; 停用."""

from collections.abc import Callable

from flask import abort, flash, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, Field, IntegerField, TextAreaField
from wtforms.validators import Optional

from app.access import Permission, requires
from app.accounts import password_desk as desk
from app.accounts.password_desk import MOST, Wanted, find, issue, may_issue, reset_second_step, unlock
from app.accounts.proof import proven
from app.blueprints.office import office
from app.forms import Form, PhoneField, TextField, clean, length, required
from app.htmx import go, render
from app.models.accounts.credentials import CODE_LIFE
from app.models.stateful import REASON_LIMIT
from app.models.user import User


class SearchForm(Form):
    """Exact user name, phone or name; at least one."""

    username = TextField("用户名", [length(64)])
    phone = PhoneField("手机号", [Optional()])
    name = TextField("姓名", [length(40)])

    @property
    def wanted(self) -> Wanted:
        """What was typed."""
        return Wanted(self.username.data or "", self.phone.data or "", self.name.data or "")


class PersonForm(SearchForm):
    """Which of those found."""

    person = IntegerField("会员", [required("请先查找会员。")])


class IssueForm(PersonForm):
    """The same, that the person was seen, and why."""

    seen = BooleanField("已当面核对身份证件，确认是本人", [required("请先当面核对身份，再勾选。")])
    reason = TextAreaField("办理原因", [required("请写明原因。"), length(REASON_LIMIT)], filters=[clean])


class AccountForm(PersonForm):
    """Why an account is disabled or enabled; on the same page as the other form, so by another name."""

    why = TextAreaField("原因", [required("请写明原因。"), length(REASON_LIMIT)], filters=[clean])


@office.get("/password-codes")
@requires(Permission.PASSWORD_CODES)
def password_codes() -> ResponseReturnValue:
    """The empty search; it is sent by POST, so that no phone number stands in an address."""
    return _page(SearchForm(formdata=None))


@office.post("/password-codes/search")
@requires(Permission.PASSWORD_CODES)
def password_codes_search() -> ResponseReturnValue:
    """Those who fit and lie below the acting post."""
    form = SearchForm()
    if form.validate() and not form.wanted:
        form.form_errors.append("请至少填写一项：用户名、手机号或姓名。")
    return _page(form, None if form.wrong else find(form.wanted))


@office.post("/password-codes")
@requires(Permission.PASSWORD_CODES)
@proven
def password_codes_create() -> ResponseReturnValue:
    """Issue a code; 404 for somebody whom the same search does not find."""
    form = IssueForm()
    person = next((one for one in find(form.wanted) if one.id == form.person.data), None)
    if person is None and form.person.data is not None:
        abort(404)
    code = form.carry(lambda: issue(person, form.reason.data or "") if person else None)
    if person is None or code is None:
        return _page(form, [person] if person else None, form)
    return render("office/password_codes/show.html", person=person, code=code, hours=CODE_LIFE.total_seconds() // 3600)


@office.post("/password-codes/unlock")
@requires(Permission.PASSWORD_CODES)
@proven
def password_codes_unlock() -> ResponseReturnValue:
    """Let somebody who failed to sign in too often try again at once."""
    form = IssueForm()
    return _help(unlock, "已解除登录限制，本人现在可以重新登录。", form, form.reason)


@office.post("/password-codes/second-step")
@requires(Permission.PASSWORD_CODES)
@proven
def password_codes_second_step() -> ResponseReturnValue:
    """Switch off the second step of somebody who lost phone and recovery codes."""
    form = IssueForm()
    return _help(reset_second_step, "两步验证已关闭，本人现在只用密码登录。", form, form.reason)


@office.post("/password-codes/disabling")
@requires(Permission.PASSWORD_CODES)
@proven
def password_codes_disable() -> ResponseReturnValue:
    """Close an account to whoever uses it, until somebody enables it again."""
    form = AccountForm()
    return _help(desk.disable, "账号已停用，正在使用的登录已全部退出。", form, form.why)


@office.post("/password-codes/enabling")
@requires(Permission.PASSWORD_CODES)
@proven
def password_codes_enable() -> ResponseReturnValue:
    """Let an account be used again."""
    form = AccountForm()
    return _help(desk.enable, "账号已恢复，本人现在可以登录。", form, form.why)


def _help(verb: Callable[[User, str], None], said: str, form: PersonForm, reason: Field) -> ResponseReturnValue:
    person = next((one for one in find(form.wanted) if one.id == form.person.data), None)
    if person is None and form.person.data is not None:
        abort(404)
    if form.carry(lambda: verb(person, reason.data or "") if person else None) is None or person is None:
        return _page(form, [person] if person else None, form)
    flash(said, "ok")
    return go(url_for(".password_codes"))


def _page(form: SearchForm, people: list[User] | None = None, asked: PersonForm | None = None) -> ResponseReturnValue:
    """The search, whom it found (None: nothing was looked for), and for a single person the form to issue."""
    only = people[0] if people and len(people) == 1 and may_issue(people[0]) else None
    typed = [asked] if asked else []
    plain = [kind(formdata=None, person=only.id) for kind in (IssueForm, AccountForm)] if only else []
    return render(
        "office/password_codes/list.html",
        status=form.status,
        form=form,
        people=people,
        only=only,
        asked=next((one for one in (*typed, *plain) if isinstance(one, IssueForm)), None),
        account=next((one for one in (*typed, *plain) if isinstance(one, AccountForm)), None),
        most=MOST,
        may_issue=may_issue,
    )
