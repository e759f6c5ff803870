"""What the pickers of regions and units show; drawn by templates/macros/pickers.html.

A picker is one group of radio buttons named like its form field: whatever is checked is the value, with
scripts and without. Typing (htmx asks for matches) or walking down the tree only changes which radio
buttons stand there; the chosen one always stays among them.
"""

from dataclasses import dataclass

from app.models.region import ABOVE, CITY, WIDTHS, Level, Place, children, heir, lies_below, place_name, regions
from app.models.regions.search import MOST, Found, search_regions
from app.models.work_unit import NO_UNIT, WorkUnit, matching_units, units
from app.text import number_of

STEPS = {6: ("district", "区（县、市）"), 9: ("subdistrict", "街道（镇）"), 12: ("community", "社区（村）")}
OTHER, NONE = "other", "none"
FEW = 100  # units that a list's filter still shows all in one select


@dataclass(frozen=True)
class Step:
    """One select on the way down the tree: its field name, label, (code, name) options and choice."""

    name: str
    label: str
    options: list[tuple[str, str]]
    chosen: str


def _below(code: str) -> list[tuple[str, str]]:
    return [(place.code, place.short) for place in children().get(code, [])]


@dataclass(frozen=True)
class RegionPick:
    """A region picker: which field, inside which region, which levels may be chosen, and what was done so far."""

    name: str
    within: str = CITY
    levels: tuple[Level, ...] = (Level.COMMUNITY,)
    chosen: str = ""
    q: str = ""
    path: str = ""  # the code down to which the selects lead
    browsing: bool = False  # the last act was a step of the selects, not a search

    @property
    def value(self) -> Place | None:
        """The chosen region, if it is one."""
        place: Place | None = regions().get(self.chosen)
        return place

    @property
    def here(self) -> str:
        """Where the selects stand: where a step led, or on the way to the chosen region."""
        path = self.path or self.chosen
        return path if lies_below(path, self.within) else self.within

    @property
    def steps(self) -> list[Step]:
        """The selects above the deepest level that may be chosen; empty until the one before is set."""
        deepest = max(WIDTHS[level] for level in self.levels)
        widths = [width for width in STEPS if len(self.within) < width < deepest]
        return [self._step(width) for width in widths]

    def _step(self, width: int) -> Step:
        options = _below(heir(self.here[: ABOVE[width]])) if len(self.here) >= ABOVE[width] else []
        chosen = heir(self.here[:width]) if len(self.here) >= width else ""
        return Step(f"{self.name}_{STEPS[width][0]}", STEPS[width][1], options, chosen)

    @property
    def found(self) -> Found:
        """The regions to choose from, without the chosen one (it stands first anyway)."""
        hits = self._searched() if self.q and not self.browsing else self._listed()
        return Found([place for place in hits.places if place.code != self.chosen], hits.total)

    @property
    def asked(self) -> bool:
        """Whether something was searched or walked to, so that an empty answer needs a word."""
        return bool(self.q) or self.browsing

    def _searched(self) -> Found:
        return search_regions(self.q, within=self.within, levels=self.levels, limit=MOST)

    def _listed(self) -> Found:
        """The place where the selects stand and those directly below it, as far as they may be chosen."""
        if not self.browsing and len(self.within) < WIDTHS[Level.SUBDISTRICT]:
            return Found([], 0)
        here = regions().get(heir(self.here[:9]))
        near = [here, *children().get(here.code, [])] if here else []
        places = [place for place in near if place.level in self.levels and lies_below(place.code, self.within)]
        return Found(places, len(places))


@dataclass(frozen=True)
class RegionFilter:
    """A filter over any level of the tree: selects of one name, each for the level below the one before."""

    name: str
    within: str = CITY
    chosen: str = ""

    @property
    def steps(self) -> list[Step]:
        """Selects from the level below `within` down to the one below the chosen region."""
        here = heir(self.chosen) if lies_below(self.chosen, self.within) else self.within
        widths = [width for width in STEPS if width > len(self.within) and ABOVE[width] <= len(here)]
        return [self._step(here, width) for width in widths]

    def _step(self, here: str, width: int) -> Step:
        """The first option of each select is the whole region above it: 全市, 鼓楼区（全部）, …"""
        whole = heir(here[: ABOVE[width]])
        word = "全市" if whole == CITY else f"{place_name(whole, full=False)}（全部）"
        chosen = heir(here[:width]) if len(here) >= width else whole
        return Step(self.name, STEPS[width][1], [(whole, word), *_below(whole)], chosen)


@dataclass(frozen=True)
class UnitPick:
    """A unit picker: a unit of the list by its id, `other` with its name written out, or `none`."""

    name: str
    chosen: str = ""
    other: str = ""
    q: str = ""
    listed: bool = False  # only units of the list may be chosen
    within: str = CITY  # only units of this region are offered

    @property
    def value(self) -> WorkUnit | None:
        """The chosen unit, if it is one of the list."""
        unit: WorkUnit | None = units().get(number_of(self.chosen) or 0)
        return unit

    @property
    def found(self) -> list[WorkUnit]:
        """The units that match what was typed, without the chosen one."""
        hits = matching_units(self.q, MOST, within=self.within) if self.q else []
        return [unit for unit in hits if str(unit.id) != self.chosen]

    @property
    def fixed(self) -> list[tuple[str, str]]:
        """The two answers that are no unit."""
        return [] if self.listed else [(OTHER, "其他（名单里没有）"), (NONE, NO_UNIT)]


@dataclass(frozen=True)
class UnitFilter:
    """A filter over units: one select, of all of them while they are few, else of those that were searched for."""

    name: str
    chosen: str = ""
    q: str = ""
    with_none: bool = False  # 无单位 may be chosen
    among: tuple[int, ...] = ()  # of a unit's own post: those that were merged into it

    @property
    def many(self) -> bool:
        """Whether there are too many for a select, so that a search stands before it."""
        return not self.among and len(units()) > FEW

    @property
    def found(self) -> list[WorkUnit]:
        """The units that the select offers, besides the chosen one."""
        hits = list(units().values())
        if self.many:
            hits = matching_units(self.q, MOST, closed=True) if self.q else []
        return hits

    @property
    def options(self) -> list[tuple[str, str]]:
        """(value, words) of the select; the chosen one always stands among them."""
        if self.among:
            return [("", "本单位"), *((str(id), f"{units()[id].name}（已并入）") for id in self.among)]
        held = units().get(number_of(self.chosen) or 0)
        shown = {unit.id: unit.name for unit in [*([held] if held and self.many else []), *self.found]}
        fixed = [(NONE, NO_UNIT)] if self.with_none else []
        return [("", "全部单位"), *((str(id), name) for id, name in shown.items()), *fixed]
