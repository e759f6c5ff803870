"""Seals over history: a keyed chain that shows whether a line was altered, removed or slipped in.

`flask tick` seals the lines in batches, in the order of their ids. A seal keeps one short tag for each line (so that
the first wrong line can be named), a digest over the whole batch, and a code (HMAC-SHA256) over both and over the code
of the seal before it. The key is derived from HASH_KEY and never lies in the database: who can write there can
alter a line, but no seal that fits it. Who removes the newest lines together with their seals is found by the head
of the chain, which stands in every backup.

On PostgreSQL a line may be committed after one with a larger id. Only ids below which nobody can still commit are
sealed (`_settled`), so that a later line with a smaller id is always a forged one. Numbers lost in a roll-back leave
gaps, which mean nothing.
"""

import hashlib
import hmac
import json
import struct
import time
from collections.abc import Iterator, Sequence
from typing import Any

from flask import current_app
from sqlalchemy import LargeBinary, String, func, select, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Model, Row, db
from app.models.history import History

BATCH = 5000  # lines of one seal
TAG = struct.Struct(">q8s")  # id and the first bytes of the line's digest
PATIENCE = 2.0  # seconds to wait for those who write history at this moment
GENESIS = "0" * 64
LOCK = 5_202_603  # number of the advisory lock of whoever seals (PostgreSQL)
COLUMNS = [column for column in History.__table__.columns if column.name != "id"]


class HistorySeal(Row, Model):
    """One link of the chain, over the lines `first_id` to `last_id` that existed."""

    number: Mapped[int] = mapped_column(unique=True)
    first_id: Mapped[int]
    last_id: Mapped[int]
    count: Mapped[int]
    tags: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    digest: Mapped[str] = mapped_column(String(64))
    previous: Mapped[str] = mapped_column(String(64), unique=True)
    mac: Mapped[str] = mapped_column(String(64))

    @property
    def head(self) -> str:
        """How people and backups name this link: `<number>:<code>`."""
        return f"{self.number}:{self.mac}"

    def code(self) -> str:
        """The code that this link must have."""
        held = (self.number, self.first_id, self.last_id, self.count, self.digest, self.previous)
        body = json.dumps([*held, hashlib.sha256(self.tags).hexdigest(), self.created_at.isoformat()])
        return hmac.new(chain_key(), body.encode(), hashlib.sha256).hexdigest()

    def lines(self) -> Iterator[tuple[int, bytes]]:
        """The id and tag of each sealed line."""
        return TAG.iter_unpack(self.tags)


def chain_key() -> bytes:
    """The key of the chain. HASH_KEY is chosen once and stays; DATA_KEY changes by `flask rotate-key`."""
    return hmac.new(current_app.config["HASH_KEY"].encode(), b"history-chain", hashlib.sha256).digest()


def fingerprint(line: Any) -> bytes:
    """The digest of one line's canonical bytes; the same on every database."""
    values = [line.id, *(getattr(line, column.name) for column in COLUMNS)]
    plain = [value.isoformat(timespec="microseconds") if hasattr(value, "isoformat") else value for value in values]
    return hashlib.sha256(json.dumps(plain, ensure_ascii=False).encode()).digest()


def tag_of(line: Any) -> bytes:
    """What a seal keeps of a line besides the common digest."""
    return fingerprint(line)[:8]


def newest() -> HistorySeal | None:
    """The head of the chain."""
    return db.session.scalar(select(HistorySeal).order_by(HistorySeal.number.desc()).limit(1))


def seal_next(patience: float = PATIENCE) -> HistorySeal | None:
    """Seal the next batch; None where nothing is left, somebody else is sealing, or a writer does not come to an end."""
    if not _alone():
        return None
    last, wanted = newest(), select(History.id).order_by(History.id)
    start = last.last_id if last else 0
    upto = _settled(patience)
    lines = _lines(wanted.where(History.id > start, History.id <= upto)) if upto > start else []
    if not lines:
        return None
    made = HistorySeal(number=last.number + 1 if last else 1, previous=last.mac if last else GENESIS)
    made.created_at = _now()
    _cover(made, lines)
    db.session.add(made)
    db.session.flush()
    return made


def _lines(ids: Any) -> Sequence[Any]:
    """The first lines of these, as plain rows: thousands of objects would stay in the session."""
    return db.session.execute(ids.with_only_columns(History.id, *COLUMNS).limit(BATCH)).all()


def _cover(made: HistorySeal, lines: Sequence[Any]) -> None:
    prints = [fingerprint(line) for line in lines]
    made.first_id, made.last_id, made.count = lines[0].id, lines[-1].id, len(lines)
    made.tags = b"".join(TAG.pack(line.id, one[:8]) for line, one in zip(lines, prints, strict=True))
    made.digest = hashlib.sha256(b"".join(prints)).hexdigest()
    made.mac = made.code()


def _now() -> Any:
    from app import clock

    return clock.now()


def _alone() -> bool:
    """One at a time: on SQLite a writer is alone anyway."""
    if db.engine.dialect.name != "postgresql":
        return True
    return bool(db.session.scalar(select(func.pg_try_advisory_xact_lock(LOCK))))


WRITERS = text(
    "SELECT virtualtransaction FROM pg_locks WHERE locktype = 'relation' AND mode = 'RowExclusiveLock' "
    "AND relation = 'history'::regclass AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)


def _settled(patience: float) -> int:
    """The largest id below which nobody can still commit a line; 0 when a writer goes on for longer than `patience`.

    Whoever got a smaller id took the table's lock before, and gives it back after the commit: once all who hold it
    now are gone, every line up to the present largest id is either seen by the next statement or never comes.
    """
    largest = db.session.scalar(select(func.max(History.id))) or 0
    if db.engine.dialect.name != "postgresql" or not largest:
        return largest
    until = time.monotonic() + patience
    waiting = set(db.session.scalars(WRITERS))
    while waiting and time.monotonic() < until:
        time.sleep(0.02)
        waiting &= set(db.session.scalars(WRITERS))
    return 0 if waiting else largest
