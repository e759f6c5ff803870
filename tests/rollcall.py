"""What tests of attendance share: activities around now, people on the list, ticks, and the figures that must hold."""

from datetime import timedelta
from typing import Any

from app import clock
from app.commands.recount import CHECKS
from app.db import db
from app.models import Activity, ServiceRecord, SignUp, Volunteer
from app.models.signup import Attendance, SignUpStatus
from app.models.signups.holding import count
from tests import cast

PRESENT, ABSENT, EXCUSED, UNKNOWN = Attendance.PRESENT, Attendance.ABSENT, Attendance.EXCUSED, Attendance.UNKNOWN


def running(hours: float = -1, length: float = 2, **facts: Any) -> Activity:
    """A published activity that begins `hours` from now (−1: an hour ago) and takes `length` hours."""
    start = clock.now().replace(second=0, microsecond=0) + timedelta(hours=hours)
    times = {"starts_at": start, "ends_at": start + timedelta(hours=length)}
    return cast.make_activity(**(times | {"capacity": 400} | facts))


def over(**facts: Any) -> Activity:
    """An activity that ended an hour ago."""
    return running(-3, 2, **facts)


def admitted(activity: Activity, volunteer: Volunteer, status: SignUpStatus = SignUpStatus.ADMITTED) -> SignUp:
    """A sign-up in this state, with the activity's counters in step; committed."""
    names = {SignUpStatus.ADMITTED: "taken", SignUpStatus.WAITING: "waiting", SignUpStatus.ASKING: "asking"}
    count(activity, turns=1, **({names[status]: 1} if status in names else {}))
    signup = SignUp(
        activity_id=activity.id,
        volunteer_id=volunteer.id,
        status=status,
        turn=activity.turns,
        unit_id=volunteer.unit_id,
        volunteer_district_code=volunteer.district_code,
        volunteer_subdistrict_code=volunteer.subdistrict_code,
        volunteer_community_code=volunteer.community_code,
    )
    signup.locate(activity.community_code)
    db.session.add(signup)
    db.session.commit()
    return signup


def li_jing(activity: Activity) -> SignUp:
    """李静 on the list of this activity."""
    return admitted(activity, cast.volunteer_of("volunteer"))


def crowd(activity: Activity, number: int, prefix: str = "p") -> list[SignUp]:
    """So many new volunteers of 万通社区 on the list of this activity."""
    made = []
    for position in range(number):
        user = cast.make_user(f"{prefix}{position}", f"人{position}", f"137{position:08d}")
        made.append(admitted(activity, cast.make_volunteer(user)))
    return made


def live(activity: Activity) -> list[ServiceRecord]:
    """The live records of this activity."""
    wanted = db.select(ServiceRecord).where(
        ServiceRecord.activity_id == activity.id, ServiceRecord.revoked_at.is_(None)
    )
    return list(db.session.scalars(wanted.order_by(ServiceRecord.id)))


def at(activity: Activity, *parts: Any) -> str:
    """The address of its checklist, or of a part of it."""
    return "/".join([f"/office/activities/{activity.id}/attendance", *map(str, parts)])


def tick(client: Any, signup: SignUp, wanted: str = "1", htmx: bool = True, **fields: str) -> Any:
    """The answer to a tick of this row of the checklist."""
    return client.post(at(signup_activity(signup), signup.id), data={"attended": wanted, **fields}, htmx=htmx)


def signup_activity(signup: SignUp) -> Activity:
    """The activity of this row."""
    return db.session.get(Activity, signup.activity_id)


def assert_figures_true() -> None:
    """Every kept figure is the sum of its rows, and 已到 and live records are the same people."""
    db.session.expire_all()
    for name, differences in CHECKS.items():
        assert not (found := differences()), f"{name}: {[str(one) for one in found]}"
    present = db.session.execute(
        db.select(SignUp.activity_id, SignUp.volunteer_id, SignUp.minutes).where(SignUp.attendance == "present")
    )
    records = db.session.execute(
        db.select(ServiceRecord.activity_id, ServiceRecord.volunteer_id, ServiceRecord.minutes).where(
            ServiceRecord.revoked_at.is_(None), ServiceRecord.activity_id.is_not(None)
        )
    )
    assert sorted(map(tuple, present)) == sorted(map(tuple, records))
