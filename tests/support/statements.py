"""Counting and watching the SQL that a request sends."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from app.db import db

APART = ("BEGIN", "PRAGMA", "SET default_transaction_read_only")
WRITING = ("INSERT", "UPDATE", "DELETE", "CREATE", "ALTER", "DROP")


@contextmanager
def statements() -> Iterator[list[str]]:
    """The statements sent while inside (without BEGIN, COMMIT, SAVEPOINT and the look at generations; nor how a connection that
    somebody else had before is made to read or to write, as app/link.py does in the place of BEGIN)."""
    seen: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if not statement.startswith(APART) and "FROM generation" not in statement:
            seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def writes(seen: list[str]) -> list[str]:
    """Those that change something, but for a session's last-seen."""
    return [one for one in seen if one.lstrip().upper().startswith(WRITING) and "sign_in SET seen_at" not in one]
