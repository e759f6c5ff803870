"""我的志愿服务: a volunteer's sign-ups in three tabs, each sign-up in exactly one.

进行中: in, waiting or asked, and not over; 已结束: 已录用 in what has ended; 已取消: cancelled by the person, by the
community (未录用) or with the activity.
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, and_, bindparam, case, func, not_, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from app.db import db
from app.models.activities.phase import ActivityStatus
from app.models.activities.search import NOW
from app.models.activity import Activity
from app.models.service_record import ServiceRecord
from app.models.signup import SignUp, Standing, standing_now
from app.models.volunteer import Volunteer


class Tab(StrEnum):
    RUNNING = "running"  # 进行中
    ENDED = "ended"  # 已结束
    CANCELLED = "cancelled"  # 已取消


ME: Any = bindparam("me", type_=Integer())  # whose: a parameter, so that statements may be kept


def my_signups() -> Select[Any]:
    """The sign-ups of the person ME, with their activities."""
    mine = select(SignUp).join(SignUp.activity).join(SignUp.volunteer).where(Volunteer.user_id == ME)
    return mine.options(contains_eager(SignUp.activity))


def records_of(user_id: int) -> Select[Any]:
    """This person's live service records, whatever they came from, each with its activity (None for help, imports)."""
    mine = select(ServiceRecord).join(Volunteer, Volunteer.id == ServiceRecord.volunteer_id)
    mine = mine.where(Volunteer.user_id == user_id, ServiceRecord.revoked_at.is_(None))
    return mine.options(joinedload(ServiceRecord.activity))


def in_tab(tab: Tab) -> ColumnElement[bool]:
    """What a tab demands, for statements that join Activity."""
    standing = standing_now()
    ended = or_(Activity.status == ActivityStatus.COMPLETED, Activity.ends_at <= NOW)
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
    found = db.session.execute(_summing(), {"me": user_id}).first()
    return Summary(found[0], found[1], dict(zip(Tab, map(int, found[2:]), strict=True))) if found else None


@lru_cache
def _summing() -> Select[Any]:
    """The statement of the summary, built once."""
    sums = [func.coalesce(func.sum(case((in_tab(tab), 1), else_=0)), 0) for tab in Tab]
    return (
        select(Volunteer.services, Volunteer.minutes, *sums)
        .outerjoin(SignUp, SignUp.volunteer_id == Volunteer.id)
        .outerjoin(Activity, Activity.id == SignUp.activity_id)
        .where(Volunteer.user_id == ME)
        .group_by(Volunteer.id, Volunteer.services, Volunteer.minutes)
    )


def my_signup(id: int, user_id: int) -> SignUp | None:
    """The sign-up with this id if it is this person's, with activity and volunteer."""
    wanted = my_signups().where(SignUp.id == id).options(joinedload(SignUp.volunteer))
    found: SignUp | None = db.session.scalar(wanted, {"me": user_id})
    return found
