"""How people narrow what the city itself displays: notices and stars of the quarter, on the portal and in the office."""

from collections.abc import Hashable
from typing import Any

from sqlalchemy import Select
from wtforms import SelectField, StringField, ValidationError

from app.fields_places import RegionFilterField
from app.forms import clean
from app.labels import word
from app.listing import FilterForm
from app.models import honour, notice
from app.models.activities.search import lies_in
from app.models.honour import Honour, HonourKind, HonourStatus
from app.models.honours import figures as honour_figures
from app.models.honours.quarter import Quarter, quarter_named, quarter_words, recent_quarters
from app.models.notice import Notice, NoticePhase
from app.models.pages.state_counts import state_counts
from app.models.pages.worded import shape_of
from app.models.region import Level, level_of, within
from app.models.regions.homes import code_within
from app.models.service_record import ServiceRecord
from app.models.team import Team
from app.models.volunteer import Volunteer
from app.reads import in_order


class WordsFilter(FilterForm):
    """Words alone."""

    q = StringField("关键词", filters=[clean])

    def picked(self) -> list[tuple[str, dict[str, None]]]:
        """(what is chosen, what to take out of the address)."""
        return [(f"“{self.q.data}”", {"q": None})] if self.q.data else []

    def chosen(self) -> list[tuple[str, str]]:
        """(what is chosen, the address without it), for the chips above the rows."""
        return [(label, self.address(**change)) for label, change in self.picked()]


class NoticeFilter(WordsFilter):
    """The portal's of notices."""

    def narrow(self, stmt: Select[Any]) -> Select[Any]:
        """Everything that was chosen."""
        return stmt.where(*notice.says(self.q.data or ""))

    def shape_of_words(self) -> Hashable:
        """As `notice.says` takes them."""
        return shape_of(self.q.data or "", Notice)


class KeptNoticeFilter(NoticeFilter):
    """The office's: in any phase."""

    phase = StringField("状态", filters=[clean])

    def validate_phase(self, field: Any) -> None:
        """A phase, or none for all."""
        if field.data and field.data not in set(NoticePhase):
            raise ValidationError("没有这个状态，请重新选择。")

    def narrow(self, stmt: Select[Any]) -> Select[Any]:
        """Everything that was chosen."""
        stmt = super().narrow(stmt)
        return stmt.where(notice.in_phase(NoticePhase(self.phase.data))) if self.phase.data else stmt

    def counts(self, scope: Select[Any]) -> dict[NoticePhase, int]:
        """How many of each phase the words find."""
        return state_counts(super().narrow(scope), NoticePhase, notice.in_phase)

    def tabs(self, counts: dict[NoticePhase, int]) -> list[tuple[str, str, bool, int | None]]:
        """(word, address, chosen, how many) of all and of each phase."""
        shown = [("全部", self.address(phase=None), not self.phase.data, None)]
        return shown + [(word(p), self.address(phase=p.value), self.phase.data == p, counts[p]) for p in NoticePhase]


class StarFilter(FilterForm):
    """The portal's of stars: one quarter, one kind."""

    quarter = StringField("季度", filters=[clean])
    kind = SelectField("类别", choices=[("", "全部"), *((k.value, word(k)) for k in HonourKind)], validate_choice=False)

    def validate_quarter(self, field: Any) -> None:
        """A quarter as it is kept, or none for all."""
        if field.data and quarter_named(field.data) is None:
            raise ValidationError("没有这个季度，请重新选择。")

    def validate_kind(self, field: Any) -> None:
        """团队之星 or 个人之星, or none for both."""
        if field.data and field.data not in set(HonourKind):
            raise ValidationError("没有这个类别，请重新选择。")

    def narrow(self, stmt: Select[Any]) -> Select[Any]:
        """Everything that was chosen."""
        stmt = stmt.where(Honour.quarter == self.quarter.data) if self.quarter.data else stmt
        return stmt.where(Honour.kind == HonourKind(self.kind.data)) if self.kind.data else stmt

    def picked(self) -> list[tuple[str, dict[str, None]]]:
        """(what is chosen, what to take out of the address)."""
        found: list[tuple[str, dict[str, None]]] = []
        if self.quarter.data:
            found.append((quarter_words(self.quarter.data), {"quarter": None}))
        if self.kind.data:
            found.append((word(HonourKind(self.kind.data)), {"kind": None}))
        return found

    def chosen(self) -> list[tuple[str, str]]:
        """(what is chosen, the address without it), for the chips above the rows."""
        return [(label, self.address(**change)) for label, change in self.picked()]

    @property
    def kinds(self) -> list[tuple[str, str, None]]:
        """The kinds as chips."""
        return [("", "全部", None), *((kind.value, word(kind), None) for kind in HonourKind)]

    def quarters(self, known: list[str]) -> list[tuple[str, str, None]]:
        """These quarters as chips."""
        return [("", "全部", None), *((one, quarter_words(one), None) for one in known)]


