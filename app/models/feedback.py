"""活动反馈 `Feedback`: what became of an activity, in words and up to nine pictures."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Model, Row
from app.models.activity import Activity
from app.models.region import Placed
from app.models.stateful import FREE, REASON, Stateful


class FeedbackStatus(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class Feedback(Placed, Stateful, Row, Model):
    """One feedback; an activity has at most one that is not withdrawn."""

    DOORS = {"manage": ""}
    MOVES = {
        FeedbackStatus.DRAFT: {FeedbackStatus.PUBLISHED: FREE},
        FeedbackStatus.PUBLISHED: {FeedbackStatus.WITHDRAWN: REASON},
        FeedbackStatus.WITHDRAWN: {},
    }
    __table_args__ = (
        Index(
            "uq_feedback_current", "activity_id", unique=True,
            sqlite_where=text("status <> 'withdrawn'"), postgresql_where=text("status <> 'withdrawn'"),
        ),
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
