"""How people narrow lists of activities: on the portal by status, in the back office by phase and time."""

from collections.abc import Hashable, Iterator
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Select
from werkzeug.datastructures import MultiDict
from wtforms import Field, StringField, ValidationError
from wtforms.widgets import DateInput

from app import clock, labels
from app.blueprints.todo_filter import TodoFilter
from app.fields_places import RegionFilterField
from app.forms import clean
from app.freshness import Remembered, Same, numbers, same
from app.listing import FilterForm
from app.models.activities import search
from app.models.activities.counts import Counts, public_counts
from app.models.activity import Activity, Phase
from app.models.category import categories, category_by_slug
from app.models.figures.activities import launched
from app.models.region import CITY, children
from app.models.regions.homes import districts_of

STATUS_WORDS = {"recruiting": "报名中", "ongoing": "进行中", "ended": "已结束"}
Option = tuple[str, str, int | None]


class ActivityFilter(FilterForm):
    """What both lists share: region, category, words."""

    region = RegionFilterField("地域")
    category = StringField("类型", filters=[clean])
    q = StringField("关键词", filters=[clean])

    def validate_category(self, field: Any) -> None:
        """A slug of the list."""
        if field.data and category_by_slug(field.data) is None:
            raise ValidationError("没有这个类型，请重新选择。")

    @property
    def words(self) -> str:
        return self.q.data or ""

    @property
    def category_id(self) -> int | None:
        """The id of the chosen category."""
        found = category_by_slug(self.category.data or "")
        return found.id if found else None

    @property
    def place(self) -> str:
        """The code of the chosen region, '' for everywhere within reach."""
        return self.region.data if self.region.narrows else ""

    def conditions(self) -> list[Any]:
        """What region, category and words demand."""
        kind = [Activity.category_id == self.category_id] if self.category_id else []
        return [*search.lies_in(self.place), *kind, *search.named(self.words, districts=self.districts)]

    @property
    def districts(self) -> tuple[str, ...]:
        """In which all rows stand, whatever their words say of places elsewhere; none for the whole city."""
        return districts_of(self.place or self.region.within)

    def chosen(self) -> list[tuple[str, str]]:
        """(what is chosen, the address without it), for the chips above the rows."""
        found = [(self.region.words, {"region": None})] if self.place else []
        found += [(word, {self.state.name: None}) for word in self.state_word()]
        if self.category_id:
            found.append((categories()[self.category_id].name, {"category": None}))
        if self.words:
            found.append((f"“{self.words}”", {"q": None}))
        return [(label, self.address(**change)) for label, change in found]

    @property
    def state(self) -> Any:
        raise NotImplementedError

    def state_word(self) -> list[str]:
        """The chosen state in words, if one is chosen."""
        raise NotImplementedError


_asked = Remembered(100)
JUDGED_BY = ("regions", "categories")


class PublicFilter(ActivityFilter):
    """The portal's: status, and counts on every chip."""

    status = StringField("状态", filters=[clean])

    @classmethod
    def of(cls, sent: MultiDict[str, str]) -> "PublicFilter":
        """What this address asks for, judged: kept, as many ask the same. Not with words, which hardly anybody types twice."""
        key = tuple([(name, *values) for name, values in sent.lists() if name in ("region", "category", "status")])
        found: PublicFilter | None = None if "q" in sent else _asked.get(key, *JUDGED_BY)
        if found is None:
            seen, found = numbers(*JUDGED_BY), cls(sent)
            found.validate()
            if "q" not in sent:
                _asked.keep(key, found, seen, *JUDGED_BY)
        return found

    def validate_status(self, field: Any) -> None:
        """One of three, or none for all."""
        if field.data and field.data not in STATUS_WORDS:
            raise ValidationError("没有这个状态，请重新选择。")

    @property
    def state(self) -> Any:
        return self.status

    def state_word(self) -> list[str]:
        return [STATUS_WORDS[self.status.data]] if self.status.data else []

    def narrow(self, stmt: Select[Any]) -> Select[Any]:
        """Everything but the status, which makes the parts of the list."""
        return stmt.where(*self.conditions())

    def shape_of_words(self) -> Hashable:
        """As `search.named` takes them."""
        return search.shape_of(self.words, districts=self.districts)

    def counts(self) -> Counts:
        """How many activities each chip would show."""
        return public_counts(self.place, self.status.data or "", self.category_id, self.words)

    def chips(self, counts: Counts) -> Same:
        """The rows of chips, as `lists.chip_rows` wants them: the same one while nothing in them changes."""
        key = self.region.data or CITY, self.status.data or "", self.category.data or ""
        found: Same | None = counts.chips.get(key)
        if found is None:
            found = counts.chips[key] = same((*_chips(counts, *key, self._steps()),))
        return found

    def _steps(self) -> Same | None:
        """The selects below the district, from where one was chosen on."""
        if len(self.place) < 6:
            return None
        return same(tuple((step.label, same(tuple(step.options)), step.chosen) for step in self.region.pick.steps[1:]))


