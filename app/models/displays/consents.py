"""How many decisions about being named in public wait for a person, for the first page of the member centre."""

from sqlalchemy import func, select

from app.db import db
from app.models.honour import Honour, HonourStatus
from app.models.professional import Professional, ProfessionalStatus
from app.models.volunteer import Volunteer


def consents_of(volunteer: Volunteer | None) -> tuple[int, int]:
    """(how many wait for an answer, how many there are at all), in one statement; (0, 0) for who is no volunteer."""
    if volunteer is None:
        return 0, 0
    stars = select(func.count()).where(Honour.volunteer_id == volunteer.id)
    shown = select(func.count()).where(Professional.volunteer_id == volunteer.id)
    open_stars = stars.where(Honour.status == HonourStatus.CANDIDATE, Honour.agreed_at.is_(None))
    asked = shown.where(Professional.status == ProfessionalStatus.ASKED)
    counts = [one.scalar_subquery() for one in (open_stars, asked, stars, shown)]
    first, second, third, fourth = db.session.execute(select(*counts)).one()
    return first + second, third + fourth
