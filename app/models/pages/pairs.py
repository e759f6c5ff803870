"""Words found by pairs of neighbouring characters, so that a search looks at few rows and finds what LIKE finds.

The databases keep the characters and the pairs of every searched text themselves, in the transaction of the change
(migrations 0018, 0028, 0029, 0035, ADR 0023): PostgreSQL in an index over an expression, SQLite in a table beside each searched one, by
triggers. A word of one character is looked up by it, a longer one by its pairs; what these offer is looked at with LIKE again.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, CompoundSelect, Select, Text, func, literal_column, select, union_all
from sqlalchemy import column as plain_column
from sqlalchemy import table as plain_table

from app.db import db
from app.typed import said

# table → the columns whose pairs are kept, in the order of the migration (0012; 0028, 0029 and 0035 the last)
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
    "honour": ("reason",),
    "help_request": ("number",),
    "team": ("name", "introduction"),
    "service_base": ("name", "address", "introduction"),
}


_only: ContextVar[int | None] = ContextVar("only", default=None)


def offered(model: Any, words: str) -> Any:
    """Ids of the rows whose searched text has every pair of characters of `words`: all that LIKE finds there and
    hardly more. None where the pairs cannot tell: a model that has none, no words."""
    name = getattr(model, "__tablename__", "")
    if not words or name not in SEARCHED:
        return None
    return first(_by_index(name, words) if db.engine.dialect.name == "postgresql" else _by_table(name, words))


def tells(words: str) -> bool:
    """Whether what is offered for these words holds them for certain, where one column is searched: a character or a pair
    without capitals is looked up as it stands."""
    return len(words) <= 2 and caseless(words)


def caseless(words: str) -> bool:
    """Whether there are no capitals and small letters of these words, so that they stand in a text in one way only."""
    return words.lower() == words.upper()


def first(ids: Select[Any]) -> Select[Any]:
    """These ids, inside of `only` no more than so many of them."""
    return ids if _only.get() is None else select(ids.limit(_only.get()).subquery())


@contextmanager
def only(number: int) -> Iterator[None]:
    """Inside no more than these first ones are offered."""
    token = _only.set(number)
    try:
        yield
    finally:
        _only.reset(token)


def joined(*ids: Any) -> CompoundSelect[Any]:
    """All of these ids as one statement; SQLite knows no unions inside of unions."""
    return union_all(*(one for some in ids for one in (some.selects if isinstance(some, CompoundSelect) else [some])))


def searched(columns: Sequence[Any]) -> Any:
    """The model all of whose `columns` have their pairs kept together; None where there is no such one."""
    models = {getattr(column, "class_", None) for column in columns}
    model = models.pop() if len(models) == 1 else None
    kept = SEARCHED.get(getattr(model, "__tablename__", ""), ())
    return model if all(column.key in kept for column in columns) else None


def pieces_of(words: str) -> list[str]:
    """SQLite: each pair (or the only character) as hexadecimal digits; its lower() knows ASCII letters only."""
    small = "".join(letter.lower() if letter.isascii() else letter for letter in words)
    return [small[at : at + 2].encode().hex() for at in range(max(len(small) - 1, 1))]


def match(kept: str, words: str, what: str, how: Callable[[str], str]) -> ColumnElement[bool]:
    """SQLite: that the pieces which `how` makes of the words (`what` names them) are kept for a row."""
    return plain_column(kept).op("MATCH")(said(words, what, how))


def _by_table(name: str, words: str) -> Select[Any]:
    kept = plain_table(f"pairs_{name}", plain_column("rowid"))
    return select(kept.c.rowid).where(match(kept.name, words, "pieces", _quoted))


def _quoted(words: str) -> str:
    return " ".join(f'"{one}"' for one in pieces_of(words))


def _by_index(name: str, words: str) -> Select[Any]:
    """PostgreSQL: the expression word for word as in the index, or the index would not be used. The words are hidden from
    who plans: where it sees that they are common it makes the pairs of every row anew, a second at 100,000 activities."""
    columns = SEARCHED[name]
    together = func.pairs(literal_column(" || ' ' || ".join(columns)))
    some: list[Any] = [literal_column(f"{columns[0]} <> ''")] if columns == ("unit_other",) else []
    rows = plain_table(name, plain_column("id"))
    pieces: Any = func.pairs(said(words), type_=ARRAY(Text))
    if len(words) > 1:
        pieces = pieces[len(words) + 1 : 2 * len(words)]  # its pairs: the characters come before them and tell no more
    return select(rows.c.id).where(together.op("@>")(select(pieces).scalar_subquery()), *some)
