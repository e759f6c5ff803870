"""活动类型 `Category`: the city's list of kinds of activity, also used by help requests."""

from sqlalchemy import Select, String, select
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Model, Row, db
from app.freshness import remembered
from app.models.category_verbs import CategoryVerbs
from app.refusal import Invalid

OTHER = "other"
FIRST = (  # slug, name: the first migration puts these in; the city may change them
    ("elder", "敬老助残"),
    ("env", "环境保护"),
    ("traffic", "文明交通"),
    ("law", "法律服务"),
    ("med", "医疗健康"),
    ("edu", "助学支教"),
    ("culture", "文化宣传"),
    ("community", "社区服务"),
    ("emergency", "应急救援"),
    (OTHER, "其他"),
)


class Category(CategoryVerbs, Row, Model):
    """A kind of activity; a closed one accepts nothing new and keeps its history."""

    DOORS = {"any": ""}  # the list is the city's

    slug: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(20), unique=True)
    position: Mapped[int] = mapped_column(default=0)
    closed: Mapped[bool] = mapped_column(default=False)


@remembered("categories")
def categories() -> dict[int, Category]:
    """Every category by id in its order, detached from the session (read-only)."""
    found = list(db.session.scalars(select(Category).order_by(Category.position, Category.id)))
    for category in found:
        db.session.expunge(category)
    return {category.id: category for category in found}


def category_by_slug(slug: str) -> Category | None:
    """The category with this slug."""
    return _by_slug().get(slug)


@remembered("categories")
def _by_slug() -> dict[str, Category]:
    return {one.slug: one for one in categories().values()}


def open_category(slug: str, field: str = "category") -> Category:
    """The category with this slug if it accepts new things; Invalid at `field` otherwise."""
    found = category_by_slug(slug)
    if found is None or found.closed:
        raise Invalid(field, "请选择一个类型。")
    return found


def in_order(scope: "Select[tuple[Category]]") -> list[Category]:
    """The categories of this scope in their order, as they stand in the database."""
    return list(db.session.scalars(scope.order_by(Category.position, Category.id)))
