"""Everything that the page of statistics shows, read once: the same for the screen, the paper and the exports."""

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import Any

from sqlalchemy import true

from app import charts
from app.access import Permission, acting, holds, narrowed, rows
from app.blueprints.office.statistics_forms import StatisticsFilter
from app.freshness import this_minute
from app.labels import duration
from app.models.activity import Activity
from app.models.figures.activities import activities_by_region
from app.models.figures.different import COUNTED_AT_ONCE, people
from app.models.figures.help import HelpLine, help_by_month
from app.models.figures.people import first_people, on_roster
from app.models.figures.period import this_month
from app.models.figures.totals import Line, Scope, View, by_category, by_child, by_month, by_quarter, by_unit, total
from app.models.figures.tree import SHOWN_PEOPLE, Branch, branch_of, trail, tree
from app.models.help_request import HelpRequest
from app.models.region import Level, within
from app.models.volunteer import Volunteer

P = Permission
UNITS_SHOWN = 15
TOPICS = ("roster", "regions", "units")  # on which hangs how many volunteers there are
Columns = Mapping[str, Callable[[Any], Any]]


def reachable() -> Any:
    """For rows with a person: whether the acting post may open that volunteer's file."""
    condition = narrowed(Volunteer, P.VOLUNTEERS)
    return (true() if condition is None else condition).label("reachable")


def managed() -> Any:
    """For rows with an activity: whether the acting post may open its page in the back office."""
    condition = narrowed(Activity, P.ACTIVITIES_SEE)
    return (true() if condition is None else condition).label("managed")


class Statistics:
    """The figures of one filter, each read when it is first asked for."""

    def __init__(self, filters: StatisticsFilter) -> None:
        self.filters, self.scope = filters, filters.scope

    @cached_property
    def months(self) -> list[Line]:
        return by_month(self.scope)

    @cached_property
    def total(self) -> Line:
        return total(self.months, self.scope.period.words)

    @property
    def quarters(self) -> list[Any]:
        return by_quarter(self.months, self.scope.period)

    @cached_property
    def units(self) -> list[Line]:
        return by_unit(self.scope) if self.scope.unit is None else []

    @property
    def units_shown(self) -> list[Line]:
        return self.units if self.filters.every.data == "units" else self.units[:UNITS_SHOWN]

    @property
    def units_left(self) -> Line:
        rest = self.units[len(self.units_shown) :]
        return total(rest, f"其余 {len(rest)} 个单位")

    @cached_property
    def categories(self) -> list[Line]:
        return by_category(self.scope)

    @property
    def in_community(self) -> bool:
        """Whether the region is a community, below which there are only people."""
        return self.scope.level is Level.COMMUNITY

    @cached_property
    def regions(self) -> list[Line]:
        """The regions directly below, with the activities that they held; of a community itself."""
        if self.in_community:
            return []
        lines = by_child(self.scope)
        if self.counts_activities:
            tell_activities(lines, self.activities)
        return lines

    @property
    def branches(self) -> list[Branch]:
        branches = tree(self.scope, self.regions, self.filters.open.data or "", reachable())
        if self.counts_activities:
            tell_activities((node.line for one in branches for node in one.nodes), self.activities)
        return branches

    @property
    def people_shown(self) -> list[Any]:
        """Of a community: the first people by name, one more than is shown."""
        return first_people(self.scope, SHOWN_PEOPLE + 1, reachable()) if self.in_community else []

    @property
    def counts_activities(self) -> bool:
        """Activities belong to communities, not to volunteers' homes or units."""
        return counts_activities(self.filters)

    @cached_property
    def activities(self) -> dict[str, tuple[int, int]]:
        scope, about = self.scope, (acting(), self.scope.region)
        return activities_by_region(lambda: _inside(Activity, P.ACTIVITIES_SEE, scope), scope.period, about)

    @property
    def activities_total(self) -> tuple[int, int]:
        return self.activities.get(self.scope.region, (0, 0))

    @cached_property
    def help(self) -> tuple[list[HelpLine], HelpLine, HelpLine] | None:
        """Requests belong to communities; a unit has none."""
        if self.scope.unit is not None or not holds(P.HELP):
            return None
        scope, about = self.scope, (acting(), self.scope.region)
        return help_by_month(lambda: _inside(HelpRequest, P.HELP, scope), scope.period, about)

    @cached_property
    def people(self) -> int | None:
        """Distinct people; None where so many records would be read that somebody has to ask."""
        asked = self.filters.every.data == "people" or self.total.services <= COUNTED_AT_ONCE
        return people(self.scope, acting()) if asked else None

    @cached_property
    def roster(self) -> int | None:
        """Volunteers there now, at most 1,000; None for 无单位, which the roster cannot be narrowed to."""
        region, unit = self.scope.region, self.scope.unit
        if unit == 0:
            return None
        asked = "roster", acting(), region, unit
        return this_minute(asked, lambda: on_roster(_inside(Volunteer, P.VOLUNTEERS, self.scope), unit), *TOPICS)

    @property
    def trail(self) -> list[tuple[str, str]]:
        return trail(self.filters.region.within, self.scope.region)

    @property
    def month_chart(self) -> charts.Chart:
        names = self._short_names()
        figures = [(names[line.key], line.services, line.before) for line in self.months]
        return charts.columns(figures, names.get(this_month(), ""))

    def _short_names(self) -> dict[str, str]:
        """11月 inside one year, 26/11 over several."""
        one_year = self.scope.period.first[:4] == self.scope.period.last[:4]
        months = self.scope.period.months
        return {m: f"{int(m[5:])}月" if one_year else f"{m[2:4]}/{int(m[5:])}" for m in months}

    @property
    def category_chart(self) -> charts.Chart:
        return charts.rows([(line.name, line.services, line.before) for line in self.categories])

    @property
    def unfinished(self) -> bool:
        """Whether the period holds the present month, which is not over."""
        return self.scope.period.first <= this_month() <= self.scope.period.last


