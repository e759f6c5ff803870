"""Rows may come in any order while a backup is loaded; at its end every foreign key must point to a row."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from sqlalchemy import Connection

FOREIGN = sa.text(
    "SELECT conrelid::regclass::text AS name, conname, pg_get_constraintdef(oid) AS rule FROM pg_constraint "
    "WHERE contype = 'f' AND connamespace = 'public'::regnamespace ORDER BY 1, 2"
)


@contextmanager
def foreign_keys_apart(connection: Connection) -> Iterator[None]:
    """Inside a transaction: no foreign key is looked at before the block ends; then all are."""
    if connection.dialect.name == "sqlite":
        connection.execute(sa.text("PRAGMA defer_foreign_keys = ON"))
        yield
        return  # the commit looks at them
    connection.execute(sa.text("SET LOCAL statement_timeout = 0"))
    rules = connection.execute(FOREIGN).all()
    for one in rules:
        connection.execute(sa.text(f'ALTER TABLE {one.name} DROP CONSTRAINT "{one.conname}"'))
    yield
    for one in rules:
        connection.execute(sa.text(f'ALTER TABLE {one.name} ADD CONSTRAINT "{one.conname}" {one.rule}'))
