"""工作单位: the city adds, renames, closes and merges the units of its list."""

from typing import Any

from flask import flash, request, url_for
from flask.typing import ResponseReturnValue

from app import clock
from app.access import Permission, me, one, requires, rows
from app.blueprints.office import office
from app.blueprints.office.unit_forms import UnitFilter, UnitForm, UnitMergerForm
from app.htmx import go, render
from app.listing import Key, Listing
from app.models.headcount import headcount_on
from app.models.history import history_of
from app.models.region import place_name
from app.models.units import lists
from app.models.units.lists import people_of
from app.models.work_unit import WorkUnit, units
from app.once import once
from app.timeline.city_lists import told

P = Permission
ORDER = (Key(WorkUnit.name), Key(WorkUnit.id))


def state_of(unit: WorkUnit) -> tuple[str, str]:
    """(word, kind of badge) of what became of a unit."""
    if unit.merged_into_id:
        return "已合并", "end"
    return ("已停用", "end") if unit.valid_to else ("使用中", "ok")


COLUMNS = {
    "单位": lambda unit: unit.name,
    "区县": lambda unit: place_name(unit.district_code or ""),
    "在册志愿者": lambda unit: people_of([unit])[unit.id],
    "状态": lambda unit: state_of(unit)[0],
    "并入": lambda unit: units()[unit.merged_into_id].name if unit.merged_into_id else "",
}


def in_reach(id: int) -> WorkUnit:
    """The unit, or 404."""
    found: WorkUnit = one(WorkUnit, id, P.UNITS)
    return found


@office.get("/units", endpoint="units")
@requires(P.UNITS)
def units_list() -> ResponseReturnValue:
    """The list, by name."""
    if request.args.get("format"):  # a file names all of them: counted at once, not one after the other
        people_of(units().values())
    listing = Listing(rows(WorkUnit, P.UNITS), UnitFilter(request.args), ORDER, COLUMNS, "units", 50)
    return listing.respond("office/units/list.html", "results", state_of=state_of, units=units(), people_of=people_of)


@office.route("/units/new", methods=["GET", "POST"])
@requires(P.UNITS)
@once
def units_new() -> ResponseReturnValue:
    """A new unit."""
    form = UnitForm()
    if added := form.carry(lambda: WorkUnit.add(form.name.data or "", form.district.data or "", by=me())):
        flash(f"已新增{added.name}，马上可以选用。")
        return go(url_for(".units_show", id=added.id))
    return render("office/units/new.html", status=form.status, form=form)


@office.get("/units/<int:id>")
@requires(P.UNITS)
def units_show(id: int) -> ResponseReturnValue:
    """One unit: people, state, history."""
    return page(id)


@office.post("/units/<int:id>/name")
@requires(P.UNITS)
def units_name(id: int) -> ResponseReturnValue:
    """Another name, or another district."""
    unit = in_reach(id)
    form = UnitForm(kept=unit.district_code)
    if form.carry(lambda: _change(unit, form)):
        flash("已保存。")
        return go(url_for(".units_show", id=id))
    return page(id, form)


@office.post("/units/<int:id>/closure")
@requires(P.UNITS)
def units_closure(id: int) -> ResponseReturnValue:
    """停用."""
    in_reach(id).close(by=me())
    flash("已停用：新申请的人不能再选，原来的人不变。")
    return go(url_for(".units_show", id=id))


@office.post("/units/<int:id>/reopening")
@requires(P.UNITS)
def units_reopening(id: int) -> ResponseReturnValue:
    """恢复使用."""
    in_reach(id).reopen(by=me())
    flash("已恢复使用。")
    return go(url_for(".units_show", id=id))


@office.route("/units/<int:id>/merger", methods=["GET", "POST"])
@requires(P.UNITS)
def units_merger(id: int) -> ResponseReturnValue:
    """Choose the heir; look at what is affected; confirm."""
    unit = in_reach(id)
    unit.must_be_open()
    form = UnitMergerForm()
    form.unit = unit
    keep, sure = bool(form.keep_posts.data), "confirmed" in request.form
    if sure and form.carry(lambda: unit.merge(form.into.unit_id, by=me(), keep_posts=keep)) is not None:
        flash(f"{unit.name}已并入。")
        return go(url_for(".units_show", id=form.into.unit_id))
    chosen = units().get(form.into.unit_id or 0) if not form.stepping and form.validate_on_submit() else None
    affected: Any = lists.affected(id) if chosen else []
    return render(
        "office/units/merger.html", status=form.status, form=form, unit=unit, chosen=chosen, affected=affected
    )


def _change(unit: WorkUnit, form: UnitForm) -> None:
    unit.change(form.name.data or "", form.district.data or "", by=me(), seen=form.version.data)


def page(id: int, form: UnitForm | None = None) -> ResponseReturnValue:
    """The page of one unit, with the form of its name."""
    unit = in_reach(id)
    form = form or UnitForm(
        None, data={"name": unit.name, "district": unit.district_code or ""}, kept=unit.district_code
    ).over(unit)
    facts: dict[str, Any] = {"affected": lists.affected(id), "merged": lists.merged_into(id), "units": units()}
    facts |= {"headcount": headcount_on(id, clock.today()), "story": told(history_of(unit)), "state": state_of(unit)}
    return render("office/units/show.html", status=form.status, unit=unit, form=form, **facts)
