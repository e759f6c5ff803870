"""Finding activities: what a state means in SQL, words in Chinese, and the counts that stand on the filters.

The portal's statuses are recruiting (not started, sign-up open, full ones too), ongoing and ended; without
one everything published is meant, 报名截止 too. Counts stop at CAP, so that they cost the same at any size.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, literal, null, or_, select, union_all
from sqlalchemy.orm import joinedload

from app import clock
from app.db import db
from app.models.activity import Activity
from app.models.activity_facts import LONGEST, heir
from app.models.activity_phase import ActivityStatus, Phase
from app.models.category import Category
from app.models.region import CITY, Level, Region, regions, within

CAP = 1000
PUBLIC = (ActivityStatus.PUBLISHED, ActivityStatus.COMPLETED)
STATUSES = ("recruiting", "ongoing", "ended")
Conditions = list[ColumnElement[bool]]


def shown_as(status: str, at: datetime, a: Any = Activity) -> Conditions:
    """What the portal's `status` ('' for all) demands of the activities `a` at this moment."""
    published = a.status == ActivityStatus.PUBLISHED
    if status == "recruiting":
        return [published, a.starts_at > at, a.signup_closes_at > at]
    if status == "ongoing":
        return [published, a.starts_at <= at, a.starts_at > at - LONGEST, a.ends_at > at]
    if status == "ended":
        return [a.status.in_(PUBLIC), a.starts_at <= at, a.ends_at <= at]
    return [a.status.in_(PUBLIC)]


def to_come(at: datetime, a: Any = Activity) -> Conditions:
    """What has not ended; the first condition lets the index start near today."""
    return [a.starts_at > at - LONGEST, a.ends_at > at]


def in_phase(phase: Phase, at: datetime, a: Any = Activity) -> Conditions:
    """What a phase demands, as `phase_of` judges it."""
    published, ahead = a.status == ActivityStatus.PUBLISHED, a.starts_at > at
    open_now = [published, ahead, a.signup_closes_at > at]
    return {
        Phase.RECRUITING: [*open_now, a.taken < a.capacity],
        Phase.FULL: [*open_now, a.taken >= a.capacity],
        Phase.CLOSED: [published, ahead, a.signup_closes_at <= at],
        Phase.ONGOING: [published, a.starts_at <= at, a.ends_at > at],
        Phase.ENDED: [published, a.ends_at <= at],
    }.get(phase) or [a.status == ActivityStatus(phase.value)]


def named(words: str) -> Conditions:
    """One condition a word: it stands in the title, the place, or the name of a region around it."""
    return [
        or_(
            Activity.title.icontains(word, autoescape=True),
            Activity.place.icontains(word, autoescape=True),
            *_around(word),
        )
        for word in words.split()
    ]


def _around(word: str) -> Conditions:
    """In a region whose name holds the word; one below another that is meant already is left out."""
    codes: dict[Level, list[str]] = {}
    meant: set[str] = set()
    for place in regions().values():
        if place.level is not Level.CITY and (word in place.name or word in place.short):
            if place.code[:6] in meant or place.code[:9] in meant:
                continue
            meant.add(place.code)
            codes.setdefault(place.level, []).append(place.code)
    return [getattr(Activity, f"{level.value}_code").in_(some) for level, some in codes.items()]


def lies_in(code: str, a: Any = Activity) -> Conditions:
    """In the region `code`; everywhere for the city or ''."""
    inside = within(a, code or CITY)
    return [] if inside is None else [inside]


