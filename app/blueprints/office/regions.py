"""区域: the city adds, renames and merges the regions of its tree."""

from typing import Any

from flask import abort, flash, request, url_for
from flask.typing import ResponseReturnValue

from app import labels
from app.access import Permission, me, requires, rows
from app.blueprints.office import office
from app.blueprints.office.region_forms import AdditionForm, NameForm, TreeFilter, merger_form
from app.htmx import go, render
from app.listing import Key, Listing
from app.models.history import history_of
from app.models.posts.open_work import work_in
from app.models.region import CITY, Region, children, place_name, regions
from app.models.regions import lists
from app.models.regions.former_names import former_names
from app.once import once
from app.timeline.city_lists import told

P = Permission
COLUMNS = {
    "代码": lambda r: r.code,
    "名称": lambda r: r.name,
    "级别": lambda r: labels.word(r.level),
    "全称": lambda r: place_name(r.code),
    "启用日期": lambda r: r.valid_from.isoformat() if r.valid_from else "",
    "撤并日期": lambda r: r.valid_to.isoformat() if r.valid_to else "",
    "并入": lambda r: r.successor or "",
}


def in_reach(code: str) -> Region:
    """The region with this code, or 404."""
    return lists.only(rows(Region, P.REGIONS), code) or abort(404)


@office.get("/regions", endpoint="regions")
@requires(P.REGIONS)
def regions_list() -> ResponseReturnValue:
    """What stands below a region; with words, everything of that name."""
    listing = Listing(rows(Region, P.REGIONS), TreeFilter(request.args), [Key(Region.code)], COLUMNS, "regions", 50)
    return listing.respond("office/regions/list.html", "results", chain=lists.chain, children=children())


@office.route("/regions/new", methods=["GET", "POST"])
@requires(P.REGIONS)
@once
def regions_new() -> ResponseReturnValue:
    """A new subdistrict or community, below `parent` of the address where one was chosen."""
    above = request.args.get("parent", "")
    form = AdditionForm(code=above if above in regions() and above != CITY else "")
    if added := form.carry(lambda: Region.add(form.code.data or "", form.name.data or "", by=me())):
        flash(f"已新增{added.name}。")
        return go(url_for(".regions_show", code=added.code))
    return render("office/regions/new.html", status=form.status, form=form, above=above)


@office.get("/regions/<code>")
@requires(P.REGIONS)
def regions_show(code: str) -> ResponseReturnValue:
    """One region: facts, what is open in it, former names, history."""
    return page(region := in_reach(code), NameForm(formdata=None).over(region))


@office.post("/regions/<code>/name")
@requires(P.REGIONS)
def regions_name(code: str) -> ResponseReturnValue:
    """Call it by another name from today on."""
    region, form = in_reach(code), NameForm()
    if form.carry(lambda: region.rename(form.name.data or "", by=me(), seen=form.version.data)):
        flash(f"已更名为{region.name}。以前的事情仍按原来的名称显示。")
        return go(url_for(".regions_show", code=code))
    return page(in_reach(code), form)


@office.route("/regions/<code>/merger", methods=["GET", "POST"])
@requires(P.REGIONS)
def regions_merger(code: str) -> ResponseReturnValue:
    """Choose the heir; look at what is affected; confirm."""
    region = in_reach(code)
    region.must_be_open()
    form = merger_form(region)
    keep, sure = bool(form.keep_posts.data), "confirmed" in request.form
    if sure and form.carry(lambda: region.merge(form.into.data, by=me(), keep_posts=keep)):
        flash(f"{region.name}已并入，以后由接收的区域办理。")
        return go(url_for(".regions_show", code=form.into.data))
    chosen = regions()[form.into.data] if not form.stepping and form.validate_on_submit() else None
    parts = work_in(code) if chosen else []
    context: dict[str, Any] = {"region": region, "chosen": chosen, "parts": parts}
    return render("office/regions/merger.html", status=form.status, form=form, **context)


def page(region: Region, form: NameForm) -> ResponseReturnValue:
    """The page of one region, with the form of its name."""
    below = children().get(region.code, [])
    facts = {"chain": lists.chain(region.code), "below": below, "taken_in": lists.taken_in(region.code)}
    names = former_names().get(region.code, [])
    parts = work_in(region.code) if region.code != CITY else []
    story = told(history_of(region))
    return render(
        "office/regions/show.html",
        status=form.status,
        region=region,
        form=form,
        names=names,
        parts=parts,
        story=story,
        **facts,
    )
