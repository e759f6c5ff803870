"""A short form of every drill: the same code with small numbers. How long things take is left to `make drill`."""

import pytest

from drills import away, killed, stopped
from drills import site as places


@pytest.fixture
def template(databases, monkeypatch):
    """The drills' SQLite file is the one that all tests begin with."""
    monkeypatch.setitem(places._templates, "sqlite", databases("sqlite").template)


@pytest.mark.parametrize("drill", [killed, stopped], ids=lambda drill: drill.NAME)
def test_the_promise_is_kept_on_sqlite(drill, template):
    for outcome in drill.run("sqlite", "short"):
        assert not outcome.broken, outcome.line()


def test_postgresql_goes_away_and_comes_back():
    for outcome in away.run("postgresql", "short"):
        assert not outcome.broken, outcome.line()


@pytest.mark.full
@pytest.mark.parametrize("drill", [killed, stopped], ids=lambda drill: drill.NAME)
def test_the_promise_is_kept_on_postgresql(drill):
    for outcome in drill.run("postgresql", "short"):
        assert not outcome.broken, outcome.line()
