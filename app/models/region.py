"""区域: the official tree of the city, keyed by the national statistical code, which is its own path.

City `3203`, district `320302`, subdistrict `320302001`, community `320302001002`. Rows that lists page
through store the three prefixes (`Placed`), so that a list at any level is an equality on an index.
Names and shapes of all regions lie in a small dictionary in memory (`regions`), renewed on a change.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Protocol

from sqlalchemy import Index, String, or_, select
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from app.db import Model, db
from app.freshness import remembered
from app.models.regions.verbs import RegionVerbs
from app.refusal import Invalid

CITY = "3203"
OFFICES = ("居民委员会", "村民委员会", "居委会", "村委会")


class Level(StrEnum):
    CITY = "city"
    DISTRICT = "district"
    SUBDISTRICT = "subdistrict"
    COMMUNITY = "community"


WIDTHS = {Level.CITY: 4, Level.DISTRICT: 6, Level.SUBDISTRICT: 9, Level.COMMUNITY: 12}
LEVELS = {width: level for level, width in WIDTHS.items()}


def level_of(code: str) -> Level | None:
    """The level that a code of this length names, or None when it names none."""
    return LEVELS.get(len(code)) if code.isdigit() and code.startswith(CITY) else None


class Region(RegionVerbs, Model):
    """One node of the tree. A merged or renamed one keeps its code; a merged one accepts nothing new."""

    DOORS = {"any": ""}  # the list is the city's
    __table_args__ = (Index(None, "level", "code"),)

    code: Mapped[str] = mapped_column(String(12), primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    level: Mapped[Level]
    initials: Mapped[str] = mapped_column(String(60), default="")
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    successor: Mapped[str | None] = mapped_column(String(12))

    @property
    def id(self) -> int:
        """A number of its own for history: the digits behind the city's, 320302001002 → 102001002."""
        return int(f"1{self.code.removeprefix(CITY)}")


@dataclass(frozen=True, slots=True)
class Place:
    """A region as the dictionary keeps it: plain values, safe to share between threads.

    `parent` is the region above as it is now: what a merged one was joined to stands for it; '' for the city.
    """

    code: str
    name: str
    level: Level
    initials: str
    short: str
    valid_to: date | None
    successor: str | None
    parent: str

    @property
    def open(self) -> bool:
        """Whether it accepts anything new."""
        return self.valid_to is None


class Ending(Protocol):
    """What `follow` asks of a region."""

    @property
    def valid_to(self) -> date | None: ...
    @property
    def successor(self) -> str | None: ...


ABOVE = {4: 0, 6: 4, 9: 6, 12: 9}  # widths of codes: each level, and the one it hangs on


def short_name(name: str) -> str:
    """万通社区居委会 → 万通社区, 李庄村委会 → 李庄村, 孔庄居委会 → 孔庄社区; other names stay as they are."""
    kind = next((office for office in OFFICES if name.endswith(office)), None)
    if kind is None:
        return name
    base = name.removesuffix(kind)
    if base.endswith(("村", "社区", "小区", "街区")):
        return base
    return base + ("村" if kind.startswith("村") else "社区")


@remembered("regions")
def regions() -> dict[str, Place]:
    """Every region by code, in the order of codes; renewed when the topic `regions` is touched."""
    columns = Region.code, Region.name, Region.level, Region.initials, Region.valid_to, Region.successor
    rows = {row.code: row for row in db.session.execute(select(*columns).order_by(Region.code))}
    return {
        code: Place(
            code, row.name, row.level, row.initials, short_name(row.name), row.valid_to, row.successor,
            follow(code[: ABOVE[len(code)]], rows),
        )
        for code, row in rows.items()
    }  # fmt: skip


def follow(code: str, known: Mapping[str, Ending], on: date | None = None) -> str:
    """The region among `known` that stands for this one, now or on the day `on`: itself, or what it was merged into."""
    seen: set[str] = set()
    while (place := known.get(code)) and place.valid_to and place.successor and code not in seen:
        if on is not None and on <= place.valid_to:
            break
        seen.add(code)
        code = place.successor
    return code


