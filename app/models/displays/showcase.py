"""What a community keeps and shows of itself: 志愿者团队 and 服务基地 have the same life (guide 五.4).

Founded, mended, closed with a reason, opened again. A closed one stays to be read and accepts nothing new.
A noun brings its columns, its two states and the words of what a form states about it.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar, Self

from sqlalchemy import and_, select
from sqlalchemy.orm import Mapped, declared_attr, foreign, relationship
from sqlalchemy.orm.attributes import flag_modified

from app.db import db
from app.freshness import touch
from app.models.history import record
from app.models.picture import Picture
from app.models.post import tell_keepers
from app.models.region import Placed
from app.models.region import community as open_community
from app.models.stateful import Stale, Stateful
from app.models.written import Chosen, paragraphs_of
from app.refusal import Invalid, Refused

if TYPE_CHECKING:
    from app.models.user import User


class Showcase(Placed, Stateful):
    """A row of a community that everybody may look at; `found`, `edit`, `close`, `reopen` are its verbs."""

    WHAT: ClassVar[str]  # how a refusal names it: 这个团队
    STATED: ClassVar[Mapping[str, str]]  # column → its Chinese word: what a form states
    LIVING: ClassVar[StrEnum]
    CLOSED: ClassVar[StrEnum]
    TOPIC: ClassVar[str]  # of app/freshness.py
    PICTURES: ClassVar[str]  # the form's field
    if TYPE_CHECKING:
        __tablename__: str
        name: Mapped[str]
        introduction: Mapped[str]

        def __init__(self, **columns: Any) -> None: ...

    @declared_attr
    def pictures(cls) -> Mapped[list[Picture]]:
        """Its pictures in order."""
        return relationship(
            Picture,
            primaryjoin=lambda: and_(foreign(Picture.noun_id) == cls.id, Picture.noun == cls.__tablename__),
            order_by=Picture.position,
            lazy="raise",
            viewonly=True,
        )

    @property
    def is_open(self) -> bool:
        """Whether it accepts anything new."""
        return bool(self.status == self.LIVING)

    @property
    def paragraphs(self) -> list[str]:
        """The introduction as it is shown: plain, a paragraph for each line that is not empty."""
        return paragraphs_of(self.introduction)

    @property
    def shown_pictures(self) -> list[tuple[Picture, str]]:
        """Its pictures in order with their alt texts (they must be loaded)."""
        return [(picture, picture.alt) for picture in self.pictures]

    @classmethod
    def found(cls, community: str, stated: Mapping[str, Any], pictures: Chosen, *, by: "User | None") -> Self:
        """A new one in this community; Invalid for a closed community or a name that is taken there."""
        new = cls(status=cls.LIVING, **stated)
        new.locate(open_community(community).code)
        new.must_be_alone()
        db.session.add(new)
        db.session.flush()
        record(new, "create", by=by, to=cls.LIVING)
        Picture.arrange(new, pictures, cls.PICTURES)
        touch(cls.TOPIC)
        return new

    def edit(self, stated: Mapping[str, Any], pictures: Chosen, version: int, *, by: "User | None") -> None:
        """State it anew; the form saw `version`. Raises Stale, or Invalid for a name that is taken."""
        self.hold()
        if self.version != version:
            raise Stale(self, self.WHAT)
        changed = [word for column, word in self.STATED.items() if getattr(self, column) != stated[column]]
        before = [(picture.id, picture.alt) for picture in Picture.of(self)]
        if before != [(picture.id, alt) for picture, alt in pictures]:
            changed.append("图片")
        for column, value in stated.items():
            setattr(self, column, value)
        if self.is_open:
            self.must_be_alone()
        if changed:
            record(self, "edit", by=by, reason=f"修改了{'、'.join(changed)}")
            flag_modified(self, "name")  # a change of pictures alone makes older forms stale too
        db.session.flush()
        Picture.arrange(self, pictures, self.PICTURES)
        touch(self.TOPIC)

    def close(self, *, by: "User | None", reason: str) -> None:
        """It accepts nothing new from now on; what was stays to be read."""
        self.hold()
        self.move(self.CLOSED, by=by, reason=reason)
        body = f"“{self.name}”：{reason.strip()}"
        title, path = f"上级停止了{self.WHAT.removeprefix('这个')}", f"/office/{self.TOPIC}/{self.id}"
        tell_keepers(self.community_code, title, body, by=by, path=path, about=f"{self.TOPIC}:{self.id}")
        touch(self.TOPIC)

    def reopen(self, *, by: "User | None") -> None:
        """Accept new things again; Invalid when another one took the name meanwhile."""
        self.hold()
        self.must_be_alone()
        self.move(self.LIVING, by=by)
        touch(self.TOPIC)

    def hold(self) -> None:
        """Hold this row, read afresh, until the transaction ends.

        Not against foreign keys: an activity that names it may be saved meanwhile (lock order: teams come
        before activities and volunteers).
        """
        kind: Any = type(self)
        wanted = select(kind).where(kind.id == self.id).with_for_update(key_share=True)
        db.session.scalars(wanted.execution_options(populate_existing=True)).one()

    def must_be_open(self) -> None:
        """Refused when it is closed."""
        if not self.is_open:
            raise Refused(f"“{self.name}”已经停止活动，不再接受新的内容。", self)

    def must_be_alone(self) -> None:
        """Invalid at `name` when another living one of the community is called the same."""
        kind: Any = type(self)
        with db.session.no_autoflush:
            twins = kind.community_code == self.community_code, kind.name == self.name, kind.status == self.LIVING
            other = db.session.scalar(select(kind.id).where(*twins, kind.id.is_distinct_from(self.id)).limit(1))
        if other is not None:
            raise Invalid("name", "这个社区已经有一个同名的，请换一个名称。")
