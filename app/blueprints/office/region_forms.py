"""How the city looks through its tree, and what it types when it adds, renames and merges."""

from typing import Any

from sqlalchemy import Select
from wtforms import BooleanField, RadioField, StringField, ValidationError

from app.fields_places import RegionFilterField
from app.forms import CreationForm, Form, RegionField, SeenForm, TextField, clean, length, required
from app.listing import FilterForm
from app.models.region import CITY, Level, Region, children, heir, regions
from app.models.regions import lists
from app.models.regions.verbs import LONGEST, may_join

STATES = [("", "全部状态"), ("open", "使用中"), ("closed", "已撤并")]


class TreeFilter(FilterForm):
    """Where in the tree, in which state, by which words (then at every level)."""

    region = RegionFilterField("上级区域")
    state = StringField("状态", filters=[clean])
    q = StringField("关键词", filters=[clean])
    states = STATES

    def validate_state(self, field: Any) -> None:
        """One of the list, or none for all."""
        if field.data and field.data not in dict(STATES):
            raise ValidationError("没有这个状态，请重新选择。")

    @property
    def here(self) -> str:
        """The region whose parts are listed."""
        return self.region.data or CITY

    def narrow(self, stmt: Select[Any]) -> Select[Any]:
        """What stands below, or all that the words name."""
        found = lists.named(self.here, self.q.data) if self.q.data else lists.below(self.here)
        return stmt.where(*found, *lists.in_state(self.state.data or ""))

    def chosen(self) -> list[tuple[str, str]]:
        """(what is chosen, the address without it), for the chips above the rows."""
        found: list[tuple[str, dict[str, None]]] = (
            [(self.region.words, {"region": None})] if self.region.narrows else []
        )
        if self.state.data:
            found.append((dict(STATES)[self.state.data], {"state": None}))
        if self.q.data:
            found.append((f"“{self.q.data}”", {"q": None}))
        return [(label, self.address(**change)) for label, change in found]


class AdditionForm(CreationForm):
    """A new subdistrict or community."""

    code = TextField("代码", [required("请填写国家统计用区划代码。"), length(12, name="代码")])
    name = TextField("名称", [required("请填写名称。"), length(LONGEST, name="名称")])


class NameForm(SeenForm):
    """Another name."""

    name = TextField("新名称", [required("请填写新名称。"), length(LONGEST, name="名称")])


class MergerForm(Form):
    """Into which community; the other levels choose among a few."""

    into: Any = RegionField("并入哪个社区（村）", [required("请选择并入哪一个。")])
    keep_posts = BooleanField("原有任职转到接收的区域继续（不勾选，任职到此结束）")
    region: Region

    def validate_into(self, field: Any) -> None:
        """Another one of this level in the same district."""
        place = regions().get(field.data or "")
        if place is None or not may_join(self.region, place):
            raise ValidationError("请选择同一区县内、同一级别、没有撤并的另一个区域。")


class UpperMergerForm(MergerForm):
    """Into which subdistrict or district."""

    into = RadioField("并入哪一个", [required("请选择并入哪一个。")], choices=[])


def merger_form(region: Region) -> MergerForm:
    """The form that fits the region's level."""
    if region.level is Level.COMMUNITY:
        form = MergerForm()
        form.into.within = heir(region.code[:6])
    else:
        form = UpperMergerForm()
        beside = children().get(regions()[region.code].parent, [])
        form.into.choices = [(place.code, place.short) for place in beside if place.code != region.code]
    form.region = region
    return form
