"""通知公告 `Notice`: what the city tells everybody, from a moment on."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Model, Row
from app.models.stateful import FREE, REASON, Stateful


class NoticeStatus(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class Notice(Stateful, Row, Model):
    """One notice; published, it is visible from `visible_at` on (computed, never stored)."""

    MOVES = {
        NoticeStatus.DRAFT: {NoticeStatus.PUBLISHED: FREE},
        NoticeStatus.PUBLISHED: {NoticeStatus.WITHDRAWN: REASON},
        NoticeStatus.WITHDRAWN: {},
    }
    __table_args__ = (Index(None, "status", "visible_at", "id"),)

    title: Mapped[str] = mapped_column(String(60))
    body: Mapped[str] = mapped_column(Text)  # sanitised Markdown
    source: Mapped[str] = mapped_column(String(60), default="")  # who issues it, e.g. 市委组织部
    visible_at: Mapped[datetime]
    status: Mapped[NoticeStatus] = mapped_column(default=NoticeStatus.DRAFT)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
