"""Lines of a kind, of a deed and of some people at any size: only the way hangs on what is here, not what is found."""

from collections.abc import Sequence
from functools import partial
from math import inf
from typing import Any

from sqlalchemy import ColumnElement, literal_column, select
from sqlalchemy.orm import aliased

from app import reads
from app.db import db
from app.models.accounts.called import Also, ids_of, offers, one_by_one
from app.models.histories.scope import KEPT, About
from app.models.history import OFTEN, History
from app.models.pages.quickest import COUNTED, among, learn, one_of
from app.models.user import User
from app.reads import MOST
from app.statements import common

SOME = 200  # people whose lines are counted
USUAL = ("sign_up",)  # most lines are about one: met along a place's list


def of_kind(about: About) -> list[ColumnElement[bool]]:
    """A kind of thing: the few lines of a rare one are found by the index, a common one is met along the list."""
    noun = about.noun
    if not about.whole:
        return _indexed(KEPT.c.noun, noun, USUAL)
    line = aliased(History)
    lines = select(line.id).where(line.noun == noun)
    return [one_of(History.id, lines) if _few(noun, lines) else common(History.noun) == noun]


def of_people(about: About, words: str, also: Also) -> ColumnElement[bool]:
    """Done by somebody called like this: one person has an order of their own, however many lines; the few lines of some
    people are found by it; what many have done is met along the list."""
    if reads.is_short():
        return one_by_one(History.actor_id, words, also)
    found = partial(ids_of, words, also)
    number = _number(words, also)
    if number <= SOME:
        people = found()
        some = set(db.session.scalars(people.limit(3)))  # each once by name, once by what else is said of them
        alone = History.actor_id == next(iter(some), 0) if len(some) < 2 else None
        if alone is not None and about.whole:
            return alone
        line = aliased(History)
        lines = select(line.id).where(line.actor_id.in_(people))
        if _few(words, lines, kind=also.__qualname__):
            return one_of(about.number, lines)
        if alone is not None:
            return alone
    gather = number <= COUNTED[db.engine.dialect.name] and (db.engine.dialect.name == "sqlite" or not reads.in_order())
    return among(History.actor_id, found()) if gather else one_by_one(History.actor_id, words, also)


def _number(words: str, also: Also) -> float:
    """About how many people are called like this."""
    key = User, words, also.__qualname__
    return learn({key: partial(offers, words, also)}).get(key, (inf, 0))[0]


def _few(what: str, lines: Any, kind: str = "") -> bool:
    """Whether it is quicker to find all of these lines than to walk along the list until there are enough."""
    key = History, what, kind
    number, rows, _ = learn({key: lambda: lines})[key]
    return number <= MOST and number * number <= reads.now()[0].wanted * rows


def of_deed(about: About, action: str) -> list[ColumnElement[bool]]:
    """A deed; the seldom ones have an index."""
    return _indexed(History.action if about.whole else KEPT.c.action, action, OFTEN)


def _indexed(column: Any, value: str, usual: Sequence[str]) -> list[ColumnElement[bool]]:
    """`column` has this value; of seldom ones there is a partial index, which is used where its own condition is said again."""
    if value in usual:
        return [column == value]
    said: list[ColumnElement[str]] = [literal_column(f"'{one}'") for one in usual]
    return [column == value, column.not_in(said) if len(said) > 1 else column != said[0]]
