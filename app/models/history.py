"""历史: who did what to which thing, in which role, when, from which state to which, and why.

Written in the same transaction as the change, never updated or deleted: triggers in the migrations refuse it, seals
(app/models/histories/) show it. The reason's text lies beside it, so that 注销 can remove it while the digest keeps
proving that there was one; keyed, so that nobody finds a removed text by guessing.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from sqlalchemy import ForeignKey, Index, Select, String, Text, and_, false, func, or_, select, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import clock
from app.crypto import keyed_hash
from app.db import Model, Row, db
from app.straight import write

if TYPE_CHECKING:
    from app.models.user import User

OFTEN = "attendance", "join"  # deeds of every busy hour: met along the list, and no index has to hold them
SELDOM = f"action NOT IN ('{OFTEN[0]}', '{OFTEN[1]}')"
NEWEST = 50  # lines of a history that may be long, on one page


class History(Row, Model):
    """One line of history. `noun` and `noun_id` name the thing; `action` is a short code."""

    __table_args__ = (
        Index(None, "noun", "noun_id", "id"),
        Index(None, "actor_id", "id"),
        Index("ix_history_seldom", "action", "id", sqlite_where=text(SELDOM), postgresql_where=text(SELDOM)),
    )

    noun: Mapped[str] = mapped_column(String(40))
    noun_id: Mapped[int]
    action: Mapped[str] = mapped_column(String(40))
    from_state: Mapped[str] = mapped_column(String(32), default="")
    to_state: Mapped[str] = mapped_column(String(32), default="")
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    actor_role: Mapped[str] = mapped_column(String(20), default="")
    actor_place: Mapped[str] = mapped_column(String(20), default="")
    reason_digest: Mapped[str] = mapped_column(String(64), default="")

    actor: Mapped["User | None"] = relationship(lazy="raise")
    note: Mapped["HistoryNote | None"] = relationship(lazy="raise")


class HistoryNote(Model):
    """The words of a history line: the reason given, or what was changed."""

    history_id: Mapped[int] = mapped_column(ForeignKey("history.id"), primary_key=True)
    text: Mapped[str] = mapped_column(Text)


def record(thing: Any, action: str, *, by: "User | None", reason: str = "", came_from: str = "", to: str = "") -> None:
    """Add a history line for `thing` (a saved row). `by` None means the clock (`flask tick`)."""
    line = _line(thing, action, by, reason, came_from, to)
    if reason:
        write(NOTE, {"history_id": write(NUMBERED, line).scalar(), "text": reason})
    else:
        write(LINE, line)


def record_all(steps: "list[tuple[Any, str]]", action: str, *, by: "User | None", to: str) -> None:
    """The same for many things at once, without a reason: (thing, state it came from) of each, one statement."""
    if steps:
        write(LINE, [_line(thing, action, by, "", before, to) for thing, before in steps])


# Built once: they run with every move of anything.
_lines: Any = History.__table__
_notes: Any = HistoryNote.__table__
LINE, NUMBERED = _lines.insert().inline(), _lines.insert().returning(_lines.c.id)
NOTE = _notes.insert().inline()


def _line(thing: Any, action: str, by: "User | None", reason: str, came_from: str, to: str) -> dict[str, Any]:
    post = by.post if by else None
    return {
        "created_at": clock.now(),
        "noun": thing.__tablename__,
        "noun_id": thing.id,
        "action": action,
        "from_state": came_from,
        "to_state": to,
        "actor_id": by.id if by else None,
        "actor_role": post.role.value if post else ("self" if by else "clock"),
        "actor_place": post.place_key if post else "",
        "reason_digest": reason_digest(reason),
    }


def reason_digest(reason: str) -> str:
    """What a line keeps of its reason for ever; '' for none."""
    return keyed_hash(reason, "reason") if reason else ""


def last_line(thing: Any) -> int:
    """The number of the newest line about this row: the version that edit forms of rows without one carry."""
    mine = History.noun == thing.__tablename__, History.noun_id == thing.id
    return db.session.scalar(select(func.max(History.id)).where(*mine)) or 0


def history_of(*things: Any) -> list[History]:
    """Everything that happened to these rows, oldest first, with actors and notes loaded."""
    return list(db.session.scalars(_about(things).order_by(History.id)))


def newest_of(*things: Any, before: int = 0) -> tuple[list[History], int]:
    """The last lines about these rows (before that line), newest first; and the line before which more stand, 0 for none."""
    lines = _about(things).where(History.id < before) if before else _about(things)
    found = list(db.session.scalars(lines.order_by(History.id.desc()).limit(NEWEST + 1)))
    return found[:NEWEST], found[NEWEST - 1].id if len(found) > NEWEST else 0


def _about(things: Iterable[Any]) -> Select[tuple[History]]:
    """The lines about these rows, with actors and notes."""
    from sqlalchemy.orm import joinedload

    of_these = [and_(History.noun == thing.__tablename__, History.noun_id == thing.id) for thing in things]
    options = (joinedload(History.actor), joinedload(History.note))
    return select(History).where(or_(false(), *of_these)).options(*options)
