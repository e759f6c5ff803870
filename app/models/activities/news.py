"""What people hear of an activity without anything being decided: that there is one, and that it is tomorrow.

Both kinds of message may be switched off (app/models/accounts/preference.py).
"""

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, exists, select, update

from app import clock, labels
from app.db import db, lock
from app.models.accounts.preference import MessageKind
from app.models.activities.phase import ActivityStatus
from app.models.activity import Activity
from app.models.message import tell_all, tell_some
from app.models.region import within
from app.models.signup import Attendance, SignUp, SignUpStatus
from app.models.team import MemberStatus, TeamMember
from app.models.volunteer import Volunteer, VolunteerStatus

if TYPE_CHECKING:
    from app.models.user import User

BEFORE = timedelta(hours=24)


def announce(activity: Activity, by: "User | None") -> None:
    """Tell the serving volunteers of the community, and the members of the team that holds it; nobody twice."""
    if activity.starts_at <= clock.now():
        return
    other = [Volunteer.user_id != by.id] if by else []
    serving = select(Volunteer.user_id).where(Volunteer.status == VolunteerStatus.SERVING, *other)
    here = within(Volunteer, activity.community_code)
    team = TeamMember.team_id == activity.team_id, TeamMember.status == MemberStatus.MEMBER
    member = exists().where(TeamMember.volunteer_id == Volunteer.id, *team)
    body = f"{labels.span(activity.starts_at, activity.ends_at)}，{activity.place}。招募 {activity.capacity} 人，欢迎报名。"
    way = {"path": f"/activities/{activity.id}", "about": f"activity:{activity.id}"}
    if activity.team_id:
        tell_all(serving.where(member), f"您的团队有新活动：{activity.title}", body, kind=MessageKind.TEAM, **way)
        serving = serving.where(~member)
    tell_all(serving.where(here), f"您的社区有新活动：{activity.title}", body, kind=MessageKind.NEARBY, **way)


def _to_remind() -> list[ColumnElement[bool]]:
    """Who is 已录用 and was not reminded of the present time."""
    return [
        SignUp.status == SignUpStatus.ADMITTED,
        SignUp.reminded_at.is_(None),
        SignUp.attendance == Attendance.UNKNOWN,
    ]


def due_reminders() -> list[int]:
    """Ids of the activities that begin within a day and in which somebody is to be reminded."""
    now = clock.now()
    soon = Activity.status == ActivityStatus.PUBLISHED, Activity.starts_at > now, Activity.starts_at <= now + BEFORE
    somebody = select(SignUp.id).where(SignUp.activity_id == Activity.id, *_to_remind()).exists()
    return list(
        db.session.scalars(select(Activity.id).where(*soon, somebody).order_by(Activity.starts_at, Activity.id))
    )


def remind(activity_id: int) -> int:
    """Remind everybody who is in this activity and was not yet; how many. Safe to repeat, and twice at once.

    Who signed up on the last day knows it: their row is marked without a message.
    """
    [activity] = lock(select(Activity).where(Activity.id == activity_id))
    now = clock.now()
    if activity.status is not ActivityStatus.PUBLISHED or not now < activity.starts_at <= now + BEFORE:
        return 0
    theirs = update(SignUp).where(SignUp.activity_id == activity.id, *_to_remind()).values(reminded_at=now)
    marked = theirs.returning(SignUp.volunteer_id, SignUp.created_at).execution_options(synchronize_session=False)
    before = activity.starts_at - BEFORE
    people = [row.volunteer_id for row in db.session.execute(marked) if row.created_at <= before]
    users = list(db.session.scalars(select(Volunteer.user_id).where(Volunteer.id.in_(people))))
    body = (
        f"{labels.span(activity.starts_at, activity.ends_at)}，{activity.place}。去不了请在开始前取消，名额会让给别人。"
    )
    title, about = f"活动快到了：{activity.title}", f"activity:{activity.id}"
    tell_some(users, title, body, kind=MessageKind.REMINDER, path=f"/activities/{activity.id}", about=about)
    return len(people)


def remind_anew(activity: Activity) -> None:
    """After its time moved: the reminder of the new day is still to come."""
    theirs = update(SignUp).where(SignUp.activity_id == activity.id, SignUp.reminded_at.is_not(None))
    db.session.execute(theirs.values(reminded_at=None).execution_options(synchronize_session=False))
