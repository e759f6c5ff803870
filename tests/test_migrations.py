"""One set of migrations for both databases: down and up again with rows in the tables, and in step with the models."""

import os
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect, text

from app import create_app
from app.db import db
from app.models import Category, Region, User
from tests.fixtures import prepare, settings
from tests.support.databases import open_database

MIGRATIONS = str(Path(__file__).parent.parent / "migrations")


@pytest.mark.full
def test_down_and_up_again_with_rows_in_the_tables(kind):
    worker = os.environ.get("PYTEST_XDIST_WORKER", "master")
    database = open_database(kind, worker, prepare, name="migrations")
    app = create_app(settings(database.url))
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
            options = {"compare_type": True, "include_object": lambda thing, name, *rest: name != "sqlite_sequence"}
            assert compare_metadata(MigrationContext.configure(connection, opts=options), db.metadata) == []
            assert connection.execute(text("SELECT count(*) FROM alembic_version")).scalar() == 1
        db.session.remove()
        db.engine.dispose()
    database.close()
