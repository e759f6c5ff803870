"""图片 `Picture`: a picture made safe (SPEC section 4), kept in the store under a random name."""

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Model, Row


class Picture(Row, Model):
    """One stored picture; `noun` and `noun_id` name what it belongs to (feedback, activity, …)."""

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