def _inside(model: Any, permission: Permission, scope: Scope) -> Any:
    """Rows of the acting post that lie in the scope's region."""
    place = within(model, scope.region)
    return rows(model, permission) if place is None else rows(model, permission).where(place)


def counts_activities(filters: StatisticsFilter) -> bool:
    """Whether activities are told beside services: by communities, for everybody's units."""
    return filters.shown is View.ACTIVITY and filters.unit_chosen is None and holds(P.ACTIVITIES_SEE)


def branch(filters: StatisticsFilter) -> Branch | None:
    """The one branch that htmx asks for."""
    found = branch_of(filters.scope, filters.branch.data or "", filters.open.data or "", reachable())
    if found and counts_activities(filters):
        tell_activities((node.line for node in found.nodes), Statistics(filters).activities)
    return found


def tell_activities(lines: Iterable[Line], held: dict[str, tuple[int, int]]) -> None:
    """Say on each region's line how many activities it held."""
    for line in lines:
        line.activities = held.get(line.key, (0, 0))[0]


def _services(first: str) -> Columns:
    return {
        first: lambda line: line.name,
        "服务次数": lambda line: line.services,
        "去年同期次数": lambda line: line.before,
        "增减": lambda line: line.change,
        "服务时长": lambda line: duration(line.minutes),
        "服务分钟": lambda line: line.minutes,
        "去年同期分钟": lambda line: line.minutes_before,
    }


HELP_COLUMNS: Columns = {
    "提交月份": lambda line: line.name,
    "提交": lambda line: line["submitted"],
    "受理": lambda line: line["accepted"],
    "受理率": lambda line: line.accepted,
    "已办结": lambda line: line["closed"],
    "按期办结": lambda line: line["in-time"],
    "超期未办结": lambda line: line["late"],
    "按期办结率": lambda line: line.in_time,
    "已评价": lambda line: line["rated"],
    "满意和基本满意": lambda line: line["satisfied"],
    "满意率": lambda line: line.satisfied,
}


def table(shown: Statistics, name: str) -> tuple[Columns, list[Any]] | None:
    """One of the page's tables as columns and rows, the sum last; None where there is no such table."""
    if name == "help" and shown.help:
        return HELP_COLUMNS, [*shown.help[0], shown.help[1]]
    if name not in TABLES:
        return None
    first, lines_of = TABLES[name]
    columns, lines = dict(_services(first)), lines_of(shown)
    if name == "regions" and shown.counts_activities:
        columns["活动场次"] = lambda line: line.activities
    return columns, [*lines, total(lines)]


TABLES: dict[str, tuple[str, Callable[[Statistics], list[Line]]]] = {
    "regions": ("区域", lambda shown: shown.regions),
    "units": ("工作单位", lambda shown: shown.units),
    "categories": ("类型", lambda shown: shown.categories),
    "months": ("月份", lambda shown: shown.months),
    "quarters": ("季度", lambda shown: [line for _, line in shown.quarters]),
}
