"""导出记录: personal data that left as a file, and who was in it: the people themselves can read it."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ForeignKey, String, insert, select
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Model, Row, db
from app.models.user import User

PURPOSE, AT_ONCE = 100, 500


class Disclosure(Row, Model):
    """One export: who, as what, which list, what for, how many rows, whether with whole numbers."""

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    role: Mapped[str] = mapped_column(String(20), default="")
    place: Mapped[str] = mapped_column(String(20), default="")
    title: Mapped[str] = mapped_column(String(80))
    purpose: Mapped[str] = mapped_column(String(PURPOSE))
    rows: Mapped[int]
    full: Mapped[bool]


class Disclosed(Model):
    """Somebody was in an export."""

    disclosure_id: Mapped[int] = mapped_column(ForeignKey("disclosure.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True, index=True)


def note_export(title: str, purpose: str, rows: int, *, full: bool, by: User) -> Disclosure:
    """Write down an export, before its people are named."""
    post = by.post
    role, place = (post.role.value, post.place_key) if post else ("", "")
    made = Disclosure(
        user_id=by.id, role=role, place=place, title=title[:80], purpose=purpose, rows=rows, full=full
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    return made


def accounts(link: tuple[Any, Any], ids: Iterable[int]) -> list[int]:
    """Whose rows these are: `link` are the columns with a row's account and with what `ids` says of it."""
    user, key = link
    wanted, found = sorted(ids), set[int]()
    for start in range(0, len(wanted), AT_ONCE):
        some = key.in_(wanted[start : start + AT_ONCE])
        found.update(db.session.scalars(select(user).where(some, user.is_not(None)).distinct()))
    return sorted(found)


def name_people(made: int, people: Iterable[int]) -> None:
    """These accounts were in the export with the id `made`."""
    named = [{"disclosure_id": made, "user_id": id} for id in people]
    if named:
        db.session.execute(insert(Disclosed), named)
