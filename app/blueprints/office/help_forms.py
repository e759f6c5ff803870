"""What staff fill in to see to a request: transfer, merge, arrange, result, closing."""

from typing import Any

from flask import request
from sqlalchemy import true
from wtforms import StringField, TextAreaField, ValidationError
from wtforms.validators import Optional

from app.blueprints.activity_filters import DayField
from app.blueprints.help_forms import ResultForm, SentenceForm
from app.blueprints.todo_filter import TodoFilter
from app.fields_places import RegionFilterField
from app.forms import Form, RegionField, TextField, clean, length, required
from app.labels import word
from app.models.category import categories, category_by_slug
from app.models.figures.help import OUTCOME_WORDS, OUTCOMES, STATES
from app.models.help import lists
from app.models.help.states import OPEN, WAITING, HelpStatus
from app.models.help_request import HelpRequest
from app.models.region import CITY, within
from app.text import numbers_of

ALL = tuple(HelpStatus)


class TransferForm(Form):
    """Where to, and why."""

    community = RegionField("转给哪个社区", [required("请选择转给哪个社区（村）。")])
    reason = TextAreaField("原因", [required("请写明原因，求助人会看到。"), length(300, name="原因")], filters=[clean])


class MergeForm(SentenceForm):
    """Into which request."""

    into = TextField("并入哪一件", [required("请填写另一件求助的编号。"), length(60, name="编号")])


class SolvingForm(ResultForm, SentenceForm):
    """Solved by staff: what was done."""


class ClosingForm(ResultForm, SentenceForm):
    """办结: the result, and what the public reads or why nothing."""

    public_title = TextField("公开标题", [length(40, name="公开标题")])
    public_summary = TextAreaField("公开摘要", [length(300, name="公开摘要")], filters=[clean])
    private_reason = TextField("不公开的原因", [Optional(), length(200, name="不公开的原因")])


class ArrangeForm(SentenceForm):
    """Which volunteers are asked; the boxes stand beside the suggestions."""

    @property
    def ids(self) -> list[int]:
        """The volunteers that were ticked."""
        return sorted(numbers_of(request.form.getlist("volunteers")))


class HelpFilter(TodoFilter):
    """State, region inside the acting post's, category, overdue, number or phone."""

    WAITING = HelpRequest

    status = StringField("状态", filters=[clean])
    region = RegionFilterField("区域")
    category = StringField("类型", filters=[clean])
    overdue = StringField("只看已超期", filters=[clean])
    since = DayField("求助日期，从")
    until = DayField("求助日期，到")
    outcome = StringField("办理情况", filters=[clean])
    q = StringField("关键词", filters=[clean])

    def __init__(self, *args: Any, within: str = CITY, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.region.within = within

    def validate_status(self, field: Any) -> None:
        """A state, or none for all."""
        if field.data and field.data not in set(HelpStatus):
            raise ValidationError("没有这个状态，请重新选择。")

    def validate_category(self, field: Any) -> None:
        """A slug of the list."""
        if field.data and category_by_slug(field.data) is None:
            raise ValidationError("没有这个类型，请重新选择。")

    def validate_outcome(self, field: Any) -> None:
        """One that the statistics count."""
        if field.data and field.data not in OUTCOMES:
            raise ValidationError("没有这种办理情况，请重新选择。")

    @property
    def shown(self) -> HelpStatus | None:
        """The chosen state."""
        return HelpStatus(self.status.data) if self.status.data in set(HelpStatus) else None

    @property
    def among(self) -> tuple[HelpStatus, ...]:
        """The states in which what is chosen besides the state can be stored."""
        found = WAITING if self.overdue.data or self.todo.data else ALL
        return tuple(one for one in found if one in STATES.get(self.outcome.data or "", HelpStatus))

    @property
    def parts(self) -> list[Any] | None:
        """The conditions of the parts of which a page is put together, besides what was chosen but the state: what words find, else
        states; None where an index holds the whole list: the city's."""
        if self.q.data:
            return [lists.shown_in(self.shown) if self.shown else true()]
        if self.region.narrows or self.region.within != CITY or self.shown or self.among != ALL:
            return lists.by_state(self.shown, self.among)
        return None

    @property
    def oldest_first(self) -> bool:
        """What still waits is shown oldest first."""
        return self.shown in OPEN or bool(self.overdue.data or self.todo.data)

    def narrow(self, stmt: Any) -> Any:
        """Everything that was chosen."""
        state = [lists.shown_in(self.shown)] if self.shown else []
        return self.narrow_but_state(stmt).where(*state)

    def narrow_but_state(self, stmt: Any) -> Any:
        """Everything but the state: what the counts on the tabs are counted in."""
        place = within(HelpRequest, self.region.data) if self.region.narrows else None
        kind = category_by_slug(self.category.data or "")
        words = lists.known_as(self.q.data or "")
        found = [place, HelpRequest.category_id == kind.id if kind else None, words]
        found.append(lists.overdue() if self.overdue.data else None)
        found += [OUTCOMES[self.outcome.data]() if self.outcome.data else None]
        found += lists.asked_between(self.since.data, self.until.data)
        return stmt.where(*(one for one in found if one is not None), *self.waiting())

    def chosen(self) -> list[tuple[str, str]]:
        """(what is chosen, the address without it), for the chips above the rows."""
        found: list[tuple[str, dict[str, None]]] = []
        if self.region.narrows:
            found.append((self.region.words, {"region": None}))
        if kind := category_by_slug(self.category.data or ""):
            found.append((kind.name, {"category": None}))
        if self.overdue.data:
            found.append(("已超期", {"overdue": None}))
        if self.since.data or self.until.data:
            days = (str(one.data or "") for one in (self.since, self.until))
            found.append((f"{'—'.join(days)}求助", {"since": None, "until": None}))
        if self.outcome.data:
            found.append((OUTCOME_WORDS[self.outcome.data], {"outcome": None}))
        if self.q.data:
            found.append((f"“{self.q.data}”", {"q": None}))
        return [*((label, self.address(**change)) for label, change in found), *self.waiting_word()]

    def tabs(self, counts: dict[HelpStatus, int]) -> list[tuple[str, str, bool, int | None]]:
        """(word, address, whether chosen, how many) of 全部 and each state."""
        words = [
            (word(one), self.address(status=one.value), self.shown is one, counts.get(one, 0)) for one in HelpStatus
        ]
        return [("全部", self.address(status=None), not self.shown, None), *words]

    @property
    def kinds(self) -> list[tuple[str, str]]:
        """The categories, for the select."""
        return [("", "全部类型"), *((kind.slug, kind.name) for kind in categories().values())]
