"""志愿者名册: who serves here, each with all they took part in; unit administrators read their own people."""

from typing import Any

from flask import flash, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import joinedload, selectinload

from app import labels
from app.access import Permission, acting, holds, me, one, requires, rows
from app.accounts.proof import proven
from app.blueprints.office import office
from app.blueprints.office.reasons import RevealForm
from app.blueprints.people_filters import VolunteerFilter
from app.disclosure import disclose
from app.forms import Form
from app.htmx import go, render
from app.listing import AnyFilter, Key, Listing
from app.models.history import newest_of
from app.models.region import CITY, place_name
from app.models.unit_dispute import UnitDispute
from app.models.volunteer import Volunteer
from app.models.volunteers import participation, roster
from app.models.volunteers.id_card import masked_card
from app.models.work_unit import unit_name
from app.text import masked_phone
from app.timeline import earlier_than
from app.timeline.applications import told

P = Permission
COLUMNS = {
    "姓名": lambda v: v.user.name,
    "性别": lambda v: labels.word(v.gender),
    "出生年份": lambda v: v.born_year,
    "身份": lambda v: labels.identity(v.political, v.employment),
    "服务社区": lambda v: place_name(v.community_code),
    "居住社区": lambda v: place_name(v.home_community_code or ""),
    "工作单位": lambda v: unit_name(v.unit_id, v.unit_other),
    "手机号": lambda v: masked_phone(v.user.phone),
    "身份证号码": lambda v: masked_card(v.id_card_tail),
    "技能特长": lambda v: "、".join(labels.word(one.skill) for one in v.skills),
    "状态": lambda v: labels.word(v.status),
    "加入日期": lambda v: v.joined_on.isoformat(),
    "服务次数": lambda v: v.services,
    "服务分钟": lambda v: v.minutes,
}
TOPICS = "roster", "regions", "units"  # on which the number of a list hangs
FULL = {"手机号": lambda v: v.user.phone, "身份证号码": lambda v: v.id_card or ""}  # whole, after a proof


@office.get("/volunteers")
@requires(P.VOLUNTEERS)
def volunteers() -> ResponseReturnValue:
    """The roster, newest first."""
    filters, order = _filters(), [Key(Volunteer.id, True)]

    def stmt() -> Any:
        return roster.listed(rows(Volunteer, P.VOLUNTEERS))

    found = Listing(stmt, filters, order, name="roster", scalars=False, shape=acting(), topics=TOPICS)
    return found.respond("office/volunteers/index.html", "results", skills_of=roster.skills_of)


@office.route("/volunteers/export", methods=["GET", "POST"])
@requires(P.VOLUNTEERS)
def volunteers_export() -> ResponseReturnValue:
    """What the filters leave as a file, with its purpose in the history."""
    listing = _listing()
    filters: dict[str, Any] = listing.filters.given()
    full = FULL if holds(P.VOLUNTEERS_KEEP) else None
    return disclose(
        listing, "志愿者名册", url_for("office.volunteers", **filters), users=lambda v: v.user_id, full=full
    )


@office.get("/volunteers/<int:id>")
@requires(P.VOLUNTEERS)
def volunteers_show(id: int) -> ResponseReturnValue:
    """The file of one volunteer: masked, with everything they took part in."""
    return _page(id)


@office.post("/volunteers/<int:id>/reveal")
@requires(P.VOLUNTEERS_KEEP)
@proven
def volunteers_reveal(id: int) -> ResponseReturnValue:
    """The whole ID-card number, once, for a reason."""
    volunteer, form = one(Volunteer, id, P.VOLUNTEERS_KEEP), RevealForm()
    number = form.carry(lambda: volunteer.reveal(by=me(), reason=form.reason.data or ""))
    return _page(id, "card", reveal=form, number=number or "", status=form.status)


@office.post("/volunteers/<int:id>/pause")
@requires(P.VOLUNTEERS_KEEP)
def volunteers_pause(id: int) -> ResponseReturnValue:
    """Stop somebody's service for a while; future places go to others."""
    volunteer, form = one(Volunteer, id, P.VOLUNTEERS_KEEP), RevealForm()
    done = form.carry(lambda: volunteer.pause(by=me(), reason=form.reason.data or ""))
    return _answer(id, done, "pause", form, "已暂停，未开始的活动名额已让出，并已通知本人。")


