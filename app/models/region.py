"""区域: the official tree of the city, keyed by the national statistical code, which is its own path.

City `3203`, district `320302`, subdistrict `320302001`, community `320302001002`. Rows that lists page
through store the three prefixes (`Placed`), so that a list at any level is an equality on an index.
Names and shapes of all regions lie in a small dictionary in memory (`regions`), renewed on a change.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, String, or_, select
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from app.db import Model, db
from app.freshness import remembered, touch
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


class Region(Model):
    """One node of the tree. A merged or renamed one keeps its code, accepts nothing new."""

    __table_args__ = (Index(None, "level", "code"),)

    code: Mapped[str] = mapped_column(String(12), primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    level: Mapped[Level]
    initials: Mapped[str] = mapped_column(String(60), default="")
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    successor: Mapped[str | None] = mapped_column(String(12))


@dataclass(frozen=True, slots=True)
class Place:
    """A region as the dictionary keeps it: plain values, safe to share between threads."""

    code: str
    name: str
    level: Level
    initials: str
    short: str
    open: bool
    successor: str | None

    @property
    def parent(self) -> str:
        """The code of the node above, '' for the city."""
        return self.code[: {6: 4, 9: 6, 12: 9}.get(len(self.code), 0)]


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
    rows = db.session.execute(
        select(Region.code, Region.name, Region.level, Region.initials, Region.valid_to, Region.successor).order_by(
            Region.code
        )
    )
    return {
        code: Place(code, name, level, initials, short_name(name), valid_to is None, successor)
        for code, name, level, initials, valid_to, successor in rows
    }


@remembered("regions")
def children() -> dict[str, list[Place]]:
    """The open regions directly below each code, in the order of codes."""
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


def place_name(code: str, *, full: bool = True) -> str:
    """区 · 街道 · 社区 for a community (short: 社区 only); '' for an unknown or empty code."""
    place = regions().get(code)
    if place is None:
        return ""
    if not full or place.level in (Level.CITY, Level.DISTRICT):
        return place.short
    above = [regions()[code[:width]].short for width in (6, 9) if width < len(code)]
    return " · ".join([*above, place.short])


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
    column = getattr(model, f"{prefix}{level.value}_code")
    codes = lineage().get(code, (code,))
    return column == code if len(codes) == 1 else column.in_(codes)


def import_regions(rows: list[tuple[str, str, str]]) -> tuple[int, int]:
    """Load (code, name, level) rows; returns (added, renamed). Raises ValueError naming the line.

    Idempotent; one wrong row changes nothing (nothing is written before all rows were checked).
    """
    from app.text import initials

    checked = _checked(rows)
    present = {region.code: region for region in db.session.scalars(select(Region))}
    added = renamed = 0
    for code, (name, level) in checked.items():
        region = present.get(code)
        if region is None:
            db.session.add(Region(code=code, name=name, level=level, initials=initials(short_name(name))))
            added += 1
        elif region.name != name:
            region.name, region.initials = name, initials(short_name(name))
            renamed += 1
    touch("regions")
    return added, renamed


def _checked(rows: list[tuple[str, str, str]]) -> dict[str, tuple[str, Level]]:
    """The rows by code, or ValueError that names the line (the header is line 1) and what is wrong."""
    seen: dict[str, tuple[str, Level]] = {}
    known = set(db.session.scalars(select(Region.code)))
    codes = known | {row[0] for row in rows}
    for line, (code, name, level) in enumerate(rows, start=2):
        if level_of(code) is None or level_of(code) != level:
            raise ValueError(f"第 {line} 行：代码 {code!r} 与级别 {level!r} 不相符")
        if not name.strip() or len(name) > 60:
            raise ValueError(f"第 {line} 行：名称为空或超过 60 个字")
        if code in seen:
            raise ValueError(f"第 {line} 行：代码 {code} 重复")
        parent = code[: {4: 0, 6: 4, 9: 6, 12: 9}[len(code)]]
        if parent and parent not in codes:
            raise ValueError(f"第 {line} 行：上级代码 {parent} 不存在")
        seen[code] = (name.strip(), Level(level))
    return seen
