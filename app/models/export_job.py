"""导出 of many rows, made by a process of its own (app/exporting.py): what was asked, how far it is, the file in sealed pieces.

Nothing of it is state that a person moves through: what a job is follows from its moments. `beat_at` is the last sign
of life of the process; a job without one for a minute has lost it and can be started again. A day later all of it goes.
"""

import base64
from collections.abc import Iterator
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import ForeignKey, Index, String, delete, func, select, update
from sqlalchemy.orm import Mapped, mapped_column

from app import clock
from app.db import Model, Row, Sealed, db, lock
from app.models.disclosure import PURPOSE, Disclosed, Disclosure
from app.refusal import Refused

if TYPE_CHECKING:
    from app.models.user import User

SILENCE = timedelta(seconds=60)  # without a sign of life the process is gone
KEPT = timedelta(days=1)
AT_ONCE = 3  # unfinished ones a person may have


class JobState(StrEnum):
    """What is shown of a job."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    BROKEN = "broken"
    CANCELLED = "cancelled"


class ExportJob(Row, Model):
    """One export that was asked for; `path` is the export's own address with its filters, sealed: names stand in them."""

    __table_args__ = (Index(None, "user_id", "id"),)

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"))
    title: Mapped[str] = mapped_column(String(80))
    purpose: Mapped[str] = mapped_column(String(PURPOSE))
    format: Mapped[str] = mapped_column(String(8))
    full: Mapped[bool]
    path: Mapped[str] = mapped_column(Sealed)
    total: Mapped[int] = mapped_column(default=0)  # rows, once the process has counted them
    written: Mapped[int] = mapped_column(default=0)
    run: Mapped[int] = mapped_column(default=0)  # which try it is: a process that was thought dead writes no more
    beat_at: Mapped[datetime] = mapped_column(default=clock.now)
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    problem: Mapped[str] = mapped_column(String(120), default="")
    name: Mapped[str] = mapped_column(String(120), default="")  # of the file
    disclosure_id: Mapped[int | None] = mapped_column(ForeignKey("disclosure.id", ondelete="SET NULL"))

    @classmethod
    def ask(cls, *, by: "User", title: str, purpose: str, format: str, full: bool, path: str) -> "ExportJob":
        """Note what is wanted; the caller starts a process after the commit. Refused with three unfinished ones."""
        under_way = select(func.count()).where(cls.user_id == by.id, *_unfinished())
        if (db.session.scalar(under_way) or 0) >= AT_ONCE:
            raise Refused("您有 3 份导出还没有完成，请等完成或取消以后再导出。", None)
        assert by.post is not None  # noqa: S101  (exports are views of a post)
        job = cls(user_id=by.id, post_id=by.post.id, title=title[:80], purpose=purpose, format=format)
        job.full, job.path = full, path
        db.session.add(job)
        db.session.flush()
        return job

    @property
    def state(self) -> JobState:
        """What it is at this moment."""
        if self.finished_at:
            return JobState.DONE
        if self.cancelled_at:
            return JobState.CANCELLED
        if self.problem:
            return JobState.FAILED
        if self.beat_at < clock.now() - SILENCE:
            return JobState.BROKEN
        return JobState.RUNNING if self.started_at else JobState.WAITING

    @property
    def under_way(self) -> bool:
        """Whether there is something to wait for."""
        return self.state in (JobState.WAITING, JobState.RUNNING)

    @property
    def kept_until(self) -> datetime:
        """When the file goes."""
        return self.created_at + KEPT

    def cancel(self) -> None:
        """Stop it; Refused where it is over already."""
        self._hold()
        if self.state not in (JobState.WAITING, JobState.RUNNING, JobState.BROKEN):
            raise Refused("这份导出已经结束，不用取消。", None)
        self.cancelled_at = clock.now()
        self.empty()

    def restart(self) -> None:
        """Begin anew what is broken, failed or was cancelled; the caller starts a process after the commit."""
        self._hold()
        if self.under_way or self.state is JobState.DONE:
            raise Refused("这份导出正在进行或已经完成，不用重新开始。", None)
        self.empty()
        self.started_at = self.cancelled_at = None
        self.problem, self.written, self.beat_at, self.run = "", 0, clock.now(), self.run + 1

    def pieces(self) -> Iterator[bytes]:
        """The file, piece after piece."""
        mine = ExportPiece.job_id == self.id, ExportPiece.run == self.run
        for id in db.session.scalars(select(ExportPiece.id).where(*mine).order_by(ExportPiece.id)).all():
            content = db.session.scalar(select(ExportPiece.content).where(ExportPiece.id == id))
            yield base64.b64decode(content or "")

    def _hold(self) -> None:
        lock(select(ExportJob).where(ExportJob.id == self.id))

    def empty(self) -> None:
        """Take away what a try has left: pieces, and the note of an export that never became a file."""
        db.session.execute(delete(ExportPiece).where(ExportPiece.job_id == self.id))
        noted, self.disclosure_id = self.disclosure_id, None
        db.session.flush()
        if noted is not None:
            db.session.execute(delete(Disclosed).where(Disclosed.disclosure_id == noted))
            db.session.execute(delete(Disclosure).where(Disclosure.id == noted))


