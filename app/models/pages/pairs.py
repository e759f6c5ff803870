"""Words found by pairs of neighbouring characters, so that a search looks at few rows and finds what LIKE finds.

The databases keep the characters and the pairs of every searched text themselves, in the transaction of the change
(migration 0017, ADR 0023): PostgreSQL in an index over an expression, SQLite in a table beside each searched one, by
triggers. A word of one character is looked up by it, a longer one by its pairs; what these offer is looked at with LIKE again.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, and_, any_, func, literal_column, select
from sqlalchemy import column as plain_column
from sqlalchemy import table as plain_table

from app.db import db

# table → the columns whose pairs are kept, in the order of the migration
SEARCHED: dict[str, tuple[str, ...]] = {
    "user": ("name",),
    "volunteer": ("unit_other",),
    "application": ("unit_other",),
    "invitation": ("name",),
    "activity": ("title", "place", "description"),
    "feedback": ("title", "body"),
    "report": ("title", "body"),
    "public_case": ("title", "summary"),
    "notice": ("title", "body", "source"),
}
MOST = 20_000  # no more rows than that are counted, or looked up one by one


_counting: ContextVar[bool] = ContextVar("counting", default=False)


def offered(model: Any, words: str) -> Select[Any] | None:
    """Ids of the rows whose searched text has every pair of characters of `words`: all that LIKE finds there and
    hardly more. None where the pairs cannot tell: a model that has none, no words."""
    name = getattr(model, "__tablename__", "")
    if not words or name not in SEARCHED:
        return None
    return _by_index(name, words) if db.engine.dialect.name == "postgresql" else _by_table(name, words)


def few(model: Any, words: str, ids: Any) -> bool:
    """Whether these ids are so few that looking each row up is quicker than walking along the list; see `learn`."""
    return _is_small(learn(model, {words: ids})[words])


def learn(model: Any, wanted: Mapping[str, Any]) -> dict[str, tuple[int, int]]:
    """For each of these words how many ids it has (None: the pairs cannot tell), and the highest id of the table."""
    return learn_all({model: wanted}).get(getattr(model, "__tablename__", ""), {})


def learn_all(wanted: Mapping[Any, Mapping[str, Any]]) -> dict[str, dict[str, tuple[int, int]]]:
    """The same for several tables in one statement.

    Asked once a session for the same thing: only the way of looking hangs on it, never what is found.
    """
    known: dict[str, dict[str, tuple[int, int]]] = db.session.info.setdefault("offered", {})
    new = [
        (model, words, ids)
        for model, some in wanted.items()
        for words, ids in some.items()
        if ids is not None and words not in known.setdefault(model.__tablename__, {})
    ]
    if new:
        counted = [
            select(func.count()).select_from(ids.limit(MOST + 1).subquery()).scalar_subquery() for *_, ids in new
        ]
        highest = [select(func.max(model.id)).scalar_subquery() for model, *_ in new]
        row = db.session.execute(select(*counted, *highest)).one()
        for (model, words, _), number, last in zip(new, row, row[len(new) :], strict=False):
            known[model.__tablename__][words] = number, last or 0
    return known


def _is_small(told: tuple[int, int]) -> bool:
    """The first twenty of a list and their total cost about as much either way where number² = 50 × rows."""
    number, rows = told
    return number <= MOST and (_counting.get() or number * number <= 50 * rows)


@contextmanager
def counting() -> Iterator[None]:
    """The statement that is built inside reads all that the words find, not the first rows of a list."""
    token = _counting.set(True)
    try:
        yield
    finally:
        _counting.reset(token)


def each_word(
    model: Any, words: str, ids: Callable[[str], Any], like: Callable[[str], ColumnElement[bool]]
) -> list[ColumnElement[bool]]:
    """One condition a word: `like`, looked at only in the rows of `ids` where these are few."""
    offers = {word: ids(word) for word in words.split()}
    told = learn(model, offers)
    found = []
    for word, some in offers.items():
        looked_up = some is not None and _is_small(told[word])
        found.append(and_(one_of(model.id, some), like(word)) if looked_up else like(word))
    return found


def one_of(id: Any, ids: Any) -> ColumnElement[bool]:
    """`id IN (ids)`; on PostgreSQL as an array that is made first, or it would look at every row with LIKE instead."""
    if db.engine.dialect.name != "postgresql":
        return cast(ColumnElement[bool], id.in_(ids))
    return cast(ColumnElement[bool], id == any_(func.array(ids.scalar_subquery())))


def searched(columns: Sequence[Any]) -> Any:
    """The model all of whose `columns` have their pairs kept together; None where there is no such one."""
    models = {getattr(column, "class_", None) for column in columns}
    model = models.pop() if len(models) == 1 else None
    kept = SEARCHED.get(getattr(model, "__tablename__", ""), ())
    return model if all(column.key in kept for column in columns) else None


def _by_table(name: str, words: str) -> Select[Any]:
    """SQLite: each pair (or the only character) as hexadecimal digits; its lower() knows ASCII letters only."""
    small = "".join(letter.lower() if letter.isascii() else letter for letter in words)
    pairs = " ".join(f'"{small[at : at + 2].encode().hex()}"' for at in range(max(len(small) - 1, 1)))
    kept = plain_table(f"pairs_{name}", plain_column("rowid"))
    return select(kept.c.rowid).where(plain_column(kept.name).op("MATCH")(pairs))


def _by_index(name: str, words: str) -> Select[Any]:
    """PostgreSQL: the expression word for word as in the index, or the index would not be used. The words are hidden from
    who plans: where it sees that they are common it makes the pairs of every row anew, a second at 100,000 activities."""
    columns = SEARCHED[name]
    together = func.pairs(literal_column(" || ' ' || ".join(columns)))
    some: list[Any] = [literal_column(f"{columns[0]} <> ''")] if columns == ("unit_other",) else []
    rows = plain_table(name, plain_column("id"))
    return select(rows.c.id).where(together.op("@>")(select(func.pairs(words)).scalar_subquery()), *some)
