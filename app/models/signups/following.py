"""What coming sign-ups carry of their person: community and unit follow until the activity begins (docs/adr/0013).

A record belongs to its day: its sign-up carries the volunteer's community and unit. So whatever changes either of
them changes the sign-ups to come, and none of those that began; who is ticked already has a record of that day.
Hold first (`hold_with_coming`), change the people, then let the sign-ups follow (`follow`).
"""

from typing import Any

from sqlalchemy import ColumnElement, select, update

from app import clock
from app.db import db, lock
from app.models.activities.phase import ActivityStatus
from app.models.activity import Activity
from app.models.signup import LIVE, Attendance, SignUp
from app.models.volunteer import Volunteer

COMING = (
    SignUp.status.in_(LIVE),
    SignUp.attendance != Attendance.PRESENT,
    Activity.status == ActivityStatus.PUBLISHED,
)


def hold_with_coming(*who: ColumnElement[bool]) -> list[int]:
    """Hold the activities to come in which these people have a place, then the people; their ids (docs/adr/0002).

    Which activities these are may change before the people are held: then let go and hold anew.
    """
    theirs = SignUp.volunteer_id.in_(select(Volunteer.id).where(*who))
    coming = select(SignUp.activity_id).join(SignUp.activity).where(theirs, *COMING, Activity.starts_at > clock.now())
    people = select(Volunteer.id).where(*who).order_by(Volunteer.id).with_for_update()
    while True:
        ids = set(db.session.scalars(coming))
        with db.session.begin_nested() as attempt:
            lock(select(Activity).where(Activity.id.in_(ids)).order_by(Activity.id))
            held = list(db.session.scalars(people))
            if set(db.session.scalars(coming)) <= ids:
                return held
            attempt.rollback()


def follow(*who: ColumnElement[bool], **carried: Any) -> None:
    """Let the coming sign-ups of these people, held by `hold_with_coming`, carry this."""
    coming = select(Activity.id).where(Activity.status == ActivityStatus.PUBLISHED, Activity.starts_at > clock.now())
    theirs = SignUp.volunteer_id.in_(select(Volunteer.id).where(*who)), SignUp.activity_id.in_(coming)
    change = update(SignUp).where(*theirs, *COMING[:2]).values(**carried)
    db.session.execute(change, execution_options={"synchronize_session": False})


def follow_person(volunteer: Volunteer) -> None:
    """The same for one person, whose community or unit is another now."""
    follow(
        Volunteer.id == volunteer.id,
        unit_id=volunteer.unit_id,
        volunteer_community_code=volunteer.community_code,
        volunteer_district_code=volunteer.district_code,
        volunteer_subdistrict_code=volunteer.subdistrict_code,
    )
