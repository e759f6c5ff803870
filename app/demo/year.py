"""A year of activities in every state, with sign-ups, ticks and records whose counters are true."""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any

from sqlalchemy import bindparam, update

from app import clock
from app.db import db
from app.demo import stories
from app.demo.people import WANTONG, Person, rows_of
from app.models import Activity, ServiceMonth, ServiceRecord, SignUp, Volunteer
from app.models.activity import ActivityStatus
from app.models.category import categories
from app.models.service_record import Evidence, note_for_city, touch_months
from app.models.signup import Attendance, SignUpStatus

PLANS = (  # day from today, what is special about that activity of 万通
    (0, "now"),
    (-1, "ended"),
    (-3, "ended"),
    (1, "full"),
    (2, "asking"),
    (3, ""),
    (5, ""),
    (6, "closed"),
    (8, ""),
    (10, "full"),
    (12, ""),
    (15, "cancelled"),
    (20, "draft"),
    (26, ""),
)
KEEN = 0.8  # how often the account `volunteer` joins what its own community launches


@dataclass
class Plan:
    """One activity to be made."""

    community: str
    story: stories.Story
    start: datetime
    kind: str  # '', now, ended, full, asking, closed, cancelled, draft

    @property
    def end(self) -> datetime:
        return self.start + timedelta(hours=self.story.hours)


def plans(random: Random, places: list[str], count: int) -> list[Plan]:
    """When and where: almost two years back and a month ahead; 万通 has something in every state."""
    made = [_plan(random, WANTONG, days, kind) for days, kind in PLANS]
    for _ in range(count):
        days = -random.randint(6, 690)
        if random.random() < 0.25:
            days = random.choice((-1, 1, 1)) * random.randint(1, 28)
        kind = "" if random.random() < 0.9 else random.choice(("full", "asking", "cancelled"))
        community = WANTONG if random.random() < 0.05 else random.choice(places)
        made.append(_plan(random, community, days, "ended" if -4 < days < 0 else kind))
    return made


def _plan(random: Random, community: str, days: int, kind: str) -> Plan:
    story = random.choice(stories.STORIES)
    day = clock.today() + timedelta(days=days)
    start = datetime.combine(day, time(story.hour), clock.SHANGHAI).astimezone(UTC)
    if kind == "now":
        start = clock.now().replace(minute=0, second=0, microsecond=0)
    return Plan(community, story, start, kind)


def make_activities(random: Random, made: list[Plan], people: list[Person], staff: dict[str, int]) -> list[int]:
    """Write activities with their sign-ups and records; returns the ids in the order of the plans."""
    ids = rows_of(Activity, [_activity(plan, staff) for plan in made])
    by_place: dict[str, list[Person]] = {}
    for person in people:
        by_place.setdefault(person.community, []).append(person)
    signups: list[dict[str, Any]] = []
    for plan, activity_id in zip(made, ids, strict=True):
        signups += _signups(random, plan, activity_id, by_place.get(plan.community, []), people, staff)
    rows_of(SignUp, signups)
    _records(dict(zip(ids, made, strict=True)), signups)
    _count(ids, signups)
    return ids


def _activity(plan: Plan, staff: dict[str, int]) -> dict[str, Any]:
    past, story = plan.end <= clock.now(), plan.story
    status = {"cancelled": ActivityStatus.CANCELLED, "draft": ActivityStatus.DRAFT}.get(plan.kind)
    status = status or (ActivityStatus.COMPLETED if past and plan.kind != "ended" else ActivityStatus.PUBLISHED)
    published = min(plan.start, clock.now()) - timedelta(days=9)
    category = next(one for one in categories().values() if one.slug == story.category)
    return {
        "district_code": plan.community[:6],
        "subdistrict_code": plan.community[:9],
        "community_code": plan.community,
        "title": story.title,
        "category_id": category.id,
        "place": story.place,
        "starts_at": plan.start,
        "ends_at": plan.end,
        "capacity": story.size,
        "minutes": int(story.hours * 60),
        "signup_closes_at": clock.now() - timedelta(hours=2) if plan.kind == "closed" else plan.end,
        "needs_approval": plan.kind == "asking",
        "description": story.about,
        "risks": story.risks,
        "safeguards": stories.SAFEGUARDS,
        "status": status,
        "created_at": published,
        "published_at": None if status is ActivityStatus.DRAFT else published,
        "created_by_id": staff["wantong"],
        "completed_at": plan.end + timedelta(hours=5) if status is ActivityStatus.COMPLETED else None,
        "cancel_reason": stories.CANCELS[plan.start.day % 2] if plan.kind == "cancelled" else "",
    }


def _signups(
    random: Random, plan: Plan, activity_id: int, near: list[Person], people: list[Person], staff: dict[str, int]
) -> list[dict[str, Any]]:
    """Who is in, who waits, who asks; nobody stands in two places at once."""
    if plan.kind == "draft":
        return []
    rows = []
    for turn, person in enumerate(_who_comes(random, plan, near, people), start=1):
        status = _status(plan, turn)
        if status is SignUpStatus.ADMITTED and plan.kind != "cancelled":
            person.busy.append((plan.start, plan.end))
        rows.append(_signup(random, plan, activity_id, person, turn, status, plan.end <= clock.now(), staff))
    return rows


