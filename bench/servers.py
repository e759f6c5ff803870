"""What is measured: the product as deployed (drills/site.py), and two references on the same server."""

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil

from bench.driver import Link, cpu_of, request
from bench.ground import HOME
from drills.site import Person, Site
from tests.support import ROOT
from tests.support.process import _listener, free_port
from tools.run import MEMORY, SERVER

READY_WITHIN = 90
HOUSEKEEPING = ("checkpointer", "background writer", "walwriter", "autovacuum", "logical replication", "vacuum")
DJANGO = ROOT / "bench" / "django"


class Server:
    """A granian server with one worker; `database` is the process of a database server that works for it, if there is one."""

    def __init__(self, port: int, process: subprocess.Popen[bytes], database: int | None = None) -> None:
        self.port, self.process, self.database = port, process, database
        self.last: dict[int, float] = {}

    def family(self) -> list[psutil.Process]:
        top = psutil.Process(self.process.pid)
        return [top, *top.children(recursive=True)]

    def cpu(self) -> float:
        """Seconds of processor time until now, of this server and of its database's."""
        pids = [one.pid for one in self.family()]
        if self.database:
            pids += [one.pid for one in psutil.Process(self.database).children() if not keeps_house(one)]
        for pid in pids:
            try:
                self.last[pid] = cpu_of(pid)
            except OSError:  # ended meanwhile: what it used stays counted
                continue
        return sum(self.last.values())

    def memory(self) -> tuple[float, float]:
        """MB of the worker, and of all its processes."""
        sizes = [one.memory_info().rss / 1e6 for one in self.family()]
        return max(sizes), sum(sizes)

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                for one in self.family():
                    one.kill()
                self.process.wait(10)


def keeps_house(process: psutil.Process) -> bool:
    """Whether this process of PostgreSQL serves no query."""
    try:
        return any(word in " ".join(process.cmdline()) for word in HOUSEKEEPING)
    except psutil.Error:
        return True


class Beside(Site):
    """The product with `constant` in its process."""

    wsgi = "bench.beside:app"


class Product:
    """The product on one database, running; `app` looks at the same data from here, `person` signs somebody in."""

    def __init__(self, url: str, database: int | None, name: str, kind: type[Site] = Site, **environment: str) -> None:
        folder = HOME / "data" / name
        folder.mkdir(parents=True, exist_ok=True)
        self.site = kind(folder, url, **environment)
        self.app, self.url = self.site.app, url
        self.site.start()
        assert self.site.server
        self.server = Server(self.site.port, self.site.server, database)
        self.people: dict[str, Person] = {}

    def person(self, username: str) -> Person:
        from app.freshness import forget

        if username not in self.people:
            with self.app.app_context():
                forget()  # what this process remembers may be of the other size
            self.people[username] = self.site.person(username)
        return self.people[username]

    def ask(self, path: str, username: str = "", **more: str) -> bytes:
        """The request of this page, signed in or as a visitor."""
        cookie = {"Cookie": self.person(username).cookie} if username else {}
        return request(path, **cookie, **more)

    def fetch(self, path: str, username: str = "", **more: str) -> tuple[int, bytes, bytes]:
        """Ask once, on a connection of its own."""
        link = Link(self.server.port)
        try:
            return link.ask(self.ask(path, username, **more))
        finally:
            link.close()

    def end(self) -> None:
        from app.db import db

        self.server.end()
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()


def constant() -> Server:
    """A Flask view of 12 kB."""
    return start([sys.executable], "bench.constant:app", {}, "constant")


def django(url: str, database: int | None) -> Server:
    """The plain Django list over this database."""
    python = HOME / "django" / "bin" / "python"
    if python.resolve() != Path(sys.executable).resolve():  # none yet, or another build: worth a fifth
        install(python)
    return start([str(python)], "bench.django.site:application", {"BENCH_URL": url}, "django", database)


def install(python: Path) -> None:
    """A virtual environment of its own, from its own lock file."""
    subprocess.run([sys.executable, "-m", "venv", "--clear", python.parents[1]], check=True)
    command = [
        python,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--no-deps",
        "--require-hashes",
    ]
    subprocess.run([*command, "-r", DJANGO / "requirements.txt"], check=True)


def start(python: list[str], target: str, env: dict[str, str], name: str, database: int | None = None) -> Server:
    """granian with the product's own settings."""
    port = free_port()
    command = [
        *python, "-m", "granian", *SERVER, "--host", "127.0.0.1", "--port", str(port), "--log-level", "warning", target,
    ]  # fmt: skip
    HOME.mkdir(parents=True, exist_ok=True)
    with (HOME / f"{name}.log").open("w") as log:
        process = subprocess.Popen(
            command, cwd=ROOT, env={"PATH": os.environ["PATH"], **MEMORY, **env}, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            start_new_session=True,
        )  # fmt: skip
    server = Server(port, process, database)
    try:
        wait(server, name)
    except BaseException:
        server.end()
        raise
    return server


def ask_once(port: int, path: str) -> int:
    """The status of this page, on a connection of its own."""
    link = Link(port)
    try:
        return link.ask(request(path))[0]
    finally:
        link.close()


def wait(server: Server, name: str) -> None:
    until = time.monotonic() + READY_WITHIN
    while True:
        try:
            status = ask_once(server.port, "/")
            break
        except (OSError, ValueError):
            if server.process.poll() is not None or time.monotonic() > until:
                said = (HOME / f"{name}.log").read_text()[-2000:]
                raise RuntimeError(f"{name} did not come up: {said}") from None
            time.sleep(0.05)
    if status != 200:
        raise RuntimeError(f"{name} answers {status}: {(HOME / f'{name}.log').read_text()[-2000:]}")
    listener: Any = _listener(server.port)
    if listener.pid not in {one.pid for one in server.family()}:
        raise RuntimeError(f"somebody else listens on {server.port}")
