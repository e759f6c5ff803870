"""信息统计 `Scope`: which services are meant, and their sums by month, region, unit and category (SPEC section 4).

Every figure of services is a sum over the roll-up `ServiceMonth`, in which a record belongs to community, unit and
category of its day; `Scope.records` is the same condition on the records themselves, so that a figure can be opened.
Both region views hold: by the activity's community (`activity`) and by the volunteer's (`volunteer`).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, func

from app.models.category import categories
from app.models.figures import past
from app.models.figures.city import city_period, city_sums
from app.models.figures.period import Period, both, year_before
from app.models.region import CITY, Level, children, heir, level_of, place_name, within
from app.models.regions.homes import above, code_within, homes, strays
from app.models.service_record import UNUSUAL, Evidence, ServiceMonth, ServiceRecord
from app.models.work_unit import NO_UNIT, units
from app.statements import common

Condition = ColumnElement[bool]


class View(StrEnum):
    ACTIVITY = "activity"
    VOLUNTEER = "volunteer"


@dataclass(frozen=True)
class Scope:
    """Services of a region and a period; `unit` None is everybody, 0 is 无单位.

    `region` and `unit` lie inside the acting post's (the filter form sees to it); `door` is the access condition on
    ServiceRecord, so that records and people are read through it.
    """

    period: Period
    region: str = CITY
    view: View = View.ACTIVITY
    unit: int | None = None
    category: int | None = None
    evidence: Evidence | None = None
    door: Any = field(default=None, compare=False)
    states: dict[Any, int] = field(
        default_factory=dict, compare=False, repr=False
    )  # of past.py, one dictionary for a page

    def at(self, region: str) -> "Scope":
        """The same in this region."""
        return replace(self, region=region)

    @property
    def level(self) -> Level | None:
        """The level of its region."""
        return level_of(self.region)

    @property
    def is_city(self) -> bool:
        """Whether everything in the city is meant."""
        return self.region == CITY and self.unit is None and not self.category and not self.evidence

    @property
    def meant(self) -> tuple[Any, ...]:
        """All that it says but the period."""
        return self.region, self.view, self.unit, self.category, self.evidence

    @property
    def prefix(self) -> str:
        """How the place columns are called that the view looks at."""
        return "" if self.view is View.ACTIVITY else "volunteer_"

    def months(self, months: list[str]) -> list[Condition]:
        """The condition on rows of the roll-up, in these months."""
        place = code_within(self.community, self.region)
        found: list[Condition] = [ServiceMonth.month.in_(months), *([] if place is None else [place])]
        return found + self._of_unit(ServiceMonth.unit_id, 0) + self._kind(ServiceMonth)

    def records(self, days: tuple[Any, Any] | None = None) -> list[Condition]:
        """The condition on records: live ones of the period, or from one of these days to the other."""
        first, last = days or self.period.days
        place = within(ServiceRecord, self.region, self.prefix)
        found: list[Condition] = [ServiceRecord.revoked_at.is_(None), ServiceRecord.day.between(first, last)]
        found += [one for one in (place, self.door) if one is not None]
        found += self._of_unit(ServiceRecord.unit_id, None)
        found += [ServiceRecord.is_unusual()] if self.evidence in UNUSUAL else []
        return found + self._kind(ServiceRecord)

    def _of_unit(self, column: Any, none: int | None) -> list[Condition]:
        """Met along the place where so many have no unit, or where the place's index has the unit and the unit's not the place."""
        if self.unit is None:
            return []
        along = (
            column is ServiceRecord.unit_id and self.level is Level.SUBDISTRICT if self.unit else self.region != CITY
        )
        return [(common(column) if along else column) == (self.unit or none)]

    def _kind(self, model: Any) -> list[Condition]:
        found = [model.category_id == self.category] if self.category else []
        return found + ([model.evidence == self.evidence] if self.evidence else [])

    @property
    def community(self) -> Any:
        """The roll-up's column of communities that the view looks at."""
        return getattr(ServiceMonth, f"{self.prefix}community_code")


@dataclass
class Line:
    """Services under one heading; `before` and `minutes_before` are those of the same period a year before."""

    key: str
    name: str
    services: int = 0
    minutes: int = 0
    before: int = 0
    minutes_before: int = 0
    activities: int | None = None  # held by the communities of a region; None where nobody asks

    def add(self, other: "Line") -> "Line":
        """Take the other's figures in."""
        self.services += other.services
        self.minutes += other.minutes
        self.before += other.before
        self.minutes_before += other.minutes_before
        if other.activities is not None:
            self.activities = (self.activities or 0) + other.activities
        return self

    @property
    def change(self) -> str:
        """增减, by how much there were more services than a year before: +5.6%, 持平, '' where there were none then."""
        if not self.before:
            return ""
        return "持平" if self.services == self.before else f"{100 * (self.services - self.before) / self.before:+.1f}%"

    @property
    def empty(self) -> bool:
        """Whether there is nothing to say."""
        return not (self.services or self.minutes or self.before or self.minutes_before or self.activities)


