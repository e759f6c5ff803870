"""Counted attempts (sign-in, tracking pairs, …) that survive a restart: one row a failure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Index, String, and_, delete, func, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app import clock
from app.db import Model, Row, db

ATTEMPTS = 5_202_601  # number of the advisory lock that lets one process at a time judge attempts (PostgreSQL)


class Attempt(Row, Model):
    """One failed try of `kind` by `key` (account, address, …). Old ones are swept by `flask tick`."""

    __table_args__ = (Index(None, "kind", "key", "at"),)

    kind: Mapped[str] = mapped_column(String(20))
    key: Mapped[str] = mapped_column(String(100))
    at: Mapped[datetime] = mapped_column(default=clock.now)


@dataclass(frozen=True)
class Limit:
    """At most `most` failures of `kind` by `key` within `within`.

    With `rising`, the failures beyond `most` are allowed one by one, after `rising`, twice that, four
    times, … up to `within`; counted over `memory`.
    """

    kind: str
    key: str
    most: int
    within: timedelta
    rising: timedelta | None = None
    memory: timedelta = timedelta(hours=24)

    def wait(self, session: Session) -> int:
        """Seconds until the next try is looked at; 0 when it may be made now."""
        span = self.memory if self.rising else self.within
        failed = self._recent(session, span)
        if len(failed) < self.most:
            return 0
        free = self._free(failed)
        return max(0, int((free - clock.now()).total_seconds()) + 1) if free > clock.now() else 0

    def _free(self, failed: Sequence[datetime]) -> datetime:
        """When the next try is free: the oldest of the last `most` leaves the span, or the rising delay is over."""
        if self.rising is None:
            return failed[self.most - 1] + self.within
        delay: timedelta = min(self.rising * 2 ** min(len(failed) - self.most, 20), self.within)
        return failed[0] + delay

    def _recent(self, session: Session, span: timedelta) -> Sequence[datetime]:
        """The newest failures first; more than needed to judge are not read."""
        wanted = select(Attempt.at).where(Attempt.kind == self.kind, Attempt.key == self.key)
        wanted = wanted.where(Attempt.at > clock.now() - span).order_by(Attempt.at.desc())
        return session.scalars(wanted.limit(self.most + 20)).all()

    def count(self, session: Session) -> Attempt:
        """Note a failure."""
        attempt = Attempt(kind=self.kind, key=self.key)
        session.add(attempt)
        return attempt


def forget(ids: Sequence[int], *limits: Limit, session: Session | None = None) -> None:
    """Forget these attempts, and all failures that these limits count."""
    ours = [and_(Attempt.kind == limit.kind, Attempt.key == limit.key) for limit in limits]
    (session or db.session).execute(delete(Attempt).where(or_(Attempt.id.in_(ids), *ours)))


def forget_account(account: str) -> None:
    """Forget all failures counted for an account, alone (`<account>`) or with an address (`<account>|…`)."""
    db.session.execute(delete(Attempt).where(or_(Attempt.key == account, Attempt.key.startswith(f"{account}|"))))


def hold_attempts(session: Session) -> None:
    """One at a time: of a hundred guesses sent at once, no more than the limit are looked at."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(ATTEMPTS)))
