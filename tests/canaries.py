"""Words that must be nowhere: every place where the product keeps something, and what of it a thief can read."""

import subprocess
from collections.abc import Iterable
from pathlib import Path

from flask import current_app

from app import crypto
from app.backup.tables import Plan
from app.db import db, leave_no_trace
from app.rotation import sealed_columns


def on_disk() -> bytes:
    """The database's own files as they lie there (SQLite: with its log), else every row; and every picture."""
    db.session.commit()
    found = b"".join(file.read_bytes() for file in Path(current_app.config["UPLOAD_URL"]).rglob("*") if file.is_file())
    if db.engine.dialect.name == "sqlite":
        file = Path(db.engine.url.database or "")
        # In a child: who closes these files in this process drops all locks that it holds on them, and the next process
        # to leave would remove the log under connections that are open.
        return (
            found
            + subprocess.run(["cat", *file.parent.glob(f"{file.name}*")], check=True, stdout=subprocess.PIPE).stdout
        )
    return found + all_rows().encode()


def all_rows() -> str:
    """Every row of every table as the database holds it."""
    db.session.rollback()
    with db.engine.connect() as connection:
        return "\n".join(line for table in db.metadata.sorted_tables for line in Plan.of(table).lines(connection))


def with_the_key() -> str:
    """Every row, and what is sealed in it, opened."""
    opened = [all_rows()]
    for table, names in sealed_columns().items():
        for name in names:
            rows = db.session.execute(db.text(f'SELECT "{name}" FROM "{table}" WHERE "{name}" IS NOT NULL'))
            opened += [crypto.unseal(value) for (value,) in rows if isinstance(value, str) and value.startswith("1.")]
    db.session.rollback()
    return "\n".join(opened)


def seen(words: Iterable[str], where: str | bytes) -> list[str]:
    """Which of these are there."""
    return [word for word in words if (word.encode() in where if isinstance(where, bytes) else word in where)]


def settled() -> None:
    """Nothing is left in SQLite's log."""
    db.session.commit()
    leave_no_trace()
