"""Statements put into words once: their text, and how the driver wants their parameters and gives their values.

SQLAlchemy looks that up whenever a statement runs, which costs more than a page's rows, and keeps a hundred kilobytes of
each. What is spoken goes straight to the driver, in the session's transaction. Where a page only reads and nobody has asked for a
session (a visitor's), a statement has a connection for itself, and there is no transaction to begin and to end.
"""

from collections.abc import Mapping, Sequence
from copy import copy
from functools import lru_cache
from typing import Any

from sqlalchemy import BindParameter, Dialect, Executable
from sqlalchemy.engine import Row
from sqlalchemy.engine.result import SimpleResultMetaData
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.visitors import iterate

from app.db import db, reading

Values = Mapping[str, Any]
Answer = tuple[list[tuple[Any, ...]], int]  # what the driver gives, and how many rows were found or changed
NONE: Values = {}
FEW = 200  # rows that a cursor which is used again may hold until then


class Spoken:
    """A statement in the words of this engine's database; `given` names the values of an INSERT that names none itself."""

    __slots__ = ("columns", "execution_options", "fixed", "is_quick", "made", "moving", "places", "said")

    def __init__(self, statement: Executable, given: Sequence[str] | None = None) -> None:
        asked: Any = statement
        dialect = _numbered(db.engine.dialect)
        if takes_lists(statement):
            raise TypeError("its words hang on how many values there will be")
        said = asked.compile(dialect=dialect, column_keys=given)
        if said.prefetch:
            raise TypeError(f"defaults that SQLAlchemy would fill in, nobody would here: {said.prefetch}")
        ways = {name: bind.type.dialect_impl(dialect).bind_processor(dialect) for bind, name in said.bind_names.items()}
        # name, what says the value (None: who asks), how the driver wants it
        moving = ((name, bind) for bind, name in said.bind_names.items() if bind.callable or bind.required)
        self.moving: list[tuple[str, Any, Any]] = [(name, bind.callable, ways[name]) for name, bind in moving]
        # lists of values are written out, each a parameter of its own
        whole = said.construct_expanded_state({name: None for name, _, _ in self.moving})
        ways.update(whole.processors)
        # as the driver takes it: psycopg would put it into bytes whenever it is asked
        self.said: Any = whole.statement.encode() if dialect.name == "postgresql" else whole.statement
        self.places: list[str] = whole.positiontup or []
        self.fixed = {
            name: way(value) if (way := ways.get(name)) else value for name, value in whole.parameters.items()
        }
        self.columns = [(column.keyname, column.type) for column in said._result_columns]
        self.made: Any = None  # how rows are made of the driver's values: known with the first answer
        self.is_quick = False  # what an answer has told it of may be asked without a cursor, where that is possible
        self.execution_options = asked.get_execution_options()  # app/link.py looks for `varied` in them

    @property
    def text(self) -> str:
        """The statement, for who listens and for errors."""
        return self.said.decode() if isinstance(self.said, bytes) else str(self.said)

    def raw(self, values: Values) -> list[tuple[Any, ...]]:
        """What the database finds, as the driver gives it; errors are SQLAlchemy's."""
        return self._answer(values)[0]

    def ask(self, values: Values) -> "Found":
        """The rows that the database finds or returns, and how many it changed."""
        raw, changed = self._answer(values)
        made = self.made
        return Found([Row(made, made._processors, made._key_to_index, one) for one in raw], changed)

    def _answer(self, values: Values) -> Answer:
        engine = db.engine
        if not reading.get() or db.session.registry.has():
            return self._sent(engine, db.session().connection().connection, values)
        try:
            connection = engine.raw_connection()
        except engine.dialect.loaded_dbapi.Error as error:
            raise self._named(engine, error) from error
        try:
            return self._sent(engine, connection, values)
        except DBAPIError:
            connection.invalidate()
            raise
        finally:
            connection.close()

    def _sent(self, engine: Any, connection: Any, values: Values) -> Answer:
        asked, link = self._asked(values), connection.dbapi_connection
        cursor = link.cursor() if engine.dialect.positional else link.numbered()
        for heard in engine.dispatch.before_cursor_execute:  # who counts statements
            heard(None, cursor, self.text, asked, self, False)
        try:
            told = link.ask(self.said, asked) if self.is_quick else None
            return told or self._told(engine.dialect, cursor, asked)
        except engine.dialect.loaded_dbapi.Error as error:
            raise self._named(engine, error) from error

    def _asked(self, values: Values) -> tuple[Any, ...]:
        given = self.fixed.copy()
        for name, says, way in self.moving:
            value = says() if says else values[name]
            given[name] = way(value) if way else value
        return tuple([given[name] for name in self.places])

    def _told(self, dialect: Any, cursor: Any, asked: tuple[Any, ...]) -> Answer:
        """By the driver's cursor, which also tells of what kind the columns are."""
        rows: list[tuple[Any, ...]] = []
        try:
            dialect.do_execute(cursor, self.said, asked, self)
            if self.columns:
                rows = cursor.fetchall()
                if self.made is None:
                    self.made = _made(dialect, self.columns, cursor.description)
            self.is_quick = not dialect.positional and "varied" not in self.execution_options
            return rows, cursor.rowcount
        finally:
            if dialect.positional or len(rows) > FEW:
                cursor.close()

    def _named(self, engine: Any, error: Exception) -> Exception:
        """A driver's error as those know it who handle it (app/errors.py); it quotes no values."""
        base = engine.dialect.loaded_dbapi.Error
        return DBAPIError.instance(self.text, None, error, base, hide_parameters=True, dialect=engine.dialect)


