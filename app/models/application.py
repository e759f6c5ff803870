"""志愿者申请 `Application`: a member asks the service community to be taken as a volunteer."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Model, Row
from app.models.stateful import FREE, REASON, Stateful
from app.models.user import User
from app.models.volunteer import Identity


class ApplicationStatus(StrEnum):
    PENDING = "pending"
    APPROVED = "approved"
    RETURNED = "returned"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class Application(Identity, Stateful, Row, Model):
    """One application; changing community is an application to the new one (`before` keeps the old)."""

    DOORS = {"manage": ""}
    MOVES = {
        ApplicationStatus.PENDING: {
            ApplicationStatus.APPROVED: FREE,
            ApplicationStatus.RETURNED: REASON,
            ApplicationStatus.REJECTED: REASON,
            ApplicationStatus.WITHDRAWN: FREE,
        },
        ApplicationStatus.RETURNED: {
            ApplicationStatus.PENDING: FREE,
            ApplicationStatus.WITHDRAWN: FREE,
        },
        ApplicationStatus.APPROVED: {ApplicationStatus.PENDING: FREE},  # undo, within 10 minutes
        ApplicationStatus.REJECTED: {},
        ApplicationStatus.WITHDRAWN: {},
    }
    __table_args__ = (
        Index(None, "status", "submitted_at", "id"),
        Index(None, "district_code", "status", "submitted_at", "id"),
        Index(None, "subdistrict_code", "status", "submitted_at", "id"),
        Index(None, "community_code", "status", "submitted_at", "id"),
        Index(None, "user_id", "id"),
    )

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    status: Mapped[ApplicationStatus] = mapped_column(default=ApplicationStatus.PENDING)
    id_card_hash: Mapped[str | None] = mapped_column(String(64), index=True)
    skills: Mapped[str] = mapped_column(String(200), default="")  # Skill values, comma-separated
    statement: Mapped[str] = mapped_column(Text, default="")
    consent_at: Mapped[datetime]
    submitted_at: Mapped[datetime]
    due_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    decision_reason: Mapped[str] = mapped_column(String(500), default="")
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON)

    user: Mapped[User] = relationship(foreign_keys=[user_id], lazy="raise")
    decided_by: Mapped[User | None] = relationship(foreign_keys=[decided_by_id], lazy="raise")
