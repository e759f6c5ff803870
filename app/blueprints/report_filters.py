"""How people narrow lists of reports: everybody by place, kind and words, staff also by state."""

from collections.abc import Hashable
from typing import Any, ClassVar

from sqlalchemy import Select
from wtforms import StringField, ValidationError

from app.blueprints.todo_filter import TodoFilter
from app.fields_places import RegionFilterField
from app.forms import clean
from app.labels import word
from app.listing import FilterForm
from app.models.activities.search import lies_in
from app.models.region import CITY
from app.models.report import Report, ReportKind, ReportStatus
from app.models.reports.lists import in_region, of_kind, says, shape_of

TABS = [status for status in ReportStatus if status is not ReportStatus.DRAFT]  # a draft is its author's alone


class ReportFilter(FilterForm):
    """The portal's: region of any level, kind, words."""

    AUTHOR: ClassVar[bool] = False  # whether the words may name who wrote it

    region = RegionFilterField("地域")
    kind = StringField("类型", filters=[clean])
    q = StringField("关键词", filters=[clean])

    def validate_kind(self, field: Any) -> None:
        """One of three, or none for all."""
        if field.data and field.data not in set(ReportKind):
            raise ValidationError("没有这个类型，请重新选择。")

    @property
    def chosen_kind(self) -> ReportKind | None:
        """The chosen kind."""
        return ReportKind(self.kind.data) if self.kind.data in set(ReportKind) else None

    @property
    def kinds(self) -> list[tuple[str, str, None]]:
        """The kinds as chips."""
        return [("", "全部", None), *((kind.value, word(kind), None) for kind in ReportKind)]

    @property
    def place(self) -> str:
        """The chosen region, '' for all."""
        return self.region.data if self.region.narrows else ""

    def conditions(self) -> list[Any]:
        """What kind and words demand."""
        return [*of_kind(self.chosen_kind), *says(self.q.data or "", self.place, author=self.AUTHOR)]

    def narrow(self, stmt: Select[Any]) -> Select[Any]:
        """Everything that was chosen."""
        return in_region(stmt, self.place).where(*self.conditions())

    def shape_of_words(self) -> Hashable:
        """The words are parameters."""
        return shape_of(self.q.data or "", self.place, author=self.AUTHOR)

    def chosen(self) -> list[tuple[str, str]]:
        """(what is chosen, the address without it), for the chips above the rows."""
        found: list[tuple[str, dict[str, None]]] = []
        if self.region.narrows:
            found.append((self.region.words, {"region": None}))
        if self.chosen_kind:
            found.append((word(self.chosen_kind), {"kind": None}))
        if self.q.data:
            found.append((f"“{self.q.data}”", {"q": None}))
        return [(label, self.address(**change)) for label, change in found]


class ReviewFilter(TodoFilter, ReportFilter):
    """The office's: one state at a time, 待审核 unless another is chosen, inside the acting post's region."""

    WAITING, AUTHOR = Report, True

    status = StringField("状态", filters=[clean])

    def __init__(self, *args: Any, within: str = CITY, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.region.within = within

    def validate_status(self, field: Any) -> None:
        """A state that staff see."""
        if field.data and field.data not in TABS:
            raise ValidationError("没有这个状态，请重新选择。")

    @property
    def shown(self) -> ReportStatus:
        """The state whose reports are listed."""
        return next((one for one in TABS if one == self.status.data), ReportStatus.PENDING)

    def narrow(self, stmt: Select[Any]) -> Select[Any]:
        """Everything that was chosen."""
        return self.narrow_but_state(stmt).where(Report.status == self.shown)

    def narrow_but_state(self, stmt: Select[Any]) -> Select[Any]:
        """Everything but the state: what the counts on the tabs are counted in."""
        return stmt.where(*lies_in(self.place, Report), *self.conditions(), *self.waiting())

    def chosen(self) -> list[tuple[str, str]]:
        """As above, and what waits for whom."""
        return super().chosen() + self.waiting_word()

    def tabs(self, counts: dict[ReportStatus, int]) -> list[tuple[str, str, bool, int]]:
        """(word, address, whether chosen, how many) of each state; the other filters stay."""
        return [(word(one), self.address(status=one.value), one is self.shown, counts.get(one, 0)) for one in TABS]