def public_activities(user_id: int | None) -> "Select[Any]":
    """What a list row shows of everything the portal lists; `mine` is how the signed-in person stands in it."""
    from app.models.signup import SignUp, standing_now
    from app.models.volunteer import Volunteer

    shown = [
        Activity.id,
        Activity.title,
        Activity.category_id,
        Activity.community_code,
        Activity.place,
        Activity.starts_at,
        Activity.ends_at,
        Activity.signup_closes_at,
        Activity.capacity,
        Activity.taken,
        Activity.status,
    ]
    if user_id is None:
        return select(*shown, null().label("mine"))
    volunteer = select(Volunteer.id).where(Volunteer.user_id == user_id).scalar_subquery()
    own = and_(SignUp.activity_id == Activity.id, SignUp.volunteer_id == volunteer)
    return select(*shown, standing_now().label("mine")).select_from(Activity).outerjoin(SignUp, own)


@dataclass
class Counts:
    """How many activities each filter value would show, the other filters kept; at most CAP."""

    status: dict[str, int] = field(default_factory=dict)
    district: dict[str, int] = field(default_factory=dict)
    category: dict[str, int] = field(default_factory=dict)


def public_counts(region: str, status: str, category_id: int | None, words: str, at: datetime | None = None) -> Counts:
    """The counts for the portal's filters, in one statement."""
    at = at or clock.now()
    a: Any = _hits(words).c if words else Activity
    here, now = lies_in(region, a), shown_as(status, at, a)
    kind = [a.category_id == category_id] if category_id else []
    parts = []
    for one in ("", *STATUSES):
        counted = _capped([*shown_as(one, at, a), *here, *kind])
        parts.append(select(literal("status").label("what"), literal(one).label("key"), counted))
    district = _capped([a.district_code == Region.code, *now, *kind], Region)
    parts.append(select(literal("district"), Region.code, district).where(Region.level == Level.DISTRICT))
    category = _capped([a.category_id == Category.id, *now, *here], Category)
    parts.append(select(literal("category"), Category.slug, category))
    return _sorted(db.session.execute(union_all(*parts)))


def _hits(words: str) -> Any:
    """The activities that the words name, found once for all counts."""
    a = Activity
    columns = (
        a.status,
        a.starts_at,
        a.ends_at,
        a.signup_closes_at,
        a.category_id,
        a.district_code,
        a.subdistrict_code,
        a.community_code,
    )
    return select(*columns).where(a.status.in_(PUBLIC), *named(words)).cte("hits")


def _capped(conditions: Sequence[Any], around: Any = None) -> Any:
    """How many rows meet the conditions, counted up to CAP; `around` is the table of the row outside."""
    some = select(literal(1).label("one")).where(*conditions).limit(CAP)
    some = some if around is None else some.correlate(around)
    return select(func.count()).select_from(some.subquery()).scalar_subquery().label("n")


def _sorted(rows: Any) -> Counts:
    """The counts by filter; a merged district counts for its heir."""
    counts = Counts()
    for what, key, n in rows:
        group = getattr(counts, what)
        key = heir(key) if what == "district" else key
        group[key] = min(CAP, group.get(key, 0) + n)
    return counts


def phase_counts(stmt: "Select[Any]") -> dict[Phase, int]:
    """How many of these activities (already narrowed) stand in each phase, in one statement."""
    at = clock.now()
    bare = stmt.with_only_columns(literal(1), maintain_column_froms=True).order_by(None)
    some = {phase: bare.where(*in_phase(phase, at)) for phase in Phase}
    counted = [
        select(func.count()).select_from(one.limit(CAP).subquery()).scalar_subquery().label(phase.value)
        for phase, one in some.items()
    ]
    row = db.session.execute(select(*counted)).one()
    return {phase: getattr(row, phase.value) for phase in Phase}


def public_activity(id: int) -> tuple[Activity, str | None] | None:
    """An activity that the portal shows, with its cover, and the name of who launched it."""
    from app.models.user import User

    wanted = (
        select(Activity, User.name)
        .outerjoin(User, User.id == Activity.created_by_id)
        .where(Activity.id == id, Activity.status != ActivityStatus.DRAFT)
        .options(joinedload(Activity.cover))
    )
    found = db.session.execute(wanted).first()
    return (found[0], found[1]) if found else None
