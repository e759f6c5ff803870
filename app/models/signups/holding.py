"""What moving a sign-up holds, and how the counters of its activity keep step with it.

Every move locks its activity first (`hold`, by id), then, where somebody may become 已录用, everybody who
may (`hold_people`, volunteers by id, in one statement). So two moves of one activity come one after the
other, one person's moves in two activities do too, and no two of them wait for each other.

The counters `taken`, `waiting`, `asking` move with the row in one UPDATE, whose condition
`taken <= capacity` is the last word on a seat. A walk-in is 已录用 outside seats and stands in none of them.
They are written past the ORM: an activity's `version` guards its edit form, not its queue.
"""

from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Integer, bindparam, select, update
from sqlalchemy.orm.attributes import set_committed_value

from app import labels
from app.db import db, locking
from app.freshness import touch
from app.models.activity import Activity
from app.models.signup import SignUp, SignUpStatus
from app.models.user import User
from app.models.volunteer import Volunteer
from app.refusal import Refused

COUNTED = {SignUpStatus.ADMITTED: "taken", SignUpStatus.WAITING: "waiting", SignUpStatus.ASKING: "asking"}
FULL = "名额已满。"

# Built once: five hundred people may sign up within seconds.
ACTIVITIES = locking(select(Activity).where(Activity.id.in_(bindparam("ids", expanding=True))).order_by(Activity.id))
PERSON = locking(select(Volunteer).where(Volunteer.id == bindparam("id")))
ROW = (
    select(SignUp)
    .where(SignUp.activity_id == bindparam("activity"), SignUp.volunteer_id == bindparam("volunteer"))
    .execution_options(populate_existing=True)
)


def hold(*ids: int) -> list[Activity]:
    """Lock these activities, by id, and return them fresh."""
    return list(db.session.scalars(ACTIVITIES, {"ids": ids}))


def hold_person(id: int) -> Volunteer | None:
    """Lock this volunteer, fresh; the activities must be held already. None: the membership was undone."""
    found: Volunteer | None = db.session.scalar(PERSON, {"id": id})
    return found


def hold_people(*who: ColumnElement[bool]) -> None:
    """Lock the volunteers of whom this holds, by id, in one statement; the activities must be held already."""
    db.session.execute(select(Volunteer.id).where(*who).order_by(Volunteer.id).with_for_update())


def row_of(activity_id: int, volunteer_id: int) -> SignUp | None:
    """The person's row in this activity, fresh."""
    return db.session.scalar(ROW, {"activity": activity_id, "volunteer": volunteer_id})


def count(activity: Activity, **amounts: Any) -> None:
    """Add to counters of this held activity in one UPDATE; Refused, with nothing written, when no seat is free."""
    row = db.session.execute(
        _counting(*amounts), {"held": activity.id} | {f"more_{n}": v for n, v in amounts.items()}
    ).first()
    if row is None:
        raise Refused(FULL, activity)
    for name, value in row._mapping.items():
        set_committed_value(activity, name, value)
    touch("activities")


@lru_cache
def _counting(*names: str) -> Any:
    """The statement that adds to these counters, built once; without a free seat it changes no row."""
    more: dict[str, Any] = {name: getattr(Activity, name) + bindparam(f"more_{name}", type_=Integer) for name in names}
    change = update(Activity).where(Activity.id == bindparam("held")).values(more)
    if "taken" in names:
        change = change.where((bindparam("more_taken", type_=Integer) <= 0) | (more["taken"] <= Activity.capacity))
    stored = change.returning(Activity.taken, Activity.waiting, Activity.asking, Activity.turns)
    return stored.execution_options(synchronize_session=False)


def shift(signup: SignUp, to: SignUpStatus, *, by: User | None, reason: str = "", walk_in: bool = False) -> None:
    """Move a sign-up of a held activity, with the counters: the only way a sign-up changes its state.

    `walk_in` makes it 已录用 outside seats. Raises Refused where the table knows no such move.
    """
    if not signup.can_move(to):
        state = labels.word(signup.standing())
        raise Refused(f"这项报名现在是“{state}”，不能这样操作。可能刚被处理过。", signup)
    amounts: dict[str, int] = {}
    if signup.status in COUNTED and not signup.walk_in:
        amounts[COUNTED[signup.status]] = -1
    if to in COUNTED and not walk_in:
        amounts[COUNTED[to]] = 1
    if amounts:
        count(signup.activity, **amounts)
    signup.walk_in = walk_in
    if to is SignUpStatus.DECLINED:
        signup.decline_reason = reason
    signup.move(to, by=by, reason=reason)
