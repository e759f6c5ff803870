"""A short form of every drill: the same code with small numbers. How long things take is left to `make drill`."""

import os
import signal
import subprocess
import sys
import time

import psutil
import pytest

from drills import away, backed_up, clock, full_disk, killed, load, migrated, recovered, stopped, updated
from drills import site as places
from tests.support import ROOT

QUICK = (killed, stopped, clock)
ALL = (killed, away, full_disk, stopped, migrated, backed_up, clock, load, recovered, updated)


@pytest.fixture
def template(databases, monkeypatch):
    """The drills' SQLite file is the one that all tests begin with."""
    monkeypatch.setitem(places._templates, "sqlite", databases("sqlite").template)


def kept(drill, kind):
    for outcome in drill.run(kind, "short"):
        assert not outcome.broken, outcome.line()


@pytest.mark.parametrize("drill", QUICK, ids=lambda drill: drill.NAME)
def test_the_promise_is_kept_on_sqlite(drill, template):
    kept(drill, "sqlite")


def test_postgresql_goes_away_and_comes_back():
    kept(away, "postgresql")


@pytest.mark.full
@pytest.mark.parametrize("drill", [one for one in ALL if one not in (*QUICK, away)], ids=lambda drill: drill.NAME)
def test_the_promises_that_take_longer_are_kept_on_sqlite(drill, template):
    kept(drill, "sqlite")


@pytest.mark.full
@pytest.mark.parametrize("drill", [one for one in ALL if one is not away], ids=lambda drill: drill.NAME)
def test_the_promise_is_kept_on_postgresql(drill):
    kept(drill, "postgresql")


@pytest.mark.full
@pytest.mark.parametrize(
    ("drill", "fault"),
    [(one, fault) for one in ALL for fault in one.TWINS],
    ids=lambda value: getattr(value, "NAME", value),
)
def test_a_planted_fault_is_noticed(drill, fault, template):
    with places.planted(fault):
        assert [why for outcome in drill.run(drill.KINDS[0], "short") for why in outcome.broken + outcome.late]


@pytest.mark.full
def test_a_drill_that_is_ended_ends_its_server(tmp_path):
    env = {"PATH": os.environ["PATH"], "DRILL_SHORT": "1", "TMPDIR": str(tmp_path)}
    drill = subprocess.Popen([sys.executable, "-m", "drills", "killed", "sqlite"], cwd=ROOT, env=env)
    until = time.monotonic() + 120
    while not (below := psutil.Process(drill.pid).children(recursive=True)) and time.monotonic() < until:
        time.sleep(0.1)
    assert below
    drill.send_signal(signal.SIGTERM)
    assert drill.wait(120) == 143
    assert not [one for one in below if one.is_running() and one.status() != psutil.STATUS_ZOMBIE]
