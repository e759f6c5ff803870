"""The application in tests: one for each database, with the cast in it, new for every test.

A test runs inside an application context of its own, so that it may use models directly. Each request
of `client` runs in another, fresh one, as in production (Flask-Login keeps the person in `g`); what the
test wrote is committed before, and what it read is forgotten after.
"""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask, has_request_context
from flask.testing import FlaskClient
from flask_migrate import upgrade
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import event
from sqlalchemy.orm import Session

from app import clock, create_app, freshness
from app.accounts import passwords
from app.commands.regions import DATA, load_workdays, read_regions
from app.db import db
from app.freshness import forget
from app.models.regions.file import import_regions
from tests import cast
from tests.support.databases import Database, Template, open_database
from tests.support.postgres import RUN

HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}


class Client(FlaskClient):
    """A browser without scripts, or with `htmx=True` one request of htmx. Sends the token by itself."""

    def open(self, *args: Any, htmx: bool = False, **kwargs: Any) -> Any:
        db.session.commit()
        if htmx:
            kwargs["headers"] = {**HTMX, **dict(kwargs.get("headers") or {})}
        with self.application.app_context():
            response = super().open(*args, **kwargs)
        db.session.expire_all()
        return response

    def sign_in(self, username: str) -> "Client":
        """Become this person of the cast."""
        cast.sign_in(self, username)
        return self

    def submit(self, path: str, form: str = "", *, htmx: bool = False, **fields: Any) -> Any:
        """GET the page, then POST its form as a person would: hidden fields kept, `fields` typed in.

        `form` is the form's action when it differs from `path`.
        """
        page = self.get(path).text
        hidden = dict(re.findall(r'<input[^>]*type="hidden"[^>]*name="([^"]+)"[^>]*value="([^"]*)"', page))
        return self.post(form or path, data={**hidden, **fields}, htmx=htmx)


@event.listens_for(Session, "after_flush")
def _writes_rows(session: Session, context: Any) -> None:
    session.info["wrote"] = True


@event.listens_for(Session, "do_orm_execute")
def _writes_by_statement(state: Any) -> None:
    if not state.is_select:
        state.session.info["wrote"] = True


@event.listens_for(Session, "after_commit")
def _written_past_the_verbs(session: Session) -> None:
    """What a test writes by itself touches no topic: finished pages go, unless the test is about just that (`HONEST`)."""
    if session.info.pop("wrote", False) and not has_request_context() and not HONEST:
        forget_pages()


HONEST: list[str] = []


def forget_pages() -> None:
    """Let every finished page be built anew."""
    for store in freshness._pages:
        store.clear()


@contextmanager
def filling(url: str, pictures: str = "") -> Iterator[Flask]:
    """Inside an application on a template database that is being filled."""
    app = create_app(settings(url, pictures))
    with app.app_context():
        forget()
        yield app
        db.session.commit()
        db.session.remove()
        db.engine.dispose()


def prepare_ground(url: str) -> None:
    """Fill a template database: migrations and the real regions."""
    with filling(url) as app:
        upgrade(str(Path(app.root_path).parent / "migrations"))
        import_regions(read_regions(DATA / "regions.csv"))
        load_workdays()


def prepare_cast(url: str) -> None:
    """Go on with the cast."""
    with filling(url):
        cast.fill()


def prepare(url: str) -> None:
    """Both."""
    prepare_ground(url)
    prepare_cast(url)


GROUND = Template("ground", prepare_ground)
BASE = Template("base", prepare_cast, GROUND)


def settings(url: str, pictures: str = "") -> dict[str, Any]:
    """Configuration of the application under test."""
    return {
        "TESTING": True,
        "SQLALCHEMY_DATABASE_URI": url,
        "WTF_CSRF_ENABLED": False,
        "RATELIMIT_ENABLED": False,
        "UPLOAD_URL": pictures or "/nonexistent",
        "DATA_DIR": pictures or "/nonexistent",
    }


def application(url: str, pictures: str = "", **more: Any) -> Flask:
    """The application under test on this database. The run's applications share their compiled templates."""
    app = create_app(settings(url, pictures) | more)
    app.test_client_class = Client
    app.jinja_env.bytecode_cache = FileSystemBytecodeCache(os.environ[RUN])
    return app


