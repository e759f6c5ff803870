"""When and by whom somebody may be ticked, and for how many minutes (SPEC sections 3 and 4)."""

import re
import unicodedata
from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import bindparam, select

from app import clock, labels
from app.db import db
from app.models.activities.phase import ActivityStatus, phase_of
from app.models.activity import Activity
from app.models.impartial import untouchable
from app.models.signup import Attendance, SignUp
from app.models.stateful import given
from app.models.user import User
from app.models.volunteer import Volunteer
from app.refusal import Invalid, Refused
from app.straight import read

EARLY = timedelta(minutes=60)  # ticking begins so long before the start
CORRECTION = timedelta(days=30)  # and may be corrected so long after 结项
EXTRA = 60  # minutes a service may exceed the activity; more needs a reason
UTMOST = 1440  # minutes a service may exceed the activity at all: the rest is a slip of the finger


class Wanted(StrEnum):
    """The wanted state that a form sends in `attended`: never 'toggle', so that repeating is harmless."""

    PRESENT = "1"
    NOT = "0"
    EXCUSED = "leave"


def wanted_state(wanted: str, activity: Activity) -> Attendance:
    """The state that `wanted` names: after 结项 nobody is left 未确认. Invalid for another word."""
    if wanted not in set(Wanted):
        raise Invalid("attended", "请选择已到、未到或请假。")
    if wanted == Wanted.NOT:
        return Attendance.ABSENT if corrected(activity) else Attendance.UNKNOWN
    return Attendance.PRESENT if wanted == Wanted.PRESENT else Attendance.EXCUSED


def corrected(activity: Activity) -> bool:
    """Whether every change is now a correction, which needs a reason."""
    return activity.status is ActivityStatus.COMPLETED


def last_correction(activity: Activity) -> datetime:
    """The moment from which the attendance of a completed activity stays as it is."""
    return (activity.completed_at or activity.ends_at) + CORRECTION


def objection(activity: Activity) -> str:
    """Why nobody can be ticked now: a draft, cancelled, too early, 30 days after 结项; '' when they can."""
    if activity.status in (ActivityStatus.DRAFT, ActivityStatus.CANCELLED):
        return f"活动现在是“{labels.word(phase_of(activity))}”，不能确认到场。"
    opens, ends = activity.starts_at - EARLY, last_correction(activity)
    if not corrected(activity) and clock.now() < opens:
        return f"开始前 60 分钟起才能确认到场，也就是 {labels.when(opens)}。"
    if corrected(activity) and clock.now() >= ends:
        return f"结项后 30 天内可以更正，已于 {labels.when(ends)} 截止。"
    return ""


def check_time(activity: Activity) -> None:
    """Refused while nobody can be ticked; after the 30 days only who wants a change is refused."""
    against = objection(activity)
    if against and not corrected(activity):
        raise Refused(against, activity)


def check_change(activity: Activity, reason: str) -> str:
    """The trimmed reason of a change; Invalid where 结项 demands one, Refused 30 days after it."""
    against = objection(activity)
    if against:
        raise Refused(against, activity)
    return given(reason) if corrected(activity) or reason.strip() else ""


ABOVE = "本人和同一岗位同事的到场，由上一级管理员确认。"


def check_person(by: User | None, user_id: int) -> None:
    """Refused when this person's attendance is not for `by` to decide."""
    if user_id in untouchable(by):
        raise Refused(ABOVE)


def present_elsewhere(activity: Activity, volunteer_ids: Collection[int]) -> dict[int, Any]:
    """Of these volunteers, who is 已到 at another activity at the same time (half-open), and at which."""
    asked = {"here": activity.id, "people": list(volunteer_ids), "start": activity.starts_at, "end": activity.ends_at}
    return {found.volunteer_id: found for found in read(ELSEWHERE, asked)}


ELSEWHERE = (
    select(SignUp.volunteer_id, Activity.title, Activity.starts_at, Activity.ends_at)
    .join(Activity, Activity.id == SignUp.activity_id)
    .where(SignUp.volunteer_id.in_(bindparam("people", expanding=True)), SignUp.attendance == Attendance.PRESENT)
    .where(Activity.id != bindparam("here"), Activity.status != ActivityStatus.CANCELLED)
    .where(Activity.starts_at < bindparam("end"), Activity.ends_at > bindparam("start"))
)


def said_elsewhere(other: Any) -> str:
    """Why somebody cannot be here: they are at `other`, an activity or what `present_elsewhere` says of it."""
    return f"已在“{other.title}”（{labels.span(other.starts_at, other.ends_at)}）确认到场，时间重叠"


def usual_minutes(activity: Activity) -> int:
    """The minutes a tick gives when nobody names others: those planned, never beyond what needs a reason."""
    return min(activity.minutes, length(activity) + EXTRA)


def length(activity: Activity) -> int:
    """The whole minutes between start and end."""
    return int((activity.ends_at - activity.starts_at).total_seconds() // 60)


def read_minutes(typed: str) -> int | None:
    """The minutes somebody typed; None for an empty field, Invalid for anything but a whole number."""
    typed = unicodedata.normalize("NFKC", typed).strip()
    if not typed:
        return None
    if not re.fullmatch(r"[0-9]{1,6}", typed):
        raise Invalid("minutes", "服务时长请填写整数分钟，例如 120。")
    return int(typed)


def check_minutes(activity: Activity, minutes: int, reason: str) -> int:
    """The minutes if they may be given; Invalid otherwise. 0 < minutes ≤ length + 60, more with a reason."""
    if minutes <= 0:
        raise Invalid("minutes", "服务时长要大于 0 分钟。")
    most = length(activity) + EXTRA
    if minutes > length(activity) + UTMOST:
        raise Invalid("minutes", f"服务时长最多 {length(activity) + UTMOST} 分钟，现在是 {minutes} 分钟。")
    if minutes > most and not reason:
        raise Invalid("reason", f"超过 {most} 分钟（活动时长加 60 分钟）的，请写明原因。")
    return minutes


def volunteer_names(volunteer_ids: Collection[int]) -> dict[int, str]:
    """The names of these volunteers."""
    wanted = select(Volunteer.id, User.name).join(Volunteer.user).where(Volunteer.id.in_(volunteer_ids))
    return dict(db.session.execute(wanted).tuples().all())
