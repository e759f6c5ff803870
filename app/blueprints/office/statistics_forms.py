"""What the statistics and the lists behind them are narrowed by: region, unit, months, view, category, evidence."""

import re
from functools import cached_property
from typing import Any

from flask import url_for
from sqlalchemy import Select
from wtforms import Field, SelectField, StringField, ValidationError
from wtforms.widgets import MonthInput

from app.access import Permission, me, narrowed
from app.blueprints.office.activity_forms import acting_within
from app.fields_places import RegionFilterField, typed
from app.forms import clean
from app.labels import word
from app.listing import FilterForm
from app.models.category import categories, category_by_slug
from app.models.figures import period as periods
from app.models.figures.period import Period
from app.models.figures.totals import Scope, View
from app.models.region import CITY
from app.models.service_record import Evidence, ServiceRecord
from app.models.user import Role
from app.models.work_unit import unit_name, units, with_merged
from app.pickers import NONE, UnitFilter
from app.text import number_of

P = Permission
VIEWS = {"activity": "按活动社区", "volunteer": "按志愿者社区"}
MONTH = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])")


class MonthField(Field):
    """A month in Shanghai; `.data` is 2026-11 or ''."""

    widget = MonthInput()

    def process_formdata(self, valuelist: list[Any]) -> None:
        """2026-11, or nothing."""
        self.data = str(valuelist[0]).strip() if valuelist else ""
        if self.data and not MONTH.fullmatch(self.data):
            self.data = ""
            raise ValueError("请填写月份，例如 2026-11。")

    def _value(self) -> str:
        return self.data or ""


class StatisticsFilter(FilterForm):
    """The page's filter. `from` and `to` are months; without them the year until now is meant."""

    region = RegionFilterField("区域")
    unit = StringField("工作单位", filters=[clean])
    since = MonthField("从", name="from")
    until = MonthField("到", name="to")
    view = SelectField("口径", choices=list(VIEWS.items()), default=View.ACTIVITY.value, validate_choice=False)
    open = StringField(filters=[clean])  # the region that is unfolded last
    branch = StringField(filters=[clean])  # the region on top of which only the branch is wanted
    every = StringField(name="all", filters=[clean])  # `units`: all of them; `people`: count them, however many

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.region.within = acting_within() or CITY
        post = me().post
        self.fixed_unit = post.unit_id if post and post.role is Role.UNIT else None
        self.merged = with_merged(self.fixed_unit)[1:] if self.fixed_unit else ()  # whose past this unit's post reads

    def validate_unit(self, field: Any) -> None:
        """The id of a unit, or none; a unit's own post chooses among itself and what was merged into it."""
        fixed = self.fixed_unit and field.data and self._unit_id() not in (self.fixed_unit, *self.merged)
        if fixed or (field.data and field.data != NONE and self._unit_id() not in units()):
            raise ValidationError("没有这个单位，请重新选择。")

    def validate_view(self, field: Any) -> None:
        """One of the two."""
        if field.data and field.data not in VIEWS:
            raise ValidationError("请选择按活动社区还是按志愿者社区。")

    def validate_until(self, field: Any) -> None:
        """Not before the first month, and not too much at once."""
        if self.since.errors or field.errors:
            return
        if self.period.last < self.period.first:
            raise ValidationError("结束的月份不能早于开始的月份。")
        if len(self.period.months) > periods.MOST_MONTHS:
            raise ValidationError(f"一次最多看 {periods.MOST_MONTHS} 个月。")

    def _unit_id(self) -> int | None:
        return number_of(self.unit.data)

    @cached_property
    def period(self) -> Period:
        """The chosen months; one that is missing follows from the other."""
        usual = periods.this_year()
        first, last = self.since.data or "", self.until.data or ""
        if not last:
            last = max(usual.last, first) if first else usual.last
        return Period(first or f"{last[:4]}-01", last)

    @property
    def unit_chosen(self) -> int | None:
        """The unit whose services are meant: None for everybody, 0 for 无单位."""
        if self.fixed_unit is not None:
            chosen = self._unit_id()
            return chosen if chosen in self.merged else self.fixed_unit
        return 0 if self.unit.data == NONE else self._unit_id()

    @property
    def scope(self) -> Scope:
        """What was chosen, inside the acting post's doors."""
        door, region = narrowed(ServiceRecord, self.permission), self.region.data or self.region.within
        return Scope(self.period, region, self.shown, self.unit_chosen, door=door, **self.kind())

    @property
    def shown(self) -> View:
        """By whose community the figures are put together."""
        return View(self.view.data) if self.view.data in VIEWS else View.ACTIVITY

    @property
    def permission(self) -> Permission:
        """By which door records are read: activities of one's communities, or one's people (also a unit's)."""
        by_activity = self.shown is View.ACTIVITY and self.fixed_unit is None
        return P.ACTIVITIES_SEE if by_activity else P.VOLUNTEERS

    def kind(self) -> dict[str, Any]:
        """What else the scope is narrowed by."""
        return {}

    @property
    def unit_pick(self) -> UnitFilter | None:
        """What the macro draws; None where there is no choice."""
        if self.fixed_unit is not None:
            return UnitFilter("unit", self.unit.data or "", among=self.merged) if self.merged else None
        return UnitFilter("unit", self.unit.data or "", typed("unit_q"), with_none=True)

    def query(self, **changes: Any) -> dict[str, str]:
        """The filters as an address holds them, with these changes; a period always by name."""
        region = self.region.data if self.region.narrows else ""
        known = {
            "region": region,
            "unit": self.unit.data,
            "from": self.period.first,
            "to": self.period.last,
            "view": self.view.data if self.view.data != View.ACTIVITY else "",
        }
        return {name: str(value) for name, value in (known | self.more() | changes).items() if value}

    def more(self) -> dict[str, Any]:
        """Further fields of a list behind the figures."""
        return {}

    def to(self, endpoint: str, **changes: Any) -> str:
        """An address of the statistics or a list behind them, with these changes."""
        query: dict[str, Any] = self.query(**changes)
        return url_for(endpoint, **query)

    def activities(self, region: str = "") -> str:
        """The address of the activities of the period."""
        first, last = self.period.days
        region = region or (self.region.data if self.region.narrows else "")
        return url_for("office.activities", region=region or None, since=first, until=last, launched=1)

    def help(self, outcome: str, month: str = "") -> str:
        """The address of the requests for help with this outcome, of the period or of one month of it."""
        first, last = (Period(month, month) if month else self.period).days
        region = self.region.data if self.region.narrows else None
        return url_for("office.help", region=region, since=first, until=last, outcome=outcome)

    def roster(self) -> str:
        """The address of the volunteers there."""
        region = self.region.data if self.region.narrows else None
        unit = self.unit.data if self.fixed_unit is None else None
        return url_for("office.volunteers", region=region, unit=unit or None)

    def given(self) -> dict[str, Any]:
        """As `query`: a period that was not chosen is written out."""
        return self.query()

    def periods(self) -> list[tuple[str, str, bool]]:
        """(words, address, whether chosen) of the usual periods."""
        usual = (
            ("本月", Period(periods.this_month(), periods.this_month())),
            ("本季度", periods.this_quarter()),
            ("上季度", periods.last_quarter()),
            ("今年", periods.this_year()),
            ("去年", periods.last_year()),
        )
        page = "office.statistics"
        return [(name, self.to(page, **{"from": one.first, "to": one.last}), one == self.period) for name, one in usual]

    def views(self) -> list[tuple[str, str, bool, None]]:
        """Tabs of the two views."""
        ways = ((View(value), name) for value, name in VIEWS.items())
        shown = {View.ACTIVITY: "", View.VOLUNTEER: View.VOLUNTEER.value}
        return [(name, self.to("office.statistics", view=shown[view]), view is self.shown, None) for view, name in ways]

    def narrow(self, stmt: Select[Any]) -> Select[Any]:
        """Records of the scope."""
        return stmt.where(*self.scope.records())


