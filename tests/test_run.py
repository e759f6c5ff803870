"""`make run`: it starts, says when it cannot, and leaves nothing behind however it ends."""

import shutil
import signal
import subprocess
import sys
import urllib.request

import psutil
import pytest
from alembic.script import ScriptDirectory

from tests.support import ROOT
from tests.support.process import free_port, running
from tools import run


@pytest.fixture
def data(databases, tmp_path):
    """A folder with a migrated database that has people, so that nothing is to be made first."""
    folder = tmp_path / "data"
    folder.mkdir()
    shutil.copyfile(databases("sqlite").template, folder / "volunteer.db")
    return folder


def test_the_newest_revision_is_read_without_alembic():
    assert run.newest_revision() == ScriptDirectory(str(ROOT / "migrations")).get_current_head()


def test_a_database_tells_its_revision_and_whether_it_has_people(kind, databases, tmp_path):
    assert run.look(databases(kind).url) == (run.newest_revision(), True)
    assert run.look(f"sqlite:///{tmp_path}/missing.db") == (None, False)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_nothing_is_left_however_it_ends(data, number):
    with running(data, free_port()) as site:
        assert urllib.request.urlopen(f"{site.address}/healthz").status == 200
        family = site.family()
        code = site.end(number)
    assert code == (-signal.SIGKILL if number is signal.SIGKILL else 0)
    assert psutil.wait_procs(family, timeout=20)[1] == []


def test_who_is_told_twice_to_stop_still_waits_for_the_server(data):
    with running(data, free_port()) as site:
        family = site.family()
        for number in (signal.SIGSTOP, signal.SIGINT, signal.SIGTERM, signal.SIGCONT):
            site.keeper.send_signal(number)
        assert site.keeper.wait(40) == 0
        assert psutil.wait_procs(family, timeout=0.1)[1] == []


STARTING = """
import multiprocessing, signal, app

signal.signal(signal.SIGTERM, lambda *_: None)  # as granian's own, which only its parent heeds
said, say = multiprocessing.Pipe(False)

def start():
    app.create_app = lambda: (say.send("it imports the product"), signal.pause())
    import wsgi

worker = multiprocessing.get_context("fork").Process(target=start, daemon=True)
worker.start()
said.recv()
worker.terminate()
worker.join(10)
print(worker.exitcode)
"""


def test_a_worker_that_is_still_starting_ends_at_once():
    done = subprocess.run(
        [sys.executable, "-c", STARTING], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    assert int(done.stdout) == -signal.SIGTERM


def test_a_taken_port_is_named(data, tmp_path):
    port = free_port()
    with (
        running(data, port),
        pytest.raises(AssertionError, match=f"Port {port} is taken"),
        running(tmp_path / "b", port),
    ):
        pass
