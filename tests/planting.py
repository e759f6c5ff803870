"""Words planted into every text of the database, so that a walk over the pages shows where they come out."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from app.db import Sealed, db
from app.freshness import forget
from tests.histories import as_the_owner

# What is no text that anybody types: keys, marks of our own, and what a form keeps to a strict shape.
NOT_TYPED = {"slug", "key", "token", "digest", "topic", "path", "noun", "verb", "what", "location", "initials", "kind"}
NOT_TYPED |= {
    "password_hash",
    "username_key",
    "number",
    "phone",
    "id_card",
    "phone_tail",
    "id_card_tail",
    "tail",
    "guardian_phone",
}
NOT_TYPED |= {"successor", "month", "quarter", "skills", "errors", "about", "totp_secret", "role", "preset", "format"}
TABLES_WITHOUT = {
    "history",
    "history_seal",
    "import",
    "alembic_version",
    "generation",
    "creation_key",
    "sign_in",
    "attempt",
    "known_browser",
    "picture",
}


def texts() -> Iterator[tuple[sa.Table, sa.Column[Any]]]:
    """Every column that holds what somebody typed."""
    for table in db.metadata.sorted_tables:
        for column in table.columns if table.name not in TABLES_WITHOUT else ():
            wanted = isinstance(column.type, (sa.String, Sealed)) and not isinstance(column.type, sa.Enum)
            ours = column.primary_key or column.foreign_keys or column.computed is not None or column.name in NOT_TYPED
            if wanted and not ours and not column.name.endswith(("_code", "_hash", "_key", "code")):
                yield table, column


def plant(
    word: Callable[[str, int], str], rows: Callable[[sa.Table], Any] = lambda table: sa.true(), empty: bool = False
) -> list[str]:
    """Put `word(table.column, id)` into every text of these rows that holds anything (`empty`: or nothing); commits.

    Returns the words.
    """
    planted = []
    db.session.commit()
    with _mighty() as connection:
        for table, column in texts():
            key = next(iter(table.primary_key.columns))
            filled = sa.true() if empty else sa.and_(column.is_not(None), column != "")
            held = connection.execute(sa.select(key).where(filled, rows(table))).scalars().all()
            for id in held if column.type.__class__ is not Sealed else held[:200]:
                said = word(f"{table.name}.{column.name}", id)
                connection.execute(sa.update(table).where(key == id).values({column.name: said}))
                planted.append(said)
    forget()
    return planted


@contextmanager
def _mighty() -> Iterator[sa.Connection]:
    """A connection that no trigger hinders, committed in the end: the history refuses to be altered, and this copy of the
    database is thrown away."""
    if db.engine.dialect.name == "postgresql":
        with as_the_owner() as connection:
            connection.execute(sa.text("SET LOCAL session_replication_role = replica"))
            yield connection
    else:  # the session's own: what `rows` asks stands in the way of a second writer
        connection = db.session.connection()
        for name in connection.scalars(sa.text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
            connection.execute(sa.text(f'DROP TRIGGER "{name}"'))
        yield connection
        db.session.commit()
    db.session.expire_all()