class RecordFilter(StatisticsFilter):
    """The lists behind the figures: one category, one kind of evidence, one person more."""

    category = StringField("类型", filters=[clean])
    evidence = SelectField(
        "来源", choices=[("", "全部来源"), *((one.value, word(one)) for one in Evidence)], validate_choice=False
    )
    person = StringField(filters=[clean])

    def validate_category(self, field: Any) -> None:
        """A slug of the list."""
        if field.data and category_by_slug(field.data) is None:
            raise ValidationError("没有这个类型，请重新选择。")

    def validate_evidence(self, field: Any) -> None:
        """One of four."""
        if field.data and field.data not in set(Evidence):
            raise ValidationError("没有这种来源，请重新选择。")

    def validate_person(self, field: Any) -> None:
        """The number of a volunteer."""
        if field.data and self.person_id is None:
            raise ValidationError("没有这个人，请重新选择。")

    @property
    def person_id(self) -> int | None:
        """The volunteer whose records are meant."""
        return number_of(self.person.data)

    @property
    def category_choices(self) -> list[tuple[str, str]]:
        """All categories, for the select."""
        return [("", "全部类型"), *((kind.slug, kind.name) for kind in categories().values())]

    def kind(self) -> dict[str, Any]:
        """Category and evidence."""
        kind = category_by_slug(self.category.data or "")
        evidence = Evidence(self.evidence.data) if self.evidence.data else None
        return {"category": kind.id if kind else None, "evidence": evidence}

    def more(self) -> dict[str, Any]:
        """Category, evidence and person."""
        return {name: self[name].data for name in ("category", "evidence", "person")}

    def narrow(self, stmt: Select[Any]) -> Select[Any]:
        """Records of the scope, of one person where that is given."""
        mine = [ServiceRecord.volunteer_id == self.person_id] if self.person_id else []
        return super().narrow(stmt).where(*mine)

    def chosen(self) -> list[tuple[str, str]]:
        """(what is chosen, the address without it), for the chips above the rows."""
        found = [(self.period.words, {"from": "", "to": ""})] if self.since.data or self.until.data else []
        found += [(self.region.words, {"region": ""})] if self.region.narrows else []
        if self.unit.data and self.unit_chosen != self.fixed_unit:
            found.append((unit_name(self.unit_chosen), {"unit": ""}))
        if self.evidence.data:
            found.append((word(Evidence(self.evidence.data)), {"evidence": ""}))
        if self.category.data:
            found.append((dict(self.category_choices)[self.category.data], {"category": ""}))
        found += [("一个人的记录", {"person": ""})] if self.person.data else []
        return [(label, self.address(**change)) for label, change in found]
