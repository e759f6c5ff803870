"""Rows as lines of text that are the same on every database, and back.

Sealed columns stay sealed. A table is described by (column, kind) pairs that stand in the backup itself, so that a
backup of an earlier version can be read without that version's models.
"""

import base64
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from app.db import UtcDateTime

AT_ONCE = 1000  # rows in one go
KINDS: tuple[tuple[type[Any], str], ...] = (
    (UtcDateTime, "moment"),
    (sa.DateTime, "moment"),
    (sa.Date, "day"),
    (sa.Boolean, "bool"),
    (sa.Integer, "int"),
    (sa.LargeBinary, "bytes"),
    (sa.JSON, "json"),
)
TYPES: dict[str, Any] = {
    "moment": sa.DateTime(),
    "day": sa.Date(),
    "bool": sa.Boolean(),
    "int": sa.Integer(),
    "bytes": sa.LargeBinary(),
    "json": sa.Text(),
    "text": sa.Text(),
}
OUT: dict[str, Callable[[Any], Any]] = {
    "moment": lambda value: value.isoformat(timespec="microseconds"),
    "day": lambda value: value.isoformat(),
    "bytes": lambda value: base64.b64encode(value).decode(),
}
BACK: dict[str, Callable[[Any], Any]] = {
    "moment": datetime.fromisoformat,
    "day": date.fromisoformat,
    "bytes": base64.b64decode,
}


@dataclass(frozen=True)
class Plan:
    """One table as the backup describes it."""

    name: str
    columns: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, table: sa.Table) -> "Plan":
        """The description of a table of the models."""
        return cls(table.name, tuple((column.name, _kind(column.type)) for column in table.columns))

    @property
    def table(self) -> Any:
        """The table with plain types: nothing is opened, checked or converted by the models."""
        return sa.table(self.name, *[sa.column(name, TYPES[kind]) for name, kind in self.columns])

    def lines(self, connection: Connection) -> Iterator[str]:
        """Every row as a line, in bounded memory."""
        kinds = [OUT.get(kind) for _, kind in self.columns]
        table = self.table
        wanted = sa.select(*[_read(connection, table.c[name], kind) for name, kind in self.columns])
        with connection.execute(wanted, execution_options={"yield_per": AT_ONCE}) as rows:
            for row in rows:
                cells = [out(cell) if out and cell is not None else cell for out, cell in zip(kinds, row, strict=True)]
                yield json.dumps(cells, ensure_ascii=False, separators=(",", ":"))

    def insert(self, connection: Connection, lines: Sequence[str]) -> None:
        """Write these rows."""
        ways = [(name, BACK.get(kind)) for name, kind in self.columns]
        rows = [
            {
                name: back(cell) if back and cell is not None else cell
                for (name, back), cell in zip(ways, json.loads(line), strict=True)
            }
            for line in lines
        ]
        if rows:
            casts = {name: self._json(name) for name, kind in self.columns if kind == "json" and _is_pg(connection)}
            statement = sa.insert(self.table).values({name: sa.bindparam(name) for name, _ in self.columns} | casts)
            connection.execute(statement, rows)

    def _json(self, name: str) -> Any:
        return sa.cast(sa.bindparam(name, type_=sa.Text()), sa.JSON)


def _read(connection: Connection, column: Any, kind: str) -> Any:
    return sa.cast(column, sa.Text) if kind == "json" and _is_pg(connection) else column


def _is_pg(connection: Connection) -> bool:
    return connection.dialect.name == "postgresql"


def _kind(type_: Any) -> str:
    return next((kind for known, kind in KINDS if isinstance(type_, known)), "text")


class Tally:
    """How many lines there were and a sum of their digests, whatever their order."""

    def __init__(self) -> None:
        self.count, self.sum = 0, 0

    def add(self, line: str | bytes) -> None:
        """Count one more."""
        raw = line.encode() if isinstance(line, str) else line
        self.count += 1
        self.sum = (self.sum + int.from_bytes(hashlib.sha256(raw).digest(), "big")) % 2**256

    def all(self, lines: Iterable[str]) -> "Tally":
        """Count these."""
        for line in lines:
            self.add(line)
        return self

    @property
    def told(self) -> list[Any]:
        """As it stands in a backup."""
        return [self.count, f"{self.sum:064x}"]
