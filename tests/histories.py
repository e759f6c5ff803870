"""What tests of history share: somebody with full power over the database, who alters it behind the triggers."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, create_engine, select, text

from app.db import db
from app.models.histories.seal import seal_next
from app.models.history import History, record
from tests import cast
from tests.support.databases import owners_url

SQLITE_GUARDS = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'history%'"


@contextmanager
def behind_the_triggers() -> Iterator[Connection]:
    """A transaction in which nothing guards history: what an intruder on the machine could do."""
    db.session.commit()
    with as_the_owner() as connection:
        if db.engine.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL session_replication_role = replica"))
        else:
            for name in connection.scalars(text(SQLITE_GUARDS)).all():
                connection.execute(text(f"DROP TRIGGER {name}"))
        yield connection
    db.session.expire_all()


@contextmanager
def as_the_owner() -> Iterator[Connection]:
    """A transaction of a role to which every table belongs; on SQLite there is one role."""
    if db.engine.dialect.name == "sqlite":
        with db.engine.begin() as connection:
            yield connection
        return
    owner = create_engine(owners_url(str(db.engine.url.database)))
    try:
        with owner.begin() as connection:
            yield connection
    finally:
        owner.dispose()


def lived(lines: int) -> list[int]:
    """So many lines of history with reasons, committed; their ids."""
    person = cast.who("wantong")
    for number in range(lines):
        record(person, "password-code", by=person, reason=f"原因{number}")
    db.session.commit()
    return sorted(db.session.scalars(select(History.id).order_by(History.id.desc()).limit(lines)))


def sealed(lines: int) -> list[int]:
    """The same, sealed."""
    ids = lived(lines)
    seal_next()
    db.session.commit()
    return ids
