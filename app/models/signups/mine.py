"""我的志愿服务: a volunteer's sign-ups in three tabs, each sign-up in exactly one.

进行中: in, waiting or asked, and not over; 已结束: 已录用 in what has ended; 已取消: cancelled by the person, by the
community (未录用) or with the activity.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, not_, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from app import clock
from app.db import db
from app.models.activities.phase import ActivityStatus
from app.models.activity import Activity
from app.models.service_record import ServiceRecord
from app.models.signup import SignUp, Standing, standing_now
from app.models.volunteer import Volunteer


class Tab(StrEnum):
    RUNNING = "running"  # 进行中
    ENDED = "ended"  # 已结束
    CANCELLED = "cancelled"  # 已取消


def services_of(user_id: int) -> Select[Any]:
    """This person's sign-ups, with their activities."""
    mine = select(SignUp).join(SignUp.activity).join(SignUp.volunteer).where(Volunteer.user_id == user_id)
    return mine.options(contains_eager(SignUp.activity))


def records_of(user_id: int) -> Select[Any]:
    """This person's live service records, whatever they came from, each with its activity (None for help, imports)."""
    mine = select(ServiceRecord).join(Volunteer, Volunteer.id == ServiceRecord.volunteer_id)
    mine = mine.where(Volunteer.user_id == user_id, ServiceRecord.revoked_at.is_(None))
    return mine.options(joinedload(ServiceRecord.activity))


def in_tab(tab: Tab) -> ColumnElement[bool]:
    """What a tab demands, for statements that join Activity."""
    standing = standing_now()
    ended = or_(Activity.status == ActivityStatus.COMPLETED, Activity.ends_at <= clock.now())
    admitted = standing == Standing.ADMITTED.value
    queued = standing.in_([Standing.ASKING.value, Standing.WAITING.value])
    gone = standing.in_([Standing.DECLINED.value, Standing.CANCELLED.value, Standing.CALLED_OFF.value])
    demands: dict[Tab, ColumnElement[bool]] = {
        Tab.RUNNING: or_(queued, and_(admitted, not_(ended))), Tab.ENDED: and_(admitted, ended), Tab.CANCELLED: gone,
    }  # fmt: skip
    return demands[tab]


@dataclass(frozen=True, slots=True)
class Summary:
    """A volunteer's kept count and minutes, and how many sign-ups each tab holds."""

    services: int
    minutes: int
    tabs: dict[Tab, int]


def summary(user_id: int) -> Summary | None:
    """This person's figures in one statement; None: no volunteer (yet)."""
    sums = [func.coalesce(func.sum(case((in_tab(tab), 1), else_=0)), 0) for tab in Tab]
    wanted = (
        select(Volunteer.services, Volunteer.minutes, *sums)
        .outerjoin(SignUp, SignUp.volunteer_id == Volunteer.id)
        .outerjoin(Activity, Activity.id == SignUp.activity_id)
        .where(Volunteer.user_id == user_id)
        .group_by(Volunteer.id, Volunteer.services, Volunteer.minutes)
    )
    found = db.session.execute(wanted).first()
    return Summary(found[0], found[1], dict(zip(Tab, map(int, found[2:]), strict=True))) if found else None


def my_signup(id: int, user_id: int) -> SignUp | None:
    """The sign-up with this id if it is this person's, with activity and volunteer."""
    wanted = services_of(user_id).where(SignUp.id == id).options(joinedload(SignUp.volunteer))
    found: SignUp | None = db.session.scalar(wanted)
    return found
