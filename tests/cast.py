"""A small city of named people on the real regions, the same in every test.

万通社区 and 白云社区 lie in 黄楼街道, 鼓楼区: 白云's administrator is the neighbour who must always meet
a 404. `FAR` lies in another district. Everybody's password is PASSWORD; tests sign in by `sign_in`,
which makes the session row itself and so costs no password hash.
"""

import hashlib
import secrets
from datetime import date, timedelta
from typing import Any

from argon2 import PasswordHasher

from app import clock
from app.db import db
from app.models import Activity, Message, Post, SignIn, User, Volunteer, WorkUnit
from app.models.activity import ActivityStatus
from app.models.category import category_by_slug
from app.models.user import Gender, Role
from app.models.volunteer import Employment, Political

PASSWORD = "Xuzhou-Demo-2026"
WANTONG = "320302001002"
BAIYUN_NAME = "白云社区居委会"
HUANGLOU, GULOU, CITY = "320302001", "320302", "3203"
HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)

# user name, name, phone, (role, place) or None
PEOPLE: tuple[tuple[str, str, str, tuple[Role, str] | None], ...] = (
    ("city", "高峰", "13900000001", (Role.CITY, CITY)),
    ("city2", "孟岩", "13900000002", (Role.CITY, CITY)),
    ("gulou", "顾楠", "13900000003", (Role.DISTRICT, GULOU)),
    ("huanglou", "黄敏", "13900000004", (Role.SUBDISTRICT, HUANGLOU)),
    ("wantong", "周芳", "13900000005", (Role.COMMUNITY, WANTONG)),
    ("wantong2", "万里", "13900000006", (Role.COMMUNITY, WANTONG)),
    ("baiyun", "白洁", "13900000007", (Role.COMMUNITY, "baiyun")),
    ("far", "方远", "13900000008", (Role.COMMUNITY, "far")),
    ("yunlong", "云海", "13900000009", (Role.DISTRICT, "320303")),
    ("unit", "单薇", "13900000010", (Role.UNIT, "unit")),
    ("unit2", "单强", "13900000011", (Role.UNIT, "unit2")),
    ("volunteer", "李静", "13800000001", None),
    ("second", "王建国", "13800000002", None),
    ("third", "陈晨", "13800000003", None),
    ("guest", "赵敏", "13800000004", None),
    ("member", "孙丽", "13800000005", None),
)
# volunteers: user name → (community, unit)
VOLUNTEERS = {
    "volunteer": (WANTONG, "unit"),
    "second": (WANTONG, None),
    "third": (WANTONG, "unit2"),
    "guest": ("far", "unit"),
}


def baiyun_code() -> str:
    """The code of 白云社区, 万通's neighbour in the same subdistrict."""
    return _community_of(HUANGLOU, "白云社区")


def far_code() -> str:
    """A community of 云龙区."""
    from app.models.region import children

    return children()[children()["320303"][0].code][0].code


def _community_of(subdistrict: str, short: str) -> str:
    from app.models.region import children

    return next(place.code for place in children()[subdistrict] if place.short == short)


def fill() -> None:
    """Write the cast into an empty, migrated database that has its regions; commits."""
    places = {"baiyun": baiyun_code(), "far": far_code()}
    units = {
        "unit": WorkUnit(name="徐州市第一测试中学", initials="xzsdycszx", district_code=GULOU),
        "unit2": WorkUnit(name="徐州测试机械有限公司", initials="xzcsjxyxgs", district_code=GULOU),
    }
    db.session.add_all(units.values())
    db.session.flush()
    for username, name, phone, post in PEOPLE:
        user = make_user(username, name, phone)
        if post:
            role, place = post
            unit = units.get(place)
            code = None if unit else places.get(place, place)
            db.session.add(
                Post(
                    user_id=user.id,
                    role=role,
                    region_code=code,
                    unit_id=unit.id if unit else None,
                    first_day=date(2020, 1, 1),
                )
            )
        if username in VOLUNTEERS:
            code, unit_key = VOLUNTEERS[username]
            make_volunteer(user, places.get(code, code), units[unit_key].id if unit_key else None)
    db.session.commit()


def make_user(username: str, name: str = "测试人", phone: str = "13700000000") -> User:
    """A member with the common password; flushed, not committed."""
    user = User(username=username, username_key=username.lower(), password_hash=HASH, consent_at=clock.now())
    user.call(name)
    user.reachable_at(phone)
    db.session.add(user)
    db.session.flush()
    return user


def make_volunteer(user: User, community: str = WANTONG, unit_id: int | None = None) -> Volunteer:
    """An approved volunteer of `community`; flushed, not committed."""
    volunteer = Volunteer(
        user_id=user.id,
        political=Political.PARTY,
        employment=Employment.EMPLOYED,
        gender=Gender.FEMALE,
        born_year=1985,
        unit_id=unit_id,
        joined_on=date(2025, 3, 1),
    )
    volunteer.locate(community)
    db.session.add(volunteer)
    db.session.flush()
    return volunteer


def make_activity(community: str = WANTONG, **facts: Any) -> Activity:
    """A published activity from tomorrow 9:00 to 11:00 Shanghai, 10 places; flushed, not committed."""
    start = clock.start_of(clock.today() + timedelta(days=1)) + timedelta(hours=9)
    start = facts.pop("starts_at", start)
    end = facts.pop("ends_at", start + timedelta(hours=2))
    category = category_by_slug(facts.pop("category", "elder"))
    assert category is not None
    usual: dict[str, Any] = {
        "title": "清洁家园义务劳动",
        "place": "社区广场",
        "capacity": 10,
        "minutes": 120,
        "status": ActivityStatus.PUBLISHED,
        "published_at": clock.now(),
        "signup_closes_at": end,
        "description": "带上手套。",
        "risks": "注意交通。",
        "safeguards": "现场有急救包。",
    }
    activity = Activity(starts_at=start, ends_at=end, category_id=category.id, **(usual | facts))
    activity.locate(community)
    db.session.add(activity)
    db.session.flush()
    return activity


def who(username: str) -> User:
    """The person of the cast, with living posts loaded and the first one acting (as in a request)."""
    from sqlalchemy.orm import selectinload

    wanted = db.select(User).where(User.username_key == username).options(selectinload(User.posts))
    user = db.session.scalars(wanted.execution_options(populate_existing=True)).one()
    living = user.living_posts()
    user.post = living[0] if living else None
    return user


def volunteer_of(username: str) -> Volunteer:
    """The volunteer row of this person."""
    return db.session.scalars(db.select(Volunteer).join(User).where(User.username_key == username)).one()


def sign_in(client: Any, username: str) -> Any:
    """Sign the person in on this test client (a session row, no password); returns the client."""
    token = secrets.token_urlsafe(32)
    user = db.session.scalars(db.select(User).where(User.username_key == username)).one()
    now = clock.now()
    kept = hashlib.sha256(token.encode()).hexdigest()
    db.session.add(SignIn(token=kept, user_id=user.id, seen_at=now, proved_at=now))
    db.session.commit()
    with client.session_transaction() as session:
        session.clear()
        session["_user_id"] = token
        session["_fresh"] = True
    return client


def told(username: str) -> list[str]:
    """Titles of the person's messages, oldest first."""
    mine = db.select(Message.title).where(Message.user_id == who(username).id)
    return list(db.session.scalars(mine.order_by(Message.id)))


def told_in_short(username: str) -> list[str]:
    """The same without what follows a colon."""
    return [title.partition("：")[0] for title in told(username)]
