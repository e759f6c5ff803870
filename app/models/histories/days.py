"""Lines of some days at any size: between which numbers they stand is found once.

Lines are numbered as they come; but a clock may have been wrong, or a writer may have waited. Lines written while the clock was wrong by
more than SLACK may be missing from a filter by days.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, literal, literal_column, select
from sqlalchemy.orm import aliased

from app import clock, reads
from app.db import db
from app.freshness import Remembered
from app.models.histories.scope import About
from app.models.histories.state import sealed_up_to
from app.models.history import History
from app.reads import MOST

SLACK = timedelta(days=7)
_ends = Remembered(400)


def since(about: About, moment: datetime) -> list[ColumnElement[bool]]:
    """From this moment on."""
    found = History.created_at >= moment
    return [found] if reads.is_short() else [found, about.number >= _number(first_from(moment))]


def until(about: About, moment: datetime) -> list[ColumnElement[bool]]:
    """Before this moment."""
    is_now = moment + SLACK >= clock.now()  # as long as the clock may be wrong, the newest lines are meant too
    bound = [] if is_now or reads.is_short() else [about.number <= _number(last_before(moment))]
    return [History.created_at < moment, *bound]


def first_from(moment: datetime) -> int:
    """No line before this number was written at this moment or later: of the sealed ones the first that was, else the one behind them.

    It stays true, as no line comes among the sealed ones.
    """

    def found() -> int:
        sealed = sealed_up_to()
        low, _ = _around(moment - SLACK)
        line = select(History.id).where(History.id > low, History.id <= sealed, History.created_at >= moment)
        return db.session.scalar(line.order_by(History.id).limit(1)) or max(sealed, low) + 1

    return _ends.of(("from", moment, clock.today()), found)


def last_before(moment: datetime) -> int:
    """No line behind this number was written before this moment, which lies more than SLACK back."""

    def found() -> int:
        _, high = _around(moment + SLACK)
        line = select(History.id).where(History.id <= high, History.created_at < moment)
        return db.session.scalar(line.order_by(History.id.desc()).limit(1)) or 0

    return _ends.of(("before", moment, clock.today()), found)


def _number(line: int) -> ColumnElement[int]:
    """As it stands in a statement's text: as a parameter PostgreSQL would take it for any number."""
    return literal_column(str(line))


def _around(moment: datetime) -> Sequence[int]:
    """Numbers of lines between which this moment lies, found by halving what there is until they are MOST apart or less."""
    newest: Any = func.coalesce(func.max(History.id), 0)
    span = select(literal(0).label("low"), newest.label("high")).cte(recursive=True)
    middle = (span.c.low + span.c.high) // 2
    line = aliased(History)
    following = select(line.created_at).where(line.id > middle).order_by(line.id).limit(1).scalar_subquery()
    early = following < moment
    half = select(case((early, middle), else_=span.c.low), case((early, span.c.high), else_=middle))
    span = span.union_all(half.where(span.c.high - span.c.low > MOST))
    narrowest: Select[Any] = select(span.c.low, span.c.high).order_by(span.c.high - span.c.low).limit(1)
    return db.session.execute(narrowest).one()
