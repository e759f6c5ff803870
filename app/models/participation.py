"""What a volunteer took part in, anywhere: for the volunteer's file (doors *people* and *unit*)."""

from dataclasses import dataclass

from sqlalchemy import Select, and_, select
from sqlalchemy.orm import contains_eager

from app.db import db
from app.models.activity import Activity
from app.models.service_record import ServiceRecord
from app.models.signup import SignUp
from app.models.volunteer import Volunteer

SHOWN = 50


@dataclass(frozen=True)
class Part:
    """One sign-up with its live record, if the service counted."""

    signup: SignUp
    record: ServiceRecord | None


def parts_of(volunteer: Volunteer) -> list[Part]:
    """Sign-ups of this volunteer, the latest activity first, at most 50; with activity and live record."""
    live = and_(
        ServiceRecord.activity_id == SignUp.activity_id,
        ServiceRecord.volunteer_id == SignUp.volunteer_id,
        ServiceRecord.revoked_at.is_(None),
    )
    wanted: Select[tuple[SignUp, ServiceRecord | None]] = (
        select(SignUp, ServiceRecord)
        .join(SignUp.activity)
        .outerjoin(ServiceRecord, live)
        .where(SignUp.volunteer_id == volunteer.id)
        .options(contains_eager(SignUp.activity))
        .order_by(Activity.starts_at.desc(), SignUp.id.desc())
        .limit(SHOWN)
    )
    return [Part(signup, record) for signup, record in db.session.execute(wanted)]


def other_records(volunteer: Volunteer) -> list[ServiceRecord]:
    """Live records that come from no activity (help given, earlier platform), newest first, at most 50."""
    wanted = select(ServiceRecord).where(
        ServiceRecord.volunteer_id == volunteer.id,
        ServiceRecord.activity_id.is_(None),
        ServiceRecord.revoked_at.is_(None),
    )
    return list(db.session.scalars(wanted.order_by(ServiceRecord.day.desc(), ServiceRecord.id.desc()).limit(SHOWN)))
