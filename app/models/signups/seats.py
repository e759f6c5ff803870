"""What other things do to seats: places are added, a time moves, an activity falls out, a person stops.

Each function locks what it needs, activities before volunteers (app/models/signups/holding.py). A caller that holds a
volunteer's row, or has changed it, must not call them: it would wait the other way round.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select

from app import clock, labels
from app.db import db
from app.models.activities.phase import ActivityStatus
from app.models.activity import Activity
from app.models.signup import LIVE, Attendance, SignUp, SignUpStatus
from app.models.signups import messages as say
from app.models.signups.holding import hold, hold_people, shift
from app.models.signups.overlaps import conflict, overlaps_if_moved, waits_meanwhile
from app.models.signups.queue import close_queue, fill, mark_closed, people_of, waits_in
from app.models.user import User
from app.models.volunteer import Volunteer

__all__ = [
    "called_off",
    "close_at_start",
    "decline_overlapping",
    "free_future_places",
    "overlaps_if_moved",
    "promote",
    "queues_to_close",
]


def promote(activity: Activity, by: User | None = None) -> list[SignUp]:
    """Give free seats to 候补 in order (after places were added); returns those who are 已录用 now."""
    return fill(hold(activity.id), by)


def decline_overlapping(activity: Activity, by: User | None = None) -> list[SignUp]:
    """After its time moved: whoever is 已录用 elsewhere at the new time becomes 未录用, seats go to 候补.

    The new times are in the row already. Returns the declined; `overlaps_if_moved` names them beforehand.
    """
    (activity,) = hold(activity.id)
    if activity.starts_at > clock.now():
        mark_closed(activity, None)
    here = SignUp.activity_id == activity.id
    hold_people(people_of(here, SignUp.status.in_(LIVE)))
    moved = overlaps_if_moved(activity, activity.starts_at, activity.ends_at)
    for signup in moved:
        other = conflict(signup.volunteer_id, activity)
        named = f"，与您已录用的“{other.title}”重叠" if other else ""
        reason = f"活动时间改为{labels.span(activity.starts_at, activity.ends_at)}{named}。"
        signup.activity = activity
        shift(signup, SignUpStatus.DECLINED, by=by, reason=reason)
        say.say_declined(signup, reason)
    fill([activity], by)
    return moved


def called_off(activity: Activity, by: User | None = None) -> list[SignUp]:
    """After it was cancelled its 已录用 are free at that time: free seats elsewhere may be theirs now.

    Other activities are taken as they can be had, out of order, so none is waited for: one that somebody
    else moves at this very moment is left to the next freed seat.
    """
    theirs = select(SignUp.volunteer_id).where(
        SignUp.activity_id == activity.id, SignUp.status == SignUpStatus.ADMITTED
    )
    ids = list(db.session.scalars(waits_meanwhile(theirs, activity.id)))
    free = select(Activity).where(Activity.id.in_(ids)).order_by(Activity.id).with_for_update(skip_locked=True)
    return fill(list(db.session.scalars(free.execution_options(populate_existing=True))), by)


def free_future_places(volunteer: Volunteer, by: User | None, reason: str) -> list[SignUp]:
    """Cancel every place in activities to come (a pause, a leaving); seats go to 候补. Returns the cancelled.

    Whoever is ticked 已到 already keeps that place.
    """
    activities = _hold_future(volunteer)
    places = select(SignUp).where(SignUp.activity_id.in_(list(activities)), _still_in(volunteer))
    freed = list(db.session.scalars(places.order_by(SignUp.id).execution_options(populate_existing=True)))
    for signup in freed:
        signup.activity, signup.volunteer = activities[signup.activity_id], volunteer
        shift(signup, SignUpStatus.CANCELLED, by=by, reason=reason)
    fill(list(activities.values()), None)
    if by is None or by.id != volunteer.user_id:
        say.say_freed(freed, reason)
    return freed


def _still_in(volunteer: Volunteer) -> ColumnElement[bool]:
    mine = SignUp.volunteer_id == volunteer.id
    return and_(mine, SignUp.status.in_(LIVE), SignUp.attendance != Attendance.PRESENT)


def _hold_future(volunteer: Volunteer) -> dict[int, Activity]:
    """The coming activities in which this person is, held, then the person with all who wait there.

    Which activities these are may change before the person is held: then let go and hold anew.
    """
    coming = (
        select(SignUp.activity_id)
        .join(SignUp.activity)
        .where(_still_in(volunteer), Activity.status == ActivityStatus.PUBLISHED, Activity.starts_at > clock.now())
    )
    while True:
        ids = list(db.session.scalars(coming))
        with db.session.begin_nested() as attempt:
            held = {activity.id: activity for activity in hold(*ids)}
            hold_people(or_(Volunteer.id == volunteer.id, people_of(waits_in(ids))))
            if set(db.session.scalars(coming)) <= held.keys():
                return held
            attempt.rollback()


def close_at_start(activity: Activity) -> int:
    """At the start 候补 and 待审核 become 未录用, at 结项 what is still 待审核; returns how many. Safe to repeat."""
    held = hold(activity.id)
    return close_queue(held[0]) if held else 0


def queues_to_close(at: datetime | None = None) -> list[int]:
    """Ids of activities that have started and whose queue is not closed yet, the earliest first."""
    public = Activity.status.in_((ActivityStatus.PUBLISHED, ActivityStatus.COMPLETED))
    started = Activity.starts_at <= (at or clock.now())
    wanted = select(Activity.id).where(Activity.queue_closed_at.is_(None), started, public)
    return list(db.session.scalars(wanted.order_by(Activity.starts_at, Activity.id)))
