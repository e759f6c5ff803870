"""What a merger brings about beside the tree itself: posts end or go on, and everybody concerned is told."""

from typing import Any

from sqlalchemy import select, union
from sqlalchemy.orm import joinedload

from app import clock
from app.db import db
from app.models.application import OPEN, Application
from app.models.message import tell, tell_all
from app.models.post import Post, not_over
from app.models.posts.open_work import work_in
from app.models.region import Level, Region, within
from app.models.user import User
from app.models.volunteer import Volunteer, VolunteerStatus


def hand_over(one: Region, other: Region, *, by: User | None, keep_posts: bool) -> None:
    """Tell the heir's posts what they have now, pass the posts of `one` on, and tell the people it served."""
    said = f"{one.name}已并入{other.name}。"
    left = "，".join(f"{part.word} {part.shown} {part.unit}" for part in work_in(one.code) if part.count)
    receivers = select(Post.user_id).where(Post.region_code == other.code, *not_over())
    for user_id in sorted(set(db.session.scalars(receivers))):
        tell(user_id, said, f"那里的工作现在由您办理：{left or '没有未办结的'}。", path="/office/")
    pass_posts(Post.region_code == one.code, other.code, said, by=by, keep=keep_posts)
    if one.level is Level.COMMUNITY:
        _tell_people(one.code, said)


def pass_posts(place: Any, to: str | int, said: str, *, by: User | None, keep: bool) -> None:
    """End the posts over `place` (a condition); with `keep` their holders go on over `to` until the same day."""
    ending = select(Post).where(place, *not_over()).options(joinedload(Post.user)).order_by(Post.id)
    here = Post.region_code == to if isinstance(to, str) else Post.unit_id == to
    there = set(db.session.scalars(select(Post.user_id).where(here, *not_over())))
    for post in db.session.scalars(ending).all():
        holder = post.user  # revoking reads the row afresh, without its person
        post.revoke(by=by, reason=said)
        if keep and post.user_id not in there:
            first_day = max(post.first_day, clock.today())
            Post.grant(holder, post.role, to, by=by, first_day=first_day, last_day=post.last_day)
            there.add(post.user_id)


def _tell_people(code: str, said: str) -> None:
    """A message to everybody who serves in this community or has applied there: they need not do anything."""
    here = (
        select(Volunteer.user_id).where(within(Volunteer, code), Volunteer.status != VolunteerStatus.LEFT),
        select(Application.user_id).where(within(Application, code), Application.status.in_(OPEN)),
    )
    text = "您的志愿者身份、报名和服务记录都不变，不用办理任何手续，以后由新的社区为您服务。"
    tell_all(union(*here), said, text, path="/member/volunteer")
