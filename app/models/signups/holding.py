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

from sqlalchemy import ColumnElement, Integer, and_, bindparam, select
from sqlalchemy.orm.attributes import set_committed_value

from app import labels
from app.db import db
from app.freshness import touch
from app.models.activity import Activity
from app.models.signup import SignUp, SignUpStatus
from app.models.user import User
from app.models.volunteer import Volunteer
from app.refusal import Refused
from app.straight import fresh, plain, read, write

COUNTED = {SignUpStatus.ADMITTED: "taken", SignUpStatus.WAITING: "waiting", SignUpStatus.ASKING: "asking"}
FULL = "名额已满。"

# Built once: five hundred people may sign up within seconds.
ACTIVITIES = (
    select(*plain(Activity))
    .where(Activity.id.in_(bindparam("ids", expanding=True)))
    .order_by(Activity.id)
    .with_for_update()
)
OF_PERSON = plain(Volunteer)
PERSON = (
    select(*OF_PERSON, *plain(SignUp))
    .select_from(Volunteer)
    .outerjoin(SignUp, and_(SignUp.volunteer_id == Volunteer.id, SignUp.activity_id == bindparam("activity")))
    .where(Volunteer.user_id == bindparam("user"))
    .with_for_update(of=Volunteer)
)


def hold(*ids: int) -> list[Activity]:
    """Lock these activities, by id, and return them fresh."""
    return [fresh(Activity, found) for found in read(ACTIVITIES, {"ids": ids})]


def hold_person(activity: Activity, user_id: int) -> tuple[Volunteer | None, SignUp | None]:
    """Lock this person's volunteer, fresh, with their row in the activity, which must be held already: nobody else moves it.

    None: they are no volunteer, or not in it.
    """
    found = read(PERSON, {"activity": activity.id, "user": user_id}).first()
    if found is None:
        return None, None
    who, row = found[: len(OF_PERSON)], found[len(OF_PERSON) :]
    return fresh(Volunteer, who), fresh(SignUp, row) if row[0] else None


def hold_people(*who: ColumnElement[bool]) -> None:
    """Lock the volunteers of whom this holds, by id, in one statement; the activities must be held already."""
    db.session.execute(select(Volunteer.id).where(*who).order_by(Volunteer.id).with_for_update())


def count(activity: Activity, **amounts: Any) -> None:
    """Add to counters of this held activity in one UPDATE; Refused, with nothing written, when no seat is free."""
    row = write(_counting(*amounts), {"held": activity.id} | {f"more_{n}": v for n, v in amounts.items()}).first()
    if row is None:
        raise Refused(FULL, activity)
    for name, value in row._mapping.items():
        set_committed_value(activity, name, value)
    touch("activities", *(["awaited"] if "asking" in amounts else []))


@lru_cache
def _counting(*names: str) -> Any:
    """The statement that adds to these counters, built once; without a free seat it changes no row."""
    table: Any = Activity.__table__
    kept = table.c
    more: dict[str, Any] = {name: kept[name] + bindparam(f"more_{name}", type_=Integer) for name in names}
    change = table.update().where(kept.id == bindparam("held")).values(more)
    if "taken" in names:
        change = change.where((bindparam("more_taken", type_=Integer) <= 0) | (more["taken"] <= kept.capacity))
    return change.returning(kept.taken, kept.waiting, kept.asking, kept.turns)


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
