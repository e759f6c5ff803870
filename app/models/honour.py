"""团队之星 and 个人之星 `Honour`: chosen each quarter by people, with a written reason, shown before it counts."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Model, Row
from app.models.region import Placed
from app.models.stateful import FREE, REASON, Stateful
from app.models.team import Team
from app.models.volunteer import Volunteer


class HonourKind(StrEnum):
    TEAM = "team"  # 团队之星
    PERSON = "person"  # 个人之星


class HonourStatus(StrEnum):
    CANDIDATE = "candidate"
    ANNOUNCED = "announced"  # 公示
    PUBLISHED = "published"
    REVOKED = "revoked"


class Honour(Placed, Stateful, Row, Model):
    """One star of one quarter. The figures are those of that quarter, frozen when it was announced.

    A person must be a Party member and have agreed to be named (`agreed_at`) before 公示.
    """

    DOORS = {"manage": ""}
    MOVES = {
        HonourStatus.CANDIDATE: {HonourStatus.ANNOUNCED: FREE, HonourStatus.REVOKED: REASON},
        HonourStatus.ANNOUNCED: {HonourStatus.PUBLISHED: FREE, HonourStatus.REVOKED: REASON},
        HonourStatus.PUBLISHED: {HonourStatus.REVOKED: REASON},
        HonourStatus.REVOKED: {},
    }
    __table_args__ = (
        CheckConstraint("(team_id IS NULL) <> (volunteer_id IS NULL)", name="one"),
        Index(None, "quarter", "kind", "status"),
        Index(
            "uq_honour_team", "quarter", "team_id", unique=True,
            sqlite_where=text("status <> 'revoked' AND team_id IS NOT NULL"),
            postgresql_where=text("status <> 'revoked' AND team_id IS NOT NULL"),
        ),
        Index(
            "uq_honour_volunteer", "quarter", "volunteer_id", unique=True,
            sqlite_where=text("status <> 'revoked' AND volunteer_id IS NOT NULL"),
            postgresql_where=text("status <> 'revoked' AND volunteer_id IS NOT NULL"),
        ),
    )  # fmt: skip

    kind: Mapped[HonourKind]
    quarter: Mapped[str] = mapped_column(String(6))  # 2026Q3
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"))
    volunteer_id: Mapped[int | None] = mapped_column(ForeignKey("volunteer.id"))
    reason: Mapped[str] = mapped_column(Text, default="")  # why this one: written by people, public
    services: Mapped[int | None]
    minutes: Mapped[int | None]
    activities: Mapped[int | None]
    status: Mapped[HonourStatus] = mapped_column(default=HonourStatus.CANDIDATE)
    asked_at: Mapped[datetime | None]
    agreed_at: Mapped[datetime | None]
    declined_at: Mapped[datetime | None]
    first_day: Mapped[date | None]  # of 公示
    last_day: Mapped[date | None]
    published_at: Mapped[datetime | None]
    proposed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))

    team: Mapped[Team | None] = relationship(lazy="raise")
    volunteer: Mapped[Volunteer | None] = relationship(lazy="raise")