@office.post("/volunteers/<int:id>/resumption")
@requires(P.VOLUNTEERS_KEEP)
def volunteers_resumption(id: int) -> ResponseReturnValue:
    """Let somebody serve again."""
    one(Volunteer, id, P.VOLUNTEERS_KEEP).resume(by=me())
    return _answer(id, True, "resumption", Form(), "已恢复服务，并已通知本人。")


@office.post("/volunteers/<int:id>/departure")
@requires(P.VOLUNTEERS_KEEP)
def volunteers_departure(id: int) -> ResponseReturnValue:
    """注销: end somebody's volunteering; what was served stays."""
    volunteer, form = one(Volunteer, id, P.VOLUNTEERS_KEEP), RevealForm()
    done = form.carry(lambda: volunteer.leave(by=me(), reason=form.reason.data or ""))
    return _answer(id, done, "departure", form, "已注销，服务次数和记录仍然保留。")


@office.post("/volunteers/<int:id>/id-card-release")
@requires(P.VOLUNTEERS_KEEP)
def volunteers_id_card_release(id: int) -> ResponseReturnValue:
    """Free an ID-card number that was used wrongly."""
    volunteer, form = one(Volunteer, id, P.VOLUNTEERS_KEEP), RevealForm()
    done = form.carry(lambda: volunteer.release_card(by=me(), reason=form.reason.data or ""))
    return _answer(id, done, "release", form, "号码已释放，并已请本人重新填写。")


@office.post("/volunteers/<int:id>/dispute")
@requires(P.DISPUTES)
def volunteers_dispute(id: int) -> ResponseReturnValue:
    """归属异议: the acting unit doubts that this is one of its people."""
    volunteer, form = one(Volunteer, id, P.DISPUTES), RevealForm()
    done = form.carry(lambda: UnitDispute.put(volunteer, form.reason.data or "", by=me()))
    return _answer(id, done, "dispute", form, "异议已提出，社区会向本人核实，结果会通知您。")


def _answer(id: int, done: Any, name: str, form: Form, said: str) -> ResponseReturnValue:
    """The page again: with what is wrong (422), or by a redirect after the deed."""
    if done is None:
        return _page(id, failed={name: form}, status=form.status)
    flash(said, "ok")
    return go(url_for("office.volunteers_show", id=id))


def _page(id: int, *fragments: str, status: int = 200, **context: Any) -> ResponseReturnValue:
    loaded = joinedload(Volunteer.user), joinedload(Volunteer.open_dispute), selectinload(Volunteer.skills)
    volunteer = one(Volunteer, id, P.VOLUNTEERS, *loaded)
    parts = _parts(volunteer).page()
    context = {"reveal": RevealForm(formdata=None), "number": "", "failed": {}} | context
    lines, earlier = newest_of(volunteer, before=earlier_than())
    facts = {"story": told(lines), "earlier": earlier, "others": participation.other_records(volunteer)}
    template = "office/volunteers/show.html"
    return render(template, *(fragments or ("results",)), status=status, v=volunteer, page=parts, **facts, **context)


class Parts(Listing):
    """What somebody took part in; how much of it there is nobody asks."""

    def _total(self) -> int:
        return 0


def _parts(volunteer: Volunteer) -> Listing:
    starts_at, id = participation.PARTS_ORDER
    order = [
        Key(starts_at, True, lambda row: row.SignUp.activity.starts_at),
        Key(id, True, lambda row: row.SignUp.id),
    ]
    return Parts(participation.parts_of(volunteer), AnyFilter(), order, scalars=False)


def _filters() -> VolunteerFilter:
    post = me().post
    return VolunteerFilter(request.args, within=(post.region_code if post else None) or CITY)


def _listing() -> Listing:
    """For the export: everything about each, with the person."""
    scope = rows(Volunteer, P.VOLUNTEERS).options(joinedload(Volunteer.user), selectinload(Volunteer.skills))
    order = [Key(Volunteer.id, True)]
    return Listing(
        scope, _filters(), order, columns=COLUMNS, name="volunteers", personal=True, shape=acting(), topics=TOPICS
    )
