"""原平台邀请 in the member centre: what would be taken over; accept, decline, think better of it, find by code."""

from datetime import timedelta

from flask import abort, flash, session, url_for
from flask.typing import ResponseReturnValue

from app.access import me, signed_in
from app.accounts import guard
from app.blueprints.member import member
from app.forms import Form, IdCardField, TextField, length, required
from app.htmx import go, render
from app.models.accounts.attempt import Limit, forget
from app.models.applications.particulars import card_given_before
from app.models.history import history_of
from app.models.imports.mine import by_code, invitations_of
from app.models.invitation import Invitation, InvitationStatus
from app.models.region import place_name
from app.models.volunteer import VolunteerStatus, volunteer_of
from app.refusal import Invalid
from app.timeline import told

SHOWN = "invitation"  # in the session: the one whose code was typed
WRONG = "邀请码不对，或者与您登记的姓名不符。请对照纸条再看一遍，还不行请联系社区。"
CODES, CARDS = 10, 10  # wrong ones by one member in a day
DAY = timedelta(days=1)


class CodeForm(Form):
    """The code on the slip."""

    code = TextField("邀请码", [required("请填写纸条上的邀请码。"), length(40, name="邀请码")])


class AcceptanceForm(Form):
    """What joining needs; the number given before need not be typed again."""

    id_card = IdCardField("身份证号码")


@member.get("/invitations")
@signed_in
def invitations() -> ResponseReturnValue:
    """What was brought in for me, and the box for a code."""
    return _list(CodeForm(formdata=None))


@member.post("/invitations/code")
@signed_in
def invitations_code() -> ResponseReturnValue:
    """Find an invitation by the code on the slip; ten wrong ones a day."""
    form = CodeForm()
    if form.validate_on_submit():
        tried = guard.count([Limit("invitation-code", str(me().id), CODES, DAY)])
        found = by_code(form.code.data or "", me())
        if found is not None:
            forget(tried)
            session[SHOWN] = found.id
            return go(url_for("member.invitations_show", id=found.id))
        form.reject(Invalid("code", WRONG))
    return _list(form)


@member.get("/invitations/<int:id>")
@signed_in
def invitations_show(id: int) -> ResponseReturnValue:
    """What would be taken over, and the form that accepts."""
    return _page(mine(id), AcceptanceForm(formdata=None))


@member.post("/invitations/<int:id>/acceptance")
@signed_in
def invitations_acceptance(id: int) -> ResponseReturnValue:
    """Accept: be a volunteer, with the earlier services."""
    mine(id)
    form = AcceptanceForm()
    tried = guard.count([Limit("invitation-card", str(me().id), CARDS, DAY)]) if form.id_card.data else []
    found = mine(id)
    if form.carry(lambda: found.accept(by=me(), id_card=form.id_card.data or "")) is None:
        return _page(mine(id), form)
    forget(tried)
    flash(
        f"已接受。您是{place_name(found.community_code)}的志愿者，以前的 {found.services} 次服务已经记到您名下。", "ok"
    )
    return go(url_for("member.invitations_show", id=id))


@member.post("/invitations/<int:id>/refusal")
@signed_in
def invitations_refusal(id: int) -> ResponseReturnValue:
    """Decline; it can be taken up again."""
    mine(id).decline(by=me())
    flash("已谢绝，什么都没有改变。改变主意的，可以在这里重新打开。", "ok")
    return go(url_for("member.invitations_show", id=id))


@member.post("/invitations/<int:id>/reopening")
@signed_in
def invitations_reopening(id: int) -> ResponseReturnValue:
    """Think better of it."""
    mine(id).reopen(by=me())
    return go(url_for("member.invitations_show", id=id))


def mine(id: int) -> Invitation:
    """The invitation, if it is this member's; else 404."""
    return next((one for one in _all() if one.id == id), None) or abort(404)


def _all() -> list[Invitation]:
    return invitations_of(me(), session.get(SHOWN, 0))


def _list(form: CodeForm) -> ResponseReturnValue:
    return render("member/invitations/list.html", status=form.status, form=form, found=_all())


def _page(found: Invitation, form: AcceptanceForm) -> ResponseReturnValue:
    volunteer = volunteer_of(me().id)
    member_of = volunteer if volunteer and volunteer.status is not VolunteerStatus.LEFT else None
    context = {"brought": found.brought_services(), "story": told(history_of(found), InvitationStatus)}
    known = bool(member_of) or bool(card_given_before(me().id))
    return render(
        "member/invitations/show.html",
        status=form.status,
        v=found,
        form=form,
        member_of=member_of,
        known=known,
        **context,
    )
