"""专业志愿者 in the back office: the city keeps the associations; their members are kept in professional_members.py."""

from typing import Any

from flask import flash, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import joinedload
from wtforms import IntegerField, SelectField, TextAreaField, ValidationError
from wtforms.validators import NumberRange, Optional
from wtforms.widgets import HiddenInput

from app import labels
from app.access import Permission, me, one, requires, rows
from app.blueprints.office import office
from app.blueprints.office.feedback import WithdrawalForm
from app.disclosure import disclose
from app.forms import CreationForm, TextField, clean, length, required
from app.htmx import go, render
from app.listing import AnyFilter, FilterForm, Key, Listing
from app.models.displays.professionals import counted
from app.models.history import history_of
from app.models.professional import GroupStatus, Professional, ProfessionalGroup, ProfessionalStatus
from app.models.region import place_name
from app.models.stateful import Stale
from app.models.volunteer import Volunteer
from app.once import once
from app.timeline import told

P = Permission.PROFESSIONALS
SHOW = "office/professionals/show.html"
COLUMNS = {
    "姓名": lambda m: m.volunteer.user.name,
    "专长": lambda m: m.speciality,
    "执业机构": lambda m: m.organisation,
    "核实情况": lambda m: m.checked,
    "服务社区": lambda m: place_name(m.volunteer.community_code),
    "状态": lambda m: labels.word(m.status),
    "同意时间": lambda m: labels.stamp(m.agreed_at) if m.agreed_at else "",
}


class GroupForm(CreationForm):
    """What the city states about an association; `version` is the one that the form saw."""

    name = TextField("协会名称", [required("请填写协会名称。"), length(60, name="协会名称")])
    introduction = TextAreaField("介绍", [length(2000, name="介绍")], filters=[clean])
    contact = TextField("联系方式", [length(100, name="联系方式")])
    position = IntegerField("排列顺序", [Optional(), NumberRange(0, 999, "请填写 0 到 999 之间的整数。")], default=0)
    version = IntegerField(widget=HiddenInput(), default=0)

    def save(self, group: ProfessionalGroup | None) -> ProfessionalGroup:
        """Found it, or mend it over the version that the form saw."""
        stated = self.name.data or "", self.introduction.data or "", self.contact.data or "", self.position.data or 0
        if group is None:
            return ProfessionalGroup.found(*stated, by=me())
        group.edit(*stated, self.version.data or 0, by=me())
        return group


class MemberFilter(FilterForm):
    """The members of an association by state."""

    status = SelectField(
        "状态",
        choices=[("", "全部状态"), *((s.value, labels.word(s)) for s in ProfessionalStatus)],
        validate_choice=False,
    )

    def validate_status(self, field: Any) -> None:
        """A state, or none for all."""
        if field.data and field.data not in set(ProfessionalStatus):
            raise ValidationError("没有这个状态，请重新选择。")

    def narrow(self, stmt: Any) -> Any:
        """Everything that was chosen."""
        status = self.status.data
        return stmt.where(Professional.status == ProfessionalStatus(status)) if status else stmt


@office.get("/professionals")
@requires(P)
def professionals() -> ResponseReturnValue:
    """The associations, in the order of the portal."""
    order = [Key(ProfessionalGroup.position), Key(ProfessionalGroup.id)]
    listing = Listing(rows(ProfessionalGroup, P), AnyFilter(), order)
    return listing.respond("office/professionals/list.html", "results", counted=counted)


@office.route("/professionals/new", methods=["GET", "POST"])
@requires(P)
@once
def professionals_new() -> ResponseReturnValue:
    """A new association."""
    form = GroupForm()
    if group := form.carry(lambda: form.save(None)):
        flash(f"“{group.name}”已建好，接着添加成员。")
        return go(url_for("office.professionals_show", id=group.id))
    return render("office/professionals/new.html", status=form.status, form=form)


@office.route("/professionals/<int:id>", methods=["GET", "POST"])
@requires(P)
def professionals_show(id: int) -> ResponseReturnValue:
    """One association: its members, what is stated about it, its history."""
    group = one(ProfessionalGroup, id, P)
    form = GroupForm(obj=group)
    try:
        if form.carry(lambda: form.save(group)):
            flash("修改已保存。")
            return go(url_for("office.professionals_show", id=id))
    except Stale as stale:
        form.version.data, form.version.raw_data = group.version, None
        return _page(group, form, stale=stale, status=409)
    return _page(group, form, status=form.status)


@office.route("/professionals/<int:id>/export", methods=["GET", "POST"])
@requires(P)
def professionals_export(id: int) -> ResponseReturnValue:
    """The members that the filter leaves as a file, with its purpose in the history."""
    group = one(ProfessionalGroup, id, P)
    return disclose(
        _members(group),
        f"{group.name}成员",
        url_for("office.professionals_show", id=id),
        volunteers=lambda m: m.volunteer_id,
    )


@office.post("/professionals/<int:id>/closing")
@requires(P)
def professionals_closing(id: int) -> ResponseReturnValue:
    """展示中 → 已停用, with a reason."""
    group, form = one(ProfessionalGroup, id, P), WithdrawalForm()
    if form.carry(lambda: group.close(by=me(), reason=form.reason.data or "")) is None:
        return _page(group, GroupForm(formdata=None, obj=group), closing=form, status=form.status)
    flash("已停用，协会和成员都不在门户上了。")
    return go(url_for("office.professionals_show", id=id))


@office.post("/professionals/<int:id>/reopening")
@requires(P)
def professionals_reopening(id: int) -> ResponseReturnValue:
    """已停用 → 展示中."""
    one(ProfessionalGroup, id, P).reopen(by=me())
    flash("已恢复展示。")
    return go(url_for("office.professionals_show", id=id))


def _members(group: ProfessionalGroup) -> Listing:
    people = joinedload(Professional.volunteer).joinedload(Volunteer.user)
    stmt = rows(Professional, P).where(Professional.group_id == group.id).options(people)
    order = [Key(Professional.id)]
    return Listing(stmt, MemberFilter(request.args), order, COLUMNS, "professionals", personal=True)


def _page(group: ProfessionalGroup, form: GroupForm, *, status: int, **context: Any) -> ResponseReturnValue:
    listing = _members(group)
    good = listing.filters.validate()
    context = {"stale": None, "closing": None, "page": listing.page() if good else None} | context
    shared = {"group": group, "form": form, "filters": listing.filters, "story": told(history_of(group), GroupStatus)}
    return render(SHOW, "results", status=status if good else 422, **shared, **context)
