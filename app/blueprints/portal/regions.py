"""What the pickers ask for while a person types or walks down the tree (templates/macros/pickers.html)."""

import re

from flask import abort, request, url_for
from flask.typing import ResponseReturnValue

from app.access import public
from app.blueprints.portal import portal
from app.fields_places import chain
from app.finished import kept
from app.htmx import render, wants_fragment
from app.models.region import CITY, Level, level_of
from app.pickers import RegionFilter, RegionPick, UnitFilter, UnitPick
from app.text import squeeze

LONGEST = 50  # characters of a search that are looked at


def _name(usual: str) -> str:
    """The form field that the radio buttons are for; 404 for what is no field name."""
    name = request.args.get("name", usual)
    return name if re.fullmatch(r"[a-z][a-z0-9_-]{0,39}", name) else abort(404)


def _typed(name: str) -> str:
    """What was typed: `q`, or the field's own search box."""
    return squeeze(request.args.get("q") or request.args.get(f"{name}_q", ""))[:LONGEST]


def _pick(*, browsing: bool) -> RegionPick:
    """The state of the picker as the page sends it; 404 for a scope that cannot be."""
    name, within = _name("community"), request.args.get("within", CITY)
    levels = tuple(request.args.get("levels", Level.COMMUNITY.value).split(","))
    if level_of(within) is None or not set(levels) <= set(Level):
        abort(404)
    path = chain([request.args.get(f"{name}_{step}", "") for step in ("district", "subdistrict")])
    chosen = request.args.get(name, "")
    return RegionPick(name, within, tuple(map(Level, levels)), chosen, _typed(name), path, browsing)


@portal.get("/regions/matches")
@public
@kept("regions")
def regions_matches() -> ResponseReturnValue:
    """Communities whose name contains what was typed, as radio buttons."""
    return render("portal/regions/matches.html", "matches", pick=_pick(browsing=False), part=wants_fragment())


@portal.get("/regions/steps")
@public
@kept("regions")
def regions_steps() -> ResponseReturnValue:
    """The selects district → subdistrict, and the communities they lead to."""
    pick = _pick(browsing=True)
    url = url_for(".regions_steps", name=pick.name, within=pick.within, levels=",".join(pick.levels))
    return render("portal/regions/steps.html", "steps", pick=pick, url=url, part=wants_fragment())


@portal.get("/regions/filter")
@public
@kept("regions")
def regions_filter() -> ResponseReturnValue:
    """The selects of a list's region filter, one deeper after each choice."""
    name, within = _name("region"), request.args.get("within", CITY)
    if level_of(within) is None:
        abort(404)
    pick = RegionFilter(name, within, chain(request.args.getlist(name)))
    url = url_for(".regions_filter", name=name, within=within)
    return render("portal/regions/filter.html", "filter", pick=pick, url=url)


@portal.get("/units/matches")
@public
@kept("units")
def units_matches() -> ResponseReturnValue:
    """Work units whose name contains what was typed, as radio buttons."""
    name = _name("work_unit")
    listed, within = "listed" in request.args, request.args.get("within", CITY)
    pick = UnitPick(name, request.args.get(name, ""), "", _typed(name), listed, within)
    return render("portal/units/matches.html", "matches", pick=pick, part=wants_fragment())


@portal.get("/units/filter")
@public
@kept("units")
def units_filter() -> ResponseReturnValue:
    """The select of a list's unit filter, with the units whose name contains what was typed."""
    name = _name("unit")
    pick = UnitFilter(name, request.args.get(name, ""), _typed(name), with_none="none" in request.args)
    return render("portal/units/filter.html", "options", pick=pick, part=wants_fragment())
