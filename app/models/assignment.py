"""求助安排 `Assignment`: one volunteer asked for one request; yes, no, 'I cannot go', and the result.

Declining costs nothing and is counted nowhere. Verbs lock the request first, then the assignments.
"""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Select, String, select, text
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from app import clock
from app.db import Model, Row, Sealed, db, lock
from app.models.help.service import told_result
from app.models.help.states import ASSIGNMENT_MOVES, LONGEST_SERVICE, AssignmentStatus, HelpStatus
from app.models.help_request import HelpRequest
from app.models.service_record import ServiceRecord
from app.models.stateful import Stateful, TransitionError, given
from app.models.user import User
from app.models.volunteer import Volunteer, VolunteerStatus
from app.refusal import Invalid, Refused

A, S = AssignmentStatus, HelpStatus


class Assignment(Stateful, Row, Model):
    """One volunteer and one request. `volunteer_…` and `unit_id` are the person's on the day of the result."""

    MOVES = ASSIGNMENT_MOVES
    __table_args__ = (
        Index(
            "uq_assignment_live",
            "request_id",
            "volunteer_id",
            unique=True,
            sqlite_where=text("status IN ('offered', 'accepted')"),
            postgresql_where=text("status IN ('offered', 'accepted')"),
        ),
        Index(None, "user_id", "id"),
        Index(None, "volunteer_id", "offered_at"),
        Index(None, "status", "expires_at"),
    )

    request_id: Mapped[int] = mapped_column(ForeignKey("help_request.id"), index=True)
    volunteer_id: Mapped[int] = mapped_column(ForeignKey("volunteer.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    status: Mapped[AssignmentStatus] = mapped_column(default=AssignmentStatus.OFFERED)
    offered_at: Mapped[datetime]
    offered_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    expires_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    result: Mapped[str | None] = mapped_column(Sealed)
    minutes: Mapped[int | None]
    done_at: Mapped[datetime | None]
    volunteer_community_code: Mapped[str] = mapped_column(String(12), default="")
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("work_unit.id"))
    record_id: Mapped[int | None] = mapped_column(ForeignKey("service_record.id"))

    request: Mapped[HelpRequest] = relationship(lazy="raise")
    volunteer: Mapped[Volunteer] = relationship(lazy="raise")
    record: Mapped[ServiceRecord | None] = relationship(lazy="raise")

    def accept(self, *, by: User) -> None:
        """Yes: the request is 服务中, name, phone and address may be looked at."""
        request = self._hold(A.OFFERED, to=A.ACCEPTED)
        volunteer = lock(select(Volunteer).where(Volunteer.id == self.volunteer_id))[0]
        if volunteer.status is not VolunteerStatus.SERVING:
            raise Refused("您的志愿服务已暂停，恢复以后才能接单。", self)
        self.answered_at = clock.now()
        self.move(A.ACCEPTED, by=by)
        if request.status is S.ARRANGED:
            request.move(S.SERVING, by=by)
        request.rest()
        request.tell_staff("志愿者接单了", "请等待服务结果。")

    def decline(self, *, by: User) -> None:
        """No, at no cost; the community asks somebody else."""
        request = self._hold(A.OFFERED, to=A.DECLINED)
        self.answered_at = clock.now()
        self.move(A.DECLINED, by=by)
        request.rest()

    def give_up(self, *, by: User, reason: str) -> None:
        """'I cannot go, please send somebody else'; the community reads why."""
        request = self._hold(A.ACCEPTED, to=A.GAVE_UP)
        self._give_up(request, given(reason), by)

    def drop(self, *, by: User, why: str) -> None:
        """The volunteer pauses or leaves: an offer expires, what was accepted is given up. The request is held and settled."""
        request = db.session.scalars(select(HelpRequest).where(HelpRequest.id == self.request_id)).one()
        if self.status is A.ACCEPTED:
            self._give_up(request, why, by)
        elif self.status is A.OFFERED:
            self.move(A.EXPIRED, by=by, reason=why)
            request.rest()

    def _give_up(self, request: HelpRequest, reason: str, by: User) -> None:
        """Staff hear of it once: that nobody is left, or else that somebody is missing."""
        self.move(A.GAVE_UP, by=by, reason=reason)
        request.rest()
        if request.status is not S.ACCEPTED:
            request.tell_staff("志愿者去不了，请换人", "原因在办理记录里。")

    def file_result(self, told: str, minutes: int, *, by: User) -> None:
        """What was done and how long it took; `by` is the volunteer, or staff who write it down."""
        request = self._hold(A.ACCEPTED, to=A.DONE)
        if not 0 < minutes <= LONGEST_SERVICE:
            raise Invalid("minutes", f"服务时长请填 1 到 {LONGEST_SERVICE} 分钟。")
        self.result, self.minutes, self.done_at = told_result(told), minutes, clock.now()
        volunteer = db.session.scalars(select(Volunteer).where(Volunteer.id == self.volunteer_id)).one()
        self.volunteer_community_code, self.unit_id = volunteer.community_code, volunteer.unit_id
        self.move(A.DONE, by=by)
        request.rest()
        if request.status is S.DONE:
            request.tell_staff("服务结果已经填好，请回访后办结", "请在期限内办结。")

    @property
    def standing(self) -> AssignmentStatus:
        """The state with what is due by now."""
        late = self.status is A.OFFERED and self.expires_at <= clock.now()
        return A.EXPIRED if late else self.status

    def _hold(self, state: AssignmentStatus, *, to: AssignmentStatus) -> HelpRequest:
        """Lock the request, store what is due, and refuse unless this assignment is in `state`."""
        request = db.session.scalars(select(HelpRequest).where(HelpRequest.id == self.request_id)).one()
        request.hold()
        db.session.refresh(self)
        if self.status is not state:
            raise TransitionError(self, to)
        return request


def assignments_of(request: HelpRequest) -> list[Assignment]:
    """Every assignment of a request, the newest first, with the people."""
    wanted = select(Assignment).where(Assignment.request_id == request.id)
    people = joinedload(Assignment.volunteer).joinedload(Volunteer.user)
    return list(db.session.scalars(wanted.options(people).order_by(Assignment.id.desc())))


def assignment_of(request: HelpRequest, id: int) -> Assignment | None:
    """That assignment of this request, if there is one."""
    return db.session.scalar(select(Assignment).where(Assignment.request_id == request.id, Assignment.id == id))


def results_of(request: HelpRequest) -> str:
    """What the volunteers of this round filed, one line each."""
    done = [one for one in reversed(assignments_of(request)) if one.status is A.DONE and one.record_id is None]
    return "\n".join(one.result or "" for one in done)[:500]


def mine(user_id: int) -> "Select[tuple[Assignment]]":
    """What this person was asked to do, with the requests."""
    return select(Assignment).where(Assignment.user_id == user_id).options(joinedload(Assignment.request))
