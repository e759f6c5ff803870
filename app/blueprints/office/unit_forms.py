"""How the city looks through the work units, and what it types when it keeps them."""

from typing import Any

from sqlalchemy import Select
from wtforms import BooleanField, SelectField, StringField, ValidationError

from app.fields_places import ListedUnitField
from app.forms import CreationForm, Form, SeenForm, TextField, clean, length, required
from app.listing import FilterForm
from app.models.region import prefixes
from app.models.units.lists import district_choices
from app.models.units.verbs import LONGEST
from app.models.work_unit import WorkUnit

STATES = [("", "全部状态"), ("open", "使用中"), ("closed", "已停用"), ("merged", "已合并")]


class UnitFilter(FilterForm):
    """District, state, words or pinyin initials."""

    district = StringField("区县", filters=[clean])
    state = StringField("状态", filters=[clean])
    q = StringField("关键词", filters=[clean])
    states = STATES

    @property
    def districts(self) -> list[tuple[str, str]]:
        """The districts, for the select."""
        return [("", "全部区县"), *district_choices()[1:]]

    def validate_district(self, field: Any) -> None:
        """An open district, or none for all."""
        if field.data and field.data not in dict(self.districts):
            raise ValidationError("没有这个区县，请重新选择。")

    def validate_state(self, field: Any) -> None:
        """One of the list, or none for all."""
        if field.data and field.data not in dict(STATES):
            raise ValidationError("没有这个状态，请重新选择。")

    def narrow(self, stmt: Select[Any]) -> Select[Any]:
        """Everything that was chosen."""
        merged = WorkUnit.merged_into_id.is_not(None)
        closed = WorkUnit.valid_to.is_not(None), ~merged
        states = {"open": [WorkUnit.valid_to.is_(None)], "closed": closed, "merged": [merged]}
        found: list[Any] = [*states.get(self.state.data or "", ())]
        if self.district.data:
            found.append(WorkUnit.district_code.in_(prefixes(self.district.data)))
        if words := self.q.data:
            found.append(
                WorkUnit.name.contains(words, autoescape=True)
                | (WorkUnit.initials.contains(words.lower(), autoescape=True))
            )
        return stmt.where(*found)

    def chosen(self) -> list[tuple[str, str]]:
        """(what is chosen, the address without it), for the chips above the rows."""
        found: list[tuple[str, dict[str, None]]] = []
        for field, words in ((self.district, dict(self.districts)), (self.state, dict(STATES))):
            if field.data:
                found.append((words[field.data], {field.name: None}))
        if self.q.data:
            found.append((f"“{self.q.data}”", {"q": None}))
        return [(label, self.address(**change)) for label, change in found]


class TypedFilter(FilterForm):
    """What people typed, by words."""

    q = StringField("关键词", filters=[clean])

    def __init__(self, *args: Any, names: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.names = names

    def narrow(self, stmt: Select[Any]) -> Select[Any]:
        """Those that hold the words."""
        return stmt.where(self.names.c.name.contains(self.q.data, autoescape=True)) if self.q.data else stmt


class UnitForm(CreationForm, SeenForm):
    """A unit: its name, and its district where it has one."""

    name = TextField("单位全称", [required("请填写单位名称。"), length(LONGEST, name="单位名称")])
    district = SelectField("所在区县", choices=[])

    def __init__(self, *args: Any, kept: str | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.district.choices = district_choices(kept)


class UnitMergerForm(Form):
    """Into which unit."""

    into = ListedUnitField("并入哪个单位", [required("请选择并入哪个单位。")])
    keep_posts = BooleanField("原单位的管理员转到接收的单位继续（不勾选，任职到此结束）")
    unit: WorkUnit

    def validate_into(self, field: Any) -> None:
        """Another one."""
        if field.unit_id == self.unit.id:
            raise ValidationError("不能并入自己，请选择另一个单位。")


class AdoptionForm(Form):
    """Which unit a typed name means; `unit` is `new` where it becomes a unit itself."""

    name = TextField("填写的名称", [required("请从列表中选择一个名称。"), length(LONGEST, name="名称")])
    new = BooleanField("设为单位", false_values=("", "0", "false"))
    unit = ListedUnitField("归入哪个单位")

    def validate_unit(self, field: Any) -> None:
        """Needed unless the name becomes a unit."""
        if not self.new.data and field.unit_id is None and not field.errors:
            raise ValidationError("请选择归入哪个单位。")
