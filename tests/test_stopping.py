"""A signal that the kernel gives to another thread than the main one is handled all the same."""

import subprocess
import sys

import pytest

from tests.support import ROOT

SERVING = """
import signal, sys, threading
from app import stopping

done = threading.Event()
signal.signal(signal.SIGTERM, lambda *_: done.set())
if sys.argv[1] == "heeds":
    stopping.heed()
other = threading.Thread(target=threading.Event().wait, daemon=True)
other.start()
threading.Timer(0.3, lambda: signal.pthread_kill(other.ident, signal.SIGTERM)).start()
done.wait()
"""


def ends(how: str, patience: float) -> bool:
    """Whether a process whose main thread sleeps on a lock ends after a SIGTERM at another thread."""
    try:
        subprocess.run([sys.executable, "-c", SERVING, how], cwd=ROOT, timeout=patience, check=True)
    except subprocess.TimeoutExpired:
        return False
    return True


@pytest.mark.sqlite_only
def test_a_signal_at_another_thread_is_heard():
    assert ends("heeds", 30)


@pytest.mark.sqlite_only
def test_without_it_python_sleeps_on():
    """If this fails, Python has learned it, and app/stopping.py may go."""
    assert not ends("sleeps", 2)
