"""Two places at once: which 已录用 overlap. Times are half-open, so that one may end when the next begins.

Sign-ups of a cancelled activity, 候补 and 待审核 stand in nobody's way.
"""

from datetime import datetime
from typing import Any, Protocol, cast

from sqlalchemy import ColumnElement, Select, bindparam, exists, select
from sqlalchemy.orm import aliased, contains_eager

from app import clock
from app.db import UtcDateTime, db
from app.models.activities.phase import ActivityStatus
from app.models.activity import Activity
from app.models.signup import Attendance, SignUp, SignUpStatus
from app.models.volunteer import Volunteer
from app.straight import read


class Meanwhile(Protocol):
    """What is said of another activity at the same time."""

    id: int
    title: str
    starts_at: datetime
    ends_at: datetime


MEANWHILE = (
    select(Activity.id, Activity.title, Activity.starts_at, Activity.ends_at)
    .join(SignUp, SignUp.activity_id == Activity.id)
    .where(SignUp.volunteer_id == bindparam("volunteer"), SignUp.status == SignUpStatus.ADMITTED)
    .where(Activity.id != bindparam("activity"), Activity.status != ActivityStatus.CANCELLED)
    .where(Activity.starts_at < bindparam("ends_at", type_=UtcDateTime()))
    .where(Activity.ends_at > bindparam("starts_at", type_=UtcDateTime()))
    .order_by(Activity.starts_at, Activity.id)
    .limit(1)
)


def conflict(volunteer_id: int, activity: Activity) -> Meanwhile | None:
    """The first other activity at the time of this one in which the volunteer is 已录用."""
    times = {"starts_at": activity.starts_at, "ends_at": activity.ends_at}
    asked = {"volunteer": volunteer_id, "activity": activity.id, **times}
    return cast("Meanwhile | None", read(MEANWHILE, asked).first())


def engaged(activity: Activity, start: datetime, end: datetime) -> ColumnElement[bool]:
    """The condition that the volunteer of a SignUp is 已录用 in another activity than this one between these times."""
    theirs, other = aliased(SignUp), aliased(Activity)
    return exists().where(
        theirs.volunteer_id == SignUp.volunteer_id,
        theirs.status == SignUpStatus.ADMITTED,
        other.id == theirs.activity_id,
        other.id != activity.id,
        other.status != ActivityStatus.CANCELLED,
        other.starts_at < end,
        other.ends_at > start,
    )


def overlaps_if_moved(activity: Activity, starts_at: datetime, ends_at: datetime) -> list[SignUp]:
    """The 已录用 who are 已录用 in another activity too at these times, in turn, with the people loaded.

    Walk-ins and whoever is ticked 已到 stand there already: they are never put out.
    """
    wanted = (
        select(SignUp)
        .join(SignUp.volunteer)
        .where(SignUp.activity_id == activity.id, SignUp.status == SignUpStatus.ADMITTED)
        .where(SignUp.walk_in.is_(False), SignUp.attendance != Attendance.PRESENT)
        .where(engaged(activity, starts_at, ends_at))
        .options(contains_eager(SignUp.volunteer).joinedload(Volunteer.user))
        .order_by(SignUp.turn)
        .execution_options(populate_existing=True)
    )
    return list(db.session.scalars(wanted))


def waits_meanwhile(people: Any, activity_id: int) -> "Select[tuple[int]]":
    """Ids of other coming activities, at the time of this one, in which one of these volunteers waits."""
    this, other = aliased(Activity), aliased(Activity)
    return (
        select(SignUp.activity_id)
        .join(other, other.id == SignUp.activity_id)
        .join(this, this.id == activity_id)
        .where(SignUp.volunteer_id.in_(people), SignUp.status == SignUpStatus.WAITING)
        .where(other.id != this.id, other.status == ActivityStatus.PUBLISHED, other.starts_at > clock.now())
        .where(other.starts_at < this.ends_at, other.ends_at > this.starts_at)
        .distinct()
    )
