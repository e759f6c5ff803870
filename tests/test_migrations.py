"""One set of migrations for both databases: down and up again with rows in the tables, and in step with the models."""

import os
from collections import Counter
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect, text

from app import create_app
from app.db import db, is_modelled
from app.models import Category, Region, User
from app.models.pages.pairs import SEARCHED
from app.models.pages.pairs_kept import PLACED
from tests.fixtures import prepare, settings
from tests.support.databases import Template, open_database

MIGRATIONS = str(Path(__file__).parent.parent / "migrations")
KEPT = {f"pairs_{table}" for table in (*SEARCHED, PLACED)}
TRIGGERS = {"pairs_placed": 4}  # one of them hears of accounts


def pairs_kept_by(connection):
    """What keeps the pairs of each searched table: an index, or its triggers (lost when a batch rebuilds the table)."""
    if connection.dialect.name == "postgresql":
        found = connection.scalars(text("SELECT indexname FROM pg_indexes WHERE indexname LIKE 'pairs_%'"))
        return {name.removesuffix("_words") for name in found if not name.endswith("_pkey")}
    names = connection.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'pairs_%'"))
    counted = Counter(name.rpartition("_")[0] for name in names)
    return {table for table, number in counted.items() if number == TRIGGERS.get(table, 3)}


@pytest.mark.full
def test_down_and_up_again_with_rows_in_the_tables(kind):
    worker = os.environ.get("PYTEST_XDIST_WORKER", "master")
    database = open_database(kind, worker, Template("migrations", prepare))
    app = create_app(settings(database.owners))
    with app.app_context():
        assert db.session.scalar(db.select(db.func.count()).select_from(User)) > 10
        db.session.remove()
        downgrade(MIGRATIONS, revision="base")
        assert set(inspect(db.engine).get_table_names()) <= {"alembic_version"}
        upgrade(MIGRATIONS)
        assert db.session.scalar(db.select(db.func.count()).select_from(Category)) == 10
        assert db.session.scalar(db.select(db.func.count()).select_from(Region)) == 0
        db.session.remove()
        with db.engine.connect() as connection:
            options = {"compare_type": True, "include_object": is_modelled}
            assert compare_metadata(MigrationContext.configure(connection, opts=options), db.metadata) == []
            assert connection.execute(text("SELECT count(*) FROM alembic_version")).scalar() == 1
            assert pairs_kept_by(connection) == KEPT
        db.session.remove()
        db.engine.dispose()
    database.close()


def test_every_searched_table_keeps_its_pairs(app):
    assert pairs_kept_by(db.session.connection()) == KEPT


@pytest.mark.sqlite_only
def test_after_a_migration_sqlite_knows_how_its_indexes_are_filled():
    """An index that is made anew is a stranger to it until three at night, and lists took other ways meanwhile."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "master")
    database = open_database("sqlite", worker, Template("migrated once", prepare))
    app = create_app(settings(database.owners))
    with app.app_context():
        downgrade(MIGRATIONS, revision="-1")
        db.session.execute(text("DELETE FROM sqlite_stat1"))
        db.session.commit()
        upgrade(MIGRATIONS)
        assert db.session.scalar(text("SELECT count(*) FROM sqlite_stat1 WHERE tbl = 'user'")) > 1
        db.session.remove()
        db.engine.dispose()
    database.close()
