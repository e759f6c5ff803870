"""What a person states about themselves: columns that an application and the volunteer's file share."""

from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Sealed
from app.models.history import record
from app.models.region import Placed
from app.models.stateful import given
from app.models.user import Gender
from app.refusal import Refused

if TYPE_CHECKING:
    from app.models.user import User


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
    id_card_tail: Mapped[str] = mapped_column(String(4), default="", index=True)
    guardian_name: Mapped[str] = mapped_column(String(40), default="")
    guardian_phone: Mapped[str | None] = mapped_column(Sealed)

    def reveal(self, *, by: "User", reason: str) -> str:
        """The whole ID-card number, for one look; who looked, when and why is history the person reads."""
        reason = given(reason)
        if not self.id_card:
            raise Refused("这里没有身份证号码。", self)
        record(self, "reveal", by=by, reason=reason)
        return self.id_card
