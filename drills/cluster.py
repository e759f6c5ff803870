"""A PostgreSQL server of a drill's own, which it may stop, start and starve. On a socket and on a free port."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from tests.support import postgres
from tests.support.process import free_port

SETTINGS = ["listen_addresses=127.0.0.1", "max_connections=100", "shared_buffers=128MB"]  # safe ones: fsync stays on


class Cluster:
    """The server in `base`; `url(name)` reaches a database of it."""

    def __init__(self, base: Path) -> None:
        self.base, self.port = base, free_port()
        self.bin, self.who = postgres.binaries(), {}
        if os.geteuid() == 0:  # PostgreSQL refuses to run as root
            nobody = pwd.getpwnam("nobody")
            os.chown(base, nobody.pw_uid, nobody.pw_gid)
            self.who = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
            self.bin = postgres._readable(self.bin, base)
        self.env = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"}
        make = [self.bin / "initdb", "-D", base / "data", *postgres.INITDB]
        subprocess.run(make, check=True, stdout=subprocess.DEVNULL, cwd=base, env=self.env, **self.who)
        self.start()

    def start(self) -> None:
        """Start the server and wait until it answers."""
        settings = [f"--{one}" for one in (*SETTINGS, f"port={self.port}", f"unix_socket_directories={self.base}")]
        with (self.base / "log").open("a") as log:
            self.process = subprocess.Popen(
                [self.bin / "postgres", "-D", self.base / "data", *settings],
                cwd=self.base, env=self.env, stdout=log, stderr=log, **self.who,
            )  # fmt: skip
        until = time.monotonic() + 60
        while True:
            try:
                psycopg.connect(self.libpq("postgres")).close()
                return
            except psycopg.OperationalError:
                if time.monotonic() > until or self.process.poll() is not None:
                    raise
                time.sleep(0.03)

    def stop(self, number: signal.Signals = signal.SIGINT) -> None:
        """End it; SIGINT is PostgreSQL's fast shutdown: whoever is connected is cut off."""
        self.process.send_signal(number)
        self.process.wait(60)

    def libpq(self, name: str) -> str:
        """The address of a database as libpq knows it."""
        return f"postgresql://postgres@/{name}?host={self.base}&port={self.port}"

    def url(self, name: str, port: int = 0) -> str:
        """The address of a database for the product, over TCP; `port` of a proxy before it."""
        return f"postgresql+psycopg://postgres@127.0.0.1:{port or self.port}/{name}"

    def say(self, statement: str, name: str = "postgres") -> list[tuple]:
        """One statement as the superuser."""
        with psycopg.connect(self.libpq(name), autocommit=True) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []


@contextmanager
def cluster() -> Iterator[Cluster]:
    """A new server; it and its files are gone after the block."""
    base = Path(tempfile.mkdtemp(prefix="drill-pg-"))
    base.chmod(0o755)
    made = None
    try:
        made = Cluster(base)
        yield made
    finally:
        if made and made.process.poll() is None:
            made.stop()
        shutil.rmtree(base, ignore_errors=True)