def total(lines: Iterable[Line], name: str = "合计") -> Line:
    """The sum of these."""
    found = Line("", name)
    for line in lines:
        found.add(line)
    return found


def _sums(scope: Scope, dimension: Any, kind: str) -> list[Any]:
    """Rows (key, services, minutes, services before, minutes before) for each value of `dimension`: one statement.

    `kind` is the one of `city_sum.KINDS` by which the whole city's sums are kept; '' where they are not.
    """
    if scope.is_city and kind:
        kept = city_period(kind, scope.period.months, scope.period.before.months)
        return [(key, *figures) for key, figures in kept.items()]
    return [(key, *figures) for key, figures in past.sums(scope, dimension).items()]


def _by_month(scope: Scope) -> dict[str, tuple[int, int]]:
    """Services and minutes of every month of the period and of the year before."""
    months = both(scope.period)
    if scope.is_city:
        kept = city_sums("category", months)
        return {
            month: (sum(n for n, _ in sums.values()), sum(n for _, n in sums.values())) for month, sums in kept.items()
        }
    return past.by_month(scope, months)


def by_month(scope: Scope) -> list[Line]:
    """A line for each month of the period, the year before beside it."""
    found, none = _by_month(scope), (0, 0)
    return [
        Line(month, Period(month, month).words, *found.get(month, none), *found.get(year_before(month), none))
        for month in scope.period.months
    ]


def by_quarter(months: list[Line], period: Period) -> list[tuple[Period, Line]]:
    """The months of the period put together by quarters."""
    by_key = {line.key: line for line in months}
    return [(quarter, total((by_key[month] for month in quarter.months), quarter.words)) for quarter in period.quarters]


def by_child(scope: Scope) -> list[Line]:
    """A line for each region directly below, in the order of codes; closed ones only where figures keep them."""
    width = {4: 6, 6: 9, 9: 12}[len(scope.region)]
    lines = {place.code: Line(place.code, place.short) for place in children().get(scope.region, [])}
    kind = "" if any(len(code) == 6 for code in strays()) else f"{scope.prefix}district"
    for raw, *figures in _sums(scope, grouped(scope, width), kind):
        code = child_of(str(raw), width)
        lines.setdefault(code, Line(code, place_name(code, full=False))).add(Line("", "", *figures))
    return [lines[code] for code in sorted(lines)]


def grouped(scope: Scope, width: int) -> Any:
    """What is grouped by for children of this width: their codes, or whole ones where mergers crossed a border."""
    return func.substr(scope.community, 1, width) if width < 12 and not strays() else scope.community


def child_of(raw: str, width: int) -> str:
    """The region of this width to which a community's (or already shortened) code belongs today."""
    if len(raw) == 12:
        return homes().get(raw, {}).get(width, raw[:width])
    return heir(raw)


def by_unit(scope: Scope) -> list[Line]:
    """A line for each unit with services in one of the two periods, in the order of names; 无单位 last."""
    known = units()
    lines = [
        Line(str(key) if key else "none", known[key].name if key in known else NO_UNIT, *figures)
        for key, *figures in _sums(scope, ServiceMonth.unit_id, "unit")
    ]
    return sorted((line for line in lines if not line.empty), key=lambda line: (line.key == "none", line.name))


def by_category(scope: Scope) -> list[Line]:
    """A line for each category, in the order of the list."""
    found = {key: figures for key, *figures in _sums(scope, ServiceMonth.category_id, "category")}
    lines = [Line(kind.slug, kind.name, *found.get(kind.id, ())) for kind in categories().values()]
    closed = {kind.slug for kind in categories().values() if kind.closed}
    return [line for line in lines if line.key not in closed or not line.empty]


def services_of(scope: Scope) -> int:
    """How many services there are: the number of records that `Scope.records` finds."""
    return sums_of(scope)[0]


def sums_of(scope: Scope) -> tuple[int, int]:
    """How many services there are, and their minutes: of the records that `Scope.records` finds."""
    if scope.region == CITY and scope.evidence and scope.unit is None:
        unusual = past.unusual(scope)
        if scope.evidence in UNUSUAL:
            return unusual.get(scope.evidence, (0, 0))
        services, minutes = sums_of(replace(scope, evidence=None))  # all the others were ticked on the spot
        return services - sum(n for n, _ in unusual.values()), minutes - sum(n for _, n in unusual.values())
    if scope.region == CITY and not scope.evidence and not (scope.category and scope.unit is not None):
        kind, wanted = ("category", scope.category) if scope.unit is None else ("unit", scope.unit)
        kept = city_sums(kind, scope.period.months).values()
        pairs = [sums[key] for sums in kept for key in (sums if wanted is None else sums.keys() & {wanted})]
        return sum(services for services, _ in pairs), sum(minutes for _, minutes in pairs)
    found = past.by_month(scope, scope.period.months).values()
    return sum(services for services, _ in found), sum(minutes for _, minutes in found)


def path(top: str, code: str) -> list[str]:
    """The regions from directly below `top` down to `code`; none where `code` does not lie below `top`."""
    found = []
    while code and code != top:
        found.append(code)
        code = above(code)
    return found[::-1] if code else []
