"""People of the demonstration city: accounts, units, volunteers with their applications, the open queue."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import selectinload

from app import clock
from app.crypto import keyed_hash
from app.db import db
from app.demo import names, stories
from app.models import Application, History, HistoryNote, Post, User, Volunteer, VolunteerSkill, WorkUnit
from app.models.application import ApplicationStatus
from app.models.history import reason_digest
from app.models.region import Level, children, regions
from app.models.user import Gender, Role
from app.models.volunteer import Employment, Political, Skill
from app.models.workday import add_working_days
from app.text import initials

PASSWORD = "Xuzhou-Demo-2026"  # noqa: S105  (public: SPEC section 6, development only)
WANTONG, BAIYUN, HUANGLOU, GULOU = "320302001002", "320302001003", "320302001", "320302"
STAFF: tuple[tuple[str, str, Role, str], ...] = (
    ("city", "高远", Role.CITY, "3203"),
    ("city2", "孟晴", Role.CITY, "3203"),
    ("gulou", "顾安", Role.DISTRICT, GULOU),
    ("huanglou", "黄明", Role.SUBDISTRICT, HUANGLOU),
    ("wantong", "周宁", Role.COMMUNITY, WANTONG),
    ("baiyun", "白平", Role.COMMUNITY, BAIYUN),
)


@dataclass
class Person:
    """A volunteer of the demonstration while it is being built."""

    volunteer_id: int
    user_id: int
    community: str
    unit_id: int | None
    joined: date
    busy: list[tuple[datetime, datetime]] = field(default_factory=list)

    def free(self, start: datetime, end: datetime) -> bool:
        """Whether nothing of this person overlaps."""
        return all(end <= a or b <= start for a, b in self.busy)


def homes(random: Random, each: int) -> list[str]:
    """万通 and 白云 first, then some communities of every subdistrict-rich district."""
    chosen = [WANTONG, BAIYUN]
    for district in children()["3203"]:
        below = [p.code for p in regions().values() if p.level is Level.COMMUNITY and p.code.startswith(district.code)]
        chosen += random.sample([code for code in below if code not in chosen], each)
    return chosen


def rows_of(model: Any, values: list[dict[str, Any]]) -> list[int]:
    """Insert many rows; their ids in the order given.

    SQLite promises no order of what it returns, so that rows would go one by one: there the ids are chosen here.
    """
    if not values:
        return []
    if db.engine.dialect.name == "sqlite":
        first = (db.session.scalar(select(func.max(model.id))) or 0) + 1
        db.session.execute(insert(model), [{"id": first + n, **value} for n, value in enumerate(values)])
        return list(range(first, first + len(values)))
    returning = insert(model).returning(model.id, sort_by_parameter_order=True)
    return list(db.session.scalars(returning, values))


def user_row(username: str, name: str, phone: str, password_hash: str, made: datetime, **more: Any) -> dict[str, Any]:
    """The columns of one account."""
    return {
        "username": username,
        "username_key": username.lower(),
        "password_hash": password_hash,
        "name": name,
        "initials": initials(name),
        "phone": phone,
        "phone_hash": keyed_hash(phone, "phone"),
        "phone_tail": phone[-4:],
        "consent_at": made,
        "created_at": made,
        "password_changed_at": made,
        **more,
    }


def daytime(random: Random, days_ago: int) -> datetime:
    """A moment so many days ago between 8:00 and 21:00 in Shanghai, never in the future."""
    day = clock.today() - timedelta(days=days_ago)
    moment = clock.start_of(day) + timedelta(minutes=random.randint(8 * 60, 21 * 60))
    return min(moment, clock.now() - timedelta(minutes=random.randint(40, 90)))


def make_units() -> list[int]:
    """The invented work units; their ids."""
    return rows_of(WorkUnit, [{"name": name, "initials": initials(name)} for name in names.UNITS])


def make_staff(password_hash: str, unit_id: int) -> dict[str, int]:
    """The demo accounts that hold posts; user ids by user name."""
    long_ago = clock.now() - timedelta(days=500)
    people = [*STAFF, ("unit", "单晓", Role.UNIT, "")]
    values = [
        user_row(username, name, names.phone(number + 1), password_hash, long_ago)
        for number, (username, name, *_) in enumerate(people)
    ]
    ids = rows_of(User, values)
    for (_, _, role, place), user_id in zip(people, ids, strict=True):
        db.session.add(
            Post(
                user_id=user_id,
                role=role,
                region_code=place or None,
                unit_id=None if place else unit_id,
                first_day=clock.day(long_ago),
                granted_by_id=ids[0],
            )
        )
    db.session.flush()
    return {person[0]: user_id for person, user_id in zip(people, ids, strict=True)}


def acting(user_id: int) -> User:
    """This person, acting as the first living post, as in a request."""
    user = db.session.get_one(User, user_id, options=[selectinload(User.posts)])
    user.post = next(iter(user.living_posts()), None)
    return user


def make_volunteers(
    random: Random, count: int, places: list[str], units: list[int], password_hash: str, staff: dict[str, int]
) -> list[Person]:
    """Volunteers with their approved applications; the first one is the account `volunteer` of 万通."""
    users, files = [], []
    for number, name in enumerate(names.people(random, count)):
        made = daytime(random, 680 if number == 0 else random.randint(200, 760))
        username, name = ("volunteer", "李静") if number == 0 else (f"demo{number:04d}", name)
        users.append(user_row(username, name, names.phone(100 + number), password_hash, made))
        community = WANTONG if number % 12 == 0 else BAIYUN if number % 25 == 1 else random.choice(places)
        files.append(identity(random, number, community, units))
    volunteers, applications = [], []
    for user_id, user, file in zip(rows_of(User, users), users, files, strict=True):
        joined = user["created_at"] + timedelta(days=random.randint(1, 4), hours=3)
        shared = {**file, "user_id": user_id, "created_at": joined}
        volunteers.append({**shared, "joined_on": clock.day(joined)})
        applications.append(_approved(random, shared, user["created_at"], joined, staff))
    remember(rows_of(Application, applications), applications)
    ids = rows_of(Volunteer, volunteers)
    _give_skills(random, ids)
    return [
        Person(one, row["user_id"], row["community_code"], row["unit_id"], row["joined_on"])
        for one, row in zip(ids, volunteers, strict=True)
    ]


def _give_skills(random: Random, ids: list[int]) -> None:
    """None, one or two skills each."""
    skills = [
        {"volunteer_id": one, "skill": skill}
        for one in ids
        for skill in random.sample(list(Skill), random.choice((0, 1, 1, 2)))
    ]
    db.session.execute(insert(VolunteerSkill), skills)


def identity(random: Random, number: int, community: str, units: list[int]) -> dict[str, Any]:
    """The personal columns shared by an application and the volunteer's file."""
    female, year = random.random() < 0.55, random.choice((*range(1952, 2003), *range(1968, 1998)))
    retired, studying = year < 1964, year >= 2000
    card = names.id_card((year, random.randint(1, 12), random.randint(1, 28)), number, female)
    political = random.choices(list(Political), (80, 4, 4, 2, 10))[0]
    return {
        "district_code": community[:6],
        "subdistrict_code": community[:9],
        "community_code": community,
        "home_community_code": community if random.random() < 0.7 else None,
        "unit_id": None if retired or random.random() < 0.06 or studying else random.choice(units[:1] * 6 + units),
        "political": political,
        "employment": _employment(year, number),
        "gender": Gender.FEMALE if female else Gender.MALE,
        "born_year": year,
        "id_card": card,
        "id_card_tail": card[-4:],
        "id_card_hash": keyed_hash(f"{card}:{number}", "id-card"),
    }


