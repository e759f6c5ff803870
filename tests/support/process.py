"""The product as its own processes, started as `make run` starts it: for tests of starting, stopping and faults."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.support import ROOT


@dataclass
class Site:
    """A started site: where it answers, the process of tools/run.py that keeps it, the file of its complaints."""

    address: str
    keeper: subprocess.Popen[str]
    log: Path

    def family(self) -> list[psutil.Process]:
        """The keeper and every process below it."""
        top = psutil.Process(self.keeper.pid)
        return [top, *top.children(recursive=True)]

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send the signal, wait, and return the exit code."""
        self.keeper.send_signal(number)
        return self.keeper.wait(40)


def free_port() -> int:
    """A port of 127.0.0.1 on which nobody listens now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(data: Path, port: int, **environment: str) -> Iterator[Site]:
    """A site on this port, its data (SQLite, pictures) in `data`; yields when it answers, ends with the block.

    `environment` is all that it sees of ours besides PATH. AssertionError, with the site's own complaints, when it
    does not come up or when the answer would come from another process.
    """
    data.mkdir(exist_ok=True)
    env = {"PATH": os.environ["PATH"], "PORT": str(port), "DATA_DIR": str(data), **environment}
    command = [sys.executable, str(ROOT / "tools/run.py")]
    with (data / "log").open("w") as log:
        keeper = subprocess.Popen(
            command, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, text=True
        )
    site = Site(f"http://127.0.0.1:{port}", keeper, data / "log")
    assert keeper.stdout
    try:
        up = any(site.address in line for line in keeper.stdout)  # printed when it answers; ends when it ends
        assert up, f"exit {keeper.wait(10)}: {site.log.read_text()}"
        assert _listener(port) in site.family(), "somebody else listens there"
        yield site
    finally:
        if keeper.poll() is None:
            site.end()
        keeper.stdout.close()


def _listener(port: int) -> psutil.Process:
    rows = psutil.net_connections("tcp")
    return psutil.Process(next(row.pid for row in rows if row.status == psutil.CONN_LISTEN and row.laddr[1] == port))