def _who_comes(random: Random, plan: Plan, near: list[Person], people: list[Person]) -> list[Person]:
    """Neighbours first, then others who are free at that time."""
    size = plan.story.size
    wanted = size + 4 if plan.kind == "full" else random.randint(size // 2, size - 1)
    candidates = random.sample(near, min(len(near), wanted))
    if near and near[0] is people[0] and random.random() < KEEN:
        candidates.insert(0, people[0])
    candidates += random.sample(people, min(len(people), wanted))
    able = [one for one in candidates if one.joined <= clock.day(plan.start) and one.free(plan.start, plan.end)]
    return list({one.volunteer_id: one for one in able}.values())[:wanted]


def _status(plan: Plan, turn: int) -> SignUpStatus:
    status = SignUpStatus.ADMITTED if turn <= plan.story.size else SignUpStatus.WAITING
    if plan.kind == "asking" and turn % 3 == 0:
        status = SignUpStatus.ASKING
    started = plan.start <= clock.now()
    return SignUpStatus.DECLINED if started and status is not SignUpStatus.ADMITTED else status


def _signup(
    random: Random,
    plan: Plan,
    activity_id: int,
    person: Person,
    turn: int,
    status: SignUpStatus,
    past: bool,
    staff: dict[str, int],
) -> dict[str, Any]:
    attendance = Attendance.UNKNOWN
    if status is SignUpStatus.ADMITTED and plan.kind != "cancelled":
        done = past and plan.kind != "ended"
        if done:
            attendance = random.choices((Attendance.PRESENT, Attendance.ABSENT, Attendance.EXCUSED), (88, 8, 4))[0]
        elif plan.kind in ("now", "ended") and random.random() < 0.65:
            attendance = Attendance.PRESENT
    ticked = attendance is not Attendance.UNKNOWN
    return {
        "activity_id": activity_id,
        "volunteer_id": person.volunteer_id,
        "status": status,
        "turn": turn,
        "district_code": plan.community[:6],
        "subdistrict_code": plan.community[:9],
        "community_code": plan.community,
        "volunteer_district_code": person.community[:6],
        "volunteer_subdistrict_code": person.community[:9],
        "volunteer_community_code": person.community,
        "unit_id": person.unit_id,
        "attendance": attendance,
        "minutes": int(plan.story.hours * 60) if attendance is Attendance.PRESENT else None,
        "decline_reason": "活动开始时名额已满" if status is SignUpStatus.DECLINED else "",
        "ticked_at": min(plan.start + timedelta(minutes=turn), clock.now()) if ticked else None,
        "ticked_by_id": staff["wantong"] if ticked else None,
        "created_at": min(plan.start, clock.now()) - timedelta(days=6) + timedelta(minutes=turn * 7),
    }


def _records(by_id: dict[int, Plan], signups: list[dict[str, Any]]) -> None:
    """A live record for each tick, the roll-up by month, and the volunteers' counters."""
    present = [one for one in signups if one["attendance"] is Attendance.PRESENT]
    rows = [_record(one, by_id[one["activity_id"]]) for one in present]
    rows_of(ServiceRecord, rows)
    _roll_up(rows)
    _count_volunteers(rows)


def _record(signup: dict[str, Any], plan: Plan) -> dict[str, Any]:
    kept = {
        key: signup[key] for key in signup if key.endswith("_code") or key in ("unit_id", "volunteer_id", "activity_id")
    }
    category = next(one for one in categories().values() if one.slug == plan.story.category)
    day = clock.day(plan.start)
    return {
        **kept,
        "day": day,
        "month": f"{day:%Y-%m}",
        "minutes": int(plan.story.hours * 60),
        "evidence": Evidence.ONSITE,
        "category_id": category.id,
        "confirmed_by_id": signup["ticked_by_id"],
        "created_at": signup["ticked_at"],
    }


def _roll_up(rows: list[dict[str, Any]]) -> None:
    """Services and minutes of every month, place, unit and category."""
    names = ("month", "community_code", "volunteer_community_code", "unit_id", "category_id")
    services, minutes = Counter[tuple[Any, ...]](), Counter[tuple[Any, ...]]()
    touch_months({row["month"] for row in rows})
    for row in rows:
        key = tuple(row[name] or 0 for name in names)
        services[key] += 1
        minutes[key] += row["minutes"]
    db.session.add_all(
        ServiceMonth(**dict(zip(names, key, strict=True)), evidence=Evidence.ONSITE, services=n, minutes=minutes[key])
        for key, n in services.items()
    )
    note_for_city(((*key, Evidence.ONSITE), n, minutes[key]) for key, n in services.items())


def _count_volunteers(rows: list[dict[str, Any]]) -> None:
    """The kept counters of each volunteer."""
    services, minutes, last = Counter[int](), Counter[int](), dict[int, date]()
    for row in rows:
        who = row["volunteer_id"]
        services[who] += 1
        minutes[who] += row["minutes"]
        last[who] = max(row["day"], last.get(who, row["day"]))
    counted = [
        {"id": who, "services": n, "minutes": minutes[who], "last_served_on": last[who]} for who, n in services.items()
    ]
    _set(Volunteer, counted)


def _count(ids: list[int], signups: list[dict[str, Any]]) -> None:
    """The kept counters of each activity."""
    counted: dict[int, Counter[Any]] = {one: Counter() for one in ids}
    for one in signups:
        counted[one["activity_id"]].update((one["status"], one["attendance"], "all"))
    rows = [
        {
            "id": i,
            "taken": c[SignUpStatus.ADMITTED],
            "waiting": c[SignUpStatus.WAITING],
            "asking": c[SignUpStatus.ASKING],
            "attended": c[Attendance.PRESENT],
            "turns": c["all"],
        }
        for i, c in counted.items()
    ]
    _set(Activity, rows)


def _set(model: Any, rows: list[dict[str, Any]]) -> None:
    """Set columns of many rows by id, past the version column."""
    table = model.__table__
    columns = [name for name in rows[0] if name != "id"]
    change = update(table).where(table.c.id == bindparam("row")).values({name: bindparam(name) for name in columns})
    db.session.connection().execute(
        change, [{"row": row["id"], **{name: row[name] for name in columns}} for row in rows]
    )
