"""志愿者上报 `Report`: what a volunteer writes for the community: 心得体会, 活动计划, 活动情况."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Model, Row
from app.models.activity import Activity
from app.models.region import Placed
from app.models.stateful import FREE, REASON, Stateful
from app.models.user import User


class ReportKind(StrEnum):
    REFLECTION = "reflection"  # 心得体会
    PLAN = "plan"  # 活动计划
    ACCOUNT = "account"  # 活动情况


class ReportStatus(StrEnum):
    DRAFT = "draft"
    PENDING = "pending"
    PUBLISHED = "published"
    RETURNED = "returned"
    UNUSED = "unused"
    WITHDRAWN = "withdrawn"


class Report(Placed, Stateful, Row, Model):
    """One report, for the service community its author had when it was sent.

    `title` and `body` are what is shown; `own_title` and `own_body` keep the author's own words from the moment
    that staff edited them (NULL until then). A draft may be incomplete.
    """

    DOORS = {"manage": ""}
    MOVES = {
        ReportStatus.DRAFT: {ReportStatus.PENDING: FREE},
        ReportStatus.PENDING: {
            ReportStatus.PUBLISHED: FREE,
            ReportStatus.RETURNED: REASON,
            ReportStatus.UNUSED: REASON,
        },
        ReportStatus.RETURNED: {ReportStatus.PENDING: FREE},
        ReportStatus.PUBLISHED: {ReportStatus.WITHDRAWN: REASON},
        ReportStatus.UNUSED: {},
        ReportStatus.WITHDRAWN: {},
    }
    __table_args__ = (
        Index(None, "user_id", "id"),
        Index(None, "status", "published_at", "id"),
        Index(None, "district_code", "status", "submitted_at", "id"),
        Index(None, "subdistrict_code", "status", "submitted_at", "id"),
        Index(None, "community_code", "status", "submitted_at", "id"),
    )

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    kind: Mapped[ReportKind]
    title: Mapped[str] = mapped_column(String(60), default="")
    body: Mapped[str] = mapped_column(Text, default="")
    own_title: Mapped[str | None] = mapped_column(String(60))
    own_body: Mapped[str | None] = mapped_column(Text)
    activity_id: Mapped[int | None] = mapped_column(ForeignKey("activity.id"))  # about which it tells
    planned_id: Mapped[int | None] = mapped_column(ForeignKey("activity.id"))  # the draft made of a plan
    status: Mapped[ReportStatus] = mapped_column(default=ReportStatus.DRAFT)
    submitted_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]
    pinned_at: Mapped[datetime | None]

    user: Mapped[User] = relationship(lazy="raise")
    activity: Mapped[Activity | None] = relationship(foreign_keys=[activity_id], lazy="raise")
    planned: Mapped[Activity | None] = relationship(foreign_keys=[planned_id], lazy="raise")
