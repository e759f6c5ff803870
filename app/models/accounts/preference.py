"""Which kinds of messages a person does not want (`Muted`); what concerns a decision or a state always comes."""

from collections.abc import Collection
from enum import StrEnum

from sqlalchemy import ColumnElement, ForeignKey, String, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Model, db


class MessageKind(StrEnum):
    """The messages that may be switched off: they decide nothing."""

    REMINDER = "reminder"  # the day before an activity
    NEARBY = "nearby"  # a new activity of one's own community
    TEAM = "team"  # a new activity of one's own team
    INCOMING = "incoming"  # work has come in for a post that one holds


class Muted(Model):
    """One kind of message that this person has switched off."""

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)


def wanted(user_id: int) -> list[MessageKind]:
    """The kinds that this person has not switched off."""
    muted = set(db.session.scalars(select(Muted.kind).where(Muted.user_id == user_id)))
    return [kind for kind in MessageKind if kind.value not in muted]


def choose(user_id: int, kinds: Collection[MessageKind]) -> None:
    """From now on these kinds come, and no other of those that may be switched off."""
    from app.models.user import hold_user

    hold_user(user_id)
    db.session.execute(delete(Muted).where(Muted.user_id == user_id))
    db.session.add_all([Muted(user_id=user_id, kind=kind.value) for kind in MessageKind if kind not in kinds])
    db.session.flush()


def has_muted(user_id: ColumnElement[int], kind: MessageKind) -> ColumnElement[bool]:
    """The condition that the person of this column has switched the kind off."""
    return select(Muted.kind).where(Muted.user_id == user_id, Muted.kind == kind.value).exists()
