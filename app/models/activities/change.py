"""What a change of a published activity brings about for those who are in it (SPEC section 3).

Everybody in it is told of a new time or place. By a new time some of them get an overlap with another
activity of theirs: these become 未录用 with that reason, and their seats go to 候补. So does a seat added.
"""

from typing import TYPE_CHECKING

from sqlalchemy import exists, select

from app import clock
from app.db import db
from app.freshness import touch
from app.models.activities.facts import Facts, in_words, object_to
from app.models.activity import Activity
from app.models.message import tell
from app.models.volunteer import Volunteer
from app.refusal import Invalid

if TYPE_CHECKING:
    from app.models.user import User

TOLD = ("时间", "地点")


class Overlapping(Invalid):
    """The new time takes their place from `number` people, and the form has not named so many."""

    def __init__(self, number: int) -> None:
        self.number = number
        super().__init__(
            "confirmed",
            f"改到这个时间，有 {number} 人与自己已录用的其他活动时间重叠。保存后这 {number} 人将变为未录用，"
            "名额由候补依次递补。确定要改，请勾选后再保存。",
        )


def amend(activity: Activity, facts: Facts, by: "User | None", confirmed: int) -> None:
    """Change a published activity that is held and whose form is fresh; `facts` are settled. Raises Invalid."""
    from app.models.activities.news import remind_anew
    from app.models.signup import LIVE, SignUp
    from app.models.signups import seats
    from app.models.signups.holding import hold_people
    from app.models.signups.queue import people_of

    object_to(facts.faults() | _against(activity, facts))
    moved = facts.times() != (activity.starts_at, activity.ends_at)
    if moved:
        hold_people(people_of(SignUp.activity_id == activity.id, SignUp.status.in_(LIVE)))
        losing = len(seats.overlaps_if_moved(activity, *facts.times()))
        if losing > confirmed:  # nobody loses a place unless the form has named how many do
            raise Overlapping(losing)
    people = _people_in(activity)
    changes = activity.restate(facts, by)
    declined = seats.decline_overlapping(activity, by) if moved else []
    if moved:
        remind_anew(activity)
    gone = {signup.volunteer.user_id for signup in declined}  # they read the new time in their own message
    news = [change for change in changes if change[0] in TOLD]
    if news:
        body = f"{in_words(news)}。请看一看是否还能参加；不能参加的请取消报名。"
        _tell(activity, [one for one in people if one not in gone], f"活动有变动：{activity.title}", body)
    seats.promote(activity, by)
    touch("activities")


def _against(activity: Activity, facts: Facts) -> dict[str, str]:
    """What the activity's state forbids: field → what to mend."""
    found: dict[str, str] = {}
    now = clock.now()
    if facts.community != activity.community_code:
        found["community"] = "发布以后不能更换社区。"
    if facts.capacity < activity.taken:
        found["capacity"] = f"已有 {activity.taken} 人录用，招募人数不能少于 {activity.taken} 人。"
    for name, message in (("starts_at", "开始"), ("ends_at", "结束")):
        if getattr(facts, name) == getattr(activity, name):
            continue
        if activity.starts_at <= now:
            found[name] = f"活动已经开始，不能再改{message}时间。"
        elif activity.attended:  # their records belong to the day as it was
            found[name] = f"已经有人确认到场，不能再改{message}时间。"
    if facts.starts_at != activity.starts_at and facts.starts_at < now:
        found.setdefault("starts_at", "开始时间已经过去，请改成以后的时间。")
    return found


def _people_in(activity: Activity) -> list[int]:
    """The user ids of everybody who is in it or waits."""
    from app.models.signup import LIVE, SignUp

    wanted = (
        select(Volunteer.user_id)
        .join(SignUp, SignUp.volunteer_id == Volunteer.id)
        .where(SignUp.activity_id == activity.id, SignUp.status.in_(LIVE))
    )
    return list(db.session.scalars(wanted.order_by(SignUp.turn)))


def _tell(activity: Activity, people: list[int], title: str, body: str) -> None:
    for user_id in people:
        tell(user_id, title, body, path=f"/activities/{activity.id}", about=f"activity:{activity.id}")


def call_off(activity: Activity, by: "User | None") -> None:
    """Tell everybody in a cancelled activity why; who was in it may have a seat elsewhere at that time."""
    from app import labels
    from app.models.signups import seats

    when = labels.span(activity.starts_at, activity.ends_at)
    body = f"原定 {when} 在 {activity.place} 的活动已取消。原因：{activity.cancel_reason}"
    _tell(activity, _people_in(activity), f"活动已取消：{activity.title}", body)
    seats.called_off(activity, by)


def ever_ticked(activity: Activity) -> bool:
    """Whether anybody was ever marked 已到: that makes a record, and un-ticking keeps its row."""
    from app.models.service_record import ServiceRecord
    from app.models.signup import SignUp

    ticked = (  # through the sign-ups: they are found by activity, records by person
        exists()
        .where(SignUp.activity_id == activity.id, ServiceRecord.volunteer_id == SignUp.volunteer_id)
        .where(ServiceRecord.activity_id == activity.id)
    )
    return activity.attended > 0 or bool(db.session.scalar(select(ticked)))
