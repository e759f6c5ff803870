"""`mark`: one person came, did not come, or asked to be excused."""

from datetime import timedelta
from typing import cast

from sqlalchemy import bindparam, select
from sqlalchemy.orm.attributes import set_committed_value

from app import clock
from app.db import db
from app.freshness import touch
from app.models.activity import Activity
from app.models.attendance import rules
from app.models.history import record
from app.models.message import tell, withdraw
from app.models.service_record import Evidence, ServiceRecord
from app.models.signup import Attendance, SignUp, SignUpStatus
from app.models.user import User
from app.models.volunteer import Volunteer
from app.refusal import Refused
from app.straight import fresh, plain, read, save, write

SERVICES_PATH = "/member/services"
SLIP = timedelta(minutes=10)


def mark(signup: SignUp, wanted: str, minutes: int | None = None, reason: str = "", *, by: User | None) -> bool:
    """Bring one person to the wanted state ('1' 已到, '0' not, 'leave' 请假); whether anything changed.

    已到 makes one live service record of `minutes` (None: as planned) at once; leaving it revokes the
    record. For who is 已到 already, other `minutes` correct the record. `reason` is demanded after 结项
    and for long services. Raises Refused (409) and Invalid at `attended`, `minutes` or `reason` (422).
    """
    return mark_held(*held(signup.activity_id, signup.id), wanted, minutes, reason, by=by)


def mark_held(
    activity: Activity, signup: SignUp, wanted: str, minutes: int | None = None, reason: str = "", *, by: User | None
) -> bool:
    """`mark` for who is `held` already."""
    rules.check_time(activity)
    if signup.status is not SignUpStatus.ADMITTED:
        raise Refused("", signup)
    to = rules.wanted_state(wanted, activity)
    if signup.attendance is to and (to is not Attendance.PRESENT or minutes in (None, signup.minutes)):
        return False
    rules.check_person(by, signup.volunteer.user_id)
    reason = rules.check_change(activity, reason)
    if to is Attendance.PRESENT:
        minutes = rules.check_minutes(activity, rules.usual_minutes(activity) if minutes is None else minutes, reason)
    if signup.attendance is to:
        _correct(signup, minutes or 0, reason, by=by)
    else:
        _change(activity, signup, to, minutes, reason, by=by)
    return True


def held(activity_id: int, signup_id: int) -> tuple[Activity, SignUp]:
    """The activity and the sign-up with both ends loaded, fresh, held until the transaction ends."""
    activity = db.session.scalars(ACTIVITY, {"id": activity_id}).one()
    return activity, cast(SignUp, person_of(activity, signup_id))


def person_of(activity: Activity, signup_id: int) -> SignUp | None:
    """The same sign-up of an activity that is held; None where it has no such one."""
    found = read(WITH_PERSON, {"id": signup_id, "activity": activity.id}).first()
    if found is None:
        return None
    signup: SignUp = fresh(SignUp, found[: len(OF_SIGNUP)])
    set_committed_value(signup, "activity", activity)
    set_committed_value(signup, "volunteer", fresh(Volunteer, found[len(OF_SIGNUP) :]))
    return signup


# Built once: they run with every tick.
FRESH = {"populate_existing": True}
ACTIVITY = select(Activity).where(Activity.id == bindparam("id")).with_for_update().execution_options(**FRESH)
OF_SIGNUP = plain(SignUp)
WITH_PERSON = (
    select(*OF_SIGNUP, *plain(Volunteer))
    .join_from(SignUp, Volunteer, Volunteer.id == SignUp.volunteer_id)
    .where(SignUp.id == bindparam("id"), SignUp.activity_id == bindparam("activity"))
    .with_for_update()
)


def _correct(signup: SignUp, minutes: int, reason: str, *, by: User | None) -> None:
    """Other minutes for who is 已到."""
    [live] = ServiceRecord.live_of(signup.activity_id, [signup.volunteer_id])
    record(signup, "minutes", by=by, reason=reason, came_from=str(live.minutes), to=str(minutes))
    live.change_minutes(minutes)
    signup.minutes, signup.ticked_at, signup.ticked_by_id = minutes, clock.now(), by.id if by else None
    db.session.flush()


