"""图片 `Picture`: a picture made safe (SPEC section 4), kept in the store under a random name."""

import secrets
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any, BinaryIO

from sqlalchemy import ForeignKey, Index, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app import clock
from app.db import Model, Row, db, lock
from app.media import storage
from app.media.pictures import SafePicture, make_safe
from app.refusal import Invalid

if TYPE_CHECKING:
    from app.models.user import User

LEFT_AFTER = timedelta(days=1)  # an upload that no form took up is removed
SWEEP = 500  # rows in one go


class Picture(Row, Model):
    """One stored picture; `noun` and `noun_id` name what it belongs to (feedback, activity, …).

    With `noun` '' it belongs to nothing yet: it was sent with a form that is still to be mended, and
    only who sent it sees it.
    """

    __table_args__ = (Index(None, "noun", "noun_id", "position"),)

    name: Mapped[str] = mapped_column(String(40), unique=True)  # random; files name.jpg, name-thumb.jpg
    noun: Mapped[str] = mapped_column(String(40), default="")
    noun_id: Mapped[int | None]
    position: Mapped[int] = mapped_column(default=0)
    alt: Mapped[str] = mapped_column(String(120), default="")
    width: Mapped[int]
    height: Mapped[int]
    thumb_width: Mapped[int]
    thumb_height: Mapped[int]
    uploaded_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))

    @property
    def files(self) -> tuple[str, str]:
        """The names of its two files, the large one first."""
        return f"{self.name}.jpg", f"{self.name}-thumb.jpg"

    @classmethod
    def keep(
        cls,
        upload: SafePicture | bytes | BinaryIO,
        *,
        row: Any = None,
        noun: str = "",
        by: "User | int | None" = None,
        alt: str = "",
        position: int = 0,
        session: Session | None = None,
    ) -> "Picture":
        """Store a picture, attached to the saved `row` if one is given; its files go again on a rollback.

        `noun` defaults to the row's table. Raises app.media.pictures.BadPicture for a bad file and OSError
        when the store is full. A raw upload is made safe here: forms do that before, outside the
        transaction (app/media/uploads.py).
        """
        session = session or db.session()
        safe = upload if isinstance(upload, SafePicture) else make_safe(upload)
        picture = cls(name=secrets.token_hex(16), alt=alt, position=position, **safe.sizes)
        picture.uploaded_by_id = by if by is None or isinstance(by, int) else by.id
        picture.noun, picture.noun_id = noun or (row.__tablename__ if row else ""), row.id if row else None
        for name, content in zip(picture.files, (safe.large, safe.thumb), strict=True):
            storage.keep(name, content, session)
        session.add(picture)
        session.flush()
        return picture

    def drop(self) -> None:
        """Delete the picture; its files go when the transaction commits."""
        for name in self.files:
            storage.discard(name)
        db.session.delete(self)

    @classmethod
    def of(cls, row: Any) -> list["Picture"]:
        """The pictures of one thing, in order."""
        wanted = select(cls).where(cls.noun == row.__tablename__, cls.noun_id == row.id)
        return list(db.session.scalars(wanted.order_by(cls.position, cls.id)))

    @classmethod
    def usable(cls, names: Sequence[str], by: "User", present: Iterable["Picture"]) -> list["Picture"]:
        """Those of `names` that this person may put into a form: own loose ones, and the thing's `present` ones."""
        held = {picture.name: picture for picture in present}
        loose = select(cls).where(cls.name.in_(names), cls.noun == "", cls.uploaded_by_id == by.id)
        if set(names) - set(held):
            held |= {picture.name: picture for picture in db.session.scalars(loose)}
        return [held[name] for name in dict.fromkeys(names) if name in held]

    @classmethod
    def arrange(cls, row: Any, chosen: Sequence[tuple["Picture", str]], field: str = "pictures") -> None:
        """Let the saved `row` have exactly these pictures, with these alt texts, in this order.

        What it had besides is dropped. Invalid when one was meanwhile put elsewhere (a form sent twice).
        """
        wanted = {picture.id: position for position, (picture, _) in enumerate(chosen)}
        found = {picture.id: picture for picture in lock(select(cls).where(cls.id.in_(wanted)).order_by(cls.id))}
        own = (row.__tablename__, row.id)
        if len(found) < len(wanted) or any((p.noun, p.noun_id) not in (("", None), own) for p in found.values()):
            raise Invalid(field, "有图片已经不在这张表单里了，请重新选择。")
        for old in cls.of(row):
            if old.id not in wanted:
                old.drop()
        for picture, alt in chosen:
            held = found[picture.id]
            (held.noun, held.noun_id), held.alt, held.position = own, alt, wanted[held.id]
        db.session.flush()

    @classmethod
    def sweep(cls) -> int:
        """For the clock: remove loose pictures older than a day; returns how many. Safe to repeat."""
        left = select(cls).where(cls.noun == "", cls.created_at < clock.now() - LEFT_AFTER)
        pictures = lock(left.order_by(cls.id).limit(SWEEP))
        for picture in pictures:
            picture.drop()
        db.session.flush()
        return len(pictures)

    @classmethod
    def sweep_files(cls, shelf: str = "") -> int:
        """For the clock: remove files on a shelf of the store that are older than a day and have no row.

        Without a name it is the shelf of this minute: all come round in four hours and a quarter.
        """
        shelf = shelf or storage.SHELVES[clock.minute() % len(storage.SHELVES)]
        old = list(storage.store().old(shelf, clock.now() - LEFT_AFTER))
        names = {file: file.partition(".")[0].removesuffix("-thumb") for file in old}
        known = set(db.session.scalars(select(cls.name).where(cls.name.in_(set(names.values())))))
        lost = [file for file in old if names[file] not in known or file.endswith(".part")]
        for file in lost:
            storage.discard(file)
        return len(lost)
