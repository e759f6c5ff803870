"""People who come to another unit at once: by a merger of units, or because what they typed is a unit of the list."""

from dataclasses import dataclass
from typing import Any, ClassVar

from sqlalchemy import ColumnElement, select, update

from app import clock
from app.db import db
from app.models.activity import Activity
from app.models.application import OPEN, Application
from app.models.history import record
from app.models.invitation import Invitation, InvitationStatus
from app.models.post import Post
from app.models.regions.merging import pass_posts
from app.models.signup import SignUp
from app.models.unit_dispute import DisputeStatus, UnitDispute
from app.models.user import User
from app.models.volunteer import Volunteer
from app.models.work_unit import WorkUnit

OTHERS: tuple[tuple[Any, Any], ...] = (  # what will make people of the unit later
    (Application, Application.status.in_(OPEN)),
    (Invitation, Invitation.status == InvitationStatus.OPEN),
)


@dataclass(frozen=True)
class Somebody:
    """A volunteer by number alone: all that a history line needs."""

    id: int
    __tablename__: ClassVar[str] = Volunteer.__tablename__


def hand_over(one: WorkUnit, other: WorkUnit, *, by: User | None, keep_posts: bool) -> int:
    """Everything alive of `one` goes to `other`; how many volunteers did."""
    moved = _move(lambda model: [model.unit_id == one.id], one.name, other, by)
    pass_posts(Post.unit_id == one.id, other.id, f"{one.name}已并入{other.name}。", by=by, keep=keep_posts)
    _move_disputes(one.id, other.id, by)
    return moved


def take_in(typed: str, unit: WorkUnit, *, by: User | None) -> int:
    """Whoever wrote this name as 其他 belongs to `unit` from now on; how many volunteers did."""
    return _move(lambda model: [model.unit_id.is_(None), model.unit_other == typed], typed, unit, by)


def _move(who: Any, before: str, to: WorkUnit, by: User | None) -> int:
    """Give the people whom `who(model)` names this unit, with a line in each one's history. Records keep theirs."""
    theirs: list[ColumnElement[bool]] = who(Volunteer)
    people = db.session.scalars(select(Volunteer.id).where(*theirs).order_by(Volunteer.id).with_for_update()).all()
    ahead = select(Activity.id).where(Activity.starts_at > clock.now())
    coming = SignUp.activity_id.in_(ahead), SignUp.volunteer_id.in_(select(Volunteer.id).where(*theirs))
    db.session.execute(update(SignUp).where(*coming).values(unit_id=to.id), execution_options=PAST)
    for model, condition in ((Volunteer, None), *OTHERS):
        narrowed = who(model) if condition is None else [*who(model), condition]
        db.session.execute(update(model).where(*narrowed).values(unit_id=to.id, unit_other=""), execution_options=PAST)
    for one in people:
        record(Somebody(one), "change", by=by, reason=f"工作单位：{before} → {to.name}")
    db.session.flush()
    db.session.expire_all()
    return len(people)


PAST = {"synchronize_session": False}  # past the ORM, so that no open form of a person becomes stale


def _move_disputes(one: int, other: int, by: User | None) -> None:
    """Open disputes are about the heir now; where there is one already, the older one ends."""
    still_open = UnitDispute.status == DisputeStatus.OPEN
    there = set(db.session.scalars(select(UnitDispute.volunteer_id).where(UnitDispute.unit_id == other, still_open)))
    for dispute in db.session.scalars(select(UnitDispute).where(UnitDispute.unit_id == one, still_open)).all():
        if dispute.volunteer_id in there:
            dispute.move(DisputeStatus.WITHDRAWN, by=by)
        else:
            dispute.unit_id = other
    db.session.flush()
