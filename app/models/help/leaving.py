"""Helping ends when a volunteer pauses or leaves: offers expire, what was accepted is given up, somebody else is sent.

Requests are held before teams, activities and volunteers (docs/adr/0002): hold them first, end them last.
"""

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from app.db import db, lock
from app.models.assignment import Assignment
from app.models.help.messages import tell_volunteer
from app.models.help.states import AssignmentStatus
from app.models.help_request import hold_requests
from app.refusal import Refused

if TYPE_CHECKING:
    from app.models.user import User
    from app.models.volunteer import Volunteer

A = AssignmentStatus


def _live(volunteer: "Volunteer") -> list[Any]:
    return [Assignment.volunteer_id == volunteer.id, Assignment.status.in_((A.OFFERED, A.ACCEPTED))]


def hold_help_of(volunteer: "Volunteer") -> set[int]:
    """Hold the requests in which this person was asked or helps, with what is due in them stored; returns their ids."""
    ids = set(db.session.scalars(select(Assignment.request_id).where(*_live(volunteer))))
    for request in hold_requests(*ids):
        request.settle()
    return ids


def leave_help(volunteer: "Volunteer", held: set[int], *, by: "User", why: str) -> None:
    """End what this person (held) was asked and promised in the requests that `hold_help_of` held."""
    now = set(db.session.scalars(select(Assignment.request_id).where(*_live(volunteer))))
    if not now <= held:  # asked in this very moment: to hold that request now could wait in a circle
        raise Refused("刚刚有求助安排的变动，请再试一次。", volunteer)
    for one in lock(select(Assignment).where(*_live(volunteer)).order_by(Assignment.request_id)):
        one.drop(by=by, why=why)
        if by.id != volunteer.user_id:
            tell_volunteer(one, "这件求助不用再去了", why)