class KeptStarFilter(StarFilter):
    """The office's: in any state, in one region."""

    region = RegionFilterField("区域")
    status = SelectField(
        "状态", choices=[("", "全部状态"), *((s.value, word(s)) for s in HonourStatus)], validate_choice=False
    )

    def validate_status(self, field: Any) -> None:
        """A state, or none for all."""
        if field.data and field.data not in set(HonourStatus):
            raise ValidationError("没有这个状态，请重新选择。")

    def narrow(self, stmt: Select[Any]) -> Select[Any]:
        """Everything that was chosen."""
        stmt = super().narrow(stmt).where(*(lies_in(self.region.data, Honour) if self.region.narrows else []))
        return stmt.where(honour.stands_as(HonourStatus(self.status.data))) if self.status.data else stmt

    def picked(self) -> list[tuple[str, dict[str, None]]]:
        """(what is chosen, what to take out of the address)."""
        found = super().picked()
        if self.region.narrows:
            found.append((self.region.words, {"region": None}))
        if self.status.data:
            found.append((word(HonourStatus(self.status.data)), {"status": None}))
        return found


LEAST = {"": "至少 1 次", "3": "至少 3 次", "6": "至少 6 次", "10": "至少 10 次"}
LOOK_BACK = 8  # quarters offered


class CandidateFilter(FilterForm):
    """Who could be a star: of one quarter and kind, in one region, with at least so many services. No ranking."""

    quarter = SelectField("季度", choices=[], validate_choice=False)
    kind = SelectField("类别", choices=[(k.value, word(k)) for k in reversed(HonourKind)], validate_choice=False)
    region = RegionFilterField("区域")
    least = SelectField("服务次数", choices=list(LEAST.items()), validate_choice=False)

    _many: bool | None = None

    def __init__(self, *args: Any, records: Select[Any], **kwargs: Any) -> None:
        """`records` are those of the people in one's own reach."""
        super().__init__(*args, **kwargs)
        self.records = records
        self.quarter.choices = [(str(one), one.words) for one in recent_quarters(LOOK_BACK)]

    def validate_quarter(self, field: Any) -> None:
        """One of those offered, or none for the last that is over."""
        if field.data and field.data not in dict(field.choices):
            raise ValidationError("没有这个季度，请重新选择。")

    def validate_kind(self, field: Any) -> None:
        """团队之星 or 个人之星, or none for the latter."""
        if field.data and field.data not in set(HonourKind):
            raise ValidationError("没有这个类别，请重新选择。")

    def validate_least(self, field: Any) -> None:
        """One of those offered."""
        if field.data and field.data not in LEAST:
            raise ValidationError("没有这个次数，请重新选择。")

    @property
    def about(self) -> Quarter:
        """The quarter, by default the last that is over."""
        return quarter_named(self.quarter.data or "") or recent_quarters(2)[1]

    @property
    def wanted(self) -> HonourKind:
        """The kind, by default 个人之星."""
        return next((kind for kind in HonourKind if kind == self.kind.data), HonourKind.PERSON)

    def narrow(self, stmt: Select[Any]) -> Select[Any]:
        """Everything that was chosen."""
        least = int(self.least.data or 1)
        model: Any = Team if self.wanted is HonourKind.TEAM else Volunteer
        if self.region.narrows:  # a page is in the order of communities: there they are met as ranges of it
            place = self.region.data
            stmt = stmt.where(*([code_within(model.community_code, place)] if in_order() else lies_in(place, model)))
        if self._many is None:  # the list and its total are of the same rows
            self._many = honour_figures.are_many(model, stmt)
        if model is Team:
            return stmt.where(*honour_figures.able_teams(self.about, least, many=self._many))
        return stmt.where(*honour_figures.able_people(self.about, least, many=self._many, near=self._near))

    @property
    def _near(self) -> Select[Any] | None:
        """The records of the people of the chosen district, or of everybody; below it hardly so many served as a total tells."""
        if not self.region.narrows:
            return self.records
        place = self.region.data
        return (
            self.records.where(within(ServiceRecord, place, "volunteer_"))
            if level_of(place) is Level.DISTRICT
            else None
        )

    def shape(self, but: str = "") -> None:
        """To count services takes as long as to find who has them: what one page holds is not counted again."""
