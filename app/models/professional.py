"""专业志愿者: `ProfessionalGroup` (an association such as 市律师协会) and its checked members."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Model, Row
from app.models.stateful import FREE, REASON, Stateful
from app.models.volunteer import Volunteer


class GroupStatus(StrEnum):
    SHOWN = "shown"
    CLOSED = "closed"


class ProfessionalStatus(StrEnum):
    ASKED = "asked"  # checked by the city; the person has not agreed yet
    SHOWN = "shown"  # agreed, stands on the portal by name
    DECLINED = "declined"
    REMOVED = "removed"


class ProfessionalGroup(Stateful, Row, Model):
    """One association, kept by the city, in the order of `position`."""

    MOVES = {GroupStatus.SHOWN: {GroupStatus.CLOSED: REASON}, GroupStatus.CLOSED: {GroupStatus.SHOWN: FREE}}

    name: Mapped[str] = mapped_column(String(60), unique=True)
    introduction: Mapped[str] = mapped_column(Text, default="")
    contact: Mapped[str] = mapped_column(String(100), default="")
    position: Mapped[int] = mapped_column(default=0)
    status: Mapped[GroupStatus] = mapped_column(default=GroupStatus.SHOWN)


class Professional(Stateful, Row, Model):
    """One volunteer in one association: the city checks the licence, the person agrees to be shown by name."""

    MOVES = {
        ProfessionalStatus.ASKED: {
            ProfessionalStatus.SHOWN: FREE,
            ProfessionalStatus.DECLINED: FREE,
            ProfessionalStatus.REMOVED: REASON,
        },
        ProfessionalStatus.SHOWN: {ProfessionalStatus.DECLINED: FREE, ProfessionalStatus.REMOVED: REASON},
        ProfessionalStatus.DECLINED: {ProfessionalStatus.ASKED: FREE},
        ProfessionalStatus.REMOVED: {ProfessionalStatus.ASKED: FREE},
    }
    __table_args__ = (
        UniqueConstraint("group_id", "volunteer_id"),
        Index(None, "group_id", "status", "id"),
        Index(None, "volunteer_id"),
    )

    group_id: Mapped[int] = mapped_column(ForeignKey("professional_group.id"))
    volunteer_id: Mapped[int] = mapped_column(ForeignKey("volunteer.id"))
    speciality: Mapped[str] = mapped_column(String(60))
    organisation: Mapped[str] = mapped_column(String(60), default="")
    checked: Mapped[str] = mapped_column(String(200), default="")  # what was checked, e.g. 执业证; not public
    checked_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    agreed_at: Mapped[datetime | None]
    status: Mapped[ProfessionalStatus] = mapped_column(default=ProfessionalStatus.ASKED)

    group: Mapped[ProfessionalGroup] = relationship(lazy="raise")
    volunteer: Mapped[Volunteer] = relationship(lazy="raise")
