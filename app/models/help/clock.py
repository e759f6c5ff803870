"""What time alone does to requests, for `flask tick`: silence ends a 待补充, unanswered offers expire."""

from sqlalchemy import or_, select

from app import clock
from app.db import db
from app.models.assignment import Assignment
from app.models.help.states import AssignmentStatus
from app.models.help_request import HelpRequest, hold_requests


def due_requests() -> list[int]:
    """Ids of requests in which a stored state is behind the clock."""
    now = clock.now()
    offers = select(Assignment.request_id).where(
        Assignment.status == AssignmentStatus.OFFERED, Assignment.expires_at <= now
    )
    wanted = select(HelpRequest.id).where(or_(HelpRequest.lapses_at <= now, HelpRequest.id.in_(offers)))
    return list(db.session.scalars(wanted.order_by(HelpRequest.id)))


def settle_help(id: int) -> bool:
    """Store what is due in this request; True when something changed. Safe to repeat."""
    held = hold_requests(id)
    return bool(held) and held[0].settle()
