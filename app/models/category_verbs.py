"""What the city does to its kinds of activity: add, rename, order, close."""

import re
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import Mapped

from app.db import db, lock
from app.freshness import touch
from app.models.history import record
from app.models.stateful import must_be_as_seen
from app.refusal import Invalid, Refused
from app.text import squeeze

if TYPE_CHECKING:
    from app.models.category import Category
    from app.models.user import User

LONGEST, LONGEST_SLUG = 20, 40  # characters of a name, of a slug
TOPICS = ("categories", "activities", "feedback", "help")  # whatever shows their names


class CategoryVerbs:
    """The verbs of `Category`. Its slug stands in addresses and never changes."""

    if TYPE_CHECKING:
        id: Mapped[int]
        slug: Mapped[str]
        name: Mapped[str]
        position: Mapped[int]
        closed: Mapped[bool]

    @staticmethod
    def add(name: str, *, by: "User | None") -> "Category":
        """A new kind behind the others; Invalid at `name`. Its slug is the name in pinyin."""
        from app.models.category import Category

        held = hold_all()
        name = _good_name(name, held)
        made = Category(slug=_slug(name, {one.slug for one in held}), name=name, position=len(held))
        db.session.add(made)
        db.session.flush()
        record(made, "add", by=by, reason=name)
        touch(*TOPICS)
        return made

    def rename(self, name: str, *, by: "User | None", seen: int | None = None) -> None:
        """Another name, everywhere and for what was before too; the slug stays. Invalid at `name`; Stale."""
        name = _good_name(name, hold_all(), but=self.id)
        must_be_as_seen(self, seen, "这个类型")
        if name != self.name:
            record(self, "rename", by=by, reason=f"{self.name} → {name}")
            self.name = name
            touch(*TOPICS)
        db.session.flush()

    def shift(self, way: str, *, by: "User | None") -> None:
        """One place up or down (`up`, `down`); at the end of the list nothing happens. Invalid at `way`."""
        if way not in ("up", "down"):
            raise Invalid("way", "请用“上移”或“下移”。")
        order = hold_all()
        at = next(number for number, one in enumerate(order) if one.id == self.id)
        to = at + (1 if way == "down" else -1)
        if 0 <= to < len(order):
            order[at], order[to] = order[to], order[at]
            record(self, way, by=by)
        for position, one in enumerate(order):
            one.position = position
        touch(*TOPICS)
        db.session.flush()

    def close(self, *, by: "User | None") -> None:
        """停用: nothing new may be of it. Refused where it is closed, and for 其他, to which all else falls back."""
        from app.models.category import OTHER

        hold_all()
        if self.slug == OTHER:
            raise Refused("“其他”要一直保留，不能停用。", self)
        self._set(True, "close", by)

    def reopen(self, *, by: "User | None") -> None:
        """恢复使用."""
        hold_all()
        self._set(False, "reopen", by)

    def _set(self, closed: bool, action: str, by: "User | None") -> None:
        if self.closed == closed:
            raise Refused(f"“{self.name}”已经{'停用' if closed else '在使用'}。", self)
        self.closed = closed
        record(self, action, by=by)
        touch(*TOPICS)
        db.session.flush()


def hold_all() -> list[Any]:
    """Every category in its order, held until the transaction ends; two changes of the list never mix."""
    from app.models.category import Category

    held = lock(select(Category).order_by(Category.id))
    return sorted(held, key=lambda one: (one.position, one.id))


def _good_name(name: str, held: list[Any], but: int = 0) -> str:
    name = squeeze(name).replace("\n", "")
    if not name or len(name) > LONGEST:
        raise Invalid("name", f"请填写名称，最多 {LONGEST} 个字。")
    if any(one.name == name and one.id != but for one in held):
        raise Invalid("name", "已有这个名称的类型（可能已停用），请换一个，或恢复使用。")
    return name


def _slug(name: str, taken: set[str]) -> str:
    """The name in pinyin as it may stand in an address, with a number behind where it is taken."""
    from pypinyin import lazy_pinyin  # 0.4 s cold: imported where it is used

    plain = re.sub(r"[^a-z0-9]+", "-", "-".join(lazy_pinyin(name)).lower()).strip("-")[: LONGEST_SLUG - 4].strip("-")
    base = plain or "kind"
    return next(slug for slug in (base, *(f"{base}-{n}" for n in range(2, 1000))) if slug not in taken)
