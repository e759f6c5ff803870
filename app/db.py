"""The database: one base class, one naming convention, one way to store time and secrets.

SQLite and PostgreSQL behave alike here: write transactions begin IMMEDIATE on SQLite (a deferred one
fails at once with 'database is locked' when it turns into a write) behind one process-wide lock, and
take row locks in one order on PostgreSQL (`lock`): activities by id, then volunteers by id.
"""

import enum
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import DateTime, Enum, MetaData, Text, TypeDecorator
from sqlalchemy.engine import Engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, registry

from app import clock, crypto


class UtcDateTime(TypeDecorator[datetime]):
    """Aware datetimes in Python, naive UTC in every database (SQLite keeps no zone)."""

    impl = DateTime
    cache_ok = True

    @property
    def python_type(self) -> type[datetime]:
        return datetime

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        return value.astimezone(UTC).replace(tzinfo=None) if value else None

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        return value.replace(tzinfo=UTC) if value else None


class Sealed(TypeDecorator[str]):
    """Text that lies encrypted in the database and is plain in Python."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Any) -> str | None:
        return None if value is None else crypto.seal(value)

    def process_result_value(self, value: str | None, dialect: Any) -> str | None:
        return None if value is None else crypto.unseal(value)


NAMES = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
TYPES: dict[Any, Any] = {
    datetime: UtcDateTime,
    enum.Enum: Enum(
        enum.Enum,
        native_enum=False,
        length=32,
        validate_strings=True,
        values_callable=lambda choices: [choice.value for choice in choices],
    ),
}


class Base(DeclarativeBase):
    """The declarative base; models inherit `Model`, and `Row` where they are rows with a number."""

    # A registry, not `type_annotation_map`: Flask-SQLAlchemy issue 1361.
    registry = registry(metadata=MetaData(naming_convention=NAMES), type_annotation_map=TYPES)


class Row:
    """What every table of rows has: a number of its own and the moment it was made."""

    id: Mapped[int] = mapped_column(primary_key=True, sort_order=-10)
    created_at: Mapped[datetime] = mapped_column(default=clock.now, sort_order=-9)


db = SQLAlchemy(model_class=Base)

if TYPE_CHECKING:
    Model = Base
else:
    Model = db.Model

reading: ContextVar[bool] = ContextVar("reading", default=False)


def render_item(kind: str, item: Any, autogen: Any) -> str | bool:
    """Alembic writes plain types for ours: migrations must not import the app."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime()"
    if kind == "type" and isinstance(item, Sealed):
        return "sa.Text()"
    return False


KEPT_BY_DATABASE = ("pairs_", "history_place")  # by triggers of the migrations (docs/adr/0023 and 0029)


def is_modelled(thing: Any, name: str | None, kind: str, reflected: bool, other: Any) -> bool:
    """Whether Alembic should look for this table or index in the models: not what the databases keep by themselves, nor whether an
    index that is there has the order of its columns, which SQLite does not tell."""
    if kind == "index" and other is not None and any(isinstance(one, sa.TextClause) for one in thing.expressions):
        return False
    return name != "sqlite_sequence" and not (name or "").startswith(KEPT_BY_DATABASE)


# A random page costs hardly more than the next one (memory, SSD): else a list's count reads the table instead of its
# index. Planning costs more than PostgreSQL thinks, which reckons in operators: else it plans a list anew for each value because
# it hopes to save a third of what it takes to read one (docs/adr/0026). No statement here is long enough to be worth compiling or sharing among processes, which take 10 ms to begin.
POSTGRESQL = (
    "-c statement_timeout=4000 -c timezone=UTC -c idle_in_transaction_session_timeout=60000 -c random_page_cost=1.1 -c jit=off "
    "-c max_parallel_workers_per_gather=0 -c cpu_operator_cost=0.005 "
    "-c tcp_keepalives_idle=5 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=3"
)


# Statements that SQLAlchemy keeps compiled, up to half as many more: those of object lists and detail pages, each some 130 kB. Of its
# usual 500 a server that is asked for everything keeps 540, 69 MB (docs/performance.md).
COMPILED = 100


def engine_options(url: str) -> dict[str, Any]:
    """Engine settings for this database; PERFORMANCE.md and docs/performance.md say why."""
    if url.startswith("sqlite"):
        Path(sa.make_url(url).database or "").parent.mkdir(parents=True, exist_ok=True)
        from app.sqlite import POOL

        # a database in memory has one connection
        one = {"connect_args": {"timeout": 10}, "hide_parameters": True, "query_cache_size": COMPILED}
        return one | (POOL if sa.make_url(url).database else {})
    return {
        "hide_parameters": True,  # an error that is logged quotes no row
        "query_cache_size": COMPILED,
        "pool_use_lifo": True,
        "pool_size": 10,
        "max_overflow": 10,
        "pool_timeout": 5,
        "pool_pre_ping": True,
        "connect_args": {
            "connect_timeout": 2,
            "options": POSTGRESQL,
            "keepalives_idle": 5,
            "keepalives_interval": 2,
            "keepalives_count": 2,
            "tcp_user_timeout": 6000,
        },
    }


