"""活动反馈 `Feedback`: what became of an activity, in words and up to nine pictures."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, Index, String, Text, select, text
from sqlalchemy.orm import Mapped, mapped_column, relationship, selectinload
from sqlalchemy.orm.attributes import flag_modified

from app import clock
from app.db import Model, Row, db, lock
from app.freshness import touch
from app.models.activity import Activity
from app.models.activity_phase import ActivityStatus
from app.models.history import record
from app.models.picture import Picture
from app.models.region import Placed
from app.models.stateful import FREE, REASON, Stale, Stateful, TransitionError
from app.refusal import Refused

if TYPE_CHECKING:
    from app.models.user import User

Chosen = Sequence[tuple[Picture, str]]  # pictures in order, each with its alt text


class FeedbackStatus(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class Feedback(Placed, Stateful, Row, Model):
    """One feedback; an activity has at most one that is not withdrawn. A published one may be mended."""

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
    pictures: Mapped[list[Picture]] = relationship(
        primaryjoin="and_(foreign(Picture.noun_id) == Feedback.id, Picture.noun == 'feedback')",
        order_by=Picture.position,
        lazy="raise",
        viewonly=True,
    )

    @property
    def paragraphs(self) -> list[str]:
        """The text as it is shown: plain, a paragraph for each line that is not empty."""
        return [line.strip() for line in self.body.splitlines() if line.strip()]

    @property
    def shown_pictures(self) -> list[tuple[Picture, str]]:
        """Its pictures in order with their alt texts (they must be loaded)."""
        return [(picture, picture.alt) for picture in self.pictures]

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
        shown = cls.activity_id == activity_id, cls.status == FeedbackStatus.PUBLISHED
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
        if self.version != version:
            raise Stale(self, "这篇反馈")
        before = [(picture.id, picture.alt) for picture in Picture.of(self)]
        changed = (self.title, self.body) != (title, body), before != [(p.id, alt) for p, alt in pictures]
        self.title, self.body = title, body
        if any(changed):
            what = "、".join(word for word, is_so in zip(("文字", "图片"), changed, strict=True) if is_so)
            record(self, "edit", by=by, reason=f"修改了{what}")
            self.version_on()
        Picture.arrange(self, pictures)
        touch("feedback")

    def publish(self, *, by: "User | None") -> None:
        """草稿 → 已发布: on the activity, in the list and on the home page."""
        self.hold()
        self.published_at = clock.now()
        self.move(FeedbackStatus.PUBLISHED, by=by)
        touch("feedback")

    def withdraw(self, *, by: "User | None", reason: str) -> None:
        """已发布 → 已撤下: gone from the portal with its pictures; another may be begun."""
        self.hold()
        self.move(FeedbackStatus.WITHDRAWN, by=by, reason=reason)
        touch("feedback")

    def hold(self) -> None:
        """Hold this row, read afresh, until the transaction ends."""
        lock(select(Feedback).where(Feedback.id == self.id))

    def version_on(self) -> None:
        """Raise the version also where only pictures changed, so that an older form is stale."""
        flag_modified(self, "title")
        db.session.flush()


def why_not(activity: Activity) -> str:
    """Why no feedback may be begun, '' when it may: published or completed, and attendance has opened."""
    from app import labels
    from app.models.attendance.rules import EARLY

    if activity.status not in (ActivityStatus.PUBLISHED, ActivityStatus.COMPLETED):
        return f"活动现在是“{labels.word(activity.phase())}”，不能写反馈。"
    opens = activity.starts_at - EARLY
    return "" if clock.now() >= opens else f"活动开始前 60 分钟起才能写反馈，也就是 {labels.when(opens)}。"
