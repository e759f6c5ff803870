"""Alembic's environment: the application's own engine, one transaction a migration on both databases.

On SQLite the driver would commit DDL by itself and leave half a schema after a kill: app/db.py says
BEGIN IMMEDIATE itself, and `transactional_ddl` makes alembic keep everything in that transaction.
Foreign keys are off meanwhile: batch operations rebuild tables that others point to.
"""

from alembic import context

import app.models  # noqa: F401  (makes every table known)
from app.db import db, is_modelled, learn_sizes, render_item

config = context.config


def run_migrations_online() -> None:
    """Run with a connection of the application's engine."""
    sqlite = db.engine.dialect.name == "sqlite"
    with db.engine.connect() as connection:
        if sqlite:
            connection.connection.driver_connection.execute("PRAGMA foreign_keys=OFF")
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            render_item=render_item,
            render_as_batch=True,
            compare_type=True,
            transactional_ddl=True,
            include_object=is_modelled,
        )
        here = context.get_context()
        before = here.get_current_heads()
        with context.begin_transaction():
            if not sqlite:  # a request's limit does not fit an index over a million rows
                connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
            context.run_migrations()
        after = here.get_current_heads()
        moved = before and after and after != before
        connection.commit()
        if sqlite:
            broken = connection.connection.driver_connection.execute("PRAGMA foreign_key_check").fetchall()
            if broken:
                raise RuntimeError(f"foreign keys point nowhere after the migration: {broken[:5]}")
            connection.connection.driver_connection.execute("PRAGMA foreign_keys=ON")
    if moved:  # no new database, nor one that is empty now: what was known of an index went with it, and would come back at night only
        learn_sizes()


run_migrations_online()
