"""Counted attempts (sign-in, tracking pairs, …) that survive a restart: one row a failure."""

from datetime import datetime, timedelta

from sqlalchemy import Index, String, func, select
from sqlalchemy.orm import Mapped, mapped_column

from app import clock
from app.db import Model, Row, db


class Attempt(Row, Model):
    """One failed try of `kind` by `key` (account, address, …). Old ones are swept by `flask tick`."""

    __table_args__ = (Index(None, "kind", "key", "at"),)

    kind: Mapped[str] = mapped_column(String(20))
    key: Mapped[str] = mapped_column(String(100))
    at: Mapped[datetime] = mapped_column(default=clock.now)


def failures(kind: str, key: str, within: timedelta) -> int:
    """How many tries of this kind and key failed within this time."""
    since = clock.now() - within
    counted = select(func.count()).where(Attempt.kind == kind, Attempt.key == key, Attempt.at > since)
    return db.session.scalar(counted) or 0
