"""Communities and work units as a file of people names them."""

from dataclasses import dataclass, field
from itertools import product

from app.freshness import remembered
from app.models.imports.columns import Wrong
from app.models.region import Level, Place, lineage, place_name, regions
from app.models.work_unit import NO_UNIT, WorkUnit, unit_heir, units

SIGNS = "·>》、，,\\|-—"
UNIT_NAME = 80
KEEP, CREATE, REFUSE = "other", "create", "error"  # what to do with a unit that is not on the list
CITY_NAMES = ("徐州市", "徐州")


@remembered("regions")
def _by_path() -> dict[str, list[str]]:
    """Codes of communities by every way to write their path: with short or official names, with or without 街道."""
    found: dict[str, list[str]] = {}
    for place in regions().values():
        if place.level is not Level.COMMUNITY:
            continue
        above = [regions()[place.code[:width]] for width in (6, 9)]
        names = [{region.short, region.name} for region in (*above, place)]
        ways = ["/".join(way) for way in product(*names)] + ["/".join(way) for way in product(names[0], names[2])]
        for way in set(ways):
            found.setdefault(way, []).append(place.code)
    return found


def community_of(text: str, within: str) -> str:
    """The code of the open community that a cell names; Wrong when there is none, or it lies outside `within`."""
    place = _named(text)
    if place.level is not Level.COMMUNITY:
        raise Wrong("要填到社区（村）一级。")
    if not place.open:
        heir = f"，请改填“{place_name(place.successor)}”" if place.successor else ""
        raise Wrong(f"“{place.short}”已撤并{heir}。")
    if not place.code.startswith(lineage().get(within, (within,))):
        raise Wrong(f"“{place_name(place.code)}”不在您管理的{place_name(within)}，不能导入。")
    return str(place.code)


def _named(text: str) -> Place:
    if text.isascii() and text.isdecimal():
        place = regions().get(text)
        if place is None:
            raise Wrong("没有这个代码，请填写 12 位的社区代码，或“区/街道/社区”的名称。")
        return place
    path = text
    for sign in SIGNS:
        path = path.replace(sign, "/")
    parts = [part for part in path.replace(" ", "/").split("/") if part and part not in CITY_NAMES]
    codes = _by_path().get("/".join(parts), [])
    living = [code for code in codes if regions()[code].open] or codes
    if not living:
        raise Wrong("没有找到这个社区。请按“区/街道/社区”填写，例如“鼓楼区/黄楼街道/万通社区”，或填 12 位代码。")
    if len(living) > 1:
        raise Wrong(f"有 {len(living)} 个同名的社区，请写上街道，或填 12 位代码。")
    return regions()[living[0]]


@dataclass
class Units:
    """Work units of one file: those of the list by name, and what happens to others (KEEP, CREATE, REFUSE)."""

    others: str = REFUSE
    known: dict[str, WorkUnit] = field(default_factory=lambda: {unit.name: unit for unit in units().values()})
    new: set[str] = field(default_factory=set)

    def of(self, text: str | None) -> tuple[int | None, str]:
        """(id of the unit, name of one that is not on the list) that a cell names. Raises Wrong."""
        if text is None or text == NO_UNIT:
            return None, ""
        unit = unit_heir(self.known[text]) if text in self.known else None
        if unit is not None:
            return unit.id, ""
        if text in self.known or self.others == REFUSE:
            raise Wrong("单位名单里没有这个单位。请对照名单改正，或在上传时选择怎样处理名单以外的单位。")
        if len(text) > UNIT_NAME:
            raise Wrong(f"单位名称最多 {UNIT_NAME} 个字，现在是 {len(text)} 个。")
        if self.others == CREATE:
            self.new.add(text)
        return None, text
