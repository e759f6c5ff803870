"""What the checklist shows: columns instead of objects, since a list of 300 people is read in the cold."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, or_, select
from sqlalchemy.orm import aliased

from app.db import db
from app.models.signup import Attendance, SignUp, SignUpStatus
from app.models.user import User
from app.models.volunteer import Volunteer

Ticker = aliased(User)


@dataclass(frozen=True)
class Tally:
    """How many people of the list are in which state of attendance, and when one was last saved."""

    present: int = 0
    unknown: int = 0
    absent: int = 0
    excused: int = 0
    saved_at: datetime | None = None

    @property
    def total(self) -> int:
        """Everybody on the list."""
        return self.present + self.unknown + self.absent + self.excused


def tally(activity_id: int) -> Tally:
    """The numbers of this activity's list, in one statement."""
    listed = SignUp.activity_id == activity_id, SignUp.status == SignUpStatus.ADMITTED
    wanted = select(SignUp.attendance, func.count(), func.max(SignUp.ticked_at)).where(*listed)
    found = {state: (number, last) for state, number, last in db.session.execute(wanted.group_by(SignUp.attendance))}
    last = max((moment for _, moment in found.values() if moment), default=None)
    return Tally(**{state.value: number for state, (number, _) in found.items()}, saved_at=last)


def roll(activity_id: int) -> Select[Any]:
    """Everybody on this activity's list, as columns, in no order: the caller's list orders and pages."""
    return (
        select(
            SignUp.id, SignUp.attendance, SignUp.minutes, SignUp.walk_in, SignUp.ticked_at, SignUp.unit_id,
            Volunteer.unit_other, Volunteer.user_id, User.name, User.initials, User.phone_tail,
            Ticker.name.label("ticker"),
        )
        .join(Volunteer, Volunteer.id == SignUp.volunteer_id)
        .join(User, User.id == Volunteer.user_id)
        .outerjoin(Ticker, Ticker.id == SignUp.ticked_by_id)
        .where(SignUp.activity_id == activity_id, SignUp.status == SignUpStatus.ADMITTED)
    )


def in_order(activity_id: int) -> list[Row[Any]]:
    """Everybody on the list by pinyin initials and name, for paper."""
    return list(db.session.execute(roll(activity_id).order_by(User.initials, User.name, SignUp.id)))


def line(signup: SignUp) -> Row[Any]:
    """One person's line of the list."""
    return db.session.execute(roll(signup.activity_id).where(SignUp.id == signup.id)).one()


def called(words: str) -> ColumnElement[bool]:
    """The condition that a person of the list goes by these words: name, initials, or last digits of the phone."""
    words = words.strip()
    if words.isascii() and words.isdigit():
        return User.phone_tail.endswith(words)
    by_initials = User.initials.startswith(words.lower(), autoescape=True)
    return or_(User.name.contains(words, autoescape=True), by_initials)


def ticked_at_once(activity_id: int, at: datetime) -> int:
    """How many are still 已到 by the one 'all the rest came' of the moment `at`."""
    theirs = SignUp.activity_id == activity_id, SignUp.attendance == Attendance.PRESENT, SignUp.ticked_at == at
    return db.session.scalar(select(func.count()).where(*theirs)) or 0
