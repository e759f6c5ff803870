"""What a volunteer took part in, anywhere: for the volunteer's file (doors *people* and *unit*)."""

from typing import Any

from sqlalchemy import Select, and_, select
from sqlalchemy.orm import contains_eager

from app.db import db
from app.models.activity import Activity
from app.models.service_record import ServiceRecord
from app.models.signup import SignUp
from app.models.volunteer import Volunteer

MOST = 100


def parts_of(volunteer: Volunteer) -> Select[Any]:
    """Sign-ups of this volunteer with their activity, each beside its live service record or None."""
    live = and_(
        ServiceRecord.activity_id == SignUp.activity_id,
        ServiceRecord.volunteer_id == SignUp.volunteer_id,
        ServiceRecord.revoked_at.is_(None),
    )
    return (
        select(SignUp, ServiceRecord)
        .join(SignUp.activity)
        .outerjoin(ServiceRecord, live)
        .where(SignUp.volunteer_id == volunteer.id)
        .options(contains_eager(SignUp.activity))
    )


PARTS_ORDER = (Activity.starts_at, SignUp.id)


def other_records(volunteer: Volunteer) -> list[ServiceRecord]:
    """Live records that come from no activity (help given, earlier platform), newest first, at most 100."""
    wanted = select(ServiceRecord).where(
        ServiceRecord.volunteer_id == volunteer.id,
        ServiceRecord.activity_id.is_(None),
        ServiceRecord.revoked_at.is_(None),
    )
    return list(db.session.scalars(wanted.order_by(ServiceRecord.day.desc(), ServiceRecord.id.desc()).limit(MOST)))
