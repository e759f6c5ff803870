"""活动反馈 `Feedback`: what became of an activity, in words and up to nine pictures."""

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import ForeignKey, Index, String, Text, select, text, update
from sqlalchemy.orm import Mapped, mapped_column, relationship, selectinload

from app import clock
from app.db import Model, Row, db, lock
from app.freshness import touch
from app.models.activities.phase import ActivityStatus
from app.models.activity import Activity
from app.models.history import record
from app.models.picture import Picture
from app.models.post import tell_keepers
from app.models.region import Placed
from app.models.stateful import FREE, REASON, TransitionError
from app.models.written import Chosen, Written
from app.refusal import Refused

if TYPE_CHECKING:
    from app.models.user import User


class FeedbackStatus(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class Feedback(Placed, Written, Row, Model):
    """One feedback; an activity has at most one that is not withdrawn. A published one may be mended."""

    WHAT = "这篇反馈"
    DOORS = {"manage": ""}
    MOVES = {
        FeedbackStatus.DRAFT: {FeedbackStatus.PUBLISHED: FREE},
        FeedbackStatus.PUBLISHED: {FeedbackStatus.WITHDRAWN: REASON},
        FeedbackStatus.WITHDRAWN: {},
    }
    __table_args__ = (
        Index(
            "uq_feedback_current",
            "activity_id",
            unique=True,
            sqlite_where=text("status <> 'withdrawn'"),
            postgresql_where=text("status <> 'withdrawn'"),
        ),
        Index("ix_feedback_activity_status", "activity_id", "status"),
        Index(None, "status", "published_at", "id"),
        Index(None, "district_code", "status", "published_at", "id"),
        Index(None, "subdistrict_code", "status", "published_at", "id"),
        Index(None, "community_code", "status", "published_at", "id"),
    )

    activity_id: Mapped[int] = mapped_column(ForeignKey("activity.id"))
    title: Mapped[str] = mapped_column(String(60))
    body: Mapped[str] = mapped_column(Text)
    status: Mapped[FeedbackStatus] = mapped_column(default=FeedbackStatus.DRAFT)
    published_at: Mapped[datetime | None]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))

    activity: Mapped[Activity] = relationship(lazy="raise")

    @classmethod
    def latest(cls, activity: Activity) -> "Feedback | None":
        """The activity's newest feedback, with its pictures: the living one, or one that was withdrawn."""
        own = select(cls).where(cls.activity_id == activity.id).order_by(cls.id.desc()).limit(1)
        return db.session.scalar(own.options(selectinload(cls.pictures)).execution_options(populate_existing=True))

    @classmethod
    def current(cls, activity: Activity) -> "Feedback | None":
        """The activity's feedback unless it is withdrawn."""
        newest = cls.latest(activity)
        return newest if newest and newest.status is not FeedbackStatus.WITHDRAWN else None

    @classmethod
    def public_of(cls, activity_id: int) -> "Feedback | None":
        """What the activity's page shows: the published feedback, with its pictures."""
        shown = cls.activity_id == activity_id, *on_portal()
        return db.session.scalar(select(cls).where(*shown).options(selectinload(cls.pictures)))

    @classmethod
    def draft(cls, activity: Activity, title: str, body: str, pictures: Chosen, *, by: "User | None") -> "Feedback":
        """Begin the feedback of an activity; Refused where `why_not`, or where there is one."""
        held: Activity = lock(select(Activity).where(Activity.id == activity.id))[0]
        reason = why_not(held) or ("这次活动已经有一篇反馈，请在它上面修改。" if cls.current(held) else "")
        if reason:
            raise Refused(reason, held)
        feedback = cls(activity_id=held.id, title=title, body=body, created_by_id=by.id if by else None)
        feedback.locate(held.community_code)
        db.session.add(feedback)
        db.session.flush()
        record(feedback, "create", by=by, to=FeedbackStatus.DRAFT)
        Picture.arrange(feedback, pictures)
        return feedback

    def edit(self, title: str, body: str, pictures: Chosen, version: int, *, by: "User | None") -> None:
        """Write it anew; the form saw `version`. Raises Stale, or TransitionError when it is withdrawn."""
        self.hold()
        if self.status is FeedbackStatus.WITHDRAWN:
            raise TransitionError(self, FeedbackStatus.DRAFT)
        self.rewrite({"title": title, "body": body}, version, by=by, pictures=pictures)
        touch("feedback")

    def publish(self, *, by: "User | None") -> None:
        """草稿 → 已发布: on the activity, in the list and on the home page."""
        self.hold()
        self.published_at = clock.now()
        self.move(FeedbackStatus.PUBLISHED, by=by)
        self._told(self.published_at)

    def withdraw(self, *, by: "User | None", reason: str) -> None:
        """已发布 → 已撤下: gone from the portal with its pictures; another may be begun."""
        self.hold()
        self.move(FeedbackStatus.WITHDRAWN, by=by, reason=reason)
        path, about = f"/office/activities/{self.activity_id}/feedback", f"feedback:{self.id}"
        body = f"“{self.title}”不再公开。原因：{reason.strip()}"
        tell_keepers(self.community_code, "上级撤下了一篇活动反馈", body, by=by, path=path, about=about)
        self._told(None)

    def _told(self, at: datetime | None) -> None:
        """What the activity knows of it; open forms of the activity stay fresh."""
        db.session.execute(update(Activity).where(Activity.id == self.activity_id).values(told_at=at))
        touch("feedback")


def on_portal() -> list[Any]:
    """The conditions that a feedback is public: published, of an activity that was not taken down."""
    down = select(Activity.id).where(Activity.id == Feedback.activity_id, Activity.hidden_at.is_not(None))
    return [Feedback.status == FeedbackStatus.PUBLISHED, ~down.exists()]


def why_not(activity: Activity) -> str:
    """Why no feedback may be begun, '' when it may: published or completed, and attendance has opened."""
    from app import labels
    from app.models.attendance.rules import EARLY

    if activity.hidden_at is not None:
        return "上级已从门户撤下这次活动，不能写反馈。"
    if activity.status not in (ActivityStatus.PUBLISHED, ActivityStatus.COMPLETED):
        return f"活动现在是“{labels.word(activity.phase())}”，不能写反馈。"
    opens = activity.starts_at - EARLY
    return "" if clock.now() >= opens else f"活动开始前 60 分钟起才能写反馈，也就是 {labels.when(opens)}。"
