"""SQLite beneath the engine: what each connection is told, and who may write.

One transaction writes at a time. Who wants to, waits for that right before taking a connection: each keeps a megabyte (pages,
the schema, prepared statements), and those that come one after the other find all of it on the one that was used last.
"""

import threading
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.pool import PoolProxiedConnection, QueuePool

from app import turns
from app.db import reading

THREADS = 16  # that answer at a time (docs/adr/0022)
KEPT = 4  # connections that stay: one answer is worked out at a time (docs/adr/0025)
WRITE_WAIT = 10  # seconds a writer waits for its turn before the answer is 503
# secure_delete: what is deleted or overwritten is not left behind in the file; cache_size: half a megabyte for each
# connection, the system keeps the file's pages besides; wal_autocheckpoint: `flask tick` copies the log (`copy_log`),
# a commit does it only from 64 MB on, and whoever writes meanwhile waits for it
PRAGMAS = (
    *("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "temp_store=MEMORY", "secure_delete=ON"),
    *("cache_size=-512", "wal_autocheckpoint=16000"),
)
_one_writer = threading.Lock()


class Connections(QueuePool):
    """The connections of a process; a writer's holds the right to write until it comes back."""

    def connect(self) -> PoolProxiedConnection:
        """One of them; for a writer when it is its turn."""
        if reading.get():
            return super().connect()
        _take_right()
        try:
            connection = super().connect()
        except BaseException:
            _one_writer.release()
            raise
        connection.info["writer"] = True
        return connection


# one for each thread, and one for who reads and has the right to write besides (`sessions._seen`): all others may wait for it
POOL = {"poolclass": Connections, "pool_size": KEPT, "max_overflow": THREADS + 1 - KEPT, "pool_use_lifo": True}


def guard(engine: Engine) -> None:
    """Attach the pragmas and the right to write to this engine."""
    event.listen(engine, "connect", _told)
    event.listen(engine, "begin", _begin)
    event.listen(engine, "checkin", _back)


def _told(connection: Any, record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: sa.Connection) -> None:
    if reading.get():
        # past SQLAlchemy, for which it is a statement like others: it takes no lock and reads nothing, so it cannot fail
        connection.connection.cursor().execute("BEGIN")
        return
    if not connection.info.get("writer"):  # a database in memory, or it was taken to read
        _take_right()
        connection.info["writer"] = True
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _take_right() -> None:
    if not (_one_writer.acquire(blocking=False) or _waited()):
        raise sa.exc.TimeoutError(f"no turn to write within {WRITE_WAIT} s")


def _waited() -> bool:
    """Wait for the turn to write; readers go on meanwhile."""
    with turns.aside():
        return _one_writer.acquire(timeout=WRITE_WAIT)


def _back(connection: Any, record: Any) -> None:
    if record.info.pop("writer", False):
        _one_writer.release()
