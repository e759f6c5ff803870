"""志愿者团队 `Team` and its members: the collectives of a community, for residents to know and reach."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Model, Row
from app.models.region import Placed
from app.models.stateful import FREE, REASON, Stateful
from app.models.volunteer import Volunteer


class TeamStatus(StrEnum):
    ACTIVE = "active"
    CLOSED = "closed"


class MemberStatus(StrEnum):
    ASKING = "asking"
    MEMBER = "member"
    DECLINED = "declined"
    LEFT = "left"


class Team(Placed, Stateful, Row, Model):
    """One team of a community; `members` counts those who are in, kept in step with the rows."""

    DOORS = {"manage": ""}
    MOVES = {TeamStatus.ACTIVE: {TeamStatus.CLOSED: REASON}, TeamStatus.CLOSED: {TeamStatus.ACTIVE: FREE}}
    __table_args__ = (
        Index(None, "status", "id"),
        Index(None, "district_code", "status", "id"),
        Index(None, "subdistrict_code", "status", "id"),
        Index(None, "community_code", "status", "id"),
    )

    name: Mapped[str] = mapped_column(String(40))
    introduction: Mapped[str] = mapped_column(Text, default="")
    contact: Mapped[str] = mapped_column(String(100), default="")  # public: where and how to reach the team
    category_id: Mapped[int | None] = mapped_column(ForeignKey("category.id"))
    founded_on: Mapped[date | None]
    leader_id: Mapped[int | None] = mapped_column(ForeignKey("volunteer.id"))
    members: Mapped[int] = mapped_column(default=0)
    status: Mapped[TeamStatus] = mapped_column(default=TeamStatus.ACTIVE)

    leader: Mapped[Volunteer | None] = relationship(lazy="raise")


class TeamMember(Stateful, Row, Model):
    """One volunteer in one team: asks, is admitted, leaves; the row stays and is revived."""

    MOVES = {
        MemberStatus.ASKING: {
            MemberStatus.MEMBER: FREE,
            MemberStatus.DECLINED: REASON,
            MemberStatus.LEFT: FREE,
        },
        MemberStatus.MEMBER: {MemberStatus.LEFT: FREE},
        MemberStatus.DECLINED: {MemberStatus.ASKING: FREE, MemberStatus.MEMBER: FREE},
        MemberStatus.LEFT: {MemberStatus.ASKING: FREE, MemberStatus.MEMBER: FREE},
    }
    __table_args__ = (
        UniqueConstraint("team_id", "volunteer_id"),
        Index(None, "team_id", "status", "id"),
        Index(None, "volunteer_id", "status"),
    )

    team_id: Mapped[int] = mapped_column(ForeignKey("team.id"))
    volunteer_id: Mapped[int] = mapped_column(ForeignKey("volunteer.id"))
    status: Mapped[MemberStatus]
    joined_at: Mapped[datetime | None]
    left_at: Mapped[datetime | None]

    team: Mapped[Team] = relationship(lazy="raise")
    volunteer: Mapped[Volunteer] = relationship(lazy="raise")
