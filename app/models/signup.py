"""报名 `SignUp`: one volunteer and one activity, from the request to the tick on the day.

Seats and the queue are kept by app/models/signups/seats.py, the reasons against signing up by app/models/signups/joining.py.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, and_, case, or_
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.orm.attributes import set_committed_value

from app import clock
from app.db import Model, Row
from app.freshness import touch
from app.models.activities.phase import ActivityStatus, queue_is_over
from app.models.activities.search import NOW
from app.models.activity import Activity
from app.models.region import Placed
from app.models.stateful import FREE, REASON, Stateful, given
from app.models.user import User
from app.models.volunteer import Volunteer
from app.refusal import Refused
from app.statements import each, word


class SignUpStatus(StrEnum):
    ASKING = "asking"  # 待审核
    WAITING = "waiting"  # 候补
    ADMITTED = "admitted"  # 已录用
    DECLINED = "declined"  # 未录用
    CANCELLED = "cancelled"  # 已取消


class Standing(StrEnum):
    """What a reader is shown: the status with every due change done, or that the activity was called off."""

    ASKING = "asking"
    WAITING = "waiting"
    ADMITTED = "admitted"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    CALLED_OFF = "called-off"  # 活动已取消


class Attendance(StrEnum):
    UNKNOWN = "unknown"  # 未确认
    PRESENT = "present"  # 已到
    ABSENT = "absent"  # 缺席
    EXCUSED = "excused"  # 请假


QUEUE = (SignUpStatus.ASKING, SignUpStatus.WAITING)
LIVE = (*QUEUE, SignUpStatus.ADMITTED)


class SignUp(Placed, Stateful, Row, Model):
    """One sign-up. Place columns are the activity's; `volunteer_…` and `unit_id` the person's of that day.

    `turn` is the place in the queue (numbered by the activity); a revived row gets a new one.
    """

    DOORS = {"manage": "", "people": "volunteer_", "unit": "unit_id"}
    MOVES = {
        SignUpStatus.ASKING: {
            SignUpStatus.ADMITTED: FREE,
            SignUpStatus.WAITING: FREE,
            SignUpStatus.DECLINED: REASON,
            SignUpStatus.CANCELLED: FREE,
        },
        SignUpStatus.WAITING: {
            SignUpStatus.ADMITTED: FREE,  # by a free seat, or as a walk-in
            SignUpStatus.DECLINED: REASON,  # at the start
            SignUpStatus.CANCELLED: FREE,
        },
        SignUpStatus.ADMITTED: {SignUpStatus.DECLINED: REASON, SignUpStatus.CANCELLED: FREE},
        SignUpStatus.DECLINED: {SignUpStatus.ADMITTED: FREE},  # only as a walk-in
        SignUpStatus.CANCELLED: {
            SignUpStatus.ASKING: FREE,
            SignUpStatus.WAITING: FREE,
            SignUpStatus.ADMITTED: FREE,
        },
    }
    __table_args__ = (
        UniqueConstraint("activity_id", "volunteer_id"),
        Index(None, "activity_id", "status", "turn"),
        Index(None, "volunteer_id", "activity_id"),
        Index(None, "unit_id"),  # a unit's history is found by what it is about
    )

    activity_id: Mapped[int] = mapped_column(ForeignKey("activity.id"))
    volunteer_id: Mapped[int] = mapped_column(ForeignKey("volunteer.id"))
    status: Mapped[SignUpStatus]
    turn: Mapped[int]
    volunteer_district_code: Mapped[str] = mapped_column(String(6))
    volunteer_subdistrict_code: Mapped[str] = mapped_column(String(9))
    volunteer_community_code: Mapped[str] = mapped_column(String(12))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("work_unit.id"))
    decline_reason: Mapped[str] = mapped_column(String(500), default="")
    walk_in: Mapped[bool] = mapped_column(default=False)
    attendance: Mapped[Attendance] = mapped_column(default=Attendance.UNKNOWN)
    minutes: Mapped[int | None]
    ticked_at: Mapped[datetime | None]
    ticked_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    reminded_at: Mapped[datetime | None]  # of the day before
    called_at: Mapped[datetime | None]  # told by telephone that the activity is cancelled
    called_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))

    activity: Mapped[Activity] = relationship(lazy="raise")
    volunteer: Mapped[Volunteer] = relationship(lazy="raise")

    @classmethod
    def join(cls, volunteer: Volunteer | None, activity: Activity, *, by: User) -> "SignUp":
        """Sign this volunteer up: 已录用, 候补 when full, 待审核 where the activity asks (SPEC section 3).

        A cancelled row is revived at the end of the queue. Raises joining.NotNow (a Refused) naming why not.
        """
        from app.models.signups import holding

        (activity,) = holding.hold(activity.id)
        volunteer, row = holding.hold_person(activity, volunteer.user_id) if volunteer else (None, None)
        return cls.join_held(volunteer, activity, row, by=by)

    @classmethod
    def join_held(cls, volunteer: Volunteer | None, activity: Activity, row: "SignUp | None", *, by: User) -> "SignUp":
        """`join` for who is held already, with the row they have in the activity."""
        from app.models.signups import joining, queue

        queue.close_queue(activity)
        reason = joining.why_not(activity, volunteer, by, row)
        to = queue.landing(activity)
        if reason is not None or volunteer is None or to is None:
            raise joining.NotNow(reason or joining.FULL)
        return queue.enter(activity, volunteer, row, to, by=by)

    def cancel(self, *, by: User) -> None:
        """Cancel one's own sign-up before the start; a seat that gets free goes to 候补 at once."""
        from app.models.signups import queue

        elsewhere = queue.take_up(self, leaving=True)
        self._still_open("取消报名")
        self._not_present()
        queue.leave(self, SignUpStatus.CANCELLED, elsewhere, by=by)

    def admit(self, *, by: User) -> None:
        """Say yes to a 待审核: 已录用, or 候补 when full; after the start nobody waits (名额已满)."""
        from app.models.signups import admission, queue

        queue.take_up(self)
        admission.admit(self, by=by)

    def decline(self, *, by: User, reason: str) -> "list[SignUp]":
        """Refuse a 待审核, or take back a 已录用 before the start; the person reads the reason.

        Returns who is 已录用 by the freed seat.
        """
        from app.models.signups import messages as signup_messages
        from app.models.signups import queue

        reason = given(reason)
        elsewhere = queue.take_up(self, leaving=True)
        if self.status is SignUpStatus.WAITING:
            raise Refused("候补按报名先后自动递补，不用处理；到活动开始还没有轮到的，自动记为未录用。", self)
        if self.status is SignUpStatus.ADMITTED:
            self._still_open("取消录用")
            self._not_present()
        promoted = queue.leave(self, SignUpStatus.DECLINED, elsewhere, by=by, reason=reason)
        signup_messages.say_declined(self, reason)
        return promoted

    def of_that_day(self, activity: Activity, volunteer: Volunteer) -> None:
        """Carry the activity's place, and the volunteer's place and unit: of now, of its first day where that is over."""
        from app.models.volunteers.membership import belonging_on

        self.locate(activity.community_code)
        code, unit_id = belonging_on(volunteer, clock.day(activity.starts_at))
        if self.id and self.unit_id != unit_id:
            touch("places")  # who comes back in another unit takes the lines about this along
        self.unit_id = unit_id
        self.volunteer_district_code, self.volunteer_subdistrict_code = code[:6], code[:9]
        self.volunteer_community_code = code
        set_committed_value(self, "activity", activity)
        set_committed_value(self, "volunteer", volunteer)

    def _still_open(self, verb: str) -> None:
        if self.activity.starts_at <= clock.now():
            raise Refused(f"活动已经开始，不能再{verb}。", self)

    def _not_present(self) -> None:
        if self.attendance is Attendance.PRESENT:
            raise Refused("社区已确认到场；如有出入，请先由社区撤销到场。", self)

    def standing(self, at: datetime | None = None) -> Standing:
        """What a reader is shown at this moment (default: now); needs `activity` loaded."""
        if self.status in LIVE and self.activity.status is ActivityStatus.CANCELLED:
            return Standing.CALLED_OFF
        if self.status in QUEUE and queue_is_over(self.activity, at):
            return Standing.DECLINED
        return Standing(self.status.value)

    @property
    def why_declined(self) -> str:
        """The reason of a 未录用, also of one that `flask tick` has not stored yet; needs `activity` loaded."""
        return self.decline_reason or too_late(self.status, self.activity)


def too_late(status: SignUpStatus, activity: Activity) -> str:
    """Why time alone declined a sign-up in this state."""
    if status is SignUpStatus.WAITING:
        return "活动开始时没有空出名额，候补没有轮到。"
    if activity.status is ActivityStatus.COMPLETED:
        return "活动已结项，报名没有经过审核。"
    return "活动开始前社区没有审核这项报名。"


def standing_now(at: Any = None) -> Any:
    """`SignUp.standing` as an SQL expression, for statements that join Activity."""
    at = NOW if at is None else at
    started = and_(
        Activity.status == ActivityStatus.PUBLISHED, Activity.starts_at <= at, Activity.queue_closed_at.is_(None)
    )
    over = or_(Activity.status == ActivityStatus.COMPLETED, started)
    return case(
        (
            and_(SignUp.status.in_(each(LIVE, SignUp.status)), Activity.status == ActivityStatus.CANCELLED),
            word(Standing.CALLED_OFF),
        ),
        (and_(SignUp.status.in_(each(QUEUE, SignUp.status)), over), word(Standing.DECLINED)),
        *((SignUp.status == status, word(status)) for status in SignUpStatus),
    )
