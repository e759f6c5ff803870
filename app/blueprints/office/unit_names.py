"""What people typed as 其他: the city makes a unit of it, or says which unit is meant."""

from flask import flash, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Select

from app.access import Permission, me, one, requires
from app.blueprints.office import office
from app.blueprints.office.unit_forms import AdoptionForm, TypedFilter
from app.htmx import go, render
from app.listing import Key, Listing
from app.models.units.lists import alike, all_of, typed_names
from app.models.work_unit import WorkUnit

P = Permission


@office.get("/units/others")
@requires(P.UNITS)
def units_others() -> ResponseReturnValue:
    """The typed names, those of most people first, with the units that they resemble."""
    names = typed_names()
    scope: Select[tuple[str, int]] = all_of(names)
    order = [Key(names.c.people, True), Key(names.c.name)]
    columns = {"填写的名称": lambda row: row.name, "人数": lambda row: row.people}
    listing = Listing(scope, TypedFilter(request.args, names=names), order, columns, "unit-names", 50, scalars=False)
    return listing.respond("office/units/others.html", "results", alike=alike)


@office.route("/units/others/adoption", methods=["GET", "POST"])
@requires(P.UNITS)
def units_adoption() -> ResponseReturnValue:
    """All who typed this name belong to a unit of the list from now on: a new one, or the one chosen."""
    form = AdoptionForm() if request.method == "POST" else AdoptionForm(name=request.args.get("name", "")[:80])
    done = form.carry(lambda: _adopt(form))
    if done is not None:
        flash(f"已归入，共 {done} 名志愿者。以前的服务记录不变。")
        return go(url_for(".units_others"))
    name = form.name.data or ""
    return render("office/units/adoption.html", status=form.status, form=form, alike=alike(name))


def _adopt(form: AdoptionForm) -> int:
    name = form.name.data or ""
    unit = WorkUnit.add(name, by=me()) if form.new.data else one(WorkUnit, form.unit.unit_id or 0, P.UNITS)
    moved: int = unit.adopt(name, by=me())
    return moved