def _change(
    activity: Activity, signup: SignUp, to: Attendance, minutes: int | None, reason: str, *, by: User | None
) -> None:
    before, again = signup.attendance, signup.ticked_at is not None
    if to is Attendance.PRESENT:
        check_elsewhere(activity, signup)
    signup.minutes = minutes if to is Attendance.PRESENT else None
    signup.attendance, signup.ticked_at, signup.ticked_by_id = to, clock.now(), by.id if by else None
    made = [service(activity, signup, signup.minutes or 0, by=by)] if to is Attendance.PRESENT else []
    save(signup)
    record(signup, "attendance", by=by, reason=reason, came_from=before, to=to)
    if before is Attendance.PRESENT:
        ServiceRecord.revoke(ServiceRecord.live_of(activity.id, [signup.volunteer_id]), by=by)
    ServiceRecord.make(made)
    count_attended(activity, (to is Attendance.PRESENT) - (before is Attendance.PRESENT))
    if rules.corrected(activity):
        _tell(activity, signup, reason)
    elif before is Attendance.PRESENT:
        _tell_later(activity, signup)
    elif to is Attendance.PRESENT and again:
        withdraw(signup.volunteer.user_id, f"untick:{signup.id}")


def _tell_later(activity: Activity, signup: SignUp) -> None:
    """A tick was taken back: the person hears of it after ten minutes, unless it was only a slip and is back by then."""
    body = f"活动“{activity.title}”的到场确认已撤销，这次服务暂不计次。如有出入，请联系活动的社区。"
    about, user_id = f"untick:{signup.id}", signup.volunteer.user_id
    withdraw(user_id, about)
    tell(user_id, "到场确认已撤销", body, path=SERVICES_PATH, about=about, at=clock.now() + SLIP)


def check_elsewhere(activity: Activity, signup: SignUp) -> None:
    """Refused while the person is 已到 at another activity at the same time; the other is named."""
    other = rules.present_elsewhere(activity, [signup.volunteer_id]).get(signup.volunteer_id)
    if other:
        raise Refused(f"{rules.said_elsewhere(other)}，不能再记到场。", signup)


def service(activity: Activity, signup: SignUp, minutes: int, *, by: User | None) -> ServiceRecord:
    """The record, not yet saved, that this person's presence makes; it belongs to the activity's first day.

    On that day (and before it) the person's community and unit are those of today, and the sign-up learns
    them; a later tick takes what the sign-up knows of that day.
    """
    day = clock.day(activity.starts_at)
    if clock.today() <= day:
        signup.of_that_day(activity, signup.volunteer)
    made = ServiceRecord(
        volunteer_id=signup.volunteer_id,
        activity_id=activity.id,
        minutes=minutes,
        category_id=activity.category_id,
        unit_id=signup.unit_id,
        volunteer_district_code=signup.volunteer_district_code,
        volunteer_subdistrict_code=signup.volunteer_subdistrict_code,
        volunteer_community_code=signup.volunteer_community_code,
        evidence=Evidence.LATE if rules.corrected(activity) else Evidence.ONSITE,
        confirmed_by_id=by.id if by else None,
    )
    made.happened(day)
    made.locate(activity.community_code)
    return made


def count_attended(activity: Activity, difference: int) -> None:
    """Keep the activity's number of 已到, without making open forms of the activity stale."""
    if difference:
        if write(ATTENDED, {"this": activity.id, "difference": difference}).scalar():
            touch("feedback")  # its page names the number
        set_committed_value(activity, "attended", activity.attended + difference)


_activities = db.metadata.tables[Activity.__tablename__]
ATTENDED = (
    _activities.update()
    .where(_activities.c.id == bindparam("this"))
    .values(attended=_activities.c.attended + bindparam("difference"))
    .returning(_activities.c.told_at)  # SQLite 3.40 says of any column that it IS NOT NULL here
)


def _tell(activity: Activity, signup: SignUp, reason: str) -> None:
    from app.labels import word

    body = f"活动“{activity.title}”的到场情况更正为“{word(signup.attendance)}”。原因：{reason}"
    tell(signup.volunteer.user_id, "到场情况有更正", body, path=SERVICES_PATH, about=f"signup:{signup.id}")
