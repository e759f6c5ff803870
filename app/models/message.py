"""站内消息 `Message`, behind one notifier (`tell`), so that SMS can follow by configuration."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import (
    CompoundSelect,
    ForeignKey,
    Index,
    Select,
    String,
    Text,
    bindparam,
    func,
    insert,
    literal,
    select,
    text,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column

from app import clock
from app.db import Model, Row, UtcDateTime, db
from app.models.accounts.preference import MessageKind, has_muted
from app.reads import CAP
from app.straight import read, write

TITLE = 120  # letters of a title: names of places and units are cut


class Message(Row, Model):
    """One message to one person; invisible before `visible_at` (the undo of an approval needs that)."""

    __table_args__ = (
        Index(None, "user_id", "visible_at", "id"),
        Index(
            "ix_message_unread", "user_id", "visible_at", "id",
            sqlite_where=text("read_at IS NULL"), postgresql_where=text("read_at IS NULL"),
        ),
    )  # fmt: skip

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    title: Mapped[str] = mapped_column(String(TITLE))
    body: Mapped[str] = mapped_column(Text, default="")
    path: Mapped[str] = mapped_column(String(200), default="")
    about: Mapped[str] = mapped_column(String(60), default="")
    visible_at: Mapped[datetime] = mapped_column(default=clock.now)
    read_at: Mapped[datetime | None]

    @property
    def is_visible(self) -> bool:
        """Whether its moment has come."""
        return self.visible_at <= clock.now()

    @classmethod
    def inbox(cls, user_id: int) -> "Select[tuple[Message]]":
        """A person's visible messages."""
        return select(cls).where(cls.user_id == user_id, cls.visible_at <= clock.now())


def tell(
    user_id: int,
    title: str,
    body: str = "",
    *,
    path: str = "",
    about: str = "",
    at: datetime | None = None,
) -> None:
    """Send a message. `path` is an address without URL prefix; `about` names its cause, to withdraw it."""
    now = clock.now()
    texts = {"title": title[:TITLE], "body": body, "path": path, "about": about}
    write(TOLD, {"user_id": user_id, "created_at": now, "visible_at": at or now, **texts})


_messages: Any = Message.__table__
TOLD = _messages.insert().inline()


def tell_all(
    people: Select[Any] | CompoundSelect[Any],
    title: str,
    body: str = "",
    *,
    kind: MessageKind | None = None,
    path: str = "",
    about: str = "",
) -> None:
    """The same message to every user whose id `people` selects and who has not switched its `kind` off; one statement."""
    ids = people.subquery()
    who = next(iter(ids.c))
    texts = [literal(one).label(f"text{number}") for number, one in enumerate((title[:TITLE], body, path, about))]
    now = literal(clock.now(), UtcDateTime())
    heard = [~has_muted(who, kind)] if kind else []
    rows = select(who, *texts, now.label("visible_at"), now.label("created_at")).where(*heard).distinct()
    columns = ["user_id", "title", "body", "path", "about", "visible_at", "created_at"]
    db.session.execute(insert(Message).from_select(columns, rows))


def tell_some(
    user_ids: Collection[int],
    title: str,
    body: str = "",
    *,
    kind: MessageKind | None = None,
    path: str = "",
    about: str = "",
) -> None:
    """`tell_all` for people who are known by their ids."""
    from app.models.user import User

    if user_ids:
        tell_all(select(User.id).where(User.id.in_(user_ids)), title, body, kind=kind, path=path, about=about)


def withdraw(user_id: int, about: str) -> None:
    """Take back what has not become visible yet."""
    write(WITHDRAW, {"user": user_id, "about": about, "now": clock.now()})


# Built once: it runs with every tick that is taken back.
WITHDRAW = (
    _messages.delete()
    .where(_messages.c.user_id == bindparam("user"), _messages.c.about == bindparam("about"))
    .where(_messages.c.visible_at > bindparam("now"))
)


def unread_count(user_id: int) -> int:
    """How many visible messages this person has not read, up to 1,000: 999+ is shown."""
    return read(UNREAD, {"user": user_id, "now": clock.now()}).scalar() or 0


def unread_of(user_id: Any) -> Any:
    """`unread_count` at the moment `now` as a statement."""
    unread = (
        Message.user_id == user_id,
        Message.read_at.is_(None),
        Message.visible_at <= bindparam("now", type_=UtcDateTime()),
    )
    # the person may be that of a statement around it
    some = select(Message.id).where(*unread).limit(CAP).correlate_except(Message)
    return select(func.count()).select_from(some.subquery())


UNREAD = unread_of(bindparam("user"))  # built once


def mark_read(user_id: int, ids: list[int] | None = None) -> None:
    """Mark these visible messages of the person (default: all) as read."""
    wanted = update(Message).where(
        Message.user_id == user_id, Message.read_at.is_(None), Message.visible_at <= clock.now()
    )
    db.session.execute((wanted if ids is None else wanted.where(Message.id.in_(ids))).values(read_at=clock.now()))
