"""What the checklist shows: columns instead of objects, since a list of 300 people is read in the cold."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple, cast

from sqlalchemy import ColumnElement, Row, Select, bindparam, func, or_, select
from sqlalchemy.orm import aliased

from app import clock
from app.db import db
from app.models.activity import Activity, ActivityStatus
from app.models.attendance import rules
from app.models.impartial import shown_untouchable
from app.models.signup import Attendance, SignUp, SignUpStatus
from app.models.user import User
from app.models.volunteer import Volunteer
from app.straight import read

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


@dataclass(frozen=True)
class Desk:
    """What rows and counters need to know besides the people, for the one who sits at it."""

    activity: Activity  # or `OfActivity`
    objection: str  # why nobody can be ticked now; '' when they can
    corrected: bool  # after 结项: person by person, with a reason
    not_mine: frozenset[int]  # user ids whose attendance somebody above decides

    @cached_property
    def tally(self) -> Tally:
        """The numbers of the list; a row alone needs none."""
        return tally(self.activity.id)

    @property
    def usual(self) -> int:
        """The minutes that a tick gives."""
        return rules.usual_minutes(self.activity)

    @property
    def until(self) -> datetime:
        """The moment from which nothing can be corrected; only after 结项."""
        return rules.last_correction(self.activity)

    @property
    def quick(self) -> bool:
        """Whether one tap ticks."""
        return not self.objection and not self.corrected

    @property
    def may_end(self) -> bool:
        """Whether 完成确认 is possible."""
        return self.quick and clock.now() >= self.activity.ends_at


def desk(activity: Activity, by: User | None) -> Desk:
    """The desk of this activity for `by` (None: for somebody who may decide about everybody), as it stands now."""
    return Desk(activity, rules.objection(activity), rules.corrected(activity), shown_untouchable(by))


# Built once: these run with every tick.
LISTED = SignUp.activity_id == bindparam("activity"), SignUp.status == SignUpStatus.ADMITTED
TALLY = select(SignUp.attendance, func.count(), func.max(SignUp.ticked_at)).where(*LISTED).group_by(SignUp.attendance)
ROLL = (
    select(
        SignUp.id,
        SignUp.attendance,
        SignUp.minutes,
        SignUp.walk_in,
        SignUp.ticked_at,
        SignUp.unit_id,
        Volunteer.unit_other,
        Volunteer.user_id,
        User.name,
        User.initials,
        User.phone_tail,
        Ticker.name.label("ticker"),
    )
    .select_from(SignUp)
    .join(Volunteer, Volunteer.id == SignUp.volunteer_id)
    .join(User, User.id == Volunteer.user_id)
    .outerjoin(Ticker, Ticker.id == SignUp.ticked_by_id)
    .where(SignUp.status == SignUpStatus.ADMITTED)
)
LINE = ROLL.where(SignUp.id == bindparam("id"))


# A row alone, which is asked for as often as people tap: of its activity what `Desk` needs.
class OfActivity(NamedTuple):
    """These columns of an activity."""

    id: int
    status: ActivityStatus
    starts_at: datetime
    ends_at: datetime
    completed_at: datetime | None
    minutes: int | None


_its = [getattr(Activity, name).label(f"activity_{name}") for name in OfActivity._fields]
ROW = LINE.add_columns(*_its).join(SignUp.activity).where(SignUp.activity_id == bindparam("activity"))


def activity_of(row: Row[Any]) -> Any:
    """The activity of a line that `ROW` found."""
    return OfActivity(*row[-len(_its) :])


def tally(activity_id: int) -> Tally:
    """The numbers of this activity's list, in one statement."""
    found = {state: (number, last) for state, number, last in read(TALLY, {"activity": activity_id})}
    last = max((moment for _, moment in found.values() if moment), default=None)
    return Tally(**{state.value: number for state, (number, _) in found.items()}, saved_at=last)


def roll(activity_id: int) -> Select[Any]:
    """Everybody on this activity's list, as columns, in no order: the caller's list orders and pages."""
    return ROLL.where(SignUp.activity_id == activity_id)


def line(signup: SignUp) -> Row[Any] | None:
    """One person's line of the list; None for who is not on it."""
    return cast("Row[Any] | None", read(LINE, {"id": signup.id}).first())


def in_order(activity_id: int) -> list[Row[Any]]:
    """Everybody on the list by pinyin initials and name, for paper."""
    return list(db.session.execute(roll(activity_id).order_by(User.initials, User.name, SignUp.id)))


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