class Found(list[Any]):
    """The rows of an answer."""

    def __init__(self, rows: Any, changed: int) -> None:
        super().__init__(rows)
        self.rowcount = changed

    def first(self) -> Any:
        """The first row, None where there is none."""
        return self[0] if self else None

    def scalar(self) -> Any:
        """The first value of the first row, None where there is none."""
        return self[0][0] if self else None

    def scalars(self) -> list[Any]:
        """The first value of each row."""
        return [row[0] for row in self]


def again(statement: str, values: Any) -> list[Any]:
    """What a listener of `before_cursor_execute` heard, asked once more; whether SQLAlchemy or `Spoken` sent it tell the values."""
    connection = db.session.connection()
    if isinstance(values, tuple) and not db.engine.dialect.positional:
        link: Any = connection.connection.dbapi_connection
        return list(link.numbered().execute(statement, values).fetchall())
    return list(connection.exec_driver_sql(statement, values).all())


@lru_cache(maxsize=8)
def _numbered(dialect: Dialect) -> Any:
    """Speaks as the database hears it: PostgreSQL's parameters are numbered. For names psycopg searches a text whenever it is asked
    (3 ms for 待办, whose text is too long for it to remember)."""
    if dialect.positional:
        return dialect
    own: Any = copy(dialect)
    own.paramstyle, own.positional = "numeric_dollar", True
    own.identifier_preparer = own.preparer(own)  # no percent sign is doubled
    return own


def takes_lists(statement: Any) -> bool:
    """Whether who asks it gives a list of values, any number of them: such a statement has no words of its own."""
    parts = iterate(statement)
    return any(isinstance(part, BindParameter) and part.expanding and part.required for part in parts)


@lru_cache(maxsize=256)
def spoken(statement: Executable, given: Sequence[str] | None, dialect: Dialect) -> Spoken | None:
    """A statement that is built once, put into words at its first call; None for one that takes lists."""
    return None if takes_lists(statement) else Spoken(statement, given)


def _made(dialect: Any, columns: Sequence[tuple[str, Any]], kinds: Sequence[Any]) -> Any:
    ways = [
        one.dialect_impl(dialect).result_processor(dialect, kind[1])
        for (_, one), kind in zip(columns, kinds, strict=True)
    ]
    return SimpleResultMetaData([name for name, _ in columns], _processors=ways)
