"""录用: staff say yes to who asks. 候补 is let in by a free seat, in order, never by hand."""

from collections.abc import Collection

from app import clock, labels
from app.models.activity import Activity
from app.models.signup import SignUp, SignUpStatus
from app.models.signups.holding import FULL, hold, hold_people, shift
from app.models.signups.messages import say_admitted
from app.models.signups.overlaps import conflict
from app.models.signups.queue import check_running, close_queue, people_of, rows
from app.models.user import User
from app.models.volunteer import VolunteerStatus
from app.refusal import Refused

MOST = 100  # people admitted by one press


def admit(signup: SignUp, *, by: User) -> None:
    """Give a taken-up 待审核 a seat, or a place in the queue; Refused with the name of what stands in the way."""
    activity = signup.activity
    if signup.status is SignUpStatus.WAITING:
        raise Refused("候补按报名先后自动递补，不能手工录用。", signup)
    if signup.status is not SignUpStatus.ASKING:
        raise Refused(f"这项报名现在是“{labels.word(signup.standing())}”，不能录用。可能刚被处理过。", signup)
    if signup.volunteer.status is not VolunteerStatus.SERVING:
        raise Refused(f"这位志愿者现在是“{labels.word(signup.volunteer.status)}”，不能录用。", signup)
    other = conflict(signup.volunteer_id, activity)
    if other is not None:
        when = labels.span(other.starts_at, other.ends_at)
        raise Refused(f"同一时间已录用于“{other.title}”（{when}），不能录用。", signup)
    started = activity.starts_at <= clock.now()
    free = activity.taken < activity.capacity and (started or not activity.waiting)
    if started and not free:
        raise Refused(FULL, signup)
    shift(signup, SignUpStatus.ADMITTED if free else SignUpStatus.WAITING, by=by)
    say_admitted(signup)


def admit_all(activity: Activity, ids: Collection[int], *, by: User) -> list[tuple[SignUp, str]]:
    """Admit these sign-ups of one activity in the order of turns, each for itself: (sign-up, why not or '').

    Ids of other activities are left out. Everybody is held at once, so that nobody waits for anybody.
    """
    (activity,) = hold(activity.id)
    chosen = SignUp.activity_id == activity.id, SignUp.id.in_(ids)
    hold_people(people_of(*chosen))
    check_running(activity, activity)
    close_queue(activity)
    return [(signup, _why_not_admitted(signup, by)) for signup in rows(activity, *chosen)]


def _why_not_admitted(signup: SignUp, by: User) -> str:
    try:
        admit(signup, by=by)
    except Refused as refused:  # nothing is written before a refusal
        return refused.message
    return ""
