"""Looks at name, phone and address: each is a row that the asker can see."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from app import clock
from app.db import Model, Row, db
from app.models.assignment import Assignment
from app.models.help.states import AssignmentStatus, HelpStatus
from app.models.help_request import HelpRequest
from app.models.history import record
from app.models.stateful import given
from app.models.user import User
from app.refusal import Refused


@dataclass(frozen=True)
class Contact:
    """Name, phone ('' for somebody without one) and address, shown once."""

    name: str
    phone: str
    address: str


class ContactView(Row, Model):
    """Who looked, when, and as what: `volunteer`, or the role and place of a post."""

    request_id: Mapped[int] = mapped_column(ForeignKey("help_request.id"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    role: Mapped[str] = mapped_column(String(20))
    place: Mapped[str] = mapped_column(String(20), default="")
    at: Mapped[datetime] = mapped_column(default=clock.now)

    user: Mapped[User] = relationship(lazy="raise")


def look(request: HelpRequest, *, by: User) -> Contact:
    """For staff: from 受理 until seven days after 办结."""
    if not request.shows_contact:
        raise Refused("受理以后、办结后七天以内才能查看联系方式。", request)
    post = by.post
    return _shown(request, by, post.role.value if post else "", post.place_key if post else "")


def look_as_volunteer(assignment: Assignment, *, by: User) -> Contact:
    """For the volunteer: from 接单 until seven days after 办结; `request` is loaded."""
    if not may_look(assignment):
        raise Refused("接单以后、办结后七天以内才能查看联系方式。", assignment)
    return _shown(assignment.request, by, "volunteer", "")


def print_slip(request: HelpRequest, *, by: User, reason: str) -> None:
    """Number and tail once more for an asker who lost them: `reason` says how staff know the person; the history keeps it."""
    record(request, "slip", by=by, reason=given(reason))
    db.session.flush()


def may_look(assignment: Assignment) -> bool:
    """Whether the volunteer sees the contact now: who helped in a round that is over does not, once it is reopened."""
    request, standing = assignment.request, assignment.standing
    over = assignment.record_id is not None and request.status is not HelpStatus.CLOSED
    here = standing is AssignmentStatus.ACCEPTED or (standing is AssignmentStatus.DONE and not over)
    return here and request.shows_contact


def _shown(request: HelpRequest, by: User, role: str, place: str) -> Contact:
    db.session.add(ContactView(request_id=request.id, user_id=by.id, role=role, place=place))
    db.session.flush()
    return Contact(request.name, request.phone or "", request.address)


def looks_at(request: HelpRequest) -> list[ContactView]:
    """Every look, newest first, with the people."""
    wanted = select(ContactView).where(ContactView.request_id == request.id).options(joinedload(ContactView.user))
    return list(db.session.scalars(wanted.order_by(ContactView.id.desc())))
