"""待办: what waits for a post, oldest first. Each duty narrows a select that access has already scoped."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, literal, or_, select
from sqlalchemy.orm import joinedload

from app import clock
from app.db import db
from app.models import help_lists
from app.models.activity import Activity, ActivityStatus
from app.models.application import Application, ApplicationStatus
from app.models.help_request import HelpRequest

CAP = 1000
SHOWN = 5


@dataclass
class Duty:
    """One kind of work: how much of it waits (capped at 1,000), and the oldest rows."""

    kind: str
    count: int
    rows: Sequence[Any]


def applications_to_decide(scope: Select[Any]) -> Duty:
    """Applications that wait for a decision."""
    waiting = scope.where(Application.status == ApplicationStatus.PENDING)
    shown = waiting.options(joinedload(Application.user))
    return _duty("applications", waiting, shown.order_by(Application.submitted_at, Application.id))


def signups_to_admit(scope: Select[Any]) -> Duty:
    """Activities with people asking to be admitted, also those who asked after the start."""
    open_now = or_(Activity.starts_at > clock.now(), Activity.queue_closed_at.is_not(None))
    asking = scope.where(Activity.status == ActivityStatus.PUBLISHED, Activity.asking > 0, open_now)
    return _duty("signups", asking, asking.order_by(Activity.starts_at, Activity.id))


def activities_to_confirm(scope: Select[Any]) -> Duty:
    """Activities that have ended and wait for 完成确认."""
    ended = scope.where(Activity.status == ActivityStatus.PUBLISHED, Activity.ends_at <= clock.now())
    return _duty("activities", ended, ended.order_by(Activity.starts_at, Activity.id))


def help_to_handle(scope: Select[Any]) -> Duty:
    """Requests for help in which staff have the next step, or which are overdue."""
    waiting = scope.where(help_lists.to_do())
    return _duty("help", waiting, waiting.order_by(HelpRequest.running_since, HelpRequest.id))


def _duty(kind: str, scope: Select[Any], ordered: Select[Any]) -> Duty:
    capped = scope.with_only_columns(literal(1)).order_by(None).limit(CAP).subquery()
    count = db.session.scalar(select(func.count()).select_from(capped)) or 0
    return Duty(kind, count, list(db.session.scalars(ordered.limit(SHOWN))) if count else [])
