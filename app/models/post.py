"""任职 `Post`: a role over one region or one work unit, from a day to a day (SPEC section 1, last paragraph).

A post is never changed and never deleted: it ends on its last day, or is revoked, and its history stays. Who may
grant what is decided by rank and place alone: strictly below one's own post, work units by district and city.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import ForeignKey, Index, String, and_, false, or_, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import clock
from app.db import Model, Row, db, lock
from app.models.history import record
from app.models.message import tell
from app.models.region import LEVELS, Level, heir, lineage, place_name
from app.models.stateful import given
from app.models.work_unit import WorkUnit, unit_name, units_of
from app.refusal import Refused

if TYPE_CHECKING:
    from app.models.user import User

MOST = 20  # people told of one thing


class Role(StrEnum):
    CITY = "city"
    DISTRICT = "district"
    SUBDISTRICT = "subdistrict"
    COMMUNITY = "community"
    UNIT = "unit"


RANKS = {Role.COMMUNITY: 1, Role.SUBDISTRICT: 2, Role.UNIT: 2, Role.DISTRICT: 3, Role.CITY: 4}
PLACES = {  # role → the level of region it is held over; a unit's is held over a work unit
    Role.DISTRICT: Level.DISTRICT,
    Role.SUBDISTRICT: Level.SUBDISTRICT,
    Role.COMMUNITY: Level.COMMUNITY,
}


class PostState(StrEnum):
    """What the calendar and a revocation make of a post; never stored."""

    LIVING = "living"
    FUTURE = "future"
    ENDED = "ended"
    REVOKED = "revoked"


class Post(Row, Model):
    """A role over one region or one work unit, from a day to a day; revocable at any time."""

    __table_args__ = (Index(None, "region_code"), Index(None, "unit_id"))

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    role: Mapped[Role]
    region_code: Mapped[str | None] = mapped_column(String(12))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("work_unit.id"))
    first_day: Mapped[date]
    last_day: Mapped[date | None]
    revoked_at: Mapped[datetime | None]
    granted_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))

    user: Mapped["User"] = relationship(foreign_keys=[user_id], back_populates="posts", lazy="raise")
    granted_by: Mapped["User | None"] = relationship(foreign_keys=[granted_by_id], lazy="raise")

    def lives(self, on: date) -> bool:
        """Whether the post is held on this day."""
        ended = self.last_day is not None and self.last_day < on
        return self.revoked_at is None and self.first_day <= on and not ended

    def is_over(self, on: date) -> bool:
        """Whether the post is neither held on this day nor will be."""
        return self.revoked_at is not None or (self.last_day is not None and self.last_day < on)

    @property
    def state(self) -> PostState:
        """What it is today."""
        if self.revoked_at is not None:
            return PostState.REVOKED
        today = clock.today()
        if self.is_over(today):
            return PostState.ENDED
        return PostState.LIVING if self.lives(today) else PostState.FUTURE

    @property
    def rank(self) -> int:
        """How high the post stands; a unit's counts as a street's, so that only district and city are above it."""
        return RANKS[self.role]

    @property
    def place_key(self) -> str:
        """The region's code, or `unit:<id>`."""
        return self.region_code or f"unit:{self.unit_id}"

    @property
    def place(self) -> str:
        """The region or unit in words."""
        return place_name(self.region_code) if self.region_code else unit_name(self.unit_id)

    @property
    def level(self) -> Level | None:
        """The level of the region; None for a unit post."""
        return LEVELS[len(self.region_code)] if self.region_code else None

    @classmethod
    def scope(cls, post: "Post") -> Any:
        """The condition that a row lies strictly below `post` (app/access.py asks it): what one grants and revokes.

        The city, with nothing above, also sees and revokes its own posts (`revoke` says when).
        """
        if not post.region_code:
            return false()
        codes = lineage().get(post.region_code, (post.region_code,))
        lower = [role for role in PLACES if RANKS[role] < post.rank]
        inside = or_(*(cls.region_code.startswith(code) for code in codes))
        peers = cls.role == Role.CITY if post.role is Role.CITY else false()
        return or_(and_(cls.role.in_(lower), inside), _units_below(post), peers)

    @classmethod
    def grant(
        cls,
        user: "User",
        role: Role,
        place: str | int,
        *,
        by: "User | None",
        first_day: date | None = None,
        last_day: date | None = None,
    ) -> "Post":
        """Give `user` a post over a region code or a unit id; the caller has checked the right to (`appoint`)."""
        post = cls(
            user_id=user.id,
            role=role,
            first_day=first_day or clock.today(),
            last_day=last_day,
            region_code=place if isinstance(place, str) else None,
            unit_id=place if isinstance(place, int) else None,
            granted_by_id=by.id if by else None,
        )
        db.session.add(post)
        db.session.flush()
        record(post, "grant", by=by)
        return post

    def revoke(self, *, by: "User | None", reason: str) -> None:
        """End the post at once; the next request of its holder is without it. Refused (409) when it is over.

        A city post is revoked by another of the city's administrators, and never the last one.
        """
        reason = given(reason)
        others = _other_city_admins(self) if self.role is Role.CITY else [0]
        self.hold()
        if self.is_over(clock.today()):
            raise Refused("这个任职已经结束，不用再撤销。", self)
        if self.role is Role.CITY and by is not None and by.id == self.user_id:
            raise Refused("不能撤销自己的市级任职，请由另一位市级管理员办理。", self)
        if not others:
            raise Refused("这是最后一位在任的市级管理员，不能撤销。请先任命另一位。", self)
        record(self, "revoke", by=by, reason=reason)
        self.revoked_at = clock.now()
        self.say("您的任职已撤销", f"原因：{reason}")
        db.session.flush()

    def end(self, last_day: date, *, by: "User | None", reason: str) -> None:
        """Let the post end with this day; `reason` says why in the history."""
        record(self, "end", by=by, reason=reason)
        self.last_day = last_day
        db.session.flush()

    def hold(self) -> None:
        """Hold this row, read afresh, until the transaction ends."""
        lock(select(Post).where(Post.id == self.id))

    def say(self, title: str, text: str) -> None:
        """A message to the holder: which post, and what about it."""
        from app.labels import word

        named = f"{self.place} · {word(self.role)}。{text}"
        tell(self.user_id, title, named, path="/member/messages", about=f"post:{self.id}")