@pytest.fixture(scope="session")
def databases() -> Iterator[Callable[[str], Database]]:
    """This worker's databases, opened when a test first asks for a kind."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "master")
    opened: dict[str, Database] = {}

    def ask(kind: str) -> Database:
        if kind not in opened:
            opened[kind] = open_database(kind, worker, BASE)
        return opened[kind]

    yield ask
    for database in opened.values():
        database.close()


@pytest.fixture(scope="session")
def applications(databases: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Flask]]:
    """One application for each kind of database and worker."""
    made: dict[str, Flask] = {}

    def ask(kind: str) -> Flask:
        if kind not in made:
            pictures = str(tmp_path_factory.mktemp("pictures"))
            made[kind] = application(databases(kind).url, pictures)
        return made[kind]

    yield ask
    for app in made.values():
        with app.app_context():
            db.engine.dispose()


@pytest.fixture
def kind(request: pytest.FixtureRequest) -> str:
    """The database of this test: every test that uses it runs on both (see pytest_generate_tests)."""
    return str(request.param)


MARK = "nobody forgot"  # stands in the memory until a test forgets by itself, having changed what it may not trust
_trees: dict[
    str, tuple[int, dict[int, Any]]
] = {}  # template → the topic's number on it, what is known at that by store


def begin_with_regions(template: str) -> None:
    """Begin with an empty memory, but with the tree of regions as it is on this template: it takes a test's third to read."""
    forget()
    stores: list[Any] = freshness._stores
    if template not in _trees:
        _trees[template] = freshness.generation("regions"), {}
        db.session.rollback()
    for place, known in _trees[template][1].items():
        stores[place]["regions"] = known
    stores[0][MARK] = None


def keep_regions(template: str) -> None:
    """Keep what this test read of the untouched regions, unless it forgot by itself meanwhile."""
    number, known = _trees[template]
    stores: list[Any] = freshness._stores
    held = enumerate(stores if MARK in stores[0] else [])
    known |= {place: store["regions"] for place, store in held if store.get("regions", (None,))[0] == number}


@pytest.fixture
def app(kind: str, applications: Callable[[str], Flask], databases: Callable[[str], Database]) -> Iterator[Flask]:
    """The application on a database as new, inside a context of its own."""
    with as_new(applications(kind), databases(kind), kind) as app:
        yield app
    shutil.rmtree(app.config["UPLOAD_URL"], ignore_errors=True)  # no picture of this test meets the next one's tick


Site = tuple[Flask, Database]


@contextmanager
def sites(template: Template, pictures: Callable[[str], str]) -> Iterator[Callable[[str], Site]]:
    """Ask for the application and this worker's copy of the template, by kind of database."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "master")
    made: dict[str, Site] = {}

    def ask(kind: str) -> Site:
        if kind not in made:
            database = open_database(kind, worker, template)
            made[kind] = application(database.url, pictures(kind)), database
        return made[kind]

    yield ask
    for app, database in made.values():
        with app.app_context():
            db.engine.dispose()
        database.close()


@contextmanager
def as_new(app: Flask, database: Database, template: str) -> Iterator[Flask]:
    """Inside a context of this application; afterwards its database is as new."""
    with app.app_context():
        begin_with_regions(template)
        yield app
        keep_regions(template)
        db.session.remove()
    clock.move(timedelta(0))
    database.restore()


@pytest.fixture
def client(app: Flask) -> Client:
    """A visitor."""
    return app.test_client()  # type: ignore[return-value]


@pytest.fixture
def clients(app: Flask) -> Callable[[str], Client]:
    """`clients("wantong")` is a client signed in as that person; "" is a visitor."""

    def made(username: str) -> Client:
        client: Any = app.test_client()
        return client.sign_in(username) if username else client

    return made


@pytest.fixture
def one_minute(monkeypatch):
    """A minute ends only where the test moves the clock: what is counted once a minute is not counted twice by chance."""
    began = clock.now()
    monkeypatch.setattr(clock, "minute", lambda: int((began + clock._shift).timestamp()) // 60)


@pytest.fixture(scope="session", autouse=True)
def quick_hashes() -> Iterator[dict[str, Any]]:
    """Passwords and recovery codes are hashed by the same way in a thousandth of the memory: 30 ms each are saved.

    Gives what the product has; other parameters than those of the cast's hashes, which are therefore renewed at sign-in.
    """
    own = {name: getattr(passwords, name) for name in ("MEMORY", "_hasher")}
    quick = PasswordHasher(time_cost=passwords.PASSES, memory_cost=16, parallelism=passwords.LANES)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "MEMORY", quick.memory_cost)
        patch.setattr(passwords, "_hasher", quick)
        yield own


@pytest.fixture
def slow_hashes(quick_hashes: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """For a test of the product's own parameters."""
    for name, value in quick_hashes.items():
        monkeypatch.setattr(passwords, name, value)
