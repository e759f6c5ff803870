"""The product as deployed (one granian worker), on a place of its own, and people who use it over HTTP."""

import http.client
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psutil
import psycopg
from flask import Flask, session
from flask_wtf.csrf import generate_csrf

import config
from app import create_app
from drills.cluster import cluster
from tests import cast
from tests.fixtures import prepare
from tests.support import ROOT
from tests.support.process import _listener, free_port
from tools.run import MEMORY, SERVER

IN_SERVER = ("forgetful", "failing", "slow", "careless", "unclocked")
FAULT = ""  # what is planted into every server that is started (drills/planted.py)
READY_WITHIN = 60


@dataclass
class Answer:
    """What came back, and how long it took; status 0: nothing came back whole, `body` says why."""

    status: int
    seconds: float
    headers: dict[str, str]
    body: str
    at: float
    path: str

    @property
    def is_away(self) -> bool:
        """A proper 'not now'."""
        return self.status == 503 and "retry-after" in self.headers


class Site:
    """Data, database, environment; `start` and `kill` its server; `app` looks at the same data from here."""

    def __init__(self, folder: Path, url: str, **environment: str) -> None:
        self.folder, self.url, self.port = folder, url, free_port()
        self.env = {
            "PATH": os.environ["PATH"],
            **MEMORY,
            "DATA_DIR": str(folder),
            "DATABASE_URL": url,
            **environment,
        }
        self.server: subprocess.Popen[bytes] | None = None
        self.app: Flask = create_app(config.load(self.env))
        self.log = folder / "server.log"
        self.root = ROOT  # the version whose code serves and whose commands run

    @property
    def wsgi(self) -> str:
        """What is served: the product, on a clock that the drill moves where it says so."""
        return "drills.moved:app" if "DRILL_CLOCK" in self.env else "wsgi:app"

    def start(self, **extra: str) -> float:
        """Start the server; the seconds until it was ready."""
        command = [
            sys.executable, "-m", "granian", *SERVER, "--host", "127.0.0.1", "--port", str(self.port), "--log-level", "warning", "drills.planted:app" if FAULT in IN_SERVER else self.wsgi,
        ]  # fmt: skip
        extra = {**extra, "DRILL_PLANTED": FAULT} if FAULT else extra
        began = time.monotonic()
        self.server = None
        with self.log.open("a") as log:
            self.server = subprocess.Popen(
                command, cwd=self.root, env=self.env | extra, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip
        while self.ask("GET", "/healthz", patience=5).status != 200:
            if self.server.poll() is not None or time.monotonic() - began > READY_WITHIN:
                raise RuntimeError(f"the server did not come up: {self.log.read_text()[-2000:]}")
            time.sleep(0.02)
        took = time.monotonic() - began
        if _listener(self.port).pid not in {one.pid for one in self.family()}:
            raise RuntimeError("somebody else listens there")
        return took

    def family(self) -> list[psutil.Process]:
        """The server and what it started."""
        top = psutil.Process(self.server.pid if self.server else -1)
        return [top, *top.children(recursive=True)]

    def kill(self) -> None:
        """kill -9, the whole family at once."""
        for one in self.family():
            with suppress(psutil.NoSuchProcess):
                one.send_signal(signal.SIGKILL)
        assert self.server
        self.server.wait(20)

    def stop(self) -> float:
        """SIGTERM; the seconds until it was gone."""
        began = time.monotonic()
        if FAULT == "hasty":
            self.kill()
        elif self.server and self.server.poll() is None:
            self.server.terminate()
            self.server.wait(60)
        return time.monotonic() - began

    def flask(self, *command: str, **extra: str) -> subprocess.CompletedProcess[str]:
        """A command of the product on the same data."""
        line = [sys.executable, "-m", "flask", "--app", "wsgi", *command]
        return subprocess.run(line, cwd=self.root, env=self.env | extra, capture_output=True, text=True, check=False)

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
        patience: float = 30,
        keep: http.client.HTTPConnection | None = None,
        after_sending: Callable[[], Any] | None = None,
    ) -> Answer:
        """One request, on a connection of its own unless one is given."""
        began = time.monotonic()
        connection = keep or http.client.HTTPConnection("127.0.0.1", self.port, timeout=patience)
        try:
            connection.request(method, path, body, headers or {})
            if after_sending:
                after_sending()
            got = connection.getresponse()
            text = got.read().decode(errors="replace")
            found = {name.lower(): value for name, value in got.getheaders()}
            return Answer(got.status, time.monotonic() - began, found, text, began, path)
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            return Answer(0, time.monotonic() - began, {}, f"{type(error).__name__}: {error}", began, path)
        finally:
            if keep is None:
                connection.close()

    def person(self, username: str) -> "Person":
        """Somebody of the cast, signed in."""
        with self.app.app_context():
            client = cast.sign_in(self.app.test_client(), username)
            with client.session_transaction() as held:
                state = dict(held)
        with self.app.test_request_context():
            session.update(state)
            token = generate_csrf()
            signer: Any = self.app.session_interface
            cookie = signer.get_signing_serializer(self.app).dumps(dict(session))
        return Person(self, f"{self.app.config['SESSION_COOKIE_NAME']}={cookie}", token)


