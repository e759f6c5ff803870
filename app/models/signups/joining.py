"""Whether somebody may sign up for an activity now, and if not, why: the sign-up box and the refusal say the same.

`why_not` asks in the order in which a person would: is there anything to join, am I in already, may I,
is there a seat. The first 'no' is the answer.
"""

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import and_, bindparam, func, select
from sqlalchemy.orm.attributes import set_committed_value

from app import clock, labels
from app.db import db
from app.models.activities.phase import ActivityStatus
from app.models.activity import Activity
from app.models.application import Application, ApplicationStatus
from app.models.signup import Attendance, SignUp, SignUpStatus, Standing
from app.models.signups.overlaps import Meanwhile, conflict
from app.models.signups.queue import landing
from app.models.user import User
from app.models.volunteer import Volunteer, VolunteerStatus
from app.models.workday import working_days_between
from app.refusal import Refused


class Why(StrEnum):
    """The kinds of 'no'."""

    DRAFT = "draft"
    CALLED_OFF = "called-off"
    IN = "in"  # 已录用, 候补 or 待审核 already
    DECLINED = "declined"
    ENDED = "ended"
    CLOSED = "closed"
    VISITOR = "visitor"
    MEMBER = "member"
    APPLIED = "applied"
    PAUSED = "paused"
    FULL = "full"
    CONFLICT = "conflict"


@dataclass(frozen=True, slots=True)
class Reason:
    """One 'no': its kind, a headline, a sentence, and for a conflict the other activity."""

    why: Why
    title: str
    text: str = ""
    other: Meanwhile | None = None


class NotNow(Refused):
    """Signing up is refused, for this reason."""

    def __init__(self, reason: Reason) -> None:
        self.reason = reason
        super().__init__(f"{reason.title}。{reason.text}")


FULL = Reason(Why.FULL, "名额已满", "活动已经开始，不再排候补。")


def why_not(
    activity: Activity, volunteer: Volunteer | None, user: User | None, signup: SignUp | None = None
) -> Reason | None:
    """Why this person cannot sign up now; None: they can (`queue.landing` says as what).

    `signup` is the row they have in this activity; its `activity` need not be loaded.
    """
    return (
        _nothing_to_join(activity)
        or (in_already(activity, signup) if signup else None)
        or _too_late(activity)
        or _not_a_volunteer(volunteer, user)
        or (_no_seat(activity, volunteer) if volunteer else None)
    )


def _nothing_to_join(activity: Activity) -> Reason | None:
    if activity.status is ActivityStatus.DRAFT:
        return Reason(Why.DRAFT, "活动还没有发布", "发布以后才能报名。")
    if activity.status is ActivityStatus.CANCELLED:
        return Reason(Why.CALLED_OFF, "活动已取消", activity.cancel_reason)
    return None


def in_already(activity: Activity, signup: SignUp) -> Reason | None:
    """What stands there for who has a row; None for a cancelled one, which may be revived."""
    set_committed_value(signup, "activity", activity)
    standing = signup.standing()
    if standing is Standing.CANCELLED:
        return None
    if standing is Standing.DECLINED:
        return Reason(Why.DECLINED, "未录用", signup.why_declined)
    if standing is Standing.WAITING:
        return Reason(Why.IN, f"候补第 {position(signup)} 位", "有名额空出会按先后自动录用，并发消息告诉您。")
    if standing is Standing.ASKING:
        return Reason(Why.IN, "报名待审核", "社区审核后会发消息告诉您。")
    return _admitted(activity, signup)


def _admitted(activity: Activity, signup: SignUp) -> Reason:
    """已录用: before, during and after the activity."""
    now = clock.now()
    told = {
        Attendance.PRESENT: ("社区已确认到场", "这次服务已计入您的服务次数。"),
        Attendance.ABSENT: ("记为缺席", "如有出入，请联系社区。"),
        Attendance.EXCUSED: ("已请假", "下次再来。"),
    }.get(signup.attendance)
    if told:
        return Reason(Why.IN, *told)
    if now < activity.starts_at:
        when = labels.when(activity.starts_at)
        return Reason(Why.IN, "您已录用", f"{when}，{activity.place}。去不了请在开始前取消，名额会让给候补的人。")
    if now < activity.ends_at:
        return Reason(Why.IN, "您已录用", "活动正在进行，请到现场找工作人员签到。")
    return Reason(Why.IN, "等待社区确认到场", "确认后服务次数加 1 次。")


