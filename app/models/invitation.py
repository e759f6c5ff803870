"""Bringing the city in: `Import` (one file that was read) and `Invitation` (one person of it).

Nobody is registered against their will: a file of people makes invitations with the earlier services
attached; they take effect when the person accepts (SPEC section 4).
"""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Model, Row, Sealed
from app.models.identity import Employment, Political
from app.models.region import Placed
from app.models.stateful import FREE, REASON, Stateful
from app.models.user import Gender


class ImportStatus(StrEnum):
    CHECKED = "checked"  # a dry run without an error, waiting to be carried out
    FAILED = "failed"
    DONE = "done"


class InvitationStatus(StrEnum):
    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class Import(Row, Model):
    """One file of people: its name, what came of it, and the errors by line (JSON) of a failed one."""

    __table_args__ = (Index(None, "created_by_id", "id"),)

    name: Mapped[str] = mapped_column(String(120))
    digest: Mapped[str] = mapped_column(String(64))  # of the file: the same one twice is said
    rows: Mapped[int] = mapped_column(default=0)
    people: Mapped[int] = mapped_column(default=0)
    services: Mapped[int] = mapped_column(default=0)
    closes_on: Mapped[date | None]  # the day to which bare counts belong
    status: Mapped[ImportStatus]
    errors: Mapped[str] = mapped_column(Text, default="[]")
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))


class Invitation(Placed, Stateful, Row, Model):
    """One person who may join with what they did before; the code is printed or sent by the community."""

    DOORS = {"manage": ""}
    MOVES = {
        InvitationStatus.OPEN: {
            InvitationStatus.ACCEPTED: FREE,
            InvitationStatus.DECLINED: FREE,
            InvitationStatus.WITHDRAWN: REASON,
        },
        InvitationStatus.ACCEPTED: {},
        InvitationStatus.DECLINED: {InvitationStatus.OPEN: FREE},
        InvitationStatus.WITHDRAWN: {},
    }
    __table_args__ = (
        Index(None, "import_id", "id"),
        Index(None, "id_card_hash"),
        Index(None, "phone_hash"),
        Index(None, "district_code", "status", "id"),
        Index(None, "subdistrict_code", "status", "id"),
        Index(None, "community_code", "status", "id"),
    )

    import_id: Mapped[int] = mapped_column(ForeignKey("import.id"))
    line: Mapped[int]  # of the file
    name: Mapped[str] = mapped_column(String(40))
    phone: Mapped[str | None] = mapped_column(Sealed)
    phone_hash: Mapped[str | None] = mapped_column(String(64))
    phone_tail: Mapped[str] = mapped_column(String(4), default="")
    id_card: Mapped[str | None] = mapped_column(Sealed)
    id_card_hash: Mapped[str | None] = mapped_column(String(64))
    id_card_tail: Mapped[str] = mapped_column(String(4), default="")
    gender: Mapped[Gender | None]
    political: Mapped[Political]
    employment: Mapped[Employment]
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("work_unit.id"))
    unit_other: Mapped[str] = mapped_column(String(80), default="")
    services: Mapped[int] = mapped_column(default=0)  # how many earlier ones wait
    status: Mapped[InvitationStatus] = mapped_column(default=InvitationStatus.OPEN)
    accepted_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    answered_at: Mapped[datetime | None]

    brought: Mapped[list["EarlierService"]] = relationship(
        lazy="raise", cascade="all, delete-orphan", order_by="EarlierService.id"
    )


class EarlierService(Row, Model):
    """Earlier services of an invitation: `number` of them on one day, each of so many minutes."""

    invitation_id: Mapped[int] = mapped_column(ForeignKey("invitation.id"), index=True)
    day: Mapped[date]
    minutes: Mapped[int]
    category_id: Mapped[int] = mapped_column(ForeignKey("category.id"))
    number: Mapped[int] = mapped_column(default=1)
    source: Mapped[str] = mapped_column(String(200))  # the file and its line
