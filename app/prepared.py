"""What PostgreSQL has prepared, asked without psycopg's cursor, which takes as long as the rest of a short statement in Python.

A cursor works out for each statement how it converts values, whether it is prepared and what has become of its results before.
Here the connection keeps what converts, and what it has prepared is sent at once. All else goes by the cursor still: what is not
prepared yet (psycopg counts and prepares), and what begins a transaction.

Beneath the cursor are psycopg's documented parts (`pq`, `adapt.Transformer`, `Connection.wait`, `Connection.lock`), and three that are
not and hold for the version that is pinned: `generators.execute` sends and gathers the results, `errors.error_from_result` makes the
cursor's errors of them, and `PrepareManager._names` (`Link` knows it as `_prepared`) tells what is prepared under which name.
tests/test_prepared.py asks both ways and compares.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import InternalError, error_from_result
from psycopg.generators import execute
from psycopg.pq import ExecStatus, TransactionStatus

if TYPE_CHECKING:
    from app.link import Link
    from app.spoken import Answer

IDLE, ROWS, DONE = TransactionStatus.IDLE, ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK


class Prepared:
    """What one connection has prepared."""

    __slots__ = ("formats", "link", "ways")

    def __init__(self, link: "Link") -> None:
        # the ways of converting are kept from statement to statement; those of a cursor live as long as one
        self.link, self.ways = link, Transformer(link)
        self.formats: dict[int, list[PyFormat]] = {}

    def ask(self, said: bytes, values: Sequence[Any]) -> "Answer | None":
        """The rows of this text with these values, and how many were found or changed; None where the cursor must go."""
        link, ways = self.link, self.ways
        if not link.autocommit and link.pgconn.transaction_status == IDLE:
            return None  # BEGIN comes first
        given = ways.dump_sequence(values, self._formats(len(values)))
        names, key = link._prepared._names, (said, ways.types or ())
        name = names.get(key)
        if name is None:
            return None
        names.move_to_end(key)  # what is asked is not what is forgotten when there is too much
        with link.lock:
            link.pgconn.send_query_prepared(name, given, param_formats=ways.formats)
            result = self._good(link.wait(execute(link.pgconn)))
        if result.status == DONE:
            return [], -1 if result.command_tuples is None else result.command_tuples
        ways.set_pgresult(result)
        rows = ways.load_rows(0, result.ntuples, tuple)
        ways.set_pgresult(None)  # nothing keeps what was read
        return rows, len(rows)

    def _good(self, results: Sequence[Any]) -> Any:
        """The one result; the error that the cursor would raise."""
        for result in results:
            if result.status not in (ROWS, DONE):
                self.link.failed = True
                raise error_from_result(result, encoding=self.link.info.encoding)
        if not results:
            raise InternalError("got no result from the query")
        return results[0]

    def _formats(self, number: int) -> list[PyFormat]:
        """psycopg chooses for each value between text and binary."""
        found = self.formats.get(number)
        if found is None:
            found = self.formats[number] = [PyFormat.AUTO] * number
        return found