@dataclass
class Person:
    """A signed-in browser without scripts; `address`: where it sits behind a trusted proxy."""

    site: Site
    cookie: str
    token: str
    address: str = ""

    @property
    def headers(self) -> dict[str, str]:
        """What every request carries."""
        return {"Cookie": self.cookie} | ({"X-Forwarded-For": self.address} if self.address else {})

    def get(self, path: str, **how: Any) -> Answer:
        """Open a page."""
        return self.site.ask("GET", path, None, self.headers, **how)

    def post(
        self,
        path: str,
        files: dict[str, bytes] | None = None,
        after_sending: Callable[[], Any] | None = None,
        **fields: Any,
    ) -> Answer:
        """Send a form, with pictures where there are some."""
        how = {**self.headers, "X-CSRFToken": self.token}
        if files is None:
            how["Content-Type"] = "application/x-www-form-urlencoded"
            return self.site.ask("POST", path, urlencode(fields, doseq=True).encode(), how, after_sending=after_sending)
        how["Content-Type"] = "multipart/form-data; boundary=drill"
        parts = [
            f'--drill\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n'.encode() for n, v in fields.items()
        ]
        for name, content in files.items():
            head = f'--drill\r\nContent-Disposition: form-data; name="{name}"; filename="a.jpg"\r\nContent-Type: image/jpeg\r\n\r\n'
            parts.append(head.encode() + content + b"\r\n")
        return self.site.ask("POST", path, b"".join(parts) + b"--drill--\r\n", how)


@contextmanager
def planted(fault: str) -> Iterator[None]:
    """Every server that is started in the block has this fault."""
    global FAULT
    FAULT = fault
    try:
        yield
    finally:
        FAULT = ""


_templates: dict[str, Path] = {}


def template(folder: Path) -> Path:
    """A filled SQLite file (regions, cast), made once in a run."""
    if "sqlite" not in _templates:
        made = Path(tempfile.mkdtemp(prefix="drill-template-")) / "volunteer.db"
        prepare(f"sqlite:///{made}")
        _templates["sqlite"] = made
    return _templates["sqlite"]


@contextmanager
def on_sqlite(folder: Path | None = None, **environment: str) -> Iterator[Site]:
    """A site on SQLite, its data in `folder` or in a new one; gone after the block."""
    with _folder(folder) as place:
        file = place / "volunteer.db"
        shutil.copyfile(template(place), file)
        with _site(Site(place, f"sqlite:///{file}", **environment)) as site:
            yield site


@contextmanager
def on_postgresql(port_of: Any = None, folder: Path | None = None, **environment: str) -> Iterator[tuple[Site, Any]]:
    """(site, its server). `port_of(server)` gives the port of a proxy that the site shall speak to."""
    with cluster() as server, _folder(folder) as place:
        server.say("CREATE DATABASE drill")
        prepare(server.url("drill"))
        url = server.url("drill", port_of(server) if port_of else 0)
        with _site(Site(place, url, **environment)) as site:
            yield site, server


@contextmanager
def on(kind: str, **environment: str) -> Iterator[Site]:
    """A site on this kind of database."""
    if kind == "sqlite":
        with on_sqlite(**environment) as site:
            yield site
    else:
        with on_postgresql(**environment) as (site, _):
            yield site


@contextmanager
def on_empty(kind: str, **environment: str) -> Iterator[Site]:
    """A site whose database has no table yet."""
    with _folder(None) as place:
        if kind == "sqlite":
            with _site(Site(place, f"sqlite:///{place}/volunteer.db", **environment)) as site:
                yield site
            return
        with cluster() as server:
            server.say("CREATE DATABASE drill")
            with _site(Site(place, server.url("drill"), **environment)) as site:
                yield site


@contextmanager
def beside(site: Site, name: str, gone: bool = False) -> Iterator[Site]:
    """An empty place beside this one, on the same kind of database; with `gone` the first one's data are destroyed before."""
    from app.db import db

    with _folder(None) as folder:
        if gone:
            with site.app.app_context():
                db.engine.dispose()
            for one in site.folder.iterdir():
                shutil.rmtree(one) if one.is_dir() else one.unlink()
        if site.url.startswith("sqlite"):
            with _site(Site(folder, f"sqlite:///{folder}/{name}.db")) as other:
                yield other
            return
        whole, _, old = site.url.rpartition("/")
        with psycopg.connect(whole.replace("+psycopg", "") + "/postgres", autocommit=True) as server:
            if gone:
                server.execute(f"DROP DATABASE {old} WITH (FORCE)")
            server.execute(f"CREATE DATABASE {name}")
        with _site(Site(folder, f"{whole}/{name}")) as other:
            yield other


@contextmanager
def _folder(given: Path | None) -> Iterator[Path]:
    place = given or Path(tempfile.mkdtemp(prefix="drill-"))
    try:
        yield place
    finally:
        if given is None:
            shutil.rmtree(place, ignore_errors=True)


@contextmanager
def _site(site: Site) -> Iterator[Site]:
    from app.db import db

    try:
        yield site
    finally:
        if site.server and site.server.poll() is None:
            with suppress(subprocess.TimeoutExpired):
                site.stop()
            if site.server.poll() is None:
                site.kill()
        with site.app.app_context():
            db.engine.dispose()
        if os.environ.get("DRILL_LOGS") and site.log.exists():
            shutil.copy(site.log, Path(os.environ["DRILL_LOGS"]) / f"{site.port}.log")
