"""报名 `SignUp`: one volunteer and one activity, from the request to the tick on the day."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Model, Row
from app.models.activity import Activity
from app.models.region import Placed
from app.models.stateful import FREE, REASON, Stateful
from app.models.volunteer import Volunteer


class SignUpStatus(StrEnum):
    ASKING = "asking"  # 待审核
    WAITING = "waiting"  # 候补
    ADMITTED = "admitted"  # 已录用
    DECLINED = "declined"  # 未录用
    CANCELLED = "cancelled"  # 已取消


class Attendance(StrEnum):
    UNKNOWN = "unknown"  # 未确认
    PRESENT = "present"  # 已到
    ABSENT = "absent"  # 缺席
    EXCUSED = "excused"  # 请假


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
            SignUpStatus.ADMITTED: FREE,
            SignUpStatus.DECLINED: REASON,  # at the start, and when the time moved onto another one
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

    activity: Mapped[Activity] = relationship(lazy="raise")
    volunteer: Mapped[Volunteer] = relationship(lazy="raise")
