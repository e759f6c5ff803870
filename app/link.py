"""The way to PostgreSQL: it never waits for ever, and it remembers for a second that the database is away.

The server's own `statement_timeout` cannot help when the link falls silent, nor can TCP's when something between
acknowledges and forgets. So a request waits PATIENCE for an answer and GREETING for the first sign of life; then the
connection is thrown away and the answer is 503. While the database is away one request tries at a time, the others
are answered at once: otherwise those who stand in line would add up their waiting (docs/drills.md).
Commands (backup, migrations) wait as long as they need.

An answer that only reads has no transaction: each statement sees what is committed either way, and BEGIN and ROLLBACK cost a sixth
of the database's part of a list. In its place the server itself refuses there whatever would write or hold a row.

What is asked often is prepared, and PostgreSQL plans it once for all values where that looks no worse: planning takes three
quarters of the time of a list. What hangs on its values (`VARIED`) is planned for each: sums of a place and of a period, totals.

Flask ends the request before it gives the connection back, so what is sent last (ROLLBACK) stands outside it:
app/answering.py holds from the first line of an answer to the last.
"""

import threading
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import errors
from psycopg._preparing import PrepareManager
from psycopg.pq import TransactionStatus
from sqlalchemy import event
from sqlalchemy.engine import Engine

from app.answering import is_answering, is_awaited
from app.db import reading
from app.prepared import Prepared

if TYPE_CHECKING:
    from app.spoken import Answer

# Seconds; the server ends a statement before (engine_options); both together leave room for those in line.
PATIENCE, GREETING = 4.5, 2.0
PAUSE = 1.0  # seconds after a failure in which nobody tries again
FRESH = 0.5  # seconds for which a connection that has answered is believed to be there: it is not greeted again
READS, WRITES = (f"SET default_transaction_read_only = {one}" for one in ("on", "off"))


class Away(psycopg.OperationalError):
    """The database was away a moment ago, so nobody asked it."""


class _Memory:
    """When the last try failed (0: it did not), and who is trying now."""

    failed = 0.0  # on time.monotonic()
    trying = threading.Lock()


class Link(psycopg.Connection[Any]):
    """A connection that gives up on a silent server."""

    patience = PATIENCE
    heard = 0.0  # when it last answered, on time.monotonic()
    failed = False  # a statement, since the last rollback
    _numbered: Any = None
    _known: Prepared | None = None

    def cursor(self, name: str = "", **options: Any) -> Any:
        """As psycopg's; what is read piece by piece gets a transaction after all: outside of one the server would make all of
        it at once, for longer than an answer waits, before it gives the first piece."""
        if name and self.autocommit and self.pgconn.transaction_status == TransactionStatus.IDLE:
            self.execute("BEGIN", prepare=False)
        return super().cursor(name, **options)

    def numbered(self) -> Any:
        """The cursor for a text whose parameters are $1, $2 … (app/spoken.py). Always the same one: to make it costs as much as a short
        answer takes to read. Whoever closes it lets go of what it has read."""
        if self._numbered is None or self._numbered.closed:
            self._numbered = psycopg.RawCursor(self)
        return self._numbered

    def ask(self, said: bytes, values: Sequence[Any]) -> "Answer | None":
        """What app/prepared.py finds for such a text; None where `numbered` must be asked."""
        if self._known is None:
            self._known = Prepared(self)
        return self._known.ask(said, values)

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        """As psycopg's, but with an end while a request is being answered."""
        if timeout is None and is_awaited():
            timeout = self.patience
        try:
            answer = super().wait(gen, interval=interval, timeout=timeout)
            self.heard = time.monotonic()
            return answer
        except errors._WaitTimeout:
            _Memory.failed = time.monotonic()
            self.pgconn.finish()
            raise psycopg.OperationalError("the database fell silent") from None
        except psycopg.Error:
            self.failed = True
            raise

    def rollback(self) -> None:
        """End the transaction, but keep what is prepared: psycopg would forget it, since a table made meanwhile is gone again.

        No answer makes tables, and each that only reads ends so: nothing would ever be prepared. A failure forgets it all.
        """
        if self.failed:
            self.failed = False
            super().rollback()
            self._prepared.clear()  # what a statement without a transaction needs
            return
        if self.pgconn.transaction_status == TransactionStatus.IDLE:
            return
        prepared, self._prepared = self._prepared, PrepareManager()
        try:
            super().rollback()
        finally:
            self._prepared = prepared


def guard(engine: Engine) -> None:
    """Let this engine use such links."""
    ping = engine.dialect.do_ping

    def greet(connection: Any) -> bool:
        if is_awaited() and time.monotonic() - _Memory.failed < PAUSE and _Memory.failed:
            connection.pgconn.finish()  # of the same age as the one that fell silent a moment ago
            return False
        if time.monotonic() - connection.heard < FRESH:
            return True
        connection.patience = GREETING
        try:
            return ping(connection)
        finally:
            connection.patience = PATIENCE

    engine.dialect.do_execute = _execute  # type: ignore[method-assign,assignment]
    engine.dialect.do_ping = greet  # type: ignore[method-assign,assignment]
    event.listen(engine, "do_connect", _connect)
    event.listen(engine, "checkout", _taken)


def _execute(cursor: Any, statement: str, values: Any, context: Any = None) -> None:
    varied = context is not None and "varied" in context.execution_options
    if varied and not isinstance(cursor, psycopg.ServerCursor):
        cursor.execute(statement, values, prepare=False)
    else:  # what is read piece by piece is never prepared
        cursor.execute(statement, values)


def _taken(link: Any, record: Any, connection: Any) -> None:
    """From now on this link only reads, each statement by itself; or it has transactions again, in which it may write."""
    alone = reading.get() and is_answering()
    if link.autocommit is not alone:
        link.autocommit = True  # else what is set here ends with the transaction
        link.execute(READS if alone else WRITES)
        link.autocommit = alone


def _connect(dialect: Any, record: Any, args: Any, options: Any) -> Link:
    if not is_awaited() or not _Memory.failed:
        return _try(args, options)
    if time.monotonic() - _Memory.failed < PAUSE or not _Memory.trying.acquire(blocking=False):
        raise Away("the database is away")
    try:
        return _try(args, options)
    finally:
        _Memory.trying.release()


def _try(args: Any, options: Any) -> Link:
    try:
        link = Link.connect(*args, **options)
    except psycopg.Error:
        _Memory.failed = time.monotonic()
        raise
    _Memory.failed = 0.0
    return link
