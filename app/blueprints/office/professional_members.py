"""The members of an association in the back office: found city-wide, checked, put forward, corrected, removed."""

from typing import Any

from flask import abort, flash, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import joinedload
from wtforms import IntegerField, StringField
from wtforms.widgets import HiddenInput

from app.access import Permission, me, one, requires, rows
from app.blueprints.office import office
from app.blueprints.office.feedback import WithdrawalForm
from app.forms import CreationForm, Form, TextField, clean, length, required
from app.htmx import go, render
from app.models.displays.professionals import found_people
from app.models.history import history_of
from app.models.professional import Professional, ProfessionalGroup
from app.models.stateful import Stale
from app.models.volunteer import Volunteer, VolunteerStatus
from app.models.volunteers.search import known_as
from app.once import once
from app.sent import sent
from app.text import number_of
from app.timeline.displays import told

P = Permission.PROFESSIONALS
FIND, MEMBER = "office/professionals/find.html", "office/professionals/member.html"


class FindForm(Form):
    """The words that a volunteer is looked for by."""

    q = StringField("姓名、手机号或号码后四位", [required("请填写要找的人。"), length(50)], filters=[clean])


class MemberForm(CreationForm):
    """What stands beside the name, and what was checked; `version` is the one that the form saw."""

    speciality = TextField("专长", [required("请填写专长。"), length(60, name="专长")])
    organisation = TextField("执业机构", [length(60, name="执业机构")])
    checked = TextField("核实了什么", [required("请写明核实了什么证件。"), length(200, name="核实情况")])
    version = IntegerField(widget=HiddenInput(), default=0)

    @property
    def stated(self) -> tuple[str, str, str]:
        """What was typed."""
        return self.speciality.data or "", self.organisation.data or "", self.checked.data or ""


@office.get("/professionals/<int:id>/members/search")
@requires(P)
def professionals_members_search(id: int) -> ResponseReturnValue:
    """The search, empty."""
    return render(FIND, "found", group=one(ProfessionalGroup, id, P), form=FindForm(formdata=None), found=None)


@office.post("/professionals/<int:id>/members/search")
@requires(P)
def professionals_members_found(id: int) -> ResponseReturnValue:
    """Whom these words find, city-wide; a POST, so that no number stands in an address."""
    group, form = one(ProfessionalGroup, id, P), FindForm()
    if not form.validate_on_submit():
        return render(FIND, "found", status=422, group=group, form=form, found=None)
    people = rows(Volunteer, Permission.VOLUNTEERS).where(*known_as(Volunteer, form.q.data or ""))
    return render(FIND, "found", group=group, form=form, found=found_people(people, group))


@office.route("/professionals/<int:id>/members/new", methods=["GET", "POST"])
@requires(P)
@once
def professionals_members_new(id: int) -> ResponseReturnValue:
    """Put a volunteer (`?volunteer=`) forward: speciality, organisation, what was checked."""
    group, form = one(ProfessionalGroup, id, P), MemberForm()
    if not (volunteer := _volunteer()):
        return go(url_for("office.professionals_members_search", id=id))
    if form.carry(lambda: Professional.add(group, volunteer, *form.stated, by=me())):
        flash(f"已发给{volunteer.user.name}，本人同意后才会展示。")
        return go(url_for("office.professionals_show", id=id))
    context = {"group": group, "volunteer": volunteer, "member": None, "story": [], "stale": None, "removal": None}
    return render(MEMBER, status=form.status, form=form, **context)


def _volunteer() -> Volunteer | None:
    """Whom the address or the form names, None for nobody; 404 for who has left."""
    asked = number_of(sent().get("volunteer"))
    if not asked:
        return None
    found: Volunteer = one(Volunteer, asked, Permission.VOLUNTEERS, joinedload(Volunteer.user))
    return found if found.status is not VolunteerStatus.LEFT else abort(404)


@office.route("/professionals/<int:id>/members/<int:member_id>", methods=["GET", "POST"])
@requires(P)
def professionals_members_show(id: int, member_id: int) -> ResponseReturnValue:
    """One member: what stands beside the name, the state, the history."""
    member = _member(id, member_id)
    form = MemberForm(obj=member)
    try:
        if form.carry(lambda: member.edit(*form.stated, form.version.data or 0, by=me())):
            flash("修改已保存。")
            return go(url_for("office.professionals_members_show", id=id, member_id=member_id))
    except Stale as stale:
        form.version.data, form.version.raw_data = member.version, None
        return _page(id, member_id, form, stale=stale, status=409)
    return _page(id, member_id, form, status=form.status)


@office.post("/professionals/<int:id>/members/<int:member_id>/removal")
@requires(P)
def professionals_members_removal(id: int, member_id: int) -> ResponseReturnValue:
    """Off the list, with a reason."""
    member, form = _member(id, member_id), WithdrawalForm()
    if form.carry(lambda: member.remove(by=me(), reason=form.reason.data or "")) is None:
        return _page(id, member_id, removal=form, status=form.status)
    flash("已从名单移除，并已告诉本人。")
    return go(url_for("office.professionals_show", id=id))


def _member(id: int, member_id: int) -> Professional:
    options = joinedload(Professional.group), joinedload(Professional.volunteer).joinedload(Volunteer.user)
    found: Professional = one(Professional, member_id, P, *options)
    return found if found.group_id == id else abort(404)


def _page(
    id: int, member_id: int, form: MemberForm | None = None, *, status: int, **context: Any
) -> ResponseReturnValue:
    """The page, with the row read again: a refused verb has ended what was loaded."""
    member = _member(id, member_id)
    form = form or MemberForm(formdata=None, obj=member)
    context = {"stale": None, "removal": None, "group": member.group, "volunteer": member.volunteer} | context
    return render(MEMBER, status=status, member=member, form=form, story=told(history_of(member)), **context)
