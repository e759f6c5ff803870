"""原平台邀请: who was brought in by a file and has not answered, the slips for them, and taking one back."""

from typing import Any

from flask import flash, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import joinedload

from app import labels
from app.access import Permission, acting, me, one, requires, rows
from app.blueprints.office import office
from app.blueprints.office.import_forms import InvitationFilter, WithdrawalForm
from app.disclosure import disclose
from app.forms import Form
from app.htmx import go, render
from app.listing import Key, Listing
from app.models.history import history_of
from app.models.invitation import Invitation, InvitationStatus
from app.models.region import CITY, place_name
from app.models.work_unit import unit_name
from app.timeline import told

P = Permission
SLIPS = 60  # printed at once
TOPICS = "invitations", "regions"  # on which the number of a list hangs
COLUMNS = {
    "姓名": lambda one: one.name,
    "手机尾号": lambda one: one.phone_tail,
    "服务社区": lambda one: place_name(one.community_code),
    "工作单位": lambda one: unit_name(one.unit_id, one.unit_other),
    "身份": lambda one: labels.identity(one.political, one.employment),
    "原有服务次数": lambda one: one.services,
    "状态": lambda one: labels.word(one.status),
    "答复时间": lambda one: labels.stamp(one.answered_at) if one.answered_at else "",
    "来源": lambda one: f"{one.source.name} 第 {one.line} 行",
}


@office.get("/invitations")
@requires(P.APPLICATIONS)
def invitations() -> ResponseReturnValue:
    """Everybody brought in, newest first."""
    return _listing().respond("office/invitations/list.html")


@office.route("/invitations/export", methods=["GET", "POST"])
@requires(P.APPLICATIONS)
def invitations_export() -> ResponseReturnValue:
    """What the filters leave as a file, with its purpose in the history."""
    listing = _listing()
    return disclose(
        listing,
        "原平台邀请",
        url_for("office.invitations", **listing.filters.given()),
        users=lambda one: one.accepted_by_id,
    )


@office.get("/invitations/slips")
@requires(P.APPLICATIONS)
def invitations_slips() -> ResponseReturnValue:
    """Slips for the first of those whom the filters leave and who have not answered."""
    listing = _listing(SLIPS, InvitationStatus.OPEN)
    found = listing.page().items if listing.filters.validate() else []
    back = url_for("office.invitations", **listing.filters.given())
    return render("office/invitations/slips.html", found=found, most=SLIPS, back=back)


@office.get("/invitations/<int:id>")
@requires(P.APPLICATIONS)
def invitations_show(id: int) -> ResponseReturnValue:
    """One person: what would be taken over, and what became of it."""
    return _page(id)


@office.get("/invitations/<int:id>/slip")
@requires(P.APPLICATIONS)
def invitations_slip(id: int) -> ResponseReturnValue:
    """One person's slip."""
    back = url_for("office.invitations_show", id=id)
    return render("office/invitations/slips.html", found=[one(Invitation, id, P.APPLICATIONS)], most=1, back=back)


@office.post("/invitations/<int:id>/withdrawal")
@requires(P.APPLICATIONS)
def invitations_withdrawal(id: int) -> ResponseReturnValue:
    """Take the invitation back, with a reason; the person's numbers are forgotten."""
    found, form = one(Invitation, id, P.APPLICATIONS), WithdrawalForm()
    if form.carry(lambda: found.withdraw(by=me(), reason=form.reason.data or "")) is None:
        return _page(id, form, form.status)
    flash("已收回，保存的手机号和身份证号码已经删除。", "ok")
    return go(url_for("office.invitations_show", id=id))


def _page(id: int, failed: Form | None = None, status: int = 200) -> ResponseReturnValue:
    found: Invitation = one(Invitation, id, P.APPLICATIONS, joinedload(Invitation.source))
    story = told(history_of(found), InvitationStatus)
    context = {"failed": failed, "brought": found.brought_services(), "story": story}
    return render("office/invitations/show.html", status=status, v=found, **context)


def _listing(per_page: int = 20, *states: InvitationStatus) -> Listing:
    post = me().post
    filters = InvitationFilter(request.args, within=(post.region_code if post else None) or CITY)

    def scope() -> Any:
        found = rows(Invitation, P.APPLICATIONS).where(*(Invitation.status == one for one in states))
        return found.options(joinedload(Invitation.source))

    order, shape = [Key(Invitation.id, True)], (acting(), states)
    name = "invitations"
    return Listing(scope, filters, order, COLUMNS, name, per_page, personal=True, shape=shape, topics=TOPICS)
