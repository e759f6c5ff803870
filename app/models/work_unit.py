"""工作单位: a flat list kept by the city. 'Other' is no row: a person then writes the name."""

from datetime import date

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Model, Row, db
from app.freshness import remembered
from app.models.region import CITY, prefixes
from app.models.units.verbs import UnitVerbs
from app.refusal import Invalid

NO_UNIT = "无单位"


class WorkUnit(UnitVerbs, Row, Model):
    """A work unit; a closed one accepts nobody new, a merged one names its heir besides."""

    DOORS = {"any": ""}  # the list is the city's

    name: Mapped[str] = mapped_column(String(80), unique=True)
    initials: Mapped[str] = mapped_column(String(60), default="")
    district_code: Mapped[str | None] = mapped_column(String(6))
    valid_to: Mapped[date | None]
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("work_unit.id"))


@remembered("units")
def units() -> dict[int, WorkUnit]:
    """Every unit by id, in the order of names, detached from the session (read-only)."""
    found = list(db.session.scalars(select(WorkUnit).order_by(WorkUnit.name)))
    for unit in found:
        db.session.expunge(unit)
    return {unit.id: unit for unit in found}


@remembered("units")
def _families() -> dict[int, tuple[int, ...]]:
    """Each unit with those that were merged into it, directly or through others."""
    family: dict[int, list[int]] = {id: [id] for id in units()}
    for unit in units().values():
        heir, seen = unit.merged_into_id, {unit.id}
        while heir in family and heir not in seen:
            family[heir].append(unit.id)
            seen.add(heir)
            heir = units()[heir].merged_into_id
    return {id: tuple(ids) for id, ids in family.items()}


def with_merged(unit_id: int) -> tuple[int, ...]:
    """This unit, and those that were merged into it: their past is read by its post (docs/adr/0008)."""
    return _families().get(unit_id, (unit_id,))


def unit_heir(unit: WorkUnit, by: date | None = None) -> WorkUnit | None:
    """The open unit into which this one was merged (by this day), itself while it is open, None when it just ended."""
    seen: set[int] = set()
    while _ended(unit, by) and unit.merged_into_id in units() and unit.id not in seen:
        seen.add(unit.id)
        unit = units()[unit.merged_into_id]
    return None if _ended(unit, by) else unit


def _ended(unit: WorkUnit, by: date | None) -> bool:
    return unit.valid_to is not None and (by is None or unit.valid_to <= by)


def living_unit(unit_id: int | None, by: date | None = None) -> int | None:
    """The unit that is meant by this one today (or on that day): its heir where it was merged; one that just ended stays."""
    unit = units().get(unit_id or 0)
    heir = unit_heir(unit, by) if unit else None
    return heir.id if heir else unit_id


def units_of(code: str) -> list[WorkUnit]:
    """The units of this region in the order of their names; for the city all of them."""
    return [one for one in units().values() if code == CITY or one.district_code in prefixes(code)]


def unit_name(unit_id: int | None, other: str = "") -> str:
    """The unit's name, what the person wrote, or 无单位."""
    unit = units().get(unit_id) if unit_id else None
    return unit.name if unit else (other or NO_UNIT)


def open_unit(unit_id: int, field: str = "work_unit") -> WorkUnit:
    """The unit with this id if it accepts people; Invalid at `field` otherwise."""
    unit = units().get(unit_id)
    if unit is None or unit.valid_to is not None:
        raise Invalid(field, "请从单位名单中选择；名单里没有的，请选“其他”并写明。")
    return unit


def matching_units(words: str, limit: int = 12, closed: bool = False, within: str = CITY) -> list[WorkUnit]:
    """Open units (or `closed` ones too) of this region whose name or pinyin initials contain `words`, best first."""
    words = words.strip().lower()
    hits = [
        unit
        for unit in units_of(within)
        if (closed or unit.valid_to is None) and (words in unit.name.lower() or (words and words in unit.initials))
    ]
    return sorted(hits, key=lambda unit: (not unit.name.startswith(words), len(unit.name)))[:limit]
