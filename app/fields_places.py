"""Form fields for places and work units; app/pickers.py says what they show."""

from typing import Any

from wtforms import Field, ValidationError

from app.models.region import ABOVE, CITY, Level, lies_below, place_name, regions
from app.models.work_unit import units
from app.pickers import NONE, OTHER, RegionFilter, RegionPick, UnitPick
from app.sent import sent
from app.text import one_line, squeeze

UNIT_LIMIT = 80


def typed(name: str) -> str:
    """What stands in the search box of this name."""
    return squeeze(sent().get(name, ""))[:50]


class RegionField(Field):
    """A community (or, with `levels`, any region) chosen from 3,010; `.data` is its code.

    `within` limits the choice to one branch (a view may set it after making the form). The steps of the
    selects and the search without scripts post the form back: see `Form.stepping`.
    """

    is_picker = "region"

    def __init__(
        self,
        label: str = "",
        validators: Any = None,
        *,
        within: str = CITY,
        levels: tuple[Level, ...] = (Level.COMMUNITY,),
        **kwargs: Any,
    ) -> None:
        super().__init__(label, validators, **kwargs)
        self.within, self.levels = within, levels
        self.q = self.path = ""
        self.browsing = False

    def _value(self) -> str:
        return self.data or ""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """The checked radio button, and how far search and selects went."""
        self.data = next((str(value).strip() for value in valuelist if value), "")
        self.q = typed(f"{self.name}_q")
        self.path = chain([typed(f"{self.name}_{step}") for step in ("district", "subdistrict")])
        self.browsing = sent().get("region_step") == f"{self.name}:steps"

    def pre_validate(self, form: Any) -> None:
        if not self.data:
            return
        place = regions().get(self.data)
        if place is None or not lies_below(place.code, self.within):
            raise ValidationError("没有这个地方，请重新选择。" if place is None else "不在可选的范围内，请重新选择。")
        if place.level not in self.levels:
            only = self.levels == (Level.COMMUNITY,)
            raise ValidationError("请选择到社区（村）。" if only else "请选择其他级别的区域。")
        if not place.open:
            raise ValidationError(f"{place.short}已撤并，请选择新的社区（村）。")

    @property
    def words(self) -> str:
        """The chosen place in words: 区 · 街道 · 社区."""
        return place_name(self.data or "")

    @property
    def pick(self) -> RegionPick:
        """What the macro draws."""
        return RegionPick(self.name, self.within, self.levels, self.data or "", self.q, self.path, self.browsing)


def chain(codes: list[str]) -> str:
    """The deepest code that can be reached: a lower one only counts while it hangs on the one above.

    Selects that stand one below the other send a stale lower choice along with a new upper one; a select's
    first option repeats the region above it. The order does not matter.
    """
    path = ""
    for code in sorted((code for code in codes if code), key=len):
        place = regions().get(code)
        if path and code != path and (place.parent if place else code[: ABOVE.get(len(code), 0)]) != path:
            break
        path = code
    return path


class RegionFilterField(Field):
    """A region of any level in a list's filter form (GET); `.data` is its code, '' for no limit.

    Sent once (a link) or by several selects of one name (`pickers.region_filter`). `within` limits it to
    the acting post's region: set it before `validate`.
    """

    is_picker = "region_filter"

    def __init__(self, label: str = "区域", validators: Any = None, *, within: str = CITY, **kwargs: Any) -> None:
        super().__init__(label, validators, **kwargs)
        self.within = within

    def _value(self) -> str:
        return self.data or ""

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = chain([str(value).strip() for value in valuelist])

    def pre_validate(self, form: Any) -> None:
        if self.data and (self.data not in regions() or not lies_below(self.data, self.within)):
            raise ValidationError("没有这个区域，请重新选择。")

    @property
    def narrows(self) -> bool:
        """Whether less than the whole of `within` is wanted."""
        return bool(self.data) and self.data != self.within

    @property
    def words(self) -> str:
        """The chosen place in words, '' without one."""
        return place_name(self.data or "") if self.narrows else ""

    @property
    def pick(self) -> RegionFilter:
        """What the macro draws."""
        return RegionFilter(self.name, self.within, self.data or "")


def unit_choice(unit_id: int | None, other: str = "") -> int | str:
    """What a UnitField starts with, from the two columns of a row: the unit, another one's name, or none."""
    return unit_id or other or NONE


class UnitField(Field):
    """A work unit of the list, 其他 with its name in `unit_other`, or 无单位. `.unit_id` and `.other` say which."""

    is_picker = "unit"

    def __init__(self, label: str = "工作单位", validators: Any = None, **kwargs: Any) -> None:
        super().__init__(label, validators, **kwargs)
        self.q = self.other_typed = ""

    def _value(self) -> str:
        return self.data or ""

    def process_data(self, value: Any) -> None:
        """What `unit_choice` says of a row; None where nobody has answered yet."""
        if isinstance(value, int):
            self.data = str(value)
        elif value is None:
            self.data = ""
        else:
            self.data, self.other_typed = (OTHER, value) if value not in ("", NONE) else (value, "")

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.q = typed(f"{self.name}_q")
        self.other_typed = one_line(sent().get("unit_other", ""))
        self.data = self._read(next((str(value).strip() for value in valuelist if value), ""))

    def _read(self, sent: str) -> str:
        """A client may also send the unit's name: one of the list, or another."""
        if sent in ("", OTHER, NONE) or (sent.isascii() and sent.isdecimal()):
            return sent[:10]
        named = next((unit for unit in units().values() if unit.name == sent), None)
        if named is None:
            self.other_typed = one_line(sent)
        return str(named.id) if named else OTHER

    def pre_validate(self, form: Any) -> None:
        if self.data == OTHER and not self.other_typed:
            raise ValidationError("请写明工作单位的名称。")
        if self.data == OTHER and len(self.other_typed) > UNIT_LIMIT:
            raise ValidationError(f"单位名称最多 {UNIT_LIMIT} 个字，现在是 {len(self.other_typed)} 个。")
        unit = units().get(self.unit_id) if self.unit_id is not None else None
        if self.unit_id is not None and (unit is None or unit.valid_to is not None):
            raise ValidationError("请从单位名单中选择；名单里没有的，请选“其他”并写明。")

    @property
    def unit_id(self) -> int | None:
        """The id of a unit of the list, else None."""
        return int(self.data) if self.data and self.data.isdecimal() else None

    @property
    def other(self) -> str:
        """What the person wrote as another unit, else ''."""
        return self.other_typed if self.data == OTHER else ""

    @property
    def pick(self) -> UnitPick:
        """What the macro draws."""
        return UnitPick(self.name, self.data or "", self.other_typed, self.q)


class ListedUnitField(UnitField):
    """A work unit of the list and nothing else; `.unit_id` says which. Only units of the region `within` are offered."""

    within = CITY

    def pre_validate(self, form: Any) -> None:
        super().pre_validate(form)
        if self.data and self.unit_id is None:
            raise ValidationError("请从单位名单中选择一个。")

    @property
    def pick(self) -> UnitPick:
        """What the macro draws: no 其他, no 无单位."""
        return UnitPick(self.name, self.data or "", "", self.q, listed=True, within=self.within)
