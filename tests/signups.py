"""Helpers for tests of sign-ups: people in numbers, activities of tomorrow, rows in any state, counters against a recount."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

from app import clock
from app.db import db
from app.models import Activity, SignUp, Volunteer
from app.models.signup import SignUpStatus
from app.models.signups.holding import COUNTED
from tests.cast import make_activity, make_user, make_volunteer, volunteer_of, who

S = SignUpStatus


def join(username: str, activity: Activity) -> SignUp:
    """That person of the cast signs up."""
    return SignUp.join(volunteer_of(username), activity, by=who(username))


def crowd(number: int, prefix: str = "p") -> list[Volunteer]:
    """So many volunteers of 万通社区: p000, p001, …"""
    return [make_volunteer(make_user(f"{prefix}{n:03d}", f"测试{n}")) for n in range(number)]


def at(hour: int, hours: int = 2, **facts: Any) -> Activity:
    """An activity of tomorrow at this hour."""
    start_at = clock.start_of(clock.today() + timedelta(days=1)) + timedelta(hours=hour)
    return make_activity(starts_at=start_at, ends_at=start_at + timedelta(hours=hours), **facts)


def put(activity: Activity, volunteer: Volunteer, status: SignUpStatus, **facts: Any) -> SignUp:
    """A row in this state, however it came there, with the activity's counters in step."""
    activity.turns += 1
    if status in COUNTED:
        setattr(activity, COUNTED[status], getattr(activity, COUNTED[status]) + 1)
    signup = SignUp(activity_id=activity.id, volunteer_id=volunteer.id, status=status, turn=activity.turns, **facts)
    signup.of_that_day(activity, volunteer)
    db.session.add(signup)
    db.session.flush()
    return signup


def states(activity: Activity) -> dict[SignUpStatus, int]:
    """How many rows of the activity are in each state."""
    found = db.session.scalars(db.select(SignUp.status).where(SignUp.activity_id == activity.id))
    return dict(Counter(found))


def rows(activity: Activity) -> list[SignUp]:
    """The activity's rows by turn, fresh."""
    wanted = db.select(SignUp).where(SignUp.activity_id == activity.id).order_by(SignUp.turn)
    return list(db.session.scalars(wanted.execution_options(populate_existing=True)))


def assert_counters(activity: Activity) -> None:
    """`taken`, `waiting`, `asking` are what a recount says, and no seat too many is held."""
    db.session.flush()
    db.session.refresh(activity)
    held = rows(activity)
    true = Counter(COUNTED[one.status] for one in held if one.status in COUNTED and not one.walk_in)
    kept = {name: getattr(activity, name) for name in COUNTED.values()}
    assert kept == {name: true[name] for name in kept}
    assert activity.taken <= activity.capacity
    assert len({one.turn for one in held}) == len(held)


def until(moment: datetime) -> None:
    """Put the clock to this moment, after a commit."""
    db.session.commit()
    clock.move(moment - datetime.now(UTC))


def start(activity: Activity) -> None:
    """Put the clock to one minute after the activity's start."""
    until(activity.starts_at + timedelta(minutes=1))
