"""What a community decides about an application: approve, send back, reject, and undo an approval.

Nobody decides on their own application: it goes one level up. An approval works at once; its message
becomes visible when the ten minutes of undoing are over.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy.orm import Mapped

from app import clock
from app.freshness import touch
from app.models import message
from app.models.impartial import by_another
from app.models.region import place_name
from app.models.stateful import Stateful, TransitionError, given
from app.models.user import User, hold_user
from app.models.volunteer import card_is_taken
from app.refusal import Refused

if TYPE_CHECKING:
    from app.models.application import Application

UNDO = timedelta(minutes=10)
PAGE = "/member/volunteer"


class ApplicationStatus(StrEnum):
    PENDING = "pending"
    APPROVED = "approved"
    RETURNED = "returned"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class Approval(Stateful):
    """The community's verbs of `Application`."""

    if TYPE_CHECKING:
        user_id: Mapped[int]
        community_code: Mapped[str]
        id_card_hash: Mapped[str | None]
        submitted_at: Mapped[datetime]
        due_at: Mapped[datetime]
        decided_at: Mapped[datetime | None]
        decided_by_id: Mapped[int | None]
        decision_reason: Mapped[str]
        before: Mapped[dict[str, Any] | None]

    def approve(self, *, by: User) -> None:
        """Take the person as a volunteer of this community, told after the ten minutes of undoing.

        Refused (409) for one's own application, and where the ID-card number is used by then.
        """
        self._leave_pending(ApplicationStatus.APPROVED, by)
        if self.id_card_hash is None:
            raise Refused("这份申请没有可用的身份证号码，请退回补正，请本人重新填写。", self)
        if card_is_taken(self.id_card_hash, but=self.user_id):
            raise Refused("这个身份证号码已有志愿者使用，请先核实是谁的号码。", self)
        from app.models.volunteers.membership import enter

        enter(cast("Application", self), by=by)
        self._decide(ApplicationStatus.APPROVED, by, "")
        place = place_name(self.community_code)
        title = f"您已成为{place}的志愿者" if self.before is None else f"您的变更已通过，现在是{place}的志愿者"
        body = "社区已通过您的申请。现在可以报名全市任何社区的志愿活动。"
        message.tell(self.user_id, title, body, path=PAGE, about=self._cause, at=clock.now() + UNDO)
        touch("volunteers")

    def send_back(self, *, by: User, reason: str) -> None:
        """Ask the applicant to mend something; the deadline stands still until they hand it in again."""
        self._leave_pending(ApplicationStatus.RETURNED, by)
        self._decide(ApplicationStatus.RETURNED, by, given(reason))
        message.tell(self.user_id, "志愿者申请需要补正", self.decision_reason, path=PAGE, about=self._cause)

    def reject(self, *, by: User, reason: str) -> None:
        """Decline; the person may apply anew."""
        self._leave_pending(ApplicationStatus.REJECTED, by)
        self._decide(ApplicationStatus.REJECTED, by, given(reason))
        message.tell(self.user_id, "志愿者申请未通过", self.decision_reason, path=PAGE, about=self._cause)

    def undo(self, *, by: User) -> None:
        """Take an approval back within ten minutes, while nothing was built on it; the message is never seen."""
        from app.models.volunteers.membership import leave_again

        by_another(by, self.user_id, "申请", self)
        if self.status is not ApplicationStatus.APPROVED:
            raise TransitionError(self, ApplicationStatus.PENDING)
        if not self.undoable:
            raise Refused("通过已超过 10 分钟，不能撤销。需要时请在名册里办理暂停或注销。", self)
        hold_user(self.user_id)
        leave_again(cast("Application", self), by=by)
        message.withdraw(self.user_id, self._cause)
        self.decided_at = self.decided_by_id = self.before = None
        self.move(ApplicationStatus.PENDING, by=by)
        touch("volunteers")

    def _leave_pending(self, to: ApplicationStatus, by: User) -> None:
        by_another(by, self.user_id, "申请", self)
        if self.status is not ApplicationStatus.PENDING:
            raise TransitionError(self, to)

    def _decide(self, to: ApplicationStatus, by: User, reason: str) -> None:
        self.decided_at, self.decided_by_id, self.decision_reason = clock.now(), by.id, reason
        self.move(to, by=by, reason=reason)

    @property
    def overdue(self) -> bool:
        """Whether the community should have decided by now; never while the applicant has to mend it."""
        return self.status is ApplicationStatus.PENDING and clock.now() >= self.due_at

    @property
    def due_day(self) -> datetime:
        """A moment of the last day on which to decide (`due_at` is the midnight that ends it)."""
        return self.due_at - timedelta(seconds=1)

    @property
    def due_today(self) -> bool:
        """Whether today is the last day to decide."""
        pending = self.status is ApplicationStatus.PENDING
        return pending and clock.day(self.due_day) == clock.today()

    @property
    def undoable(self) -> bool:
        """Whether the ten minutes after the approval are still running."""
        return self.status is ApplicationStatus.APPROVED and clock.now() < self.undo_until

    @property
    def undo_until(self) -> datetime:
        """When an approval becomes final, and its message visible."""
        return (self.decided_at or self.submitted_at) + UNDO

    @property
    def _cause(self) -> str:
        """What the messages of a decision are about, so that an undo finds them."""
        return f"application:{self.id}"