def prepare(engine: Engine) -> None:
    """Attach SQLite's pragmas and the write lock to this engine, or to PostgreSQL's links their patience."""
    if engine.dialect.name == "sqlite":
        from app import sqlite

        sqlite.guard(engine)
    else:
        from app import link

        link.guard(engine)


# so many entries of each index: 3 seconds with a million people, and what is said of them is still true
LOOK_AT = "PRAGMA analysis_limit=100000"


def learn_sizes() -> None:
    """SQLite: look how the indexes are filled, or it takes every column for one that finds few rows. PostgreSQL looks by
    itself. Writers wait meanwhile; commits."""
    if db.engine.dialect.name == "sqlite":
        db.session.execute(sa.text(LOOK_AT))
        db.session.execute(sa.text("ANALYZE"))
        if db.session.scalar(sa.text("SELECT 1 FROM sqlite_master WHERE name = 'sqlite_stat4'")):
            # some builds keep values of single rows, which would outlive 注销
            db.session.execute(sa.text("DELETE FROM sqlite_stat4"))
        db.session.commit()


def copy_log() -> None:
    """SQLite: bring what its log holds into the database, while others read and write."""
    if db.engine.dialect.name == "sqlite":
        from app.sqlite import copy

        copy(db.engine)


def leave_no_trace() -> None:
    """SQLite: empty its log too, so that nothing overwritten is left in it."""
    db.session.remove()  # it reads from the log
    if db.engine.dialect.name == "sqlite":
        from app.sqlite import EMPTY, copy

        copy(db.engine, EMPTY)


def lock(rows: sa.Select[Any]) -> list[Any]:
    """Fetch these rows fresh and hold them until the transaction ends, in the order of their ids."""
    return list(db.session.scalars(locking(rows)))


def locking(rows: sa.Select[Any]) -> sa.Select[Any]:
    """The statement by which `lock` fetches and holds these rows."""
    return rows.with_for_update().execution_options(populate_existing=True)


@contextmanager
def apart() -> Iterator[Session]:
    """A short write transaction of its own, for what must survive a refusal (a failed sign-in, …).

    Ends the request's transaction first (rolling it back), so that SQLite's single writer is free.
    """
    db.session.rollback()
    token = reading.set(False)
    try:
        with Session(db.engine, expire_on_commit=False) as session, session.begin():
            yield session
    finally:
        reading.reset(token)


@contextmanager
def only_reading() -> Iterator[None]:
    """A transaction of its own that reads, in a request that writes afterwards: on SQLite others may write meanwhile.

    What was not committed before is rolled back.
    """
    db.session.rollback()
    token = reading.set(True)
    try:
        yield
    finally:
        db.session.rollback()
        reading.reset(token)


def insert_once(model: Any, values: dict[str, Any], keys: Iterable[str]) -> bool:
    """INSERT this row unless one with the same unique `keys` exists; True when it was inserted."""
    names = list(keys)
    statement = _upsert(model).values(**values).on_conflict_do_nothing(index_elements=names)
    # not rowcount: psycopg gives -1 for this statement, whether the row was there or not
    return db.session.execute(statement.returning(getattr(model, names[0]))).first() is not None


def add_to(model: Any, keys: dict[str, Any], amounts: dict[str, int], session: Any = None) -> None:
    """Add `amounts` to the counters of the row named by `keys`, making the row when it is missing."""
    values = {**keys, **{f"more_{name}": one for name, one in amounts.items()}}
    (session or db.session()).connection().execute(
        _adding(db.engine.dialect, model, tuple(keys), tuple(amounts)), values
    )


@lru_cache(maxsize=64)
def _adding(dialect: sa.Dialect, model: Any, keys: tuple[str, ...], amounts: tuple[str, ...]) -> Any:
    """The statement, built and compiled once: it runs with every tick, and SQLAlchemy keeps no compiled ON CONFLICT."""
    more = {name: sa.bindparam(f"more_{name}", type_=sa.Integer()) for name in amounts}
    known = {name: sa.bindparam(name, type_=getattr(model, name).type) for name in keys}
    raised = {name: getattr(model, name) + one for name, one in more.items()}
    return (
        _upsert(model)
        .values(**known, **more)
        .on_conflict_do_update(index_elements=list(keys), set_=raised)
        .compile(dialect=dialect)
    )


def _upsert(model: Any) -> Any:
    from sqlalchemy.dialects import postgresql, sqlite

    dialect = postgresql if db.engine.dialect.name == "postgresql" else sqlite
    return dialect.insert(model)