def _chips(counts: Counts, region: str, status: str, category: str, steps: Same | None) -> Iterator[tuple[Any, ...]]:
    places = [(place.code, place.short, counts.district.get(place.code, 0)) for place in children().get(CITY, [])]
    states = [(value, word, counts.status.get(value, 0)) for value, word in STATUS_WORDS.items()]
    kinds = [
        (kind.slug, kind.name, counts.category.get(kind.slug, 0))
        for kind in categories().values()
        if not kind.closed or counts.category.get(kind.slug)
    ]
    yield "地域", "region", same(((CITY, "全市", None), *places)), region[:6], steps
    yield "状态", "status", same((("", "全部", None), *states)), status, None
    yield "类型", "category", same((("", "全部", None), *kinds)), category, None


class DayField(Field):
    """A day in Shanghai; `.data` is a date or None."""

    widget = DateInput()

    def process_formdata(self, valuelist: list[Any]) -> None:
        """2026-11-28, or nothing."""
        typed = str(valuelist[0]).strip() if valuelist else ""
        self.data = None
        if typed:
            try:
                self.data = date.fromisoformat(typed)
            except ValueError:
                raise ValueError("请填写日期，例如 2026-11-28。") from None
            if not 2000 <= self.data.year <= 2100:
                raise ValueError("请填写 2000 年到 2100 年之间的日期。")

    def _value(self) -> str:
        return self.data.isoformat() if self.data else ""


class OfficeFilter(TodoFilter, ActivityFilter):
    """The back office's: phase and days, inside the acting post's region."""

    WAITING = Activity

    phase = StringField("状态", filters=[clean])
    since = DayField("开始日期，从")
    until = DayField("开始日期，到")
    launched = StringField("不含草稿和已取消", filters=[clean])

    def __init__(self, *args: Any, within: str = CITY, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.region.within = within

    def validate_phase(self, field: Any) -> None:
        """A phase, or none for all."""
        if field.data and field.data not in set(Phase):
            raise ValidationError("没有这个状态，请重新选择。")

    def validate_until(self, field: Any) -> None:
        """Not before the first day."""
        if field.data and self.since.data and field.data < self.since.data:
            raise ValidationError("结束的日期不能早于开始的日期。")

    @property
    def state(self) -> Any:
        return self.phase

    @property
    def chosen_phase(self) -> Phase | None:
        return Phase(self.phase.data) if self.phase.data else None

    def state_word(self) -> list[str]:
        return [labels.office_badge(self.chosen_phase)[0]] if self.chosen_phase else []

    def narrow(self, stmt: Select[Any]) -> Select[Any]:
        """Everything that was chosen."""
        phase = search.in_phase(self.chosen_phase) if self.chosen_phase else []
        return self.narrow_but_phase(stmt).where(*phase)

    def narrow_but_phase(self, stmt: Select[Any]) -> Select[Any]:
        """Everything but the phase: what the counts on the phases are counted in."""
        counted = [launched()] if self.launched.data else []
        return stmt.where(*self.conditions(), *self._days(), *counted, *self.waiting())

    def _days(self) -> list[Any]:
        """Of those that wait also that they end later than they begin: along their ends they are looked for."""
        found = []
        if self.since.data:
            since = clock.start_of(self.since.data)
            found += [Activity.ends_at > since] if self.todo.data else []
            found.append(Activity.starts_at >= since)
        if self.until.data:
            found.append(Activity.starts_at < clock.start_of(self.until.data + timedelta(days=1)))
        return found

    def shape_of_words(self) -> Hashable:
        """As `search.named` takes them."""
        return search.shape_of(self.words, districts=self.districts)

    def chosen(self) -> list[tuple[str, str]]:
        """As above, and whether only what was launched is meant."""
        more = [(str(self.launched.label.text), self.address(launched=None))] if self.launched.data else []
        return super().chosen() + more + self.waiting_word()

    def tabs(self, counts: dict[Phase, int]) -> list[tuple[str, str, bool, int | None]]:
        """(word, address, whether chosen, how many) of 全部 and each phase."""
        found: list[tuple[str, str, bool, int | None]] = [("全部", self.address(phase=None), not self.phase.data, None)]
        for phase in Phase:
            here = self.phase.data == phase
            found.append((labels.office_badge(phase)[0], self.address(phase=phase.value), here, counts.get(phase, 0)))
        return found
