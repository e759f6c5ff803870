"""SIGTERM reaches the main thread of a process that serves after a short while, and its commands at once."""

import subprocess
import sys

import pytest

from app import stopping
from tests.support import ROOT

SERVING = """
import os, signal, sys, threading, time
from app import stopping

done = threading.Event()
if sys.argv[1] == "heeds":
    stopping.heed()
signal.signal(signal.SIGTERM, lambda *_: done.set())

def tell():
    global told
    told = time.monotonic()
    os.kill(os.getpid(), signal.SIGTERM)

threading.Timer(0.3, tell).start()
done.wait()
print(time.monotonic() - told)
"""
STARTED = "import signal; print(signal.pthread_sigmask(signal.SIG_BLOCK, ()) & {signal.SIGTERM, signal.SIGINT})"
STARTING = f"""
import subprocess, sys
from app import stopping
stopping.heed()
child = "from app import stopping; stopping.unheld(); " if sys.argv[1] == "command" else ""
subprocess.run([sys.executable, "-c", child + {STARTED!r}], check=True)
"""


def run(source: str, how: str, patience: float = 30) -> str:
    """What such a process prints; subprocess.TimeoutExpired when it does not end."""
    line = [sys.executable, "-c", source, how]
    return subprocess.run(line, cwd=ROOT, timeout=patience, check=True, capture_output=True, text=True).stdout


@pytest.mark.sqlite_only
def test_who_stands_at_the_door_is_let_in_before_it_closes():
    assert float(run(SERVING, "heeds")) >= stopping.LET_IN
    assert float(run(SERVING, "at once")) < stopping.LET_IN


@pytest.mark.sqlite_only
def test_a_command_started_by_the_site_ends_at_once_when_told_to():
    assert run(STARTING, "command").strip() == "set()"


@pytest.mark.sqlite_only
def test_without_it_the_command_would_not_hear():
    assert "SIGTERM" in run(STARTING, "anything")
