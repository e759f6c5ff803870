"""Lines of a kind, of some people and of some days at any size: only the way hangs on what is here, not what is found.

But for one case: lines written while the clock was wrong by more than SLACK may be missing from a filter by days.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, case, func, literal, literal_column, select
from sqlalchemy.orm import aliased

from app import reads
from app.db import db
from app.models.accounts.called import Also, goes_by, ids_of, offers
from app.models.history import OFTEN, History
from app.models.pages.quickest import COUNTED, among, learn, looked_up, one_of
from app.models.user import User
from app.reads import MOST
from app.statements import common

# Lines are numbered as they come; but a clock may have been wrong, or a writer may have waited
SLACK = timedelta(days=7)
SOME = 200  # people whose lines are counted


def of_kind(noun: str) -> ColumnElement[bool]:
    """A kind of thing: the few lines of a rare one are found by the index, a common one is met along the list."""
    line = aliased(History)
    lines = select(line.id).where(line.noun == noun)
    return one_of(History.id, lines) if _few(noun, lines) else common(History.noun) == noun


def of_people(words: str, also: Also) -> ColumnElement[bool]:
    """Done by somebody called like this: one person has an order of their own, however many lines; the few lines of some
    people are found by it; what many have done is met along the list."""
    found, weighed = partial(ids_of, words, also), partial(offers, words, also)
    people = looked_up(User, words, found, weighed, own=False, most=SOME, kind=also.__qualname__)
    if people is not None:
        some = set(db.session.scalars(people.limit(3)))  # each once by name, once by what else is said of them
        if len(some) < 2:
            return History.actor_id == next(iter(some), 0)
        line = aliased(History)
        lines = select(line.id).where(line.actor_id.in_(people))
        if _few(words, lines, kind=also.__qualname__):
            return one_of(History.id, lines)
    if db.engine.dialect.name != "sqlite" or not _gathered(words, weighed, also):
        return goes_by(History.actor_id, words, also)
    return among(History.actor_id, found())  # in a place their lines are far apart, however short the list is


def _gathered(words: str, weighed: Callable[[], Any], also: Also) -> bool:
    key = User, words, also.__qualname__
    known = learn({key: weighed})
    return key in known and known[key][0] <= COUNTED["sqlite"]


def _few(what: str, lines: Any, kind: str = "") -> bool:
    """Whether it is quicker to find all of these lines than to walk along the list until there are enough."""
    key = History, what, kind
    number, rows = learn({key: lambda: lines})[key]
    return number <= MOST and number * number <= reads.now()[0].wanted * rows


def of_deed(action: str) -> list[ColumnElement[bool]]:
    """A deed; the seldom ones have an index, which is used where its own condition is said again."""
    seldom = [History.action.not_in([literal_column(f"'{one}'") for one in OFTEN])] if action not in OFTEN else []
    return [History.action == action, *seldom]


def since(moment: datetime) -> list[ColumnElement[bool]]:
    """From this moment on."""
    return [History.created_at >= moment, History.id > _around(moment - SLACK)[0]]


def until(moment: datetime) -> list[ColumnElement[bool]]:
    """Before this moment."""
    return [History.created_at < moment, History.id <= _around(moment + SLACK)[1]]


def _around(moment: datetime) -> tuple[Any, Any]:
    """Numbers of lines between which this moment lies, found by halving what there is until they are MOST apart or less."""
    newest = func.coalesce(func.max(History.id), 0)
    span = select(literal(0).label("low"), newest.label("high")).cte(recursive=True)
    middle = (span.c.low + span.c.high) // 2
    line = aliased(History)
    following = select(line.created_at).where(line.id > middle).order_by(line.id).limit(1).scalar_subquery()
    early = following < moment
    half = select(case((early, middle), else_=span.c.low), case((early, span.c.high), else_=middle))
    span = span.union_all(half.where(span.c.high - span.c.low > MOST))
    apart = span.c.high - span.c.low
    low, high = (select(edge).order_by(apart).limit(1).scalar_subquery() for edge in (span.c.low, span.c.high))
    return low, high
