"""任命与移交: giving somebody a post, and passing one on (SPEC section 1, last paragraph).

Everything is judged from the post as which somebody acts: strictly below it by rank and place, units by district
and city, nobody to oneself. Work belongs to places, so a hand-over moves no row: it changes who is there.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from app import clock
from app.crypto import keyed_hash
from app.db import db
from app.models.accounts.credentials import username_key
from app.models.post import PLACES, RANKS, Post, Role, units_below
from app.models.posts.open_work import open_work
from app.models.region import Level, lies_below, regions
from app.models.user import User, hold_user
from app.refusal import Invalid, Refused
from app.text import is_phone, plain_phone

LONGEST = timedelta(days=3660)  # a day further away than this is a slip of the keyboard
LEVEL_WORDS = {
    Level.CITY: "全市",
    Level.DISTRICT: "区（县、市）",
    Level.SUBDISTRICT: "街道（镇）",
    Level.COMMUNITY: "社区（村）",
}


@dataclass(frozen=True)
class Person:
    """Who is meant: a user name or a whole phone number, and the name, so that no slip names a stranger."""

    known_as: str
    name: str

    def find(self) -> User:
        """The account; Invalid at `person` where there is none, or where a shared phone leaves several."""
        phone = plain_phone(self.known_as)
        keys = [User.username_key == username_key(self.known_as)]
        if is_phone(phone):
            keys.append(User.phone_hash == keyed_hash(phone, "phone"))
        wanted = select(User).where(or_(*keys), User.name == self.name.strip(), User.disabled_at.is_(None))
        found = list(db.session.scalars(wanted.limit(2)))
        if len(found) > 1:
            raise Invalid("person", "这个号码有几个同名的账号，请改填用户名。")
        if not found:
            raise Invalid("person", "没有用户名（或手机号）和姓名都相符的账号，请核对。对方要先注册成为会员。")
        return found[0]


@dataclass(frozen=True)
class Term:
    """From which day to which; no last day: until further notice."""

    first_day: date
    last_day: date | None = None

    def check(self) -> None:
        """Invalid where it begins in the past, ends before it begins, or lies years away."""
        if self.first_day < clock.today():
            raise Invalid("first_day", "开始的日期不能早于今天。")
        if self.first_day > clock.today() + LONGEST:
            raise Invalid("first_day", "开始的日期太远，请核对年份。")
        if self.last_day and not self.first_day <= self.last_day <= self.first_day + LONGEST:
            raise Invalid("last_day", "结束的日期不能早于开始的日期，也不能晚于十年以后。")


def roles_below(post: Post) -> list[Role]:
    """The roles that this post may give, highest first; none for a community's or a unit's."""
    lower = [role for role in RANKS if RANKS[role] < post.rank] if post.region_code else []
    return sorted(lower, key=lambda role: (role is Role.UNIT, -RANKS[role]))


def check_place(role: Role, place: str | int | None, *, below: Post) -> str | int:
    """The place of such a post; Invalid where it does not lie strictly below `below`, or takes nobody new."""
    if role not in roles_below(below):
        raise Invalid("role", "只能任命比自己低的任职。")
    if role is Role.UNIT:
        unit = next((one for one in units_below(below) if one.id == place and one.valid_to is None), None)
        if unit is None:
            raise Invalid("unit", "请从名单中选择单位。")
        return unit.id
    region = regions().get(str(place))
    if region is None or region.level is not PLACES[role]:
        raise Invalid("place", f"这个任职的地点须是{LEVEL_WORDS[PLACES[role]]}，请重新选择。")
    if not lies_below(region.code, below.region_code or ""):
        raise Invalid("place", "不在您的辖区内，请重新选择。")
    if not region.open:
        raise Invalid("place", f"{region.short}已撤并，请选择新的地方。")
    return str(region.code)


def appoint(person: Person, role: Role, place: str | int | None, term: Term, *, by: User) -> Post:
    """Give the person the post, and tell them. Invalid at the wrong field; `by` acts through `by.post`."""
    below = by.post
    if below is None:
        raise Refused("您现在没有任职，不能任命。")
    found = check_place(role, place, below=below)
    term.check()
    return _grant(person.find(), role, found, term, by=by)


def _grant(user: User, role: Role, place: str | int, term: Term, *, by: User) -> Post:
    if user.id == by.id:
        raise Invalid("person", "不能任命自己，请由上一级或另一位管理员办理。")
    hold_user(user.id)
    if _held_meanwhile(user, role, place, term):
        raise Invalid("person", f"{user.name}在这段时间里已经有这个任职。")
    post = Post.grant(user, role, place, by=by, first_day=term.first_day, last_day=term.last_day)
    post.say("您有新的任职", f"{until(post)}。当天起登录后可以进入管理后台。")
    return post


def _held_meanwhile(user: User, role: Role, place: str | int, term: Term) -> bool:
    """Whether the person holds the same post on a day of the term."""
    at = Post.region_code == place if isinstance(place, str) else Post.unit_id == place
    runs = or_(Post.last_day.is_(None), Post.last_day >= term.first_day)
    wanted = select(Post.id).where(Post.user_id == user.id, Post.role == role, at, Post.revoked_at.is_(None), runs)
    if term.last_day:
        wanted = wanted.where(Post.first_day <= term.last_day)
    return db.session.scalar(wanted.limit(1)) is not None


def hand_over(post: Post, person: Person, term: Term, *, by: User) -> Post:
    """Let the person take the post over from `term.first_day` on; the holder keeps it until the day before.

    Both are told, the successor with the open work of the place. Refused (409) where the post is over.
    """
    post.hold()
    if post.role is Role.CITY:
        raise Refused("市级任职不能移交：请新增一位市级管理员，再撤销这个任职。", post)
    if post.is_over(clock.today()):
        raise Refused("这个任职已经结束，不能再移交。可以直接新任命。", post)
    if by.post is None:
        raise Refused("您现在没有任职，不能移交。")
    if after := _successor(post):
        raise Refused(f"已移交给{after.user.name}，从{_day(after.first_day)}起接任。要换人，请先撤销那个任职。", post)
    place = check_place(post.role, post.region_code or post.unit_id, below=by.post)
    term.check()
    if term.first_day <= post.first_day:
        raise Invalid("first_day", "接任的日期要晚于原任职开始的日期；还没有开始的任职，请撤销后另行任命。")
    if post.last_day and term.first_day > post.last_day + timedelta(days=1):
        raise Invalid("first_day", "原任职在这一天以前就结束了，中间会没有人，请提前。")
    successor = person.find()
    if successor.id == post.user_id:
        raise Invalid("person", "接任人和现在的任职人是同一个人。")
    post.end(term.first_day - timedelta(days=1), by=by, reason=f"移交给{successor.name}")
    post.say("您的任职已移交", f"{until(post)}，由{successor.name}接任。")
    taken = _grant(successor, post.role, place, term, by=by)
    work = "、".join(f"{part.word} {part.shown} {part.unit}" for part in open_work(post) if part.count)
    taken.say("请接手这个岗位的工作", f"移交时还没办完的有：{work}。" if work else "移交时没有积压的工作。")
    return taken


def _successor(post: Post) -> Post | None:
    """Who begins in the same place on the day after this post's last one: to whom it was passed on already."""
    if post.last_day is None:
        return None
    at = Post.region_code == post.region_code if post.region_code else Post.unit_id == post.unit_id
    then = Post.first_day == post.last_day + timedelta(days=1), Post.user_id != post.user_id
    same = select(Post).where(at, Post.role == post.role, *then, Post.revoked_at.is_(None))
    return db.session.scalar(same.options(joinedload(Post.user)).limit(1))


def until(post: Post) -> str:
    """从 11月23日（周一）起，到 12月31日（周四）为止."""
    return f"从{_day(post.first_day)}起" + (f"，到{_day(post.last_day)}为止" if post.last_day else "")


def _day(day: date) -> str:
    from app import labels

    return labels.day(day)