class ExportPiece(Row, Model):
    """A part of a file, in the order of the ids."""

    job_id: Mapped[int] = mapped_column(ForeignKey("export_job.id"), index=True)
    run: Mapped[int]
    content: Mapped[str] = mapped_column(Sealed)  # base64


def _unfinished() -> list[Any]:
    """What makes a job one that a process works on, or will."""
    over = ExportJob.finished_at.is_(None), ExportJob.cancelled_at.is_(None), ExportJob.problem == ""
    return [*over, ExportJob.beat_at > clock.now() - SILENCE]


def mine(user_id: int) -> list[ExportJob]:
    """What this person asked for within the last day, the newest first."""
    wanted = select(ExportJob).where(ExportJob.user_id == user_id, ExportJob.created_at > clock.now() - KEPT)
    return list(db.session.scalars(wanted.order_by(ExportJob.id.desc()).limit(20)))


def claim() -> ExportJob | None:
    """The next job that waits, now this process's; None where there is none, or another process is at work."""
    running = select(ExportJob.id).where(*_unfinished(), ExportJob.started_at.is_not(None)).limit(1)
    if db.session.scalar(running) is not None:
        return None
    waiting = select(ExportJob).where(*_unfinished(), ExportJob.started_at.is_(None))
    found = lock(waiting.order_by(ExportJob.id).limit(1))
    for job in found:
        job.started_at = job.beat_at = clock.now()
    return found[0] if found else None


def beat(session: Any, id: int, run: int, written: int, total: int) -> bool:
    """A sign of life, for those that wait behind it too; False: it was cancelled, or begun anew elsewhere."""
    now, plain = clock.now(), {"synchronize_session": False}
    behind = update(ExportJob).where(*_unfinished(), ExportJob.started_at.is_(None))
    session.execute(behind.values(beat_at=now), execution_options=plain)
    mine = update(ExportJob).where(ExportJob.id == id, ExportJob.run == run, ExportJob.cancelled_at.is_(None))
    done = session.execute(mine.values(beat_at=now, written=written, total=total), execution_options=plain)
    return bool(done.rowcount)


def forget_old() -> int:
    """Files and jobs of yesterday go; how many jobs."""
    old = select(ExportJob.id).where(ExportJob.created_at <= clock.now() - KEPT)
    db.session.execute(delete(ExportPiece).where(ExportPiece.job_id.in_(old)))
    gone: int = db.session.execute(delete(ExportJob).where(ExportJob.id.in_(old))).rowcount  # type: ignore[attr-defined]
    return gone
