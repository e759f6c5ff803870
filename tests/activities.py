"""Helpers for tests of activities: what a community states, as facts and as a filled form."""

from datetime import datetime, timedelta
from typing import Any

from app import clock
from app.db import db
from app.models import Activity
from app.models.activities.facts import Facts
from tests.cast import WANTONG, who

KEY = "0123456789abcdef0123456789abcdef"


def day(days: int, hour: int = 9, minute: int = 0) -> datetime:
    """So many days from today, at this time in Shanghai."""
    return clock.start_of(clock.today() + timedelta(days=days)) + timedelta(hours=hour, minutes=minute)


def facts(**changes: Any) -> Facts:
    """A sound statement: the day after tomorrow from 9:00 to 11:00 in 万通社区, ten places."""
    usual: dict[str, Any] = {
        "title": "云龙湖岸线清洁",
        "category": "env",
        "community": WANTONG,
        "place": "东岸游客中心",
        "starts_at": day(2),
        "ends_at": day(2, 11),
        "capacity": 10,
        "description": "清理**白色垃圾**。",
        "risks": "湖边路滑。",
        "safeguards": "现场有急救包。",
    }
    return Facts(**(usual | changes))


def resolved(changes: dict[str, Any]) -> dict[str, Any]:
    """These changes with every `partial(day, 2)` among them worked out: midnight may have passed since pytest collected them."""
    return {name: value() if callable(value) else value for name, value in changes.items()}


def drafted(**changes: Any) -> Activity:
    """A draft of 万通社区's administrator."""
    return Activity.draft(facts(**changes), who("wantong"))


def published(**changes: Any) -> Activity:
    """The same, published."""
    activity = drafted(**changes)
    activity.publish(who("wantong"))
    return activity


def typed(moment: datetime) -> str:
    """As a `datetime-local` field sends it."""
    return f"{clock.local(moment):%Y-%m-%dT%H:%M}"


def form(**changes: Any) -> dict[str, Any]:
    """The fields of a sound form, as a browser sends them; None leaves one out."""
    usual = {
        "title": "云龙湖岸线清洁",
        "category": "env",
        "community": WANTONG,
        "place": "东岸游客中心",
        "starts_at": typed(day(2)),
        "ends_at": typed(day(2, 11)),
        "signup_closes_at": "",
        "capacity": "10",
        "minutes": "",
        "description": "清理**白色垃圾**。",
        "risks": "湖边路滑。",
        "safeguards": "现场有急救包。",
    }
    return {name: value for name, value in (usual | changes).items() if value is not None}


def form_of(activity: Activity, **changes: Any) -> dict[str, Any]:
    """The form as it opens for this activity, with something typed over."""
    opened = {
        "title": activity.title,
        "place": activity.place,
        "community": activity.community_code,
        "starts_at": typed(activity.starts_at),
        "ends_at": typed(activity.ends_at),
        "signup_closes_at": typed(activity.signup_closes_at),
        "capacity": str(activity.capacity),
        "minutes": str(activity.minutes),
        "description": activity.description,
        "risks": activity.risks,
        "safeguards": activity.safeguards,
        "version": str(activity.version),
        "category": activity.facts.category,
    }
    return opened | changes


def all_activities() -> list[Activity]:
    """Every activity, by id."""
    return list(db.session.scalars(db.select(Activity).order_by(Activity.id)))
