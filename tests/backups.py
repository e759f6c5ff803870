"""What tests of backups share: an empty place to restore into, and writers that never stop."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex
from typing import Any

import psycopg
from flask import Flask
from sqlalchemy import Connection, inspect

from app import create_app
from app.backup.tables import Plan, Tally
from app.db import db
from tests.fixtures import settings
from tests.support import postgres
from tests.support.databases import _create, _plain, _sibling


@contextmanager
def empty_place(kind: str, folder: Path, **overrides: Any) -> Iterator[Flask]:
    """An application on a database without a table and a picture folder without a file."""
    name, server = f"empty_{token_hex(4)}", ""
    if kind == "postgresql":
        server = postgres.server_url()
        with psycopg.connect(_plain(server), autocommit=True) as admin:
            _create(admin, name, template="template0")
    url = _sibling(server, name) if server else f"sqlite:///{folder / name}.db"
    app = create_app(settings(url, str(folder / f"{name}-pictures")) | overrides)
    try:
        with app.app_context():
            yield app
            db.session.remove()
            db.engine.dispose()
    finally:
        if server:
            with psycopg.connect(_plain(server), autocommit=True) as admin:
                admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


def contents(connection: Connection) -> dict[str, list[Any]]:
    """Count and digest of every table."""
    tables = db.metadata.sorted_tables
    return {table.name: Tally().all(Plan.of(table).lines(connection)).told for table in tables}


def is_untouched() -> bool:
    """Whether this place has still no table."""
    return not inspect(db.engine).get_table_names()


@contextmanager
def writing(app: Flask, acts: list[Callable[[int], None]]) -> Iterator[list[int]]:
    """Each act goes on in a thread of its own until the block ends; how many rounds each has committed."""
    stop, rounds, wrong = threading.Event(), [0] * len(acts), list[BaseException]()

    def run(number: int) -> None:
        with app.app_context():
            try:
                while not stop.is_set():
                    acts[number](rounds[number])
                    db.session.commit()
                    rounds[number] += 1
                    stop.wait(0.002)
            except BaseException as error:
                wrong.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(acts))]
    for thread in threads:
        thread.start()
    try:
        while min(rounds) < 3 and not wrong:
            stop.wait(0.01)
        yield rounds
    finally:
        stop.set()
        for thread in threads:
            thread.join(30)
    assert not wrong, wrong
