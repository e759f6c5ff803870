"""志愿者申请 `Application`: a member asks the service community to be taken as a volunteer.

A volunteer who moves, or whose work changed, applies again: the old membership holds until the new
application is approved. What may be stated is in particulars.py, what staff decide in approval.py, what
approving does to the volunteer in membership.py, what the queue warns of in duplicates.py.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import clock
from app.db import Model, Row, db
from app.models.applications.approval import ApplicationStatus as ApplicationStatus
from app.models.applications.approval import Approval
from app.models.applications.particulars import Particulars, card_given_before, nothing_new
from app.models.history import record
from app.models.post import tell_desk
from app.models.stateful import FREE, REASON, TransitionError
from app.models.user import User, hold_user
from app.models.volunteer import Identity, Skill, volunteer_of
from app.models.volunteers.id_card import read_card
from app.models.workday import add_working_days
from app.refusal import Invalid, Refused

DAYS_TO_DECIDE = 3  # working days, SPEC section 3
PLACES = ("district_code",), ("subdistrict_code",), ("community_code",)
NARROWED = "political", "employment", "due_at"  # by which the queue is narrowed: it is passed inside its index
OPEN = (ApplicationStatus.PENDING, ApplicationStatus.RETURNED)
STILL_OPEN = {
    ApplicationStatus.PENDING: "您已有一份申请是“待审核”，不能再交一份。要改内容，请先撤回。",
    ApplicationStatus.RETURNED: "您已有一份申请是“退回补正”，请修改后重新提交，或先撤回。",
}


class Application(Approval, Identity, Row, Model):
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
        *(Index(None, *place, "status", "submitted_at", "id", *NARROWED) for place in ((), *PLACES)),
        Index(None, "user_id", "id"),
        Index(None, "unit_id", "status"),
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

    @classmethod
    def submit(cls, told: Particulars, *, by: User) -> "Application":
        """Hand in an application of `by`. Refused (409) while one is open; Invalid at the wrong field."""
        hold_user(by.id)
        present = open_application(by.id)
        if present is not None:
            raise Refused(STILL_OPEN[present.status], present)
        application = cls(user_id=by.id, status=ApplicationStatus.PENDING)
        application._state(told, card_given_before(by.id))
        if nothing_new(application, volunteer_of(by.id)):
            raise Invalid("community", "与您现在的资料完全相同，没有需要变更的内容。")
        db.session.add(application)
        db.session.flush()
        record(application, "submit", by=by, to=ApplicationStatus.PENDING)
        application._tell_desk("有新的志愿者申请")
        return application

    def resubmit(self, told: Particulars, *, by: User) -> None:
        """Hand the mended application in again; the community's deadline starts anew."""
        hold_applications(self.user_id)
        hold_user(self.user_id)
        if self.status is not ApplicationStatus.RETURNED:
            raise TransitionError(self, ApplicationStatus.PENDING)
        self._state(told, self.id_card or "")
        self.move(ApplicationStatus.PENDING, by=by)
        self._tell_desk("志愿者申请补正后再次提交")

    def withdraw(self, *, by: User | None) -> None:
        """Take an open application back; a membership that exists stays as it is."""
        self.move(ApplicationStatus.WITHDRAWN, by=by)

    def _tell_desk(self, title: str) -> None:
        body, where = f"请在 {DAYS_TO_DECIDE} 个工作日内审核。", f"/office/applications/{self.id}"
        tell_desk(self.community_code, title, body, path=where, about=f"application:{self.id}", person=self.user_id)

    def _state(self, told: Particulars, number_before: str) -> None:
        card = read_card(told.id_card or number_before)
        told.check(card, self.user_id)
        told.write(self, card)
        self.consent_at = self.submitted_at = clock.now()
        self.due_at = add_working_days(self.submitted_at, DAYS_TO_DECIDE)

    @property
    def skill_list(self) -> list[Skill]:
        """The skills stated, in the order stated."""
        return [Skill(value) for value in self.skills.split(",") if value]


def open_application(user_id: int) -> Application | None:
    """The application of this person that waits for the community or for them, if there is one."""
    wanted = select(Application).where(Application.user_id == user_id, Application.status.in_(OPEN))
    return db.session.scalar(wanted.order_by(Application.id.desc()).limit(1))


def applications_of(user_id: int, *options: Any) -> list[Application]:
    """Every application of this person, newest first."""
    mine = select(Application).where(Application.user_id == user_id).options(*options)
    return list(db.session.scalars(mine.order_by(Application.id.desc())))


def hold_applications(user_id: int) -> None:
    """Lock this person's applications; before everything else of theirs, as a decision does (docs/adr/0002)."""
    mine = select(Application.id).where(Application.user_id == user_id).order_by(Application.id)
    db.session.execute(mine.with_for_update())


def forget_cards(user_id: int) -> None:
    """Take the ID-card number out of everything this person ever applied with."""
    for application in applications_of(user_id):
        application.id_card = application.id_card_hash = application.before = None
        application.id_card_tail = ""
