"""Who holds which post in the demonstration, what units keep of themselves, and whom they doubt."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from random import Random
from typing import Any

from sqlalchemy import select

from app import clock
from app.db import db
from app.demo import names
from app.demo.people import BAIYUN, GULOU, WANTONG, Person, acting, rows_of, user_row
from app.models import Headcount, History, Post, UnitDispute, User, Volunteer
from app.models.post import Role
from app.models.region import CITY, LEVELS, Level, children

ROLES = {Level.DISTRICT: Role.DISTRICT, Level.SUBDISTRICT: Role.SUBDISTRICT, Level.COMMUNITY: Role.COMMUNITY}
UNITS_WITH_ADMIN, UNITS_COUNTED = 6, 14
DOUBTS = (
    "人事名册里没有这个人，去年已经调走。",
    "名字对不上，可能选错了单位，请向本人核实。",
    "是合作公司派来的，不是本单位的人。",
)


def make_delegation(places: list[str], units: list[int], password_hash: str, staff: dict[str, int]) -> int:
    """Posts over districts, some subdistricts and many communities, and of some units; returns how many."""
    random = Random("delegation")
    wanted: list[tuple[Role, str | int]] = [(ROLES[LEVELS[len(code)]], code) for code in _held(random, places)]
    wanted += [(Role.UNIT, unit) for unit in units[1 : 1 + UNITS_WITH_ADMIN]]
    users = _accounts(random, len(wanted) + 5, password_hash)
    posts = [_post(random, user, role, place, staff) for user, (role, place) in zip(users, wanted, strict=False)]
    ids = rows_of(Post, posts)
    rows_of(History, [_granted(one, post) for one, post in zip(ids, posts, strict=True)])
    _former(users[-5:], staff)
    return len(wanted) + 4


def _held(random: Random, places: list[str]) -> list[str]:
    """Every other district, half of the subdistricts that have volunteers, two thirds of the communities."""
    districts = [one.code for one in children()[CITY] if one.code != GULOU]
    communities = [code for code in places if code not in (WANTONG, BAIYUN)]
    streets = sorted({code[:9] for code in communities})
    return districts + random.sample(streets, len(streets) // 2) + random.sample(communities, len(communities) * 2 // 3)


def _accounts(random: Random, count: int, password_hash: str) -> list[int]:
    made = clock.now() - timedelta(days=430)
    people = names.people(random, count)
    rows = [
        user_row(f"staff{n:03d}", name, names.phone(30_000 + n), password_hash, made) for n, name in enumerate(people)
    ]
    return rows_of(User, rows)


def _post(random: Random, user_id: int, role: Role, place: str | int, staff: dict[str, int]) -> dict[str, Any]:
    """A post since some day of the last year; one in six ends some day of the next."""
    first = clock.today() - timedelta(days=random.randint(40, 400))
    return {
        "user_id": user_id,
        "role": role,
        "region_code": place if isinstance(place, str) else None,
        "unit_id": place if isinstance(place, int) else None,
        "first_day": first,
        "last_day": clock.today() + timedelta(days=random.randint(30, 300)) if random.random() < 1 / 6 else None,
        "granted_by_id": staff["gulou"] if str(place).startswith(GULOU) else staff["city"],
        "created_at": clock.start_of(first) + timedelta(hours=9),
    }


def _granted(post_id: int, post: dict[str, Any]) -> dict[str, Any]:
    district = str(post["region_code"]).startswith(GULOU)
    return {
        "noun": "post",
        "noun_id": post_id,
        "action": "grant",
        "actor_id": post["granted_by_id"],
        "actor_role": "district" if district else "city",
        "actor_place": GULOU if district else CITY,
        "created_at": post["created_at"],
    }


def _former(users: list[int], staff: dict[str, int]) -> None:
    """In 黄楼街道: one who held 白云 before, one who was revoked, one who begins next month."""
    gulou = acting(staff["gulou"])
    before, helper, revoked, future, _ = [db.session.get_one(User, one) for one in users]
    with days_ago(420):
        post = Post.grant(before, Role.COMMUNITY, BAIYUN, by=gulou, first_day=clock.today())
    with days_ago(300):
        post.end(clock.today() - timedelta(days=1), by=gulou, reason="移交给白平")
        Post.grant(helper, Role.COMMUNITY, WANTONG, by=gulou, last_day=clock.today() + timedelta(days=180))
    with days_ago(90):
        gone = Post.grant(revoked, Role.COMMUNITY, WANTONG, by=gulou)
    with days_ago(25):
        gone.revoke(by=gulou, reason="调到区里工作，不再负责社区事务")
    soon: date = (clock.today().replace(day=1) + timedelta(days=32)).replace(day=1)
    Post.grant(future, Role.COMMUNITY, BAIYUN, by=gulou, first_day=soon, last_day=soon + timedelta(days=365))


def make_unit_keeping(units: list[int], people: list[Person], staff: dict[str, int]) -> str:
    """Headcounts of some units, and disputes of the first one in three states; what was made, in words."""
    random, unit = Random("units"), acting(staff["unit"])
    for number in units[1:UNITS_COUNTED]:
        with days_ago(random.randint(30, 200)):
            Headcount.enter(number, clock.today(), random.randint(18, 460), by=None)
    for ago, number in ((330, 126), (150, 131), (20, 113)):
        with days_ago(ago):
            last = Headcount.enter(units[0], clock.today(), number, by=unit)
    last.correct(last.day, 133, by=unit)
    disputes = list(_disputes(units[0], people, staff))
    return f"单位人数 {UNITS_COUNTED + 2} 条，归属异议 {len(disputes)} 件"


def _disputes(unit_id: int, people: list[Person], staff: dict[str, int]) -> Iterator[UnitDispute]:
    """One that waits, one rejected, one upheld, all of 万通社区."""
    unit, community = acting(staff["unit"]), acting(staff["wantong"])
    wanted = select(Volunteer).where(Volunteer.unit_id == unit_id, Volunteer.community_code == WANTONG)
    kept = Volunteer.user_id.not_in([staff["wantong"], people[0].user_id])
    doubted = list(db.session.scalars(wanted.where(kept).order_by(Volunteer.id.desc()).limit(len(DOUBTS))))
    for volunteer, reason, ago in zip(doubted, DOUBTS, (1, 12, 30), strict=False):
        with days_ago(ago):
            dispute = UnitDispute.put(volunteer, reason, by=unit)
        with days_ago(max(ago - 2, 0)):
            if ago == 12:
                dispute.reject(by=community, reason="已看过本人的工作证，确是本单位的人。")
            elif ago == 30:
                dispute.uphold(by=community)
        yield dispute


@contextmanager
def days_ago(days: int) -> Iterator[None]:
    """Let it be so many days ago."""
    clock.move(timedelta(days=-days))
    try:
        yield
        db.session.flush()
    finally:
        clock.move(timedelta(0))
