"""Statements that are built once: putting one together costs more than the database takes to answer it.

What is kept may ask for the moment and for positions only as parameters; a day may stand in it, it is built anew with the
next one, and so it is when regions, units or categories change.
"""

import enum
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any, TypeVar, cast

from sqlalchemy import (
    BindParameter,
    ColumnClause,
    ColumnElement,
    Enum,
    SelectBase,
    SQLColumnExpression,
    String,
    UnaryExpression,
    bindparam,
    literal,
    literal_column,
    select,
)
from sqlalchemy.sql.operators import custom_op
from sqlalchemy.sql.selectable import _OffsetLimitParam
from sqlalchemy.sql.visitors import replacement_traverse

from app import clock
from app.db import db
from app.freshness import Remembered, numbers
from app.revived import revived
from app.spoken import NONE, Spoken, Values, takes_lists
from app.straight import read

# Execution options of a statement that reads much or little depending on its values: PostgreSQL plans it for each (app/link.py).
VARIED = {"varied": True}
EMPTY = 8  # tables of nothing that `steady` names
TOPICS = ("regions", "units", "categories")
T = TypeVar("T")
_held = Remembered(400)


def kept(key: Hashable, build: Callable[[], T]) -> T:
    """What `build` says, built once for this key: everything that it depends on. None for a key: built each time.

    A statement of columns is kept in words (app/spoken.py): `rows_of` reads its rows. So is one of whole objects: `objects_of`.
    """
    if key is None:
        return build()
    key = key, clock.today()
    held: Any = _held.get(key, *TOPICS)
    if held is None:
        seen = numbers(*TOPICS)
        held = _ready(build())
        _held.keep(key, held, seen, *TOPICS)
    return cast("T", held)


def rows_of(statement: Any, values: Values = NONE) -> Sequence[Any]:
    """The rows of what `kept` gave, columns each: in words, or for this once only."""
    if isinstance(statement, Spoken):
        return read(statement, values)
    return db.session.execute(statement, values).all()


class Objects(Spoken):
    """A statement of a model's objects, in words: all columns of its table, of which `objects_of` makes them."""

    __slots__ = ("model",)

    def __init__(self, statement: Any, model: Any) -> None:
        super().__init__(statement.with_only_columns(*model.__table__.c, maintain_column_froms=True))
        self.model = model


def objects_of(statement: Any, values: Values = NONE) -> list[Any]:
    """The objects of what `kept` gave, each once: made of the columns, or loaded by the session with what its options ask for."""
    if isinstance(statement, Objects):
        found, session = read(statement, values), db.session()
        return list(dict.fromkeys(revived(session, statement.model, row) for row in found))
    return list(db.session.scalars(statement, values).unique())


def _model_of(statement: Any) -> Any:
    """The model whose objects are all that this statement finds, as its table holds them and with nothing beside; else None."""
    columns: Any = getattr(statement, "column_descriptions", ())
    if len(columns) != 1 or statement._with_options or statement.get_execution_options():
        return None
    model = columns[0]["expr"]
    table = getattr(model, "__table__", None) if isinstance(model, type) else None  # a column or an alias is none
    if table is None or statement._for_update_arg is not None:  # who holds a row wants it as it is now
        return None
    mapper = model.__mapper__
    whole = tuple(mapper.column_attrs.keys()) == tuple(table.c.keys()) and not any(
        one.deferred for one in mapper.column_attrs
    )
    return model if whole and [*mapper.primary_key] == [next(iter(table.c))] else None


def _ready(built: Any) -> Any:
    if not isinstance(built, SelectBase):
        return built
    if (model := _model_of(built)) is not None and not takes_lists(built):
        return Objects(settled(built), model)
    columns = getattr(built, "column_descriptions", ())
    statement = settled(built)
    objects = any(not isinstance(one["expr"], SQLColumnExpression) for one in columns)
    return statement if objects or takes_lists(statement) else Spoken(statement)


def this_hour() -> int:
    """A part of the key of what is to be asked anew every hour."""
    return clock.now().hour


def each(values: Iterable[Any], column: Any) -> list[Any]:
    """These values of a column for its `in_`, each a parameter of its own: as a list they are written out whenever it runs."""
    return [literal(value, column.type) for value in values]


def is_one_of(column: Any, most: int) -> ColumnElement[bool]:
    """That this id is one of `these`."""
    found: ColumnElement[bool] = column.in_([bindparam(f"one{number}", type_=column.type) for number in range(most)])
    return found


def these(ids: Sequence[int], most: int) -> dict[str, int]:
    """Some ids (one at least) as the parameters of such a statement."""
    return {f"one{number}": ids[min(number, len(ids) - 1)] for number in range(most)}


def settled(found: Any) -> Any:
    """A statement with the states that it names, and how many rows it wants, written into it: twenty parameters that are always
    the same cost a tenth of a list, and PostgreSQL, which plans for all values at once, would take any number of rows for wanted."""
    if not isinstance(found, SelectBase):
        return found
    statement: Any = found
    return replacement_traverse(statement, {}, _written)


def _written(element: Any, **_: Any) -> Any:
    """In place of a parameter that holds a state or a limit: what it holds, one of our own words or numbers."""
    if not isinstance(element, BindParameter) or not element.unique:
        return None
    if isinstance(element.value, enum.Enum) and isinstance(element.type, Enum):
        return word(element.value, element.type)
    if isinstance(element, _OffsetLimitParam) and isinstance(element.value, int):
        return literal_column(str(element.value), element.type)
    return None


def word(state: enum.Enum, type_: Any = None) -> Any:
    """A state, one of our own words, as it stands in a statement's text. Never what somebody has written."""
    return literal_column(f"'{state.value}'", type_ or String())


def written(codes: Sequence[str] | Sequence[int]) -> Any:
    """Codes of regions (or numbers) for `in_`, as they stand in a statement's text, which holds so many parameters only: 社区 names thousands of
    places. For hundreds of parameters that are always the same PostgreSQL takes any places for wanted, and plans anew each time."""
    return bindparam(None, codes, expanding=True, literal_execute=True)


def steady(found: Any) -> Any:
    """The contrary of VARIED: a statement whose plan for all values runs as well as one for these. PostgreSQL plans it once.

    Where moments are parameters it takes a plan for all values for a little dearer and plans anew each time, which takes six times
    as long as to read a page. It reckons planning by the tables that a statement names; those of nothing that are named here cost
    nothing when it runs (docs/adr/0026).
    """
    if db.engine.dialect.name != "postgresql":
        return found
    empty = [select(literal_column("1")).subquery(f"steady_{number}") for number in range(EMPTY)]
    return found.select_from(*found.get_final_froms(), *empty)


def common(column: Any) -> Any:
    """A column that is asked for a value which very many rows have: no way to the few that are wanted.

    PostgreSQL knows how many they are. SQLite takes all values for equally rare and would choose the column's index; with a sign
    before it, it does not.
    """
    return UnaryExpression(column, operator=custom_op("+")) if db.engine.dialect.name == "sqlite" else column


def no_way_by(column: Any, statement: Any) -> Any:
    """The same statement, with this column `common` wherever it is asked for."""
    found = column.expression

    def marked(element: Any, **_: Any) -> Any:
        return common(element) if isinstance(element, ColumnClause) and element.shares_lineage(found) else None

    return replacement_traverse(statement, {}, marked)
