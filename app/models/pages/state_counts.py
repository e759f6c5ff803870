"""How many rows of a scope are in each state: one statement, each number capped."""

from collections.abc import Callable, Hashable, Iterable
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, func, literal, select

from app.db import db
from app.reads import counting
from app.statements import kept, rows_of

CAP = 1000  # 999+ above
S = TypeVar("S", bound=StrEnum)


def state_counts(
    scope: Select[Any] | Callable[[], Select[Any]],
    states: Iterable[S],
    condition: Callable[[S], ColumnElement[bool]],
    cap: int = CAP,
    shape: Hashable = None,
    along: Any = None,
) -> dict[S, int]:
    """For each of `states` how many rows of `scope` meet its `condition`, at most `cap`.

    `shape` names all that `scope` depends on: then the statement is built once (app/statements.py). Rows of one time lie near each
    other: `along` it they are read sooner than in whatever order SQLite thinks best; an index must begin with the state and this.
    """

    def capped(state: S) -> Any:
        rows = scope() if callable(scope) else scope
        some = rows.where(condition(state)).with_only_columns(literal(1), maintain_column_froms=True).order_by(None)
        if along is not None and db.engine.dialect.name == "sqlite":
            some = some.order_by(along.desc())
        return select(func.count()).select_from(some.limit(cap).subquery()).scalar_subquery()

    states = tuple(states)
    about = None if shape is None else ("state counts", states, shape)
    numbers = rows_of(kept(about, lambda: select(*(capped(state) for state in states))))[0]
    return dict(zip(states, numbers, strict=True))


def counts_of_found(
    build: Callable[[], Select[Any]],
    states: Iterable[S],
    column: Any,
    condition: Callable[[S], ColumnElement[bool]] | None = None,
    along: Any = None,
    shape: Hashable = None,
) -> dict[S, int]:
    """For each of `states` how many rows that `build` finds by words have it in this `column`, at most CAP.

    All states at once where the words find each row or the list is short; else each state is walked until there are enough, by
    its `condition` where one finds them sooner than the column.
    """
    states = tuple(states)
    with counting(CAP * len(states), in_parts=True) as reading:
        found = build()
    if not reading.at_once:
        return state_counts(found, states, condition or (lambda state: column == state), shape=shape, along=along)
    grouped = found.with_only_columns(column, func.count(), maintain_column_froms=True).order_by(None).group_by(column)
    numbers: dict[Any, int] = dict(map(tuple, rows_of(grouped)))
    return {state: min(CAP, numbers.get(state, 0)) for state in states}


def total(counts: dict[S, int], shown: S | None) -> int:
    """How long a list is, up to CAP, of which one state (None: all of them) is shown."""
    return counts.get(shown, 0) if shown else min(CAP, sum(counts.values()))
