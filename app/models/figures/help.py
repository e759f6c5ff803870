"""求助办理 by month of submission: 受理率, 按期办结率, 满意率 (SPEC section 4 and the issue's definitions).

A request counts in the month, in Shanghai, in which it was handed in. `accepted` was 受理 once; `late` waits for its
end although the day to close it has passed; `in-time` was closed before that day had passed. The outcomes are
conditions, so that the same ones narrow the list which a figure opens. Ten years of requests are not counted for each look:
a month's figures are kept until a request of that month changes.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, literal_column, true, union_all

from app import clock
from app.freshness import Remembered, numbers
from app.models.activities.search import NOW
from app.models.figures.period import Period, both
from app.models.help.lists import ON_A_DESK
from app.models.help.states import WAITING, HelpStatus, Rating
from app.models.help_request import HelpRequest
from app.models.topics import asked_in
from app.statements import each, kept, rows_of

R, S = HelpRequest, HelpStatus
Figures = dict[str, int]  # by the keys of OUTCOMES
MOST = 4000  # months: two years of 160 places
_kept = Remembered(MOST)


def _closed(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """Of what is closed: only that is rated, and by its state it is found."""
    return and_(R.status == S.CLOSED, condition)


def _late() -> ColumnElement[bool]:
    return and_(ON_A_DESK, R.close_due <= NOW)


OUTCOMES: dict[str, Callable[[], ColumnElement[bool]]] = {
    "submitted": true,
    "accepted": lambda: R.accepted_at.is_not(None),
    "closed": lambda: R.status == S.CLOSED,
    "in-time": lambda: _closed(R.closed_at < R.close_due),
    "late": _late,
    "rated": lambda: _closed(R.rating.is_not(None)),
    "satisfied": lambda: _closed(R.rating.in_((Rating.GOOD, Rating.FAIR))),
}
STATES: dict[str, tuple[HelpStatus, ...]] = {  # that a request with this outcome may have; any, where none are named
    **dict.fromkeys(("closed", "in-time", "rated", "satisfied"), (S.CLOSED,)),
    "late": WAITING,
}
OUTCOME_WORDS = {
    "submitted": "提交",
    "accepted": "已受理过",
    "closed": "已办结",
    "in-time": "按期办结",
    "late": "超期未办结",
    "rated": "已评价",
    "satisfied": "满意或基本满意",
}


@dataclass
class HelpLine:
    """Requests of one month, or of all of them."""

    key: str
    name: str
    figures: Figures

    def __getitem__(self, outcome: str) -> int:
        return self.figures[outcome]

    @property
    def accepted(self) -> str:
        """受理率: accepted ÷ submitted."""
        return percent(self["accepted"], self["submitted"])

    @property
    def in_time(self) -> str:
        """按期办结率: closed in time ÷ (closed + overdue)."""
        return percent(self["in-time"], self["closed"] + self["late"])

    @property
    def satisfied(self) -> str:
        """满意率: (满意 + 基本满意) ÷ rated."""
        return percent(self["satisfied"], self["rated"])


def percent(part: int, whole: int) -> str:
    """95.2%, or – where there is nothing to divide by."""
    return f"{100 * part / whole:.1f}%" if whole else "–"


def help_by_month(
    scope: Callable[[], Select[Any]], period: Period, shape: Hashable
) -> tuple[list[HelpLine], HelpLine, HelpLine]:
    """A line for each month, their sum, and the sum of the same period a year before.

    `scope` says which requests the reader may count, `shape` names all on which that depends.
    """
    found = _by_month(scope, both(period), shape)
    lines = [HelpLine(one, Period(one, one).words, found[one]) for one in period.months]
    earlier = [HelpLine(one, "", found[one]) for one in period.before.months]
    return lines, help_total(lines, period.words), help_total(earlier, period.before.words)


def _by_month(scope: Callable[[], Select[Any]], months: list[str], shape: Hashable) -> dict[str, Figures]:
    """Each month's figures, read anew after one of its requests changed, and with each day: at midnight some become late."""
    topics, today = {month: ("regions", *asked_in(month)) for month in months}, clock.today()
    found = {month: _kept.get((shape, month, today), *topics[month]) for month in months}
    missing = [month for month, figures in found.items() if figures is None]
    seen = {month: numbers(*topics[month]) for month in missing}
    for month, figures in _read(scope, missing, shape).items() if missing else ():
        _kept.keep((shape, month, today), figures, seen[month], *topics[month])
        found[month] = figures
    return found


def _read(scope: Callable[[], Select[Any]], months: list[str], shape: Hashable) -> dict[str, Figures]:
    """One statement."""
    values = {
        f"{edge}{number}": moment
        for number, month in enumerate(months)
        for edge, moment in zip(("from", "to"), Period(month, month).moments, strict=True)
    }
    asked = kept(("help by month", shape, len(months)), lambda: _summed_up(scope(), len(months)))
    return {months[number]: dict(zip(OUTCOMES, figures, strict=True)) for number, *figures in rows_of(asked, values)}


def _summed_up(scope: Select[Any], months: int) -> Any:
    """Each month by itself: to tell the month of each row, and to sort them by it, took three times as long."""
    if scope.whereclause is not None:  # all states by name, so that the index by place, state and time serves
        scope = scope.where(R.status.in_(each(tuple(S), R.status)))
    figures = [func.count().filter(condition()) for condition in OUTCOMES.values()]
    moment = partial(bindparam, type_=R.created_at.type)
    return union_all(
        *(
            scope.where(
                R.created_at >= moment(f"from{number}"), R.created_at < moment(f"to{number}")
            ).with_only_columns(literal_column(str(number)), *figures)
            for number in range(months)
        )
    )


def help_total(lines: list[HelpLine], name: str) -> HelpLine:
    """The sum of these."""
    return HelpLine("", name, {key: sum(line[key] for line in lines) for key in OUTCOMES})
