"""求助办理 by month of submission: 受理率, 按期办结率, 满意率 (SPEC section 4 and the issue's definitions).

A request counts in the month, in Shanghai, in which it was handed in. `accepted` was 受理 once; `late` waits for its
end although the day to close it has passed; `in-time` was closed before that day had passed. The outcomes are
conditions, so that the same ones narrow the list which a figure opens.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, true

from app.db import db
from app.models.activities.search import NOW
from app.models.figures.period import Period, both
from app.models.help.lists import ON_A_DESK, in_state
from app.models.help.states import HelpStatus, Rating
from app.models.help_request import HelpRequest
from app.statements import VARIED

R, S = HelpRequest, HelpStatus
OPEN_ENDED = (S.ACCEPTED, S.ARRANGED, S.SERVING)


def _late() -> ColumnElement[bool]:
    waiting = or_(R.status.in_((S.PENDING, S.DONE)), *(in_state(status) for status in OPEN_ENDED))
    return and_(ON_A_DESK, waiting, R.close_due <= NOW)


OUTCOMES: dict[str, Callable[[], ColumnElement[bool]]] = {
    "submitted": true,
    "accepted": lambda: R.accepted_at.is_not(None),
    "closed": lambda: R.status == S.CLOSED,
    "in-time": lambda: and_(R.status == S.CLOSED, R.closed_at < R.close_due),
    "late": _late,
    "rated": lambda: R.rating.is_not(None),
    "satisfied": lambda: R.rating.in_((Rating.GOOD, Rating.FAIR)),
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
    """Requests of one month, or of all of them; `figures` by the keys of OUTCOMES."""

    key: str
    name: str
    figures: dict[str, int]

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


def submitted_in(period: Period) -> ColumnElement[bool]:
    """The condition that a request was handed in during the period."""
    first, end = period.moments
    return and_(R.created_at >= first, R.created_at < end)


def help_by_month(scope: Select[Any], period: Period) -> tuple[list[HelpLine], HelpLine, HelpLine]:
    """A line for each month, their sum, and the sum of the same period a year before; one statement."""
    months = both(period)
    # in order, so that one comparison tells a month; what lies between the two periods is left out below
    month = case(*((R.created_at < Period(one, one).moments[1], one) for one in months))
    figures = [func.sum(case((condition(), 1), else_=0)) for condition in OUTCOMES.values()]
    asked = scope.where(or_(submitted_in(period), submitted_in(period.before)))
    if scope.whereclause is None:  # the city's index begins with the time, and holds all that is summed up
        asked = asked.where(R.created_at >= period.before.moments[0], R.created_at < period.moments[1])
    else:  # all states by name, so that the index by place, state and time serves
        asked = asked.where(R.status.in_(tuple(S)))
    asked = asked.with_only_columns(month.label("month"), *figures).group_by("month")
    found = {
        row[0]: dict(zip(OUTCOMES, map(int, row[1:]), strict=True))
        for row in db.session.execute(asked, execution_options=VARIED)
    }
    nothing = dict.fromkeys(OUTCOMES, 0)
    lines = [HelpLine(one, Period(one, one).words, found.get(one, nothing)) for one in period.months]
    earlier = [HelpLine(one, "", found.get(one, nothing)) for one in period.before.months]
    return lines, help_total(lines, period.words), help_total(earlier, period.before.words)


def help_total(lines: list[HelpLine], name: str) -> HelpLine:
    """The sum of these."""
    return HelpLine("", name, {key: sum(line[key] for line in lines) for key in OUTCOMES})
