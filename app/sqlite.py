"""SQLite beneath the engine: what each connection is told, who may write, and when the log is copied.

One transaction writes at a time. Who wants to, waits for that right before taking a connection: each keeps a megabyte (pages,
the schema, prepared statements), and those that come one after the other find all of it on the one that was used last.
"""

import sqlite3
import threading
from contextlib import suppress
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection, QueuePool

from app import turns
from app.db import reading

THREADS = 16  # that answer at a time (docs/adr/0022)
KEPT = 4  # connections that stay: one answer is worked out at a time (docs/adr/0025)
WRITE_WAIT = 10  # seconds a writer waits for its turn before the answer is 503
# secure_delete: what is deleted or overwritten is not left behind in the file; cache_size: half a megabyte for each
# connection, the system keeps the file's pages besides; wal_autocheckpoint: the log is copied beside the answers (`Copying`,
# `flask tick`); a commit does it, and all who write wait for that, only where somebody reads so long that it has 256 MB
PRAGMAS = (
    *("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "temp_store=MEMORY", "secure_delete=ON"),
    *("cache_size=-512", "wal_autocheckpoint=64000"),
)
OFTEN = 400  # transactions between two copies: of ticks, 32 MB
COPY, EMPTY = "PRAGMA wal_checkpoint(PASSIVE)", "PRAGMA wal_checkpoint(TRUNCATE)"
_one_writer = threading.Lock()
_one_copies = threading.Lock()  # SQLite would refuse who comes second, and `EMPTY` must not be refused


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

    def _do_return_conn(self, record: ConnectionPoolEntry) -> None:
        writes = _written(record)
        try:
            super()._do_return_conn(record)
        finally:  # after it lies here again: who is next in line takes it, and opens none of their own
            if writes:
                _one_writer.release()


# one for each thread, and one for who reads and has the right to write besides (`sessions._seen`): all others may wait for it
POOL = {"poolclass": Connections, "pool_size": KEPT, "max_overflow": THREADS + 1 - KEPT, "pool_use_lifo": True}


def guard(engine: Engine) -> "Copying":
    """Attach the pragmas, the right to write and who copies the log to this engine; the last comes back."""
    copying = Copying(engine)
    event.listen(engine, "connect", _told)
    event.listen(engine, "begin", _begin)
    event.listen(engine, "checkin", copying.back)
    if not isinstance(engine.pool, Connections):  # a database in memory
        event.listen(engine, "checkin", lambda connection, record: _written(record) and _one_writer.release())
    return copying


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


def _written(record: ConnectionPoolEntry) -> bool:
    """Whether this one had the right to write until now."""
    return bool(record.info.pop("writer", False))


def _waited() -> bool:
    """Wait for the turn to write; readers go on meanwhile."""
    with turns.aside():
        return _one_writer.acquire(timeout=WRITE_WAIT)


class Copying:
    """Copies the log in a thread of its own, after every `OFTEN` transactions that wrote: neither a commit nor a reader waits."""

    def __init__(self, engine: Engine) -> None:
        self.engine, self.written = engine, 0
        self.thread: threading.Thread | None = None

    def back(self, connection: Any, record: Any) -> None:
        """A connection comes back; a writer still has the right to write, so whoever counts is alone."""
        if not record.info.get("writer"):
            return
        self.written += 1
        if self.written >= OFTEN and not (self.thread and self.thread.is_alive()):
            self.written, self.thread = 0, threading.Thread(target=self._copy, name="log", daemon=True)
            with suppress(RuntimeError):  # no room for another thread: the right to write must not be lost for that
                self.thread.start()

    def _copy(self) -> None:
        with suppress(sa.exc.SQLAlchemyError):  # a full disk is told to whoever writes
            copy(self.engine)


def copy(engine: Engine, how: str = COPY) -> None:
    """Bring what the log holds into the database, while others read and write; `EMPTY` waits for them and empties it."""
    token = reading.set(True)  # it needs no right to write
    try:
        connection = engine.raw_connection()
    finally:
        reading.reset(token)
    try:
        with _one_copies:
            # past SQLAlchemy, which would begin a transaction: nothing is copied in one
            connection.cursor().execute(how)
    except sqlite3.Error as error:  # as callers know it
        raise sa.exc.OperationalError(how, None, error) from error
    finally:
        connection.close()
