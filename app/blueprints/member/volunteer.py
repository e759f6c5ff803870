"""志愿者申请: apply, follow, mend, withdraw, change community; pause and leave as a volunteer."""

from flask import flash, url_for
from flask.typing import ResponseReturnValue
from wtforms import TextAreaField

from app.access import me, signed_in
from app.blueprints.member import member
from app.blueprints.member.application_form import ApplicationForm, known
from app.forms import Form, clean, length
from app.htmx import go, render
from app.models.application import Application
from app.models.applications.applicant import Desk, desk_of
from app.models.imports.mine import waiting_for
from app.models.stateful import REASON_LIMIT
from app.models.volunteer import Volunteer
from app.once import once
from app.refusal import Refused
from app.timeline import earlier_than
from app.timeline.applications import told


class ReasonForm(Form):
    """A verb that takes a reason."""

    reason = TextAreaField("原因", [length(REASON_LIMIT)], filters=[clean])


@member.get("/volunteer")
@signed_in
def volunteer() -> ResponseReturnValue:
    """Where my application stands; the form when there is none yet."""
    desk = desk_of(me().id)
    if desk.fresh:
        return _form_page(desk, _form(desk))
    return _desk_page(desk)


@member.post("/volunteer")
@signed_in
@once
def volunteer_create() -> ResponseReturnValue:
    """Hand in an application: the first, a new one after 不予通过, or a change of community."""
    desk = desk_of(me().id)
    form = _form(desk)
    if form.carry(lambda: Application.submit(form.told(), by=me())) is None:
        return _form_page(desk, form)
    flash("申请已提交。社区会在 3 个工作日内审核，结果会发到您的消息里。", "ok")
    return go(url_for("member.volunteer"))


@member.get("/volunteer/new")
@signed_in
def volunteer_new() -> ResponseReturnValue:
    """The form again: after 不予通过 or 已撤回, or to change what the community knows."""
    desk = desk_of(me().id)
    return go(url_for("member.volunteer")) if desk.open else _form_page(desk, _form(desk))


@member.route("/volunteer/resubmission", methods=["GET", "POST"])
@signed_in
def volunteer_resubmission() -> ResponseReturnValue:
    """Mend what was sent back and hand it in again."""
    desk = desk_of(me().id)
    application = _open(desk)
    form = _form(desk)
    if form.carry(lambda: application.resubmit(form.told(), by=me())) is None:
        return _form_page(desk, form)
    flash("已重新提交，社区会在 3 个工作日内审核。", "ok")
    return go(url_for("member.volunteer"))


@member.post("/volunteer/withdrawal")
@signed_in
def volunteer_withdrawal() -> ResponseReturnValue:
    """Take my open application back."""
    _open(desk_of(me().id)).withdraw(by=me())
    flash("申请已撤回，需要时可以重新申请。", "ok")
    return go(url_for("member.volunteer"))


@member.post("/volunteer/pause")
@signed_in
def volunteer_pause() -> ResponseReturnValue:
    """Stop serving for a while, with a reason."""
    desk, form = desk_of(me().id), ReasonForm()
    if form.carry(lambda: _membership(desk).pause(by=me(), reason=form.reason.data or "")) is None:
        return _desk_page(desk_of(me().id), pause=form)
    flash("已暂停，之后的活动名额已让给别人。随时可以恢复。", "ok")
    return go(url_for("member.volunteer"))


@member.post("/volunteer/resumption")
@signed_in
def volunteer_resumption() -> ResponseReturnValue:
    """Serve again."""
    _membership(desk_of(me().id)).resume(by=me())
    flash("欢迎回来，现在可以继续报名活动。", "ok")
    return go(url_for("member.volunteer"))


@member.post("/volunteer/departure")
@signed_in
def volunteer_departure() -> ResponseReturnValue:
    """注销: stop being a volunteer; what was served stays."""
    desk, form = desk_of(me().id), ReasonForm()
    if form.carry(lambda: _membership(desk).leave(by=me(), reason=form.reason.data or "")) is None:
        return _desk_page(desk_of(me().id), leave=form)
    flash("志愿者身份已注销，以往的服务次数仍然保留。", "ok")
    return go(url_for("member.volunteer"))


def _form(desk: Desk) -> ApplicationForm:
    """The form with what is known; an open application comes before the volunteer's file, that before an old one."""
    source = desk.open or desk.member_of or desk.latest
    return ApplicationForm(known_tail=desk.known_tail, **known(source, me()))


def _open(desk: Desk) -> Application:
    if desk.open is None:
        raise Refused("您没有正在办理的申请，请看最新状态。")
    return desk.open


def _membership(desk: Desk) -> Volunteer:
    if desk.volunteer is None:
        raise Refused("您还不是志愿者。")
    return desk.volunteer


def _form_page(desk: Desk, form: ApplicationForm) -> ResponseReturnValue:
    invited = waiting_for(me())
    return render("member/volunteer/form.html", status=form.status, form=form, desk=desk, invited=invited)


def _desk_page(desk: Desk, **forms: Form) -> ResponseReturnValue:
    status = max([form.status for form in forms.values()], default=200)
    lines, earlier = desk.history(earlier_than())
    story = {"story": told(lines), "earlier": earlier}
    return render(
        "member/volunteer/show.html", status=status, desk=desk, forms=forms, invited=waiting_for(me()), **story
    )
