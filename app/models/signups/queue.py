"""名额与候补: who gets a seat, who gives one up, and who is next (SPEC section 3, row 报名).

Only 已录用 holds a seat. A freed or added one goes to 候补 in the same transaction, in the order of turns;
whoever is 已录用 elsewhere at that time is skipped and keeps the place. A newcomer gets a seat only if nobody
waits. At the start 候补 and 待审核 become 未录用: `flask tick` stores it, and until it has, every move of
that activity does first (`close_queue`). What is locked, and in which order: app/models/signups/holding.py.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, select, update
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.attributes import set_committed_value

from app import clock
from app.db import db
from app.models.activities.phase import ActivityStatus, queue_is_over
from app.models.activity import Activity
from app.models.history import record
from app.models.signup import QUEUE, Attendance, SignUp, SignUpStatus, too_late
from app.models.signups import messages as say
from app.models.signups.holding import COUNTED, count, hold, hold_people, shift
from app.models.signups.overlaps import engaged, waits_meanwhile
from app.models.user import User
from app.models.volunteer import Volunteer, VolunteerStatus
from app.refusal import Refused
from app.straight import add

ENDED = {ActivityStatus.CANCELLED: "活动已取消，报名已经作废。", ActivityStatus.COMPLETED: "活动已结项，报名不能再改。"}


def landing(activity: Activity) -> SignUpStatus | None:
    """Where somebody who comes now would land, the queue being in order; None: 名额已满, nobody waits any more."""
    free = activity.taken < activity.capacity
    if activity.starts_at <= clock.now():
        wanted = SignUpStatus.ASKING if activity.needs_approval else SignUpStatus.ADMITTED
        return wanted if free else None
    if activity.needs_approval:
        return SignUpStatus.ASKING
    return SignUpStatus.ADMITTED if free and not activity.waiting else SignUpStatus.WAITING


def enter(activity: Activity, volunteer: Volunteer, row: SignUp | None, to: SignUpStatus, *, by: User) -> SignUp:
    """Make the sign-up, or revive the cancelled `row`, at the end of the queue; activity and person are held."""
    if row is None:
        count(activity, turns=1, **{COUNTED[to]: 1})
        row = SignUp(activity_id=activity.id, volunteer_id=volunteer.id, status=to, turn=activity.turns)
        row.of_that_day(activity, volunteer)
        add(row)
        record(row, "join", by=by, to=to)
    else:
        count(activity, turns=1)
        row.turn, row.attendance, row.minutes, row.ticked_at, row.ticked_by_id = (
            activity.turns, Attendance.UNKNOWN, None, None, None,
        )  # fmt: skip
        row.of_that_day(activity, volunteer)
        shift(row, to, by=by)
    if to is SignUpStatus.ASKING and activity.asking == 1:
        say.say_asking(activity)
    return row


def take_up(signup: SignUp, *, leaving: bool = False) -> list[Activity]:
    """Hold what moving this sign-up needs, read it fresh, and bring its activity's queue in order.

    Who is `leaving` may be waiting elsewhere at the same time: these activities are held too and returned,
    since a free seat there may become theirs. Refused when the activity is cancelled or closed.
    """
    ids = [signup.activity_id]
    if leaving:
        ids += db.session.scalars(waits_meanwhile([signup.volunteer_id], signup.activity_id))
    held = {activity.id: activity for activity in hold(*ids)}
    fresh = select(SignUp).where(SignUp.id == signup.id).options(joinedload(SignUp.volunteer))
    db.session.scalar(fresh.execution_options(populate_existing=True))
    gives_up = leaving and signup.status is SignUpStatus.ADMITTED
    hold_people(people_of(or_(SignUp.id == signup.id, waits_in(ids) if gives_up else false())))
    activity = held.pop(signup.activity_id)
    set_committed_value(signup, "activity", activity)
    check_running(activity, signup)
    close_queue(activity)
    return list(held.values())


def check_running(activity: Activity, row: Any) -> None:
    """Refused once the activity is cancelled or closed: nothing in it moves any more."""
    if activity.status in ENDED:
        raise Refused(ENDED[activity.status], row)


def leave(signup: SignUp, to: SignUpStatus, elsewhere: list[Activity], *, by: User, reason: str = "") -> list[SignUp]:
    """Move a taken-up sign-up out, and give what it held or stood in the way of to those who wait.

    Returns who is 已录用 by it.
    """
    was_in = signup.status is SignUpStatus.ADMITTED
    shift(signup, to, by=by, reason=reason)
    return fill([signup.activity, *elsewhere], None) if was_in else []  # nobody is told whose place became theirs


def waits_in(activity_ids: list[int]) -> ColumnElement[bool]:
    """The condition that a sign-up waits in one of these activities."""
    return and_(SignUp.activity_id.in_(activity_ids), SignUp.status == SignUpStatus.WAITING)


def people_of(*which: ColumnElement[bool]) -> ColumnElement[bool]:
    """The condition that a volunteer has such a sign-up."""
    return Volunteer.id.in_(select(SignUp.volunteer_id).where(*which))


def fill(activities: list[Activity], by: User | None) -> list[SignUp]:
    """Give the free seats of these held activities to 候补 in order; returns those who are 已录用 now."""
    now = clock.now()
    running = [one for one in activities if one.status is ActivityStatus.PUBLISHED and one.starts_at > now]
    able = [one for one in running if one.waiting and one.taken < one.capacity]
    if able:
        hold_people(people_of(waits_in([one.id for one in able])))
    return [signup for activity in able for signup in _next_in(activity, by)]


def _next_in(activity: Activity, by: User | None) -> list[SignUp]:
    free = activity.capacity - activity.taken
    serving = Volunteer.status == VolunteerStatus.SERVING
    idle = ~engaged(activity, activity.starts_at, activity.ends_at)
    chosen = rows(activity, SignUp.status == SignUpStatus.WAITING, idle, serving, limit=free)
    for signup in chosen:
        shift(signup, SignUpStatus.ADMITTED, by=by)
        say.say_promoted(signup)
    if chosen:
        say.say_skipped(rows(activity, SignUp.status == SignUpStatus.WAITING, SignUp.turn < chosen[-1].turn))
    return chosen


def rows(activity: Activity, *conditions: Any, limit: int | None = None) -> list[SignUp]:
    """Sign-ups of a held activity in the order of turns, fresh, with the volunteer loaded."""
    wanted = select(SignUp).join(SignUp.volunteer).where(SignUp.activity_id == activity.id, *conditions)
    wanted = wanted.options(joinedload(SignUp.volunteer)).order_by(SignUp.turn).limit(limit)
    found = list(db.session.scalars(wanted.execution_options(populate_existing=True)))
    for signup in found:
        set_committed_value(signup, "activity", activity)
    return found


def close_queue(activity: Activity) -> int:
    """At the start 候补 and 待审核 become 未录用, at 结项 what is still 待审核; returns how many.

    The activity is held. Nothing happens before its time, nor a second time.
    """
    if not queue_is_over(activity):
        return 0
    late = rows(activity, SignUp.status.in_(QUEUE)) if activity.waiting or activity.asking else []
    if late:
        waiting = sum(signup.status is SignUpStatus.WAITING for signup in late)
        count(activity, waiting=-waiting, asking=waiting - len(late))
    for signup in late:
        signup.decline_reason = too_late(signup.status, activity)
        signup.move(SignUpStatus.DECLINED, by=None, reason=signup.decline_reason)
        say.say_declined(signup, signup.decline_reason)
    mark_closed(activity, activity.queue_closed_at or clock.now())
    return len(late)


def mark_closed(activity: Activity, at: datetime | None) -> None:
    """Past the ORM, like the counters: the mark is none of the edit form's business."""
    if activity.queue_closed_at != at:
        marked = update(Activity).where(Activity.id == activity.id).values(queue_closed_at=at)
        db.session.execute(marked.execution_options(synchronize_session=False))
        set_committed_value(activity, "queue_closed_at", at)
