"""Nobody confirms their own attendance or approves their own application: it goes one level up (SPEC section 1)."""

from typing import Any

from sqlalchemy import bindparam, or_, select

from app import clock
from app.freshness import Remembered
from app.models.user import Post, Role, User
from app.refusal import Refused
from app.straight import read


def untouchable(by: User | None) -> set[int]:
    """The user ids about whom `by` may not decide: their own, and those of colleagues of the same post.

    It goes one level up: the colleague of a place is decided above that place (for the city, which has
    nothing above, by another of its administrators).
    """
    if by is None or by.post is None:
        return {by.id} if by else set()
    if by.post.role is Role.CITY:
        return {by.id}
    return {by.id, *read(COLLEAGUES, {"place": by.post.region_code, "today": clock.today()}).scalars()}


COLLEAGUES = select(Post.user_id).where(
    Post.region_code == bindparam("place"),
    Post.revoked_at.is_(None),
    Post.first_day <= bindparam("today"),
    or_(Post.last_day.is_(None), Post.last_day >= bindparam("today")),
)


_known = Remembered(1000)


def shown_untouchable(by: User | None) -> frozenset[int]:
    """`untouchable` as a page shows it: remembered until a post changes. Who decides asks `untouchable` itself, since what
    another process committed is known here a second later."""
    if by is None or by.post is None:
        return frozenset(untouchable(by))
    key = by.id, by.post.role, by.post.region_code, clock.today()
    return _known.of(key, lambda: frozenset(untouchable(by)), "posts")


def by_another(by: User | None, user_id: int, what: str, row: Any) -> None:
    """Refused when `by` would decide on what is their own or a colleague's; `what` names it, e.g. 申请."""
    if by is None:
        return
    if by.id == user_id:
        raise Refused(f"这是您本人的{what}，须由上一级管理员审核。", row)
    if user_id in untouchable(by):
        raise Refused(f"这是同一岗位同事的{what}，须由上一级管理员审核。", row)
