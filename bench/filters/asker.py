"""A process that answers for the product on one database: it asks the WSGI application and tells what that took.

One process a size, since what the product remembers is of one database. The parent asks both in turn.
"""

import gc
import logging
import re
import time
from contextlib import suppress
from itertools import count
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psutil
from werkzeug.test import create_environ

from app.db import db
from app.freshness import forget
from bench.driver import cpu_of
from bench.filters.page import Page, offered, watched
from bench.servers import keeps_house
from drills.site import Site

FOLLOWS = re.compile(rb"[?&;]after=")
LOOK = 0.5  # seconds between two looks for new processes of the database, which takes longer than an answer


class Asker:
    """The product on this database, in a process of its own; `database` is the PostgreSQL server's process."""

    def __init__(self, folder: Path, url: str, database: int | None) -> None:
        self.about = folder, url, database
        self._start()

    def _start(self) -> None:
        ours, theirs = get_context("spawn").Pipe()
        self.line: Connection = ours
        self.process = get_context("spawn").Process(target=serve, args=(theirs, *self.about), daemon=True)
        self.process.start()

    def renew(self) -> None:
        """From now on a new process answers."""
        self.end()
        self._start()

    def say(self, verb: str, *what: Any) -> Any:
        """Have this done there, and hear its outcome."""
        self.line.send((verb, what))
        found = self.line.recv()
        if isinstance(found, Exception):
            raise found
        return found

    def end(self) -> None:
        self.line.close()
        self.process.join(30)


def serve(line: Connection, folder: Path, url: str, database: int | None) -> None:
    """Do what is said until nobody is at the other end."""
    inside = Inside(folder, url, database)
    with suppress(EOFError, BrokenPipeError):
        while True:
            verb, what = line.recv()
            try:
                found = getattr(inside, verb)(*what)
            except Exception as error:  # noqa: BLE001  (told to the parent, which decides)
                found = RuntimeError(f"{verb}{what}: {type(error).__name__}: {error}")
            line.send(found)


class Inside:
    """The application with the people who are signed in."""

    def __init__(self, folder: Path, url: str, database: int | None) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.site, self.database = Site(folder, url), database
        self.cookies: dict[str, str] = {"": ""}
        self.fresh = count(time.time_ns())
        self.looked, self.pids = 0.0, list[int]()
        logging.disable()  # choices that exclude each other are told there as refusals
        gc.collect()
        gc.freeze()  # as wsgi.py does

    def ask(self, who: str, path: str, query: dict[str, str], times: int) -> list[tuple[int, float, int, bool]]:
        """(status, milliseconds of processor time, length, whether another page follows) of so many answers."""
        told = [self._asked(who, path, query) for _ in range(times)]
        # not now: somebody else had the right to write for too long, which is no matter of the page, or it really takes so long
        return [self._asked(who, path, query) if one[0] == 503 else one for one in told]

    def _asked(self, who: str, path: str, query: dict[str, str]) -> tuple[int, float, int, bool]:
        environ, before = self._environ(who, path, query), self._database()
        began = time.thread_time()
        status, body = self._answer(environ)
        took = time.thread_time() - began
        return status, 1000 * (took + self._database() - before), len(body), FOLLOWS.search(body) is not None

    def look(self, who: str, path: str, query: dict[str, str]) -> tuple[int, Page | None]:
        """(status, what the page offers)."""
        with watched() as seen:
            status, body = self._answer(self._environ(who, path, query))
        page = offered(path, body.decode(), seen) if status == 200 else None
        return status, page

    def _answer(self, environ: dict[str, Any]) -> tuple[int, bytes]:
        said: list[str] = []
        answer = self.site.app.wsgi_app(environ, lambda status, headers, error=None: said.append(status))
        try:
            return int(said[0][:3]), b"".join(answer)
        finally:
            if close := getattr(answer, "close", None):
                close()

    def _environ(self, who: str, path: str, query: dict[str, str]) -> dict[str, Any]:
        """A request; a visitor's is never one that was asked before, or memory would answer."""
        asked = query if who else query | {"n": str(next(self.fresh))}
        environ = create_environ(path, query_string=urlencode(asked), base_url="http://127.0.0.1")
        environ["REMOTE_ADDR"] = "127.0.0.1"
        if cookie := self._cookie(who):
            environ["HTTP_COOKIE"] = cookie
        return environ

    def _cookie(self, who: str) -> str:
        if who not in self.cookies:
            with self.site.app.app_context():
                forget()
                self.cookies[who] = self.site.person(who).cookie
                db.session.remove()
        return self.cookies[who]

    def _database(self) -> float:
        """Seconds of processor time that the database's processes have used; on SQLite that is this thread's own."""
        if not self.database:
            return 0
        if time.monotonic() > self.looked + LOOK:
            self.looked = time.monotonic()
            self.pids = [one.pid for one in psutil.Process(self.database).children() if not keeps_house(one)]
        return sum(cpu_of(pid) for pid in self.pids if Path(f"/proc/{pid}").exists())
