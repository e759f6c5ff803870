"""People who come to another unit at once: by a merger of units, or because what they typed is a unit of the list."""

from dataclasses import dataclass
from typing import Any, ClassVar

from sqlalchemy import ColumnElement, select, update

from app.db import db
from app.models.application import OPEN, Application
from app.models.history import record
from app.models.invitation import Invitation, InvitationStatus
from app.models.message import tell_all, tell_some
from app.models.post import Post, unit_keepers
from app.models.regions.merging import pass_posts
from app.models.signups.following import follow, hold_with_coming
from app.models.unit_dispute import DisputeStatus, UnitDispute
from app.models.user import User
from app.models.volunteer import Volunteer, VolunteerStatus
from app.models.work_unit import WorkUnit

OPEN_ONES: dict[Any, Any] = {  # what will make people of the unit later
    Application: Application.status.in_(OPEN),
    Invitation: Invitation.status == InvitationStatus.OPEN,
}


@dataclass(frozen=True)
class Somebody:
    """A volunteer by number alone: all that a history line needs."""

    id: int
    __tablename__: ClassVar[str] = Volunteer.__tablename__


def hand_over(one: WorkUnit, other: WorkUnit, *, by: User | None, keep_posts: bool) -> int:
    """Everything alive of `one` goes to `other`; how many volunteers did."""

    def theirs(model: Any) -> list[ColumnElement[bool]]:
        return [model.unit_id == one.id]

    _hold(Application, theirs)
    said = f"{one.name}已并入{other.name}。"
    _tell_people(one, other, said)
    pass_posts(Post.unit_id == one.id, other.id, said, by=by, keep=keep_posts)
    moved = _move(theirs, one.name, other, by)
    _move_disputes(one, other, by)
    return moved


def _tell_people(one: WorkUnit, other: WorkUnit, said: str) -> None:
    """A message to the volunteers of `one`, who need not do anything, and to the heir's posts."""
    theirs = select(Volunteer.user_id).where(Volunteer.unit_id == one.id, Volunteer.status != VolunteerStatus.LEFT)
    text = f"您的工作单位现在记为{other.name}，以前的服务记录不变，不用办理任何手续。不是这个单位的，请变更资料。"
    tell_all(theirs, said, text, path="/member/volunteer")
    tell_some(
        unit_keepers(other.id), said, "那里的志愿者现在是本单位的人，请核对，并更新在职党员人数。", path="/office/"
    )


def take_in(typed: str, unit: WorkUnit, *, by: User | None) -> int:
    """Whoever wrote this name as 其他 belongs to `unit` from now on; how many volunteers did."""
    return _move(lambda model: [model.unit_id.is_(None), model.unit_other == typed], typed, unit, by)


def _move(who: Any, before: str, to: WorkUnit, by: User | None) -> int:
    """Give the people whom `who(model)` names this unit, with a line in each one's history. Records keep theirs."""
    _hold(Application, who)
    _hold(Invitation, who)
    people = hold_with_coming(*who(Volunteer))
    follow(*who(Volunteer), unit_id=to.id)
    for model in (Volunteer, *OPEN_ONES):
        narrowed = [*who(model), *([OPEN_ONES[model]] if model in OPEN_ONES else [])]
        db.session.execute(update(model).where(*narrowed).values(unit_id=to.id, unit_other=""), execution_options=PAST)
    for one in people:
        record(Somebody(one), "change", by=by, reason=f"工作单位：{before} → {to.name}")
    db.session.flush()
    db.session.expire_all()
    return len(people)


PAST = {"synchronize_session": False}  # past the ORM, so that no open form of a person becomes stale


def _hold(model: Any, who: Any) -> None:
    """Hold the open ones of these people, before the people themselves: as a decision and an answer do."""
    db.session.execute(select(model.id).where(*who(model), OPEN_ONES[model]).order_by(model.id).with_for_update())


def _move_disputes(one: WorkUnit, other: WorkUnit, by: User | None) -> None:
    """Open disputes are about the heir now; where there is one already, the older one ends."""
    still_open = UnitDispute.status == DisputeStatus.OPEN
    there = set(db.session.scalars(select(UnitDispute.volunteer_id).where(UnitDispute.unit_id == other.id, still_open)))
    for dispute in db.session.scalars(select(UnitDispute).where(UnitDispute.unit_id == one.id, still_open)).all():
        if dispute.volunteer_id in there:
            dispute.settle(f"{one.name}已并入{other.name}，那里的异议还在核实。", by=by)
        else:
            dispute.unit_id = other.id
            record(dispute, "change", by=by, reason=f"工作单位：{one.name} → {other.name}")
    db.session.flush()
