"""The sign-up box of an activity's page: what this person sees, and the one thing they can do."""

from dataclasses import dataclass

from sqlalchemy import and_, bindparam, select
from sqlalchemy.orm.attributes import set_committed_value

from app import clock
from app.db import db
from app.models.activity import Activity
from app.models.signup import QUEUE, Attendance, SignUp, SignUpStatus, Standing
from app.models.signups.joining import Reason, Why, position, why_not
from app.models.signups.overlaps import Meanwhile, conflict
from app.models.signups.queue import landing
from app.models.user import User
from app.models.volunteer import Volunteer

VERBS = {SignUpStatus.ADMITTED: "我要报名", SignUpStatus.WAITING: "登记候补", SignUpStatus.ASKING: "提交报名"}
BACK = {SignUpStatus.ADMITTED: "取消报名", SignUpStatus.WAITING: "放弃候补", SignUpStatus.ASKING: "撤回报名"}

HERE = (
    select(Volunteer, SignUp)
    .outerjoin(SignUp, and_(SignUp.volunteer_id == Volunteer.id, SignUp.activity_id == bindparam("activity")))
    .where(Volunteer.user_id == bindparam("user"))
)


@dataclass(frozen=True, slots=True)
class Box:
    """What `portal/activities/_box.html` shows. `reason` None: the person can sign up, as `to`."""

    activity: Activity
    reason: Reason | None
    volunteer: Volunteer | None
    signup: SignUp | None
    to: SignUpStatus | None
    ahead: int  # how many wait before somebody who comes now
    clash: Meanwhile | None  # at that time the person is 已录用 there: a 候补 or 待审核 is passed over

    @property
    def verb(self) -> str:
        """The word on the button that signs up; '' when it is not offered."""
        return VERBS[self.to] if self.reason is None and self.to else ""

    @property
    def back(self) -> str:
        """The word on the button that cancels; '' when it is not offered."""
        if self.reason is None or self.reason.why is not Why.IN or self.signup is None:
            return ""
        before = clock.now() < self.signup.activity.starts_at
        return BACK[self.signup.status] if before and self.signup.attendance is not Attendance.PRESENT else ""

    @property
    def standing(self) -> Standing | None:
        """The badge, for who has a row that is not cancelled."""
        standing = self.signup.standing() if self.signup else None
        return None if standing is Standing.CANCELLED else standing

    @property
    def left(self) -> int:
        """How many seats are free."""
        return max(0, self.activity.capacity - self.activity.taken)

    @property
    def again(self) -> bool:
        """Whether signing up would revive a cancelled row, at the end of the queue."""
        return self.reason is None and self.signup is not None


def box(activity: Activity, user: User | None, known: tuple[Volunteer | None, SignUp | None] | None = None) -> Box:
    """The box for this person (None: a visitor), in at most three statements; `known` is what `here` would say."""
    volunteer, signup = known or (here(activity, user) if user else (None, None))
    if signup:
        set_committed_value(signup, "activity", activity)
    reason = why_not(activity, volunteer, user, signup)
    to = landing(activity)
    queued = signup.status in QUEUE if signup and reason else reason is None and to in QUEUE
    clash = conflict(volunteer.id, activity) if queued and volunteer else None
    return Box(activity, reason, volunteer, signup, to, activity.waiting, clash)


def outcome(signup: SignUp) -> str:
    """What the person hears after signing up."""
    if signup.status is SignUpStatus.WAITING:
        return f"已登记候补，您是第 {position(signup)} 位。"
    if signup.status is SignUpStatus.ASKING:
        return "报名已提交，请等社区审核。"
    left = signup.activity.capacity - signup.activity.taken
    return f"报名成功，还剩 {left} 个名额。" if left else "报名成功，您拿到了最后一个名额。"


def here(activity: Activity, user: User) -> tuple[Volunteer | None, SignUp | None]:
    """The person's volunteer row, and their row in this activity."""
    found = db.session.execute(HERE, {"activity": activity.id, "user": user.id}).first()
    return (found[0], found[1]) if found else (None, None)
