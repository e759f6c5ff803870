"""通知公告 `Notice`: what the city tells everybody, from a moment on."""

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, ForeignKey, Index, Select, String, Text, and_, select
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.orm.attributes import flag_modified

from app import clock
from app.db import Model, Row, db, lock
from app.freshness import touch
from app.models.activities.search import NOW
from app.models.history import record
from app.models.pages.worded import holds
from app.models.stateful import FREE, REASON, Stale, Stateful, TransitionError
from app.refusal import Invalid

if TYPE_CHECKING:
    from app.models.user import User


class NoticeStatus(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class NoticePhase(StrEnum):
    """What is shown of a notice: its state, and whether its moment has come."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    SHOWN = "shown"
    WITHDRAWN = "withdrawn"


class Notice(Stateful, Row, Model):
    """One notice; published, it is visible from `visible_at` on (computed, never stored).

    A draft's `visible_at` is a wish: one that has passed, or the moment of drafting, means 'at once'.
    """

    DOORS = {"any": ""}
    MOVES = {
        NoticeStatus.DRAFT: {NoticeStatus.PUBLISHED: FREE},
        NoticeStatus.PUBLISHED: {NoticeStatus.WITHDRAWN: REASON},
        NoticeStatus.WITHDRAWN: {},
    }
    __table_args__ = (Index(None, "status", "visible_at", "id"), Index(None, "visible_at", "id", "status"))

    title: Mapped[str] = mapped_column(String(60))
    body: Mapped[str] = mapped_column(Text)  # sanitised Markdown
    source: Mapped[str] = mapped_column(String(60), default="")  # who issues it, e.g. 市委组织部
    visible_at: Mapped[datetime]
    status: Mapped[NoticeStatus] = mapped_column(default=NoticeStatus.DRAFT)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))

    @property
    def phase(self) -> NoticePhase:
        """Its state by the clock."""
        if self.status is NoticeStatus.PUBLISHED:
            return NoticePhase.SHOWN if self.visible_at <= clock.now() else NoticePhase.SCHEDULED
        return NoticePhase(self.status.value)

    @property
    def wished_at(self) -> datetime | None:
        """The moment that still lies ahead, None for at once or already shown."""
        return self.visible_at if self.visible_at > clock.now() else None

    @classmethod
    def draft(cls, title: str, body: str, source: str, visible_at: datetime | None, *, by: "User | None") -> "Notice":
        """Begin a notice; `visible_at` None means as soon as it is published. Invalid for a moment that has passed."""
        notice = cls(title=title, body=body, source=source, visible_at=_ahead(visible_at))
        notice.created_by_id = by.id if by else None
        db.session.add(notice)
        db.session.flush()
        record(notice, "create", by=by, to=NoticeStatus.DRAFT)
        return notice

    def edit(
        self, title: str, body: str, source: str, visible_at: datetime | None, version: int, *, by: "User | None"
    ) -> None:
        """Write it anew; the form saw `version`. What everybody sees already keeps its moment.

        Raises Stale, TransitionError when it is withdrawn, Invalid for a moment that has passed.
        """
        self.hold()
        if self.status is NoticeStatus.WITHDRAWN:
            raise TransitionError(self, NoticeStatus.DRAFT)
        if self.version != version:
            raise Stale(self, "这篇通知")
        moment = self.visible_at if self.phase is NoticePhase.SHOWN else _ahead(visible_at)
        words = (title, body, source) != (self.title, self.body, self.source)
        moved = self.phase is not NoticePhase.SHOWN and (visible_at or None) != self.wished_at
        self.title, self.body, self.source, self.visible_at = title, body, source, moment
        if words or moved:
            what = "、".join(word for word, is_so in (("内容", words), ("公开时间", moved)) if is_so)
            record(self, "edit", by=by, reason=f"修改了{what}")
            flag_modified(self, "title")
            db.session.flush()
        touch("notices")

    def publish(self, *, by: "User | None") -> None:
        """草稿 → 已发布: visible from its moment on, at once if that has passed."""
        self.hold()
        self.visible_at = max(self.visible_at, clock.now())
        self.move(NoticeStatus.PUBLISHED, by=by)
        touch("notices")

    def withdraw(self, *, by: "User | None", reason: str) -> None:
        """已发布 → 已撤下: gone from the portal, or never shown when its moment had not come."""
        self.hold()
        self.move(NoticeStatus.WITHDRAWN, by=by, reason=reason)
        touch("notices")

    def hold(self) -> None:
        """Hold this row, read afresh, until the transaction ends."""
        lock(select(Notice).where(Notice.id == self.id))


def _ahead(moment: datetime | None) -> datetime:
    """The wished moment, or now; Invalid when it has passed."""
    if moment is not None and moment < clock.now():
        raise Invalid("visible_at", "公开时间已经过去；想马上公开，请把这一栏清空。")
    return moment or clock.now()


def visible() -> list[ColumnElement[bool]]:
    """What makes a notice visible to everybody when the statement runs."""
    return [Notice.status == NoticeStatus.PUBLISHED, Notice.visible_at <= NOW]


def in_phase(phase: NoticePhase) -> ColumnElement[bool]:
    """What a phase demands of a row."""
    if phase is NoticePhase.SHOWN:
        return and_(*visible())
    if phase is NoticePhase.SCHEDULED:
        return and_(Notice.status == NoticeStatus.PUBLISHED, Notice.visible_at > NOW)
    return Notice.status == NoticeStatus(phase.value)


def published() -> Select[Any]:
    """Every visible notice as a row of what lists show."""
    return select(Notice.id, Notice.title, Notice.source, Notice.visible_at).where(*visible())


def latest(count: int, *, but: int = 0) -> list[Any]:
    """The newest visible ones (rows of `published`), without the one with the id `but`."""
    order = Notice.visible_at.desc(), Notice.id.desc()
    return list(db.session.execute(published().where(Notice.id != but).order_by(*order).limit(count)))


def says(words: str) -> list[ColumnElement[bool]]:
    """One condition a word: it stands in the title, the text, or the name of who issues it."""
    return holds(words, Notice.title, Notice.body, Notice.source)
