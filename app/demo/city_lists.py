"""The city's lists in use: a renamed and a merged community far from 鼓楼区, a merged unit, typed names, a calendar."""

from datetime import date, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import selectinload

from app import clock
from app.db import db
from app.models import Region, RegionName, User, Volunteer, Workday, WorkUnit
from app.models.region import children, regions
from app.models.volunteer import Employment

TYPED = ("示例市一中", "示例市图书馆（总馆）", "示例物业服务公司", "示例市第一中学（东校区）")
# 2027 as the usual pattern suggests; the real notice replaces it on the page 工作日历.
OFF = ((1, 1, 3), (2, 5, 8), (4, 3, 3), (5, 1, 5), (6, 9, 1), (9, 15, 1), (10, 1, 7))  # month, first day, days
WORKING = ((2, 20), (9, 26))


def make_city_lists(places: list[str], staff: dict[str, int]) -> str:
    """Do what the city did this year, by its own verbs; says what was done."""
    wanted = select(User).where(User.id == staff["city"]).options(selectinload(User.posts))
    by = db.session.scalars(wanted).one()
    by.post = by.living_posts()[0]
    renamed = _rename(places[-1], by)
    merged = _merge(places[-2], by)
    _unit(by)
    _type_names()
    days = _calendar(by)
    by.post = None
    return f"城市名单：{renamed}，{merged}，明年节假日 {days} 天"


def _rename(code: str, by: User) -> str:
    """A community that got a new name four months ago."""
    region = db.session.get_one(Region, code)
    before = region.name
    village = before.endswith("村委会")
    region.rename(before.replace("村委会", "社区居委会") if village else f"新{before}", by=by)
    since = clock.today() - timedelta(days=120)
    db.session.execute(update(RegionName).where(RegionName.region_code == code).values(last_day=since))
    return f"{before}更名"


def _merge(code: str, by: User) -> str:
    """A community that was joined to its neighbour today, with its open work."""
    neighbour = next(place.code for place in children()[regions()[code].parent] if place.code != code)
    region = db.session.get_one(Region, code)
    region.merge(neighbour, by=by)
    return f"{region.name}并入邻居"


def _unit(by: User) -> None:
    """A unit that was joined to another."""
    one, other = db.session.scalars(select(WorkUnit).order_by(WorkUnit.id.desc()).limit(2))
    one.merge(other.id, by=by)


def _type_names() -> None:
    """Some volunteers wrote a unit that is not in the list."""
    free = Volunteer.unit_id.is_(None), Volunteer.employment == Employment.EMPLOYED
    people = db.session.scalars(select(Volunteer).where(*free).order_by(Volunteer.id).limit(11))
    for number, person in enumerate(people):
        person.unit_other = TYPED[number % len(TYPED)]


def _calendar(by: User) -> int:
    """Next year's holidays, where that is the year whose pattern stands here."""
    off = {date(2027, month, first) + timedelta(days=n): False for month, first, days in OFF for n in range(days)}
    return Workday.put_all(off | {date(2027, month, day): True for month, day in WORKING}, by=by)