def heir(code: str) -> str:
    """The region that stands for this one now: itself, or the one into which it was merged."""
    return follow(code, regions())


@remembered("regions")
def children() -> dict[str, list[Place]]:
    """The open regions directly below each code, in the order of codes; those of a merged one are its heir's."""
    below: dict[str, list[Place]] = {}
    for place in regions().values():
        if place.open:
            below.setdefault(place.parent, []).append(place)
    return below


@remembered("regions")
def lineage() -> dict[str, tuple[str, ...]]:
    """Each code with the codes that were merged into it, directly or through others."""
    family: dict[str, list[str]] = {code: [code] for code in regions()}
    for place in regions().values():
        heir, seen = place.successor, {place.code}
        while heir and heir not in seen and heir in family:
            family[heir].append(place.code)
            seen.add(heir)
            heir = regions()[heir].successor
    return {code: tuple(codes) for code, codes in family.items()}


def prefixes(code: str) -> tuple[str, ...]:
    """How the codes of everything inside this region begin: its own code, and those merged into it."""
    return lineage().get(code, (code,))


def lies_below(code: str, within: str) -> bool:
    """Whether the region `code` is `within` or lies in it, as things stand now."""
    return heir(code).startswith(prefixes(within))


def place_name(code: str, *, full: bool = True) -> str:
    """区 · 街道 · 社区 for a community (short: 社区 only); '' for an unknown or empty code.

    A merged one is called by the name of its heir, with its own behind: 白云社区（原万通社区）. What it was
    called on a day says `region_name.place_name_on`.
    """
    names = _place_names()
    name = names.get((code, full))
    if name is None:
        name = _place_name(code, full)
        if name:  # not what no region is called: anybody may send that
            names[code, full] = name
    return name


@remembered("regions")
def _place_names() -> dict[tuple[str, bool], str]:
    """What `place_name` has said since the regions last changed."""
    return {}


def _place_name(code: str, full: bool) -> str:
    place = regions().get(code)
    if place is None:
        return ""
    now = regions()[heir(code)]
    own = now.short if now is place else f"{now.short}（原{place.short}）"
    widths = [width for width in (6, 9) if full and width < len(now.code)]
    return " · ".join([*(regions()[heir(now.code[:width])].short for width in widths), own])


def community(code: str, field: str = "community") -> Place:
    """The open community with this code; Invalid at `field` when there is none."""
    place = regions().get(code or "")
    if place is None or place.level is not Level.COMMUNITY:
        raise Invalid(field, "请选择一个社区（村）。")
    if not place.open:
        raise Invalid(field, f"{place.short}已撤并，请选择新的社区（村）。")
    return place


class Placed:
    """Columns of a row that belongs to a community: its code and the two prefixes above."""

    @declared_attr
    def district_code(cls) -> Mapped[str]:
        return mapped_column(String(6))

    @declared_attr
    def subdistrict_code(cls) -> Mapped[str]:
        return mapped_column(String(9))

    @declared_attr
    def community_code(cls) -> Mapped[str]:
        return mapped_column(String(12))

    def locate(self, code: str) -> None:
        """Put this row into the community `code`."""
        self.district_code, self.subdistrict_code, self.community_code = code[:6], code[:9], code


def within(model: Any, code: str, prefix: str = "") -> Any:
    """The condition that a row of `model` lies in the region `code` (any level; merged ones count).

    `prefix` names a second set of place columns, `volunteer_` for the volunteer's own community.
    None where the code is the city: everything lies in it.
    """
    level = level_of(code)
    if level is Level.CITY:
        return None
    if level is None:
        return or_(False)
    from app.models.regions.homes import mended

    column = getattr(model, f"{prefix}{level.value}_code")
    codes = prefixes(code)
    condition = column == code if len(codes) == 1 else column.in_(codes)
    return condition if level is Level.COMMUNITY else mended(condition, getattr(model, f"{prefix}community_code"), code)
