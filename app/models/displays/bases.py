"""What lists and pages show of bases: columns and the first picture."""

from typing import Any

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import selectinload

from app.db import db
from app.models.activities.search import named
from app.models.picture import Picture
from app.models.service_base import BaseStatus, ServiceBase
from app.models.written import first_picture, of_first_picture

TEXTS = ("name", "address", "introduction")
TOPICS = "bases", "regions"  # on which lists of bases hang


def public_bases() -> Select[Any]:
    """Every open base as a row: its columns, `picture` and `alt` of its first picture."""
    b = ServiceBase
    columns = [b.id, b.name, b.address, b.opening_hours, b.category_id, b.community_code]
    shown = [
        of_first_picture(b, column).label(name) for column, name in ((Picture.name, "picture"), (Picture.alt, "alt"))
    ]
    return select(*columns, *shown).where(b.status == BaseStatus.OPEN)


def for_home(count: int) -> list[Any]:
    """The newest open bases that have a picture, as `public_bases` shows them."""
    shown = public_bases().where(select(Picture.id).where(first_picture(ServiceBase)).exists())
    return list(db.session.execute(shown.order_by(ServiceBase.id.desc()).limit(count)))


def public_base(id: int) -> ServiceBase | None:
    """One base in whatever state, with its pictures."""
    wanted = select(ServiceBase).where(ServiceBase.id == id).options(selectinload(ServiceBase.pictures))
    return db.session.scalar(wanted)


def says(words: str) -> list[ColumnElement[bool]]:
    """One condition a word: it stands in the name, the address, the introduction, or a region around the base."""
    return named(words, ServiceBase, TEXTS)
