"""活动场次: published and completed activities by the day on which they begin."""

from collections.abc import Callable, Hashable
from typing import Any

from sqlalchemy import Select, and_, case, func

from app.db import db
from app.freshness import Remembered
from app.models.activities.search import PUBLIC
from app.models.activity import Activity
from app.models.figures.period import Period
from app.models.region import CITY
from app.models.regions.homes import homes
from app.statements import VARIED


def launched() -> Any:
    """The condition that an activity is neither a draft nor called off."""
    return Activity.status.in_(PUBLIC)


def begins_in(period: Period) -> Any:
    """The condition that it begins in the period."""
    first, end = period.moments
    return and_(Activity.starts_at >= first, Activity.starts_at < end)


TOPICS = ("launched", "regions")
_by_region = Remembered(200)


def activities_by_region(
    scope: Callable[[], Select[Any]], period: Period, shape: Hashable
) -> dict[str, tuple[int, int]]:
    """How many there are in the period and in the same period a year before, by region of every level.

    One statement, asked again only after an activity was launched, moved or called off. `scope` says which activities the
    reader may count, `shape` names all on which that depends.
    """
    return _by_region.of((shape, period), lambda: _counted(scope(), period), *TOPICS)


def _counted(scope: Select[Any], period: Period) -> dict[str, tuple[int, int]]:
    times = [begins_in(one) for one in (period, period.before)]
    counts = [func.sum(case((when, 1), else_=0)) for when in times]
    asked = scope.where(launched(), times[0] | times[1]).with_only_columns(Activity.community_code, *counts)
    found: dict[str, tuple[int, int]] = {}
    for community, now, before in db.session.execute(asked.group_by(Activity.community_code), execution_options=VARIED):
        for code in {CITY, *homes().get(community, {}).values()}:
            had = found.get(code, (0, 0))
            found[code] = had[0] + int(now), had[1] + int(before)
    return found
