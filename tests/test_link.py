"""A database that falls silent holds nobody up for ever, whatever was being said to it."""

import psycopg
import pytest

from app import create_app
from app.db import db
from app.link import PATIENCE
from tests.fixtures import settings


@pytest.mark.postgresql_only
def test_nothing_that_an_answer_says_to_the_database_waits_without_end(databases, kind, monkeypatch):
    """The connection goes back with a ROLLBACK, when Flask has ended the request already."""
    patience, usual = [], psycopg.Connection.wait
    beside = create_app(settings(databases(kind).url))

    @beside.teardown_request
    def read_at_the_end(error):
        db.session.execute(db.text("SELECT 1"))
        patience.clear()

    def wait(self, gen, interval=0.1, timeout=None):
        patience.append(timeout)
        return usual(self, gen, interval=interval, timeout=timeout)

    monkeypatch.setattr(psycopg.Connection, "wait", wait)
    assert beside.test_client().get("/healthz").status_code == 200
    assert set(patience) == {PATIENCE}
    with beside.app_context():
        db.engine.dispose()
