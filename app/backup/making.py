"""Making a backup: everything as it stood at one moment, while the site goes on writing.

The rows are read in one transaction that sees one state (a reader's snapshot on SQLite, REPEATABLE READ on
PostgreSQL). A picture that the site deletes meanwhile is noted as gone; a restore leaves it out.
"""

import base64
import json
import os
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import current_app
from sqlalchemy import Connection

from app import clock
from app.backup.cipher import Sealer
from app.backup.tables import Plan, Tally
from app.crypto import keyed_hash, seal
from app.db import db, reading
from app.media.storage import store
from app.models import HistorySeal, Picture

FORMAT = 1
CHECK = "backup"  # what the keys of data and hashes are tried with
LAST_VALUE = sa.text("SELECT last_value FROM pg_sequences WHERE schemaname || '.' || sequencename = :held")
SEQUENCE = sa.text("SELECT pg_get_serial_sequence(:name, 'id')")
Say = Callable[[str], None]


def make(target: Path, say: Say) -> dict[str, Any]:
    """Write the backup; the file appears under its name only when it is whole. Returns what stands at its end."""
    part = target.with_name(f".{target.name}.part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file, _snapshot() as connection:
            out = _Lines(Sealer(file, current_app.config["BACKUP_KEY"]))
            manifest = _write(connection, out, say)
            out.close()
            file.flush()
            os.fsync(file.fileno())
        part.rename(target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return manifest


class _Lines:
    """Lines of text, compressed, into the sealer."""

    def __init__(self, sealer: Sealer) -> None:
        self.sealer, self.packer = sealer, zlib.compressobj(1)

    def write(self, line: str) -> None:
        self.sealer.write(self.packer.compress(line.encode() + b"\n"))

    def tell(self, **facts: Any) -> None:
        self.write(json.dumps(facts, ensure_ascii=False))

    def close(self) -> None:
        self.sealer.write(self.packer.flush())
        self.sealer.close()


@contextmanager
def _snapshot() -> Iterator[Connection]:
    """A connection that sees one state of the database and holds up no writer."""
    db.session.rollback()
    token = reading.set(True)
    try:
        with db.engine.connect() as connection:
            if db.engine.dialect.name == "postgresql":
                connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
                connection.execute(sa.text("SET LOCAL statement_timeout = 0"))
                connection.execute(sa.text("SET LOCAL idle_in_transaction_session_timeout = 0"))
            yield connection
            connection.rollback()
    finally:
        reading.reset(token)


def _write(connection: Connection, out: _Lines, say: Say) -> dict[str, Any]:
    out.tell(
        format=FORMAT,
        made_at=clock.now().isoformat(),
        revision=connection.scalar(sa.text("SELECT version_num FROM alembic_version")),
        data_check=seal(CHECK),
        hash_check=keyed_hash(CHECK, "check"),
    )
    manifest: dict[str, Any] = {"tables": {}, "sequences": sequences(connection), "head": _head(connection)}
    for table in db.metadata.sorted_tables:
        plan = Plan.of(table)
        manifest["tables"][table.name] = _table(connection, plan, out)
        say(f"{table.name}：{manifest['tables'][table.name][0]} 行")
    manifest["pictures"], manifest["gone"] = _pictures(connection, out, say)
    out.tell(manifest=manifest)
    return manifest


def _table(connection: Connection, plan: Plan, out: _Lines) -> list[Any]:
    out.tell(table=plan.name, columns=plan.columns)
    tally = Tally()
    for line in plan.lines(connection):
        tally.add(line)
        out.write(line)
    return tally.told


def _pictures(connection: Connection, out: _Lines, say: Say) -> tuple[list[Any], list[str]]:
    """Every picture's two files; the names of those that are gone."""
    tally, gone = Tally(), []
    names = connection.scalars(sa.select(Picture.name).order_by(Picture.id)).all()
    for number, name in enumerate(names, start=1):
        try:
            for file in (f"{name}.jpg", f"{name}-thumb.jpg"):
                content = store().read(file)
                tally.add(file.encode() + content)
                out.tell(picture=file, data=base64.b64encode(content).decode())
        except FileNotFoundError:
            gone.append(name)
        if number % 500 == 0 or number == len(names):
            say(f"图片：{number}/{len(names)}")
    return tally.told, gone


def _head(connection: Connection) -> str:
    """The head of the chain of history: what a later proof must find again."""
    newest = sa.select(HistorySeal.number, HistorySeal.mac).order_by(HistorySeal.number.desc()).limit(1)
    found = connection.execute(newest).first()
    return f"{found.number}:{found.mac}" if found else ""


def sequences(connection: Connection) -> dict[str, int]:
    """The last number that each table has given, also to rows that are gone."""
    if connection.dialect.name == "sqlite":
        rows = connection.execute(sa.text("SELECT name, seq FROM sqlite_sequence"))
        return {row.name: row.seq for row in rows if row.name in db.metadata.tables}
    given = {}
    for table in db.metadata.sorted_tables:
        named = {"name": f'"{table.name}"'}
        held = connection.scalar(SEQUENCE, named) if "id" in table.columns else None
        if held:
            given[table.name] = connection.scalar(LAST_VALUE, {"held": held}) or 0
    return given
