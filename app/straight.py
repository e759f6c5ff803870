"""Straight to the database: statements built once that run with every tick and sign-up, past the session.

For each statement the session works out anew which objects may come of it, and at each flush in which order all that
changed must be written: three quarters of what a tick cost. Here a statement is sent in the words in which it was put once
(app/spoken.py), in the session's own transaction; columns come back. `save` and `add` write one row, as a flush would.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import Column, Executable, Insert, bindparam
from sqlalchemy.orm import make_transient_to_detached
from sqlalchemy.orm.attributes import instance_state
from sqlalchemy.orm.exc import StaleDataError

from app.db import Sealed, db
from app.revived import revived
from app.spoken import NONE, Found, Spoken, Values, spoken


def read(statement: Executable | Spoken, values: Values = NONE) -> Found:
    """The rows of this statement; what the session has not written yet is written first."""
    if db.session.registry.has():
        db.session().flush()
    return write(statement, values)


def write(statement: Executable | Spoken, values: Values | Sequence[Values] = NONE) -> Found:
    """Send this statement, to which it is all the same what the session has not written yet; many values, one statement."""
    if isinstance(values, Sequence) and len(values) == 1:  # one tick's record, sum and line
        [values] = values
    said = statement if isinstance(statement, Spoken) else _said(statement, values)
    if said is not None:
        return said.ask(cast("Values", values))
    found = db.session().connection().execute(cast("Executable", statement), values)
    return Found(found if found.returns_rows else (), found.rowcount)


def _said(statement: Executable, values: Values | Sequence[Values]) -> Spoken | None:
    """In words, where it has one set of values and none of them is a list."""
    if isinstance(values, Sequence):
        return None
    return spoken(statement, tuple(values) if isinstance(statement, Insert) else None, db.engine.dialect)


def plain(model: Any) -> tuple[Column[Any], ...]:
    """The columns from which `fresh` makes an object: all but what lies encrypted, which is read when somebody asks for it."""
    return tuple(column for column in model.__table__.c if not isinstance(column.type, Sealed))


@lru_cache
def _names(model: Any) -> tuple[tuple[str, ...], tuple[str, ...]]:
    names = tuple(column.key for column in plain(model))
    return names, tuple(column.key for column in model.__table__.c if column.key not in names)


def fresh(model: Any, values: Any) -> Any:
    """The session's object of a row whose `plain` columns were read just now; what it held before is forgotten."""
    names, unread = _names(model)
    one = revived(db.session(), model, values, names)
    if unread:
        instance_state(one)._expire_attributes(one.__dict__, unread)
    return one


def save(row: Any) -> None:
    """Write what was changed of this row, which has a version; StaleDataError when somebody else wrote it since it was read."""
    state, values, seen = instance_state(row), row.__dict__, row.version
    changed = {name for name, before in state.committed_state.items() if values[name] != before}
    if not changed <= set(row.__table__.c.keys()):  # another row beside it: that is the session's to work out
        db.session.flush()
        return
    _clean(state)
    if not changed:
        return
    names = tuple(sorted(changed))
    asked = {f"new_{name}": values[name] for name in names} | {"this": row.id, "seen": seen, "new_version": seen + 1}
    if write(_saving(row.__class__, names), asked).rowcount != 1:
        raise StaleDataError(f"{row.__tablename__} {row.id} was written by somebody else")
    values["version"] = seen + 1


@lru_cache(maxsize=256)
def _saving(model: Any, names: tuple[str, ...]) -> Any:
    table = _unwatched(model)
    new = {name: bindparam(f"new_{name}", type_=table.c[name].type) for name in (*names, "version")}
    return table.update().where(table.c.id == bindparam("this"), table.c.version == bindparam("seen")).values(new)


def add(row: Any) -> None:
    """Write this new row, which the session holds from now on. Fetches no row that it names: their numbers must stand in it."""
    values, columns = row.__dict__, row.__table__.c
    for column in columns:
        values.setdefault(column.key, _default(column))
    asked = {column.key: values[column.key] for column in columns if column is not columns.id}
    values["id"] = write(_adding(row.__class__), asked).scalar()
    make_transient_to_detached(row)
    db.session.add(row)


def _default(column: Column[Any]) -> Any:
    default: Any = column.default
    return (default.arg(None) if default.is_callable else default.arg) if default else None


@lru_cache
def _adding(model: Any) -> Any:
    return _unwatched(model).insert().returning(model.__table__.c.id)


def _unwatched(model: Any) -> Any:
    """Its table. What visitors see of a table is watched at the session's flush: such rows are not for this module."""
    from app.models.topics import ASKED, TOPICS

    if model.__tablename__ in (*TOPICS, ASKED):
        raise TypeError(f"{model.__tablename__} is watched by app/models/topics.py")
    return model.__table__


def _clean(state: Any) -> None:
    state._commit_all(state.dict, state.session.identity_map)
