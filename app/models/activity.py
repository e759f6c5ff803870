"""活动 `Activity`: what a community launches and volunteers join."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import clock
from app.db import Model, Row
from app.models.picture import Picture
from app.models.region import Placed
from app.models.stateful import FREE, REASON, Stateful


class ActivityStatus(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class Phase(StrEnum):
    """What the clock shows of an activity; computed, never stored (SPEC section 3)."""

    DRAFT = "draft"
    RECRUITING = "recruiting"
    FULL = "full"
    CLOSED = "closed"
    ONGOING = "ongoing"
    ENDED = "ended"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class Activity(Placed, Stateful, Row, Model):
    """One activity. `taken`, `waiting`, `attended` are kept counters; `turns` numbers the queue."""

    DOORS = {"manage": ""}
    MOVES = {
        ActivityStatus.DRAFT: {ActivityStatus.PUBLISHED: FREE},
        ActivityStatus.PUBLISHED: {
            ActivityStatus.COMPLETED: FREE,
            ActivityStatus.CANCELLED: REASON,  # until the first tick
        },
        ActivityStatus.COMPLETED: {},
        ActivityStatus.CANCELLED: {},
    }
    __table_args__ = (
        CheckConstraint("taken >= 0 AND taken <= capacity", name="seats"),
        CheckConstraint("starts_at < ends_at", name="times"),
        Index(None, "status", "starts_at", "id"),
        Index(None, "starts_at", "id"),
        Index(None, "district_code", "status", "starts_at", "id"),
        Index(None, "subdistrict_code", "status", "starts_at", "id"),
        Index(None, "community_code", "status", "starts_at", "id"),
        Index(None, "category_id", "status", "starts_at", "id"),
        Index(
            "ix_activity_queue_open", "starts_at",  # what `flask tick` looks for
            sqlite_where=text("queue_closed_at IS NULL"), postgresql_where=text("queue_closed_at IS NULL"),
        ),
    )

    title: Mapped[str] = mapped_column(String(60))
    category_id: Mapped[int] = mapped_column(ForeignKey("category.id"))
    place: Mapped[str] = mapped_column(String(100))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    signup_closes_at: Mapped[datetime]
    capacity: Mapped[int]
    minutes: Mapped[int]
    needs_approval: Mapped[bool] = mapped_column(default=False)
    description: Mapped[str] = mapped_column(Text, default="")
    risks: Mapped[str] = mapped_column(Text, default="")
    safeguards: Mapped[str] = mapped_column(Text, default="")
    cover_id: Mapped[int | None] = mapped_column(ForeignKey("picture.id"))
    status: Mapped[ActivityStatus] = mapped_column(default=ActivityStatus.DRAFT)
    published_at: Mapped[datetime | None]
    completed_at: Mapped[datetime | None]
    cancel_reason: Mapped[str] = mapped_column(String(500), default="")
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    taken: Mapped[int] = mapped_column(default=0)
    waiting: Mapped[int] = mapped_column(default=0)
    asking: Mapped[int] = mapped_column(default=0)
    attended: Mapped[int] = mapped_column(default=0)
    turns: Mapped[int] = mapped_column(default=0)
    queue_closed_at: Mapped[datetime | None]  # when 候补 and 待审核 of before the start became 未录用

    cover: Mapped[Picture | None] = relationship(lazy="raise")

    def phase(self, at: datetime | None = None) -> Phase:
        """What the clock shows at this moment (default: now)."""
        at = at or clock.now()
        if self.status is not ActivityStatus.PUBLISHED:
            return Phase(self.status.value)
        if at >= self.ends_at:
            return Phase.ENDED
        if at >= self.starts_at:
            return Phase.ONGOING
        if at >= self.signup_closes_at:
            return Phase.CLOSED
        return Phase.FULL if self.taken >= self.capacity else Phase.RECRUITING
