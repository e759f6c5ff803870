"""What people write for others to read: a title, plain text in paragraphs, up to nine pictures (活动反馈, 志愿者上报)."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Mapped, declared_attr, relationship
from sqlalchemy.orm.attributes import flag_modified

from app.db import db, lock
from app.models.history import record
from app.models.picture import Picture
from app.models.stateful import Stale, Stateful

if TYPE_CHECKING:
    from app.models.user import User

Chosen = Sequence[tuple[Picture, str]]  # pictures in order, each with its alt text


class Written(Stateful):
    """A row with title, body and pictures; it is saved again only over the version that the form saw."""

    WHAT: ClassVar[str]  # how a refusal names it: 这篇反馈
    if TYPE_CHECKING:
        title: Mapped[str]
        body: Mapped[str]

    @declared_attr
    def pictures(cls) -> Mapped[list[Picture]]:
        """Its pictures in order."""
        name, noun = cls.__name__, cls.__tablename__  # type: ignore[attr-defined]
        own = f"and_(foreign(Picture.noun_id) == {name}.id, Picture.noun == '{noun}')"
        return relationship(Picture, primaryjoin=own, order_by=Picture.position, lazy="raise", viewonly=True)

    @property
    def paragraphs(self) -> list[str]:
        """The text as it is shown."""
        return paragraphs_of(self.body)

    @property
    def shown_pictures(self) -> list[tuple[Picture, str]]:
        """Its pictures in order with their alt texts (they must be loaded)."""
        return [(picture, picture.alt) for picture in self.pictures]

    def rewrite(
        self, words: Mapping[str, Any], version: int, *, by: "User | None", pictures: Chosen | None = None
    ) -> None:
        """Write these columns and (unless None) pictures anew; the row is held, the form saw `version`.

        Raises Stale. What changed is a history line; a change of pictures alone makes older forms stale too.
        """
        if self.version != version:
            raise Stale(self, self.WHAT)
        changed = ["文字"] if any(getattr(self, name) != value for name, value in words.items()) else []
        if pictures is not None:
            before = [(picture.id, picture.alt) for picture in Picture.of(self)]
            changed += ["图片"] if before != [(picture.id, alt) for picture, alt in pictures] else []
        for name, value in words.items():
            setattr(self, name, value)
        if changed:
            record(self, "edit", by=by, reason=f"修改了{'、'.join(changed)}")
            flag_modified(self, "title")  # raises the version also where only pictures changed
            db.session.flush()
        if pictures is not None:
            Picture.arrange(self, pictures)

    def hold(self) -> None:
        """Hold this row, read afresh, until the transaction ends."""
        model: Any = type(self)
        lock(select(model).where(model.id == self.id))


def paragraphs_of(text: str) -> list[str]:
    """Plain text as paragraphs: one for each line that is not empty."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def of_first_picture(model: Any, column: Any) -> Any:
    """A column of a row's first picture, none without one. Not joined: each row that is counted would be asked for it."""
    return select(column).where(first_picture(model)).correlate(model).scalar_subquery()


def first_picture(model: Any) -> ColumnElement[bool]:
    """The condition that a Picture is the first one of a row of `model`."""
    return and_(Picture.noun == model.__tablename__, Picture.noun_id == model.id, Picture.position == 0)
