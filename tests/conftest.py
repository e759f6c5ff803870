"""What every test shares: the run's directory and server, the application, the cast."""

from typing import Any

import pytest

from tests.support import postgres
from tests.support.databases import drop_leftovers

pytest_plugins = ["tests.fixtures", "tests.demonstration", "tests.world", "tests.support.browser"]


def pytest_configure(config: pytest.Config) -> None:
    """Open the run's directory once, in pytest's main process."""
    if not hasattr(config, "workerinput"):
        config.run_pipe = postgres.open_run()  # type: ignore[attr-defined]


def pytest_unconfigure(config: Any) -> None:
    """End the run's server and remove its files."""
    if hasattr(config, "run_pipe"):
        drop_leftovers()
        postgres.close_run(config.run_pipe)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Every test that uses a database runs on SQLite and on PostgreSQL, unless it is marked sqlite_only."""
    if "kind" in metafunc.fixturenames:
        one = metafunc.definition.get_closest_marker("sqlite_only")
        metafunc.parametrize("kind", ["sqlite"] if one else ["sqlite", "postgresql"], indirect=True, scope="function")
