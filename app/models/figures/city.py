"""The whole city's sums, month by month: what is over is kept in memory, so that ten years cost what one month does.

A month of the roll-up of a large city is some 17,000 rows. Months that are over hardly change; when one does, its
topic is touched (`service_record.touch_months`) and it is summed up anew. A month counts as over two days after its
end, so that no transaction which still took it for the present one can commit unseen.
"""

from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import func, select

from app import clock
from app.db import db
from app.freshness import Remembered
from app.models.service_record import ServiceMonth, month_topic

Sums = dict[int | str, tuple[int, int]]  # key → services, minutes
MOST = 160  # months × columns: three years of both views; about 0.2 MB each where 3,000 units serve
_kept = Remembered(MOST)


def city_sums(dimension: str, months: Iterable[str]) -> dict[str, Sums]:
    """Each month's sums by this column of the roll-up; at most one statement."""
    found: dict[str, Sums] = {}
    missing = []
    for month in months:
        held = _kept.get(f"{dimension} {month}", month_topic(month))
        if held is None:
            missing.append(month)
        else:
            found[month] = held
    return found | (_read(dimension, missing) if missing else {})


def _read(dimension: str, months: list[str]) -> dict[str, Sums]:
    column = getattr(ServiceMonth, dimension)
    sums = select(ServiceMonth.month, column, func.sum(ServiceMonth.services), func.sum(ServiceMonth.minutes))
    found: dict[str, Sums] = {month: {} for month in months}
    stmt = sums.where(ServiceMonth.month.in_(months)).group_by(ServiceMonth.month, column)
    for month, key, services, minutes in db.session.execute(stmt):
        found[month][key] = int(services), int(minutes)
    over = f"{clock.today() - timedelta(days=2):%Y-%m}"
    for month in months:
        if month < over:
            _kept.keep(f"{dimension} {month}", month_topic(month), found[month])
    return found
