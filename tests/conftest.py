"""What every test shares: the run's directory and server, the application, the cast."""

import gc
from typing import Any

import pytest

from tests.support import postgres
from tests.support.databases import drop_leftovers

pytest_plugins = ["tests.fixtures", "tests.demonstration", "tests.crowd", "tests.world", "tests.support.browser"]


def pytest_configure(config: pytest.Config) -> None:
    """Open the run's directory once, in pytest's main process."""
    if not hasattr(config, "workerinput"):
        config.run_pipe = postgres.open_run()  # type: ignore[attr-defined]


def pytest_collection_finish() -> None:
    """What stands now stays: the collector looks only at what tests make, and seldom (it took a tenth of a test's time)."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


def pytest_unconfigure(config: Any) -> None:
    """End the run's server and remove its files; one worker of several leaves them to the main process."""
    if not hasattr(config, "run_pipe"):
        postgres.leave_run()
        return
    drop_leftovers()
    postgres.close_run(config.run_pipe)


SURFACES = {"auth", "browser", "member", "office", "portal"}  # whose rules lie in the models, tried on both databases


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Every test that uses a database runs on SQLite and on PostgreSQL, unless it is marked for one of them.

    The surfaces meet PostgreSQL in `make test-full`; in `make test` only where they are marked `both`. Models,
    commands, concurrency, the matrix and the walk over every page meet it always.
    """
    if "kind" not in metafunc.fixturenames:
        return
    marked, folder = metafunc.definition.get_closest_marker, metafunc.definition.path.parent.name
    postgresql: Any = "postgresql"
    if folder in SURFACES and not marked("both"):
        postgresql = pytest.param("postgresql", marks=pytest.mark.full)
    kinds = ["sqlite", postgresql]
    if marked("sqlite_only"):
        kinds = kinds[:1]
    if marked("postgresql_only"):
        kinds = kinds[1:]
    metafunc.parametrize("kind", kinds, indirect=True, scope="function")
