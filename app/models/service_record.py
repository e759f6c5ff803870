"""服务记录 `ServiceRecord`: one confirmed service of one person, and its roll-up by month."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Model, Row
from app.models.activity import Activity
from app.models.region import Placed


class Evidence(StrEnum):
    ONSITE = "onsite"
    LATE = "late"
    HELP = "help"
    MIGRATED = "migrated"


class ServiceRecord(Placed, Row, Model):
    """A service on a day; revoked ones keep their row. Belongs to community, unit, category of its day.

    Place columns are the activity's (or the request's) community; `volunteer_…` the person's.
    """

    DOORS = {"manage": "", "people": "volunteer_", "unit": "unit_id"}
    __table_args__ = (
        CheckConstraint("minutes >= 0", name="minutes"),
        Index(
            "uq_service_record_live", "activity_id", "volunteer_id", unique=True,
            sqlite_where=text("revoked_at IS NULL"), postgresql_where=text("revoked_at IS NULL"),
        ),
        Index(None, "volunteer_id", "day", "id"),
        Index(None, "month", "community_code"),
    )

    volunteer_id: Mapped[int] = mapped_column(ForeignKey("volunteer.id"))
    activity_id: Mapped[int | None] = mapped_column(ForeignKey("activity.id"))
    day: Mapped[date]
    month: Mapped[str] = mapped_column(String(7))  # 2026-11, of `day`
    minutes: Mapped[int]
    category_id: Mapped[int] = mapped_column(ForeignKey("category.id"))
    volunteer_district_code: Mapped[str] = mapped_column(String(6))
    volunteer_subdistrict_code: Mapped[str] = mapped_column(String(9))
    volunteer_community_code: Mapped[str] = mapped_column(String(12))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("work_unit.id"))
    evidence: Mapped[Evidence]
    source: Mapped[str] = mapped_column(String(200), default="")
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    revoked_at: Mapped[datetime | None]
    revoked_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))

    activity: Mapped[Activity | None] = relationship(lazy="raise")


class ServiceMonth(Model):
    """The roll-up: services and minutes by month × both communities × unit × category × evidence.

    Kept in the transaction of each record; `flask recount --check` proves it. `unit_id` 0 is 无单位.
    """

    __table_args__ = (
        Index(None, "month", "volunteer_community_code"),
        Index(None, "unit_id", "month"),
    )

    month: Mapped[str] = mapped_column(String(7), primary_key=True)
    community_code: Mapped[str] = mapped_column(String(12), primary_key=True)
    volunteer_community_code: Mapped[str] = mapped_column(String(12), primary_key=True)
    unit_id: Mapped[int] = mapped_column(primary_key=True)
    category_id: Mapped[int] = mapped_column(primary_key=True)
    evidence: Mapped[Evidence] = mapped_column(primary_key=True)
    services: Mapped[int] = mapped_column(default=0)
    minutes: Mapped[int] = mapped_column(default=0)
