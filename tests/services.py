"""Service records in tests, made by the product's own verb, and what they add up to."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from app import clock
from app.db import db
from app.models import ServiceRecord, Volunteer
from app.models.category import category_by_slug
from app.models.figures.period import Period
from app.models.figures.totals import Scope, total
from app.models.service_record import Evidence
from tests.cast import WANTONG

E = Evidence
PERIOD = Period("2025-01", "2025-12")


def served(
    volunteer: Volunteer,
    community: str = WANTONG,
    on: date | None = None,
    *,
    minutes: int = 60,
    category: str = "elder",
    evidence: Evidence = E.MIGRATED,
) -> ServiceRecord:
    """One service of this person on a day (default: today), with the person's community and unit as they are now."""
    kind, home = category_by_slug(category), volunteer.community_code
    assert kind is not None
    record = ServiceRecord(
        volunteer_id=volunteer.id,
        activity_id=None,
        minutes=minutes,
        category_id=kind.id,
        evidence=evidence,
        unit_id=volunteer.unit_id,
        volunteer_district_code=home[:6],
        volunteer_subdistrict_code=home[:9],
        volunteer_community_code=home,
    )
    record.locate(community)
    record.happened(on or clock.today())
    ServiceRecord.make([record])
    return db.session.scalars(db.select(ServiceRecord).order_by(ServiceRecord.id.desc()).limit(1)).one()


def last_year(day: date | None = None) -> date:
    """The middle of the same month a year before."""
    return ((day or clock.today()).replace(day=15) - timedelta(days=365)).replace(day=15)


def figures(lines: Any) -> tuple[int, int]:
    """Services and minutes of all the lines."""
    found = total(lines)
    return found.services, found.minutes


def different(scope: Scope) -> int:
    """How many people the records behind a figure name."""
    records = select(ServiceRecord.volunteer_id.distinct()).where(*scope.records())
    return len(db.session.scalars(records).all())