def _other_city_admins(post: Post) -> list[int]:
    """Who else holds a city post today; all city posts are held, so that two who revoke each other leave one."""
    from app.models.user import User

    held = lock(select(Post).where(Post.role == Role.CITY).order_by(Post.id))
    there = [one.user_id for one in held if one.lives(clock.today()) and one.user_id != post.user_id]
    return list(db.session.scalars(select(User.id).where(User.id.in_(there), User.disabled_at.is_(None))))


def living(on: date | None = None) -> list[Any]:
    """The conditions that a post is held on this day (default today)."""
    on = on or clock.today()
    return [Post.revoked_at.is_(None), Post.first_day <= on, or_(Post.last_day.is_(None), Post.last_day >= on)]


def not_over(on: date | None = None) -> list[Any]:
    """The conditions that a post is held on this day (default today) or will be."""
    return [Post.revoked_at.is_(None), or_(Post.last_day.is_(None), Post.last_day >= (on or clock.today()))]


def _units_below(post: Post) -> Any:
    """The condition that a unit's post lies below this one: the city reaches all, a district its own."""
    if post.rank <= RANKS[Role.UNIT]:
        return false()
    theirs = [unit.id for unit in units_below(post)]
    return Post.role == Role.UNIT if post.role is Role.CITY else Post.unit_id.in_(theirs)


def units_below(post: Post) -> list[WorkUnit]:
    """The work units whose posts this one grants, in the order of their names; merged ones too (their posts remain)."""
    if post.rank <= RANKS[Role.UNIT]:
        return []
    return units_of(post.region_code or "")


def keepers(code: str) -> list[int]:
    """Ids of the people whose living post is the lowest one over this community; a level without one is skipped."""
    return _lowest(heir(code), (12, 9, 6, 4))


def keepers_above(code: str) -> list[int]:
    """The same from the district upwards."""
    return _lowest(heir(code), (6, 4))


def _lowest(code: str, widths: tuple[int, ...]) -> list[int]:
    for width in widths:
        if found := holders(heir(code[:width])):
            return found
    return []


def holders(place: str) -> list[int]:
    """Ids of the people who hold a living post over exactly this region."""
    held = select(Post.user_id).where(Post.region_code == place, *living()).order_by(Post.id)
    return list(dict.fromkeys(db.session.scalars(held.limit(MOST))))


def places_of(user_id: int) -> set[str]:
    """The regions over which this person holds a living post."""
    held = select(Post.region_code).where(Post.user_id == user_id, Post.region_code.is_not(None), *living())
    return set(db.session.scalars(held))


def tell_desk(code: str, title: str, body: str, *, path: str, about: str, person: int | None = None) -> None:
    """Work has come in: a message, which may be switched off, to those with whom it waits.

    What is about a `person` of the same post waits one level up, where nobody decides about oneself.
    """
    from app.models.accounts.preference import MessageKind
    from app.models.message import tell_some

    places = places_of(person) if person is not None else set()
    for width in (12, 9, 6, 4):
        found = holders(heir(heir(code)[:width]))
        if found and (width == 4 or person not in found or not places):
            others = [one for one in found if one != person]
            tell_some(others, title, body, kind=MessageKind.INCOMING, path=path, about=about)
            return


def tell_keepers(code: str, title: str, body: str, *, by: "User | None", path: str, about: str) -> None:
    """A message to those who keep this community about what somebody from above did there; none about what one of them did."""
    from app.models.message import tell

    here = keepers(code)
    for user_id in here if by is None or by.id not in here else ():
        tell(user_id, title, body, path=path, about=about)


def unit_keepers(unit_id: int) -> list[int]:
    """Ids of the people who hold a living post of this work unit."""
    held = select(Post.user_id).where(Post.unit_id == unit_id, *living()).order_by(Post.id).limit(MOST)
    return list(dict.fromkeys(db.session.scalars(held)))
