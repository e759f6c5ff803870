"""Bringing the city in: `Import` (one file that was read) and `Invitation` (one person of it).

Nobody is registered against their will: a file of people makes invitations with the earlier services
attached; they take effect when the person accepts (SPEC section 4).
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, delete, func, select, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Model, Row, Sealed, db
from app.models.imports.answering import Answering
from app.models.imports.answering import InvitationStatus as InvitationStatus
from app.models.imports.importing import Importing
from app.models.imports.importing import ImportStatus as ImportStatus
from app.models.region import CITY, Placed, prefixes
from app.models.stateful import FREE, REASON
from app.models.user import Gender, Post, User
from app.models.volunteers.identity import Employment, Political

HAS_CARD = "id_card_hash IS NOT NULL"


class Import(Importing, Row, Model):
    """One file of people: its name, what came of it, and the errors by line (JSON) of a failed one.

    The people of a checked file lie sealed in `content` until they are carried out (`carried` of them are) or
    the check is too old. `district_code` is the district whose post brought the file, None for the city.
    """

    DOORS = {"manage": ""}
    __table_args__ = (Index(None, "created_by_id", "id"), Index(None, "digest"), Index(None, "district_code", "id"))

    name: Mapped[str] = mapped_column(String(120))
    digest: Mapped[str] = mapped_column(String(64))  # of the file: the same one twice is said
    rows: Mapped[int] = mapped_column(default=0)
    people: Mapped[int] = mapped_column(default=0)
    services: Mapped[int] = mapped_column(default=0)
    closes_on: Mapped[date | None]  # the day to which bare counts belong
    status: Mapped[ImportStatus]
    errors: Mapped[str] = mapped_column(Text, default="[]")
    content: Mapped[str | None] = mapped_column(Sealed, deferred=True)
    carried: Mapped[int] = mapped_column(default=0)
    district_code: Mapped[str | None] = mapped_column(String(6))
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))

    created_by: Mapped[User | None] = relationship(lazy="raise")

    @classmethod
    def scope(cls, post: Post) -> Any:
        """The condition that this post may see a file: a district its own and those of what was merged into it, the city all (None)."""
        return None if post.region_code == CITY else cls.district_code.in_(prefixes(post.region_code or ""))


class Invitation(Answering, Placed, Row, Model):
    """One person who may join with what they did before; the code is printed or sent by the community.

    Phone and ID-card number are forgotten when the invitation is accepted or withdrawn.
    """

    DOORS = {"manage": ""}
    MOVES = {
        InvitationStatus.OPEN: {
            InvitationStatus.ACCEPTED: FREE,
            InvitationStatus.DECLINED: FREE,
            InvitationStatus.WITHDRAWN: REASON,
        },
        InvitationStatus.ACCEPTED: {},
        InvitationStatus.DECLINED: {InvitationStatus.OPEN: FREE, InvitationStatus.WITHDRAWN: REASON},
        InvitationStatus.WITHDRAWN: {},
    }
    __table_args__ = (
        Index(None, "import_id", "id"),
        Index(None, "id_card_hash", sqlite_where=text(HAS_CARD), postgresql_where=text(HAS_CARD)),
        Index(None, "phone_hash"),
        Index(None, "accepted_by_id"),
        Index(None, "status", "id"),
        # a place lists all states together, by id: with the state before the id they would be sorted
        Index(None, "district_code", "id", "status"),
        Index(None, "subdistrict_code", "id", "status"),
        Index(None, "community_code", "id", "status"),
    )

    import_id: Mapped[int] = mapped_column(ForeignKey("import.id"))
    line: Mapped[int]  # of the file
    name: Mapped[str] = mapped_column(String(40))
    phone: Mapped[str | None] = mapped_column(Sealed)
    phone_hash: Mapped[str | None] = mapped_column(String(64))
    phone_tail: Mapped[str] = mapped_column(String(4), default="", index=True)
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
    source: Mapped[Import] = relationship(lazy="raise")

    def brought_services(self) -> list["EarlierService"]:
        """The earlier services that wait, in the order of the file."""
        mine = select(EarlierService).where(EarlierService.invitation_id == self.id)
        return list(db.session.scalars(mine.order_by(EarlierService.id)))

    def drop_services(self) -> None:
        """Forget the earlier services: nobody will take them over."""
        db.session.execute(delete(EarlierService).where(EarlierService.invitation_id == self.id))


class EarlierService(Row, Model):
    """Earlier services of an invitation: `number` of them on one day, each of so many minutes."""

    invitation_id: Mapped[int] = mapped_column(ForeignKey("invitation.id"), index=True)
    day: Mapped[date]
    minutes: Mapped[int]
    category_id: Mapped[int] = mapped_column(ForeignKey("category.id"))
    number: Mapped[int] = mapped_column(default=1)
    source: Mapped[str] = mapped_column(String(200))  # the file and its line


def counts_of(whole: Import) -> dict[InvitationStatus, int]:
    """How many people of a file are in each state."""
    counted = select(Invitation.status, func.count()).where(Invitation.import_id == whole.id)
    found = {row[0]: row[1] for row in db.session.execute(counted.group_by(Invitation.status))}
    return {status: found.get(status, 0) for status in InvitationStatus}
