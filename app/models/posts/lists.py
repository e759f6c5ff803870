"""Lists of posts: what a state means in SQL, who is found by words, and the places where nobody holds one (无人任职)."""

import re
from datetime import date
from typing import Any

from sqlalchemy import Select, and_, exists, func, not_, or_, select
from sqlalchemy.orm import joinedload

from app import clock
from app.crypto import keyed_hash
from app.db import db
from app.models.accounts.called import by_initials, goes_by
from app.models.pages.state_counts import state_counts
from app.models.post import Post, PostState, Role, living
from app.models.region import CITY, WIDTHS, Level, Region, prefixes
from app.models.user import User
from app.models.work_unit import units
from app.text import is_phone, plain_phone

ENOUGH = 2  # city administrators, SPEC section 1
WITH_PEOPLE = (joinedload(Post.user), joinedload(Post.granted_by))


def in_state(state: PostState, on: date | None = None) -> Any:
    """The condition that a post is in this state, as `Post.state` judges it."""
    on = on or clock.today()
    kept = Post.revoked_at.is_(None)
    return {
        PostState.LIVING: and_(*living(on)),
        PostState.FUTURE: and_(kept, Post.first_day > on, or_(Post.last_day.is_(None), Post.last_day >= on)),
        PostState.ENDED: and_(kept, Post.last_day < on),
        PostState.REVOKED: not_(kept),
    }[state]


def counts(scope: Select[Any]) -> dict[PostState, int]:
    """How many posts of this scope are in each state, capped at 1,000; one statement."""
    return state_counts(scope, PostState, in_state)


def lies_in(code: str) -> Any:
    """The condition that a post is held over this region or one inside it."""
    return or_(*(Post.region_code.startswith(one) for one in prefixes(code)))


def known_as(words: str) -> list[Any]:
    """Conditions that words name the holder (name, initials, user name, phone) or the unit; none for no words."""
    words = words.strip()
    if not words:
        return []
    phone = plain_phone(words)
    if is_phone(phone):
        return [_held_by(User.phone_hash == keyed_hash(phone, "phone"))]
    if re.fullmatch(r"[0-9]{4}", words):
        return [_held_by(User.phone_tail == words)]
    named = goes_by(
        Post.user_id, words, lambda person: [person.username_key == words.lower(), *by_initials(words)(person)]
    )
    ids = [unit.id for unit in units().values() if words in unit.name]
    return [or_(named, Post.unit_id.in_(ids))]


def _held_by(condition: Any) -> Any:
    return Post.user_id.in_(select(User.id).where(condition))


def others_there(post: Post) -> list[Post]:
    """Who else holds, held or will hold this very post, newest first, with the people."""
    there = Post.region_code == post.region_code if post.region_code else Post.unit_id == post.unit_id
    wanted = select(Post).where(there, Post.role == post.role, Post.id != post.id).options(joinedload(Post.user))
    return list(db.session.scalars(wanted.order_by(Post.first_day.desc(), Post.id.desc()).limit(20)))


def vacancies(code: str) -> Select[Any]:
    """The open regions strictly inside `code` over which nobody holds a post today."""
    held = exists().where(Post.region_code == Region.code, *living())
    inside = or_(*(Region.code.startswith(one) for one in prefixes(code)))
    return select(Region).where(inside, Region.code != code, Region.valid_to.is_(None), ~held)


def vacant_counts(code: str) -> dict[Level, int]:
    """How many there are of each level below `code`, highest first."""
    some = vacancies(code).with_only_columns(Region.level, func.count()).group_by(Region.level)
    found = dict(db.session.execute(some).tuples().all())
    return {level: found.get(level, 0) for level, width in WIDTHS.items() if width > len(code)}


def too_few_city_admins() -> bool:
    """Whether fewer than two people hold a city post today: the next absence would leave the city without one."""
    wanted = select(func.count(Post.user_id.distinct())).where(
        Post.role == Role.CITY, Post.region_code == CITY, *living()
    )
    return (db.session.scalar(wanted) or 0) < ENOUGH
