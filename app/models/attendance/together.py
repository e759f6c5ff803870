"""Many people at once: 'all the rest came' with its undo, and 完成确认."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import contains_eager

from app import clock, labels
from app.db import db, lock
from app.freshness import touch
from app.models.activities.phase import ActivityStatus
from app.models.activity import Activity
from app.models.attendance import rules
from app.models.attendance.tick import SERVICES_PATH, count_attended, service
from app.models.history import record_all
from app.models.impartial import untouchable
from app.models.message import tell, tell_all
from app.models.service_record import ServiceRecord
from app.models.signup import Attendance, SignUp, SignUpStatus
from app.models.signups.holding import hold
from app.models.signups.queue import close_queue
from app.models.user import User
from app.models.volunteer import Volunteer
from app.refusal import Refused


@dataclass
class Rest:
    """What `mark_rest` did: the sign-ups it ticked, at which moment, and who was left out, why."""

    at: datetime
    ids: list[int] = field(default_factory=list)
    left_out: list[tuple[str, str]] = field(default_factory=list)


def mark_rest(activity: Activity, *, by: User | None) -> Rest:
    """Tick everybody of the list who is still 未确认, with the planned minutes.

    Whoever is 已到 elsewhere at the same time, and whose attendance `by` may not decide, is left out and
    named. Refused outside the time for ticking and after 结项.
    """
    hold(activity.id)
    _check_open(activity)
    waiting = _people(activity, SignUp.attendance == Attendance.UNKNOWN)
    rest, coming = Rest(clock.now()), []
    reasons = _obstacles(activity, waiting, by)
    names = rules.volunteer_names(reasons)
    for signup in waiting:
        if signup.volunteer_id in reasons:
            rest.left_out.append((names[signup.volunteer_id], reasons[signup.volunteer_id]))
        else:
            coming.append(signup)
    _tick_all(activity, coming, rest, by)
    return rest


def _obstacles(activity: Activity, signups: Sequence[SignUp], by: User | None) -> dict[int, str]:
    """Of these people's volunteer ids, who cannot be ticked now, and why."""
    elsewhere = rules.present_elsewhere(activity, [signup.volunteer_id for signup in signups])
    not_mine = untouchable(by)
    reasons = {volunteer_id: rules.said_elsewhere(other) for volunteer_id, other in elsewhere.items()}
    for signup in signups:
        if signup.volunteer.user_id in not_mine:
            reasons[signup.volunteer_id] = "由上一级管理员确认"
    return reasons


def _tick_all(activity: Activity, signups: Sequence[SignUp], rest: Rest, by: User | None) -> None:
    if not signups:
        return
    minutes = rules.usual_minutes(activity)
    ServiceRecord.make([service(activity, signup, minutes, by=by) for signup in signups])
    rest.ids = [signup.id for signup in signups]
    _turn(signups, Attendance.PRESENT, rest.at, minutes, by=by)
    count_attended(activity, len(signups))


def undo_rest(activity: Activity, at: datetime, *, by: User | None) -> list[int]:
    """Un-tick those whom one `mark_rest` ticked at the moment `at`; returns their sign-ups' ids.

    Whoever was changed since then stays. Refused after 结项, and when nobody is left to un-tick.
    """
    hold(activity.id)
    _check_open(activity)
    theirs = SignUp.attendance == Attendance.PRESENT, SignUp.ticked_at == at
    signups = _people(activity, *theirs)
    if not signups:
        raise Refused("没有可以撤销的：可能已经撤销，或者这些人之后又单独改过。", activity)
    ServiceRecord.revoke(ServiceRecord.live_of(activity.id, [one.volunteer_id for one in signups]), by=by)
    _turn(signups, Attendance.UNKNOWN, clock.now(), by=by)
    count_attended(activity, -len(signups))
    return [signup.id for signup in signups]


def complete(activity: Activity, *, by: User | None, absent: int | None = None) -> int:
    """完成确认, from the end on: the rest become 缺席 and the activity 已结项; returns how many they were.

    `absent` is the number that the page named beforehand; Refused where another one holds by now.
    """
    hold(activity.id)
    if activity.status is ActivityStatus.PUBLISHED and clock.now() < activity.ends_at:
        raise Refused(f"活动 {labels.when(activity.ends_at)} 结束，结束后才能完成确认。", activity)
    rest = _people(activity, SignUp.attendance == Attendance.UNKNOWN)
    if activity.status is ActivityStatus.PUBLISHED and absent not in (None, len(rest)):
        raise Refused(f"名单刚有变化：现在有 {len(rest)} 人未确认，将记为缺席。请看过再完成确认。", activity)
    activity.move(ActivityStatus.COMPLETED, by=by)
    activity.completed_at = clock.now()
    close_queue(activity)
    _turn(rest, Attendance.ABSENT, activity.completed_at, by=by)
    for signup in rest:
        body = f"活动“{activity.title}”已完成确认，您的到场情况是“缺席”。如有误，请联系社区更正。"
        tell(signup.volunteer.user_id, "到场情况记为缺席", body, path=SERVICES_PATH, about=f"signup:{signup.id}")
    _tell_present(activity)
    touch("activities")
    db.session.flush()
    return len(rest)


def _tell_present(activity: Activity) -> None:
    """Everybody who was there reads that it counts; one statement however many they are."""
    there = SignUp.activity_id == activity.id, SignUp.attendance == Attendance.PRESENT
    people = select(Volunteer.user_id).join(SignUp, SignUp.volunteer_id == Volunteer.id).where(*there)
    body = f"活动“{activity.title}”已完成确认，这次服务计 1 次，感谢您。"
    tell_all(people, "服务已记入您的次数", body, path=SERVICES_PATH, about=f"activity:{activity.id}")


def _check_open(activity: Activity) -> None:
    rules.check_time(activity)
    if rules.corrected(activity):
        raise Refused("活动已结项，只能逐人更正，并写明原因。", activity)


def _people(activity: Activity, *wanted: Any) -> list[SignUp]:
    """Sign-ups 已录用 of this kind with their volunteers, fresh and held, volunteers in the order of ids."""
    listed = SignUp.activity_id == activity.id, SignUp.status == SignUpStatus.ADMITTED
    found = select(SignUp).join(SignUp.volunteer).where(*listed, *wanted).order_by(Volunteer.id)
    return lock(found.options(contains_eager(SignUp.volunteer)))


def _turn(
    signups: Collection[SignUp], to: Attendance, at: datetime, minutes: int | None = None, *, by: User | None
) -> None:
    """Write the new state of all, each with its line of history, in as few statements as for one."""
    record_all([(signup, signup.attendance) for signup in signups], "attendance", by=by, to=to)
    changed = update(SignUp).where(SignUp.id.in_([signup.id for signup in signups]))
    values = {"attendance": to, "minutes": minutes, "ticked_at": at, "ticked_by_id": by.id if by else None}
    db.session.execute(changed.values(**values, version=SignUp.version + 1))
