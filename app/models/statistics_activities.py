"""活动场次: published and completed activities by the day on which they begin."""

from typing import Any

from sqlalchemy import Select, and_, case, func

from app.db import db
from app.models.activity import Activity
from app.models.activity_search import PUBLIC
from app.models.period import Period
from app.models.region_homes import strays
from app.models.statistics import child_of


def launched() -> Any:
    """The condition that an activity is neither a draft nor called off."""
    return Activity.status.in_(PUBLIC)


def begins_in(period: Period) -> Any:
    """The condition that it begins in the period."""
    first, end = period.moments
    return and_(Activity.starts_at >= first, Activity.starts_at < end)


def activities_below(scope: Select[Any], period: Period, width: int) -> dict[str, tuple[int, int]]:
    """How many there are in the period and in the same period a year before, by region of this width of code."""
    code = func.substr(Activity.community_code, 1, width) if not strays() else Activity.community_code
    times = [begins_in(one) for one in (period, period.before)]
    counts = [func.sum(case((when, 1), else_=0)) for when in times]
    asked = scope.where(launched(), times[0] | times[1]).with_only_columns(code.label("code"), *counts).group_by("code")
    found: dict[str, tuple[int, int]] = {}
    for raw, now, before in db.session.execute(asked):
        key = child_of(raw, width)
        had = found.get(key, (0, 0))
        found[key] = had[0] + int(now), had[1] + int(before)
    return found
