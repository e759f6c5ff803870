"""What a work-unit admin keeps: the dated headcount of 在职党员, and doubts that somebody belongs to the unit."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Model, Row
from app.models.stateful import FREE, REASON, Stateful
from app.models.volunteer import Volunteer
from app.models.work_unit import WorkUnit


class Headcount(Row, Model):
    """How many 在职党员 the unit had from this day on."""

    DOORS = {"unit": "unit_id"}
    __table_args__ = (UniqueConstraint("unit_id", "day"), CheckConstraint("number >= 0", name="number"))

    unit_id: Mapped[int] = mapped_column(ForeignKey("work_unit.id"))
    day: Mapped[date]
    number: Mapped[int]
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))


class DisputeStatus(StrEnum):
    OPEN = "open"
    UPHELD = "upheld"  # the person does not belong to the unit: moved to 其他
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class UnitDispute(Stateful, Row, Model):
    """A unit says that somebody does not belong to it; the person's community decides."""

    DOORS = {"people": "volunteer_", "unit": "unit_id"}
    MOVES = {
        DisputeStatus.OPEN: {
            DisputeStatus.UPHELD: FREE,
            DisputeStatus.REJECTED: REASON,
            DisputeStatus.WITHDRAWN: FREE,
        },
        DisputeStatus.UPHELD: {},
        DisputeStatus.REJECTED: {},
        DisputeStatus.WITHDRAWN: {},
    }
    __table_args__ = (
        Index(
            "uq_unit_dispute_open", "volunteer_id", "unit_id", unique=True,
            sqlite_where=text("status = 'open'"), postgresql_where=text("status = 'open'"),
        ),
        Index(None, "unit_id", "status", "id"),
        Index(None, "volunteer_community_code", "status", "id"),
    )  # fmt: skip

    volunteer_id: Mapped[int] = mapped_column(ForeignKey("volunteer.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("work_unit.id"))
    volunteer_district_code: Mapped[str] = mapped_column(String(6))
    volunteer_subdistrict_code: Mapped[str] = mapped_column(String(9))
    volunteer_community_code: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str] = mapped_column(String(500))
    raised_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    decided_at: Mapped[datetime | None]
    status: Mapped[DisputeStatus] = mapped_column(default=DisputeStatus.OPEN)

    volunteer: Mapped[Volunteer] = relationship(lazy="raise")
    unit: Mapped[WorkUnit] = relationship(lazy="raise")
