"""Cancelled activities of the demonstration: when and by whom, and who of 万通's has been rung up already."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select, update

from app import clock
from app.db import db
from app.demo import stories
from app.demo.people import WANTONG
from app.demo.year import Plan
from app.models import History, HistoryNote, SignUp
from app.models.activities.phase import ActivityStatus
from app.models.history import reason_digest

REACHED = 2  # people


def note_cancellations(planned: list[Plan], ids: list[int], staff: dict[str, int]) -> int:
    """Write the history of each cancelled activity, and the first calls of 万通's; returns how many were cancelled."""
    off = [(plan, id) for plan, id in zip(planned, ids, strict=True) if plan.kind == "cancelled"]
    for plan, id in off:
        ours = plan.community == WANTONG
        when = min(plan.start - timedelta(days=1), clock.now() - timedelta(hours=20))
        line = History(noun="activity", noun_id=id, action="move", created_at=when, **_by(staff, ours))
        line.from_state, line.to_state = ActivityStatus.PUBLISHED.value, ActivityStatus.CANCELLED.value
        why = stories.CANCELS[plan.start.day % 2]
        line.note, line.reason_digest = HistoryNote(text=why), reason_digest(why)
        db.session.add(line)
        if ours:
            first = select(SignUp.id).where(SignUp.activity_id == id).order_by(SignUp.turn).limit(REACHED)
            called = {"called_at": when + timedelta(hours=1), "called_by_id": staff["wantong"]}
            db.session.execute(update(SignUp).where(SignUp.id.in_(list(db.session.scalars(first)))).values(**called))
    return len(off)


def _by(staff: dict[str, int], ours: bool) -> dict[str, Any]:
    if ours:
        return {"actor_id": staff["wantong"], "actor_role": "community", "actor_place": WANTONG}
    return {"actor_id": staff["city"], "actor_role": "city", "actor_place": "3203"}
