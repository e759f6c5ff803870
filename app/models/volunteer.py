"""志愿者 `Volunteer`: a member whom a service community has approved, with the kept count and minutes."""

from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Model, Row, Sealed
from app.models.region import Placed
from app.models.stateful import FREE, REASON, Stateful
from app.models.user import Gender, User

if TYPE_CHECKING:
    from app.models.work_unit import WorkUnit


class VolunteerStatus(StrEnum):
    SERVING = "serving"
    PAUSED = "paused"
    LEFT = "left"


class Political(StrEnum):
    PARTY = "party"
    PROBATIONARY = "probationary"
    LEAGUE = "league"
    DEMOCRATIC = "democratic"
    MASSES = "masses"


class Employment(StrEnum):
    EMPLOYED = "employed"
    RETIRED = "retired"
    STUDENT = "student"
    OTHER = "other"


class Skill(StrEnum):
    LAW = "law"
    MEDICINE = "medicine"
    PSYCHOLOGY = "psychology"
    TEACHING = "teaching"
    HAIRDRESSING = "hairdressing"
    REPAIR = "repair"
    COMPUTER = "computer"
    ARTS = "arts"
    CALLIGRAPHY = "calligraphy"
    PHOTOGRAPHY = "photography"
    DRIVING = "driving"
    LANGUAGES = "languages"
    SIGN_LANGUAGE = "sign_language"
    EMERGENCY = "emergency"
    MEDIATION = "mediation"
    OTHER = "other"


class Identity(Placed):
    """What an application states about a person and the volunteer's file keeps."""

    home_community_code: Mapped[str | None] = mapped_column(String(12))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("work_unit.id"))
    unit_other: Mapped[str] = mapped_column(String(80), default="")
    political: Mapped[Political]
    employment: Mapped[Employment]
    gender: Mapped[Gender]
    born_year: Mapped[int]
    id_card: Mapped[str | None] = mapped_column(Sealed)
    id_card_tail: Mapped[str] = mapped_column(String(4), default="")
    guardian_name: Mapped[str] = mapped_column(String(40), default="")
    guardian_phone: Mapped[str | None] = mapped_column(Sealed)


class Volunteer(Identity, Stateful, Row, Model):
    """One volunteer. `services` and `minutes` are sums over live service records, kept in step."""

    DOORS = {"people": "", "unit": "unit_id"}
    MOVES = {
        VolunteerStatus.SERVING: {VolunteerStatus.PAUSED: REASON, VolunteerStatus.LEFT: FREE},
        VolunteerStatus.PAUSED: {VolunteerStatus.SERVING: FREE, VolunteerStatus.LEFT: FREE},
        VolunteerStatus.LEFT: {},
    }
    __table_args__ = (
        Index(None, "status", "id"),
        Index(None, "district_code", "status", "id"),
        Index(None, "subdistrict_code", "status", "id"),
        Index(None, "community_code", "status", "id"),
        Index(None, "home_community_code", "status", "id"),
        Index(None, "unit_id", "status", "id"),
    )

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), unique=True)
    status: Mapped[VolunteerStatus] = mapped_column(default=VolunteerStatus.SERVING)
    id_card_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    joined_on: Mapped[date]
    services: Mapped[int] = mapped_column(default=0)
    minutes: Mapped[int] = mapped_column(default=0)
    last_served_on: Mapped[date | None]
    left_at: Mapped[datetime | None]

    user: Mapped[User] = relationship(lazy="raise")
    unit: Mapped["WorkUnit | None"] = relationship(lazy="raise")
    skills: Mapped[list["VolunteerSkill"]] = relationship(lazy="raise", cascade="all, delete-orphan")


class VolunteerSkill(Model):
    """One skill of one volunteer, so that suggestions can search by skill."""

    __table_args__ = (Index(None, "skill", "volunteer_id"),)

    volunteer_id: Mapped[int] = mapped_column(ForeignKey("volunteer.id"), primary_key=True)
    skill: Mapped[Skill] = mapped_column(primary_key=True)
