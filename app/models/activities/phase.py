"""The states of an activity, and what the clock shows of them: computed, never stored (SPEC section 3)."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from app import clock


class ActivityStatus(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class Phase(StrEnum):
    """What the clock shows of an activity."""

    DRAFT = "draft"
    RECRUITING = "recruiting"
    FULL = "full"
    CLOSED = "closed"
    ONGOING = "ongoing"
    ENDED = "ended"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


def phase_of(row: Any, at: datetime | None = None) -> Phase:
    """The phase of anything that has the columns: status, times, deadline, taken, capacity."""
    at = at or clock.now()
    if row.status is not ActivityStatus.PUBLISHED:
        return Phase(row.status.value)
    if at >= row.ends_at:
        return Phase.ENDED
    if at >= row.starts_at:
        return Phase.ONGOING
    if at >= row.signup_closes_at:
        return Phase.CLOSED
    return Phase.FULL if row.taken >= row.capacity else Phase.RECRUITING


def queue_is_over(row: Any, at: datetime | None = None) -> bool:
    """Whether 候补 and 待审核 that the rows still name have become 未录用: at the start, and at 结项.

    After `flask tick` has stored it (`queue_closed_at`), who asks came after the start and is not meant.
    """
    if row.status is ActivityStatus.COMPLETED:
        return True
    started: bool = row.starts_at <= (at or clock.now())
    return row.status is ActivityStatus.PUBLISHED and started and row.queue_closed_at is None