def _too_late(activity: Activity) -> Reason | None:
    now = clock.now()
    if now >= activity.ends_at or activity.status is ActivityStatus.COMPLETED:
        return Reason(Why.ENDED, "活动已结束", f"{labels.when(activity.ends_at)} 已经结束。")
    if now >= activity.signup_closes_at:
        return Reason(Why.CLOSED, "报名已截止", f"{labels.when(activity.signup_closes_at)} 已经截止。")
    return None


def _not_a_volunteer(volunteer: Volunteer | None, user: User | None) -> Reason | None:
    if user is None:
        return Reason(Why.VISITOR, "登录后报名", "志愿者登录后就可以报名；还没有账号的，先注册会员。")
    if volunteer is None or volunteer.status is VolunteerStatus.LEFT:
        return _application(user)
    if volunteer.status is VolunteerStatus.PAUSED:
        return Reason(Why.PAUSED, "您的志愿服务已暂停", "恢复服务后就可以报名。")
    return None


def _application(user: User) -> Reason:
    """A member who is no volunteer: how far the application is."""
    latest = select(Application).where(Application.user_id == user.id).order_by(Application.id.desc()).limit(1)
    application = db.session.scalar(latest)
    if application is None or application.status in (ApplicationStatus.WITHDRAWN, ApplicationStatus.APPROVED):
        return Reason(Why.MEMBER, "志愿者才能报名", "先填写志愿者申请，服务社区审核通过后就可以报名。")
    if application.status is ApplicationStatus.PENDING:
        days = working_days_between(application.submitted_at, clock.now())
        waited = f"已等 {days} 个工作日" if days else "今天提交"
        return Reason(Why.APPLIED, "您的申请正在社区审核", f"{waited}，审核通过后就可以报名。")
    if application.status is ApplicationStatus.RETURNED:
        return Reason(Why.APPLIED, "您的志愿者申请需要补正", f"社区说：{application.decision_reason}")
    return Reason(Why.APPLIED, "您的志愿者申请未通过", f"原因：{application.decision_reason}")


def _no_seat(activity: Activity, volunteer: Volunteer) -> Reason | None:
    to = landing(activity)
    if to is None:
        return FULL
    other = conflict(volunteer.id, activity) if to is SignUpStatus.ADMITTED else None
    if other is None:
        return None
    when = labels.span(other.starts_at, other.ends_at)
    return Reason(Why.CONFLICT, "时间冲突", f"同一时间您已录用“{other.title}”（{when}）。", other)


AHEAD = SignUp.__table__.alias()
PLACES = (
    select(SignUp.id, func.count())
    .join(AHEAD, and_(AHEAD.c.activity_id == SignUp.activity_id, AHEAD.c.turn <= SignUp.turn))
    .where(AHEAD.c.status == SignUpStatus.WAITING, SignUp.id.in_(bindparam("waiting", expanding=True)))
    .group_by(SignUp.id)
)


def position(signup: SignUp) -> int:
    """The place of a 候补 in its queue, from 1; needs `activity` loaded."""
    if signup.status is SignUpStatus.WAITING and signup.turn == signup.activity.turns:
        return signup.activity.waiting  # nobody came later
    return positions([signup]).get(signup.id, 0)


def positions(signups: "list[SignUp]") -> dict[int, int]:
    """The places of all 候补 among these sign-ups, by id, in one statement."""
    waiting = [signup.id for signup in signups if signup.status is SignUpStatus.WAITING]
    if not waiting:
        return {}
    return {row[0]: row[1] for row in db.session.execute(PLACES, {"waiting": waiting})}