def _employment(year: int, number: int) -> Employment:
    """By age; a few in between are neither employed nor retired."""
    if year < 1964 or year >= 2000:
        return Employment.RETIRED if year < 1964 else Employment.STUDENT
    return Employment.OTHER if number % 40 == 7 else Employment.EMPLOYED


def _approved(
    random: Random, shared: dict[str, Any], made: datetime, joined: datetime, staff: dict[str, int]
) -> dict[str, Any]:
    """The application that made somebody a volunteer."""
    submitted = made + timedelta(hours=2)
    return {
        **shared,
        "created_at": submitted,
        "status": ApplicationStatus.APPROVED,
        "skills": "",
        "statement": random.choice(stories.STATEMENTS),
        "consent_at": submitted,
        "submitted_at": submitted,
        "due_at": add_working_days(submitted, 3),
        "decided_at": joined,
        "decided_by_id": staff["baiyun"] if shared["community_code"] == BAIYUN else staff["wantong"],
        "version": 2,
    }


def remember(ids: Iterable[int], applications: list[dict[str, Any]]) -> None:
    """History of the applications: submitted by the person, decided by the community."""
    lines: list[dict[str, Any]] = []
    for one, row in zip(ids, applications, strict=True):
        line = {
            "noun": "application",
            "noun_id": one,
            "action": "submit",
            "from_state": "",
            "to_state": "pending",
            "actor_id": row["user_id"],
            "actor_role": "self",
            "actor_place": "",
            "created_at": row["submitted_at"],
            "reason_digest": "",
        }
        lines.append(line)
        if row["decided_at"]:
            lines.append(
                line
                | {
                    "action": "move",
                    "from_state": "pending",
                    "to_state": row["status"].value,
                    "actor_role": "community",
                    "actor_id": row["decided_by_id"],
                    "actor_place": row["community_code"],
                    "created_at": row["decided_at"],
                    "reason_digest": reason_digest(row.get("decision_reason") or ""),
                }
            )
    line_ids = rows_of(History, lines)
    reasons = {
        one: row["decision_reason"] for one, row in zip(ids, applications, strict=True) if row.get("decision_reason")
    }
    notes = [
        {"history_id": line_id, "text": reasons[line["noun_id"]]}
        for line_id, line in zip(line_ids, lines, strict=True)
        if line["action"] == "move" and line["noun_id"] in reasons
    ]
    if notes:
        db.session.execute(insert(HistoryNote), notes)
