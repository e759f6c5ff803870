"""The kept figures against the rows they are sums of (`flask recount`, SPEC section 4).

- people: `Volunteer.services`, `minutes`, `last_served_on` against live service records
- months: `ServiceMonth` against live service records (a row of zeros is as good as none)
- city: `CitySum` with what the clock has not folded in yet, against live service records
- teams: `Team.members` against those who are in
- words: the pairs of characters by which words are found, against the searched texts
- places: to which places the lines of history belong, against the rows of their things
- activities: `taken`, `waiting`, `asking`, `attended` against sign-ups; walk-ins hold no seat
- told: `Activity.told_at` against the feedback that is public

Each comparison is one statement, so that it sees one moment of a database that is being used.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    and_,
    case,
    cast,
    func,
    literal,
    literal_column,
    or_,
    select,
    text,
    union_all,
    update,
)

from app.db import add_to, db
from app.freshness import touch
from app.models import city_sum
from app.models.activity import Activity
from app.models.feedback import Feedback, FeedbackStatus
from app.models.histories import placed
from app.models.pages import pairs_kept
from app.models.service_record import KEYS, ServiceMonth, ServiceRecord, note_for_city, touch_months
from app.models.signup import Attendance, SignUp, SignUpStatus
from app.models.team import MemberStatus, Team, TeamMember
from app.models.volunteer import Volunteer


@dataclass(frozen=True)
class Difference:
    """A row whose kept figures are not the true ones; `key` names it by columns."""

    noun: str
    key: dict[str, Any]
    kept: dict[str, Any]
    true: dict[str, Any]

    def __str__(self) -> str:
        row = " ".join(str(value) for value in self.key.values())
        wrong = (f"{name} {self.kept[name]} → {true}" for name, true in self.true.items() if self.kept[name] != true)
        return f"{self.noun} {row}：{'，'.join(wrong)}"


def people() -> list[Difference]:
    """Volunteers whose figures differ from their live records."""
    live = ServiceRecord.revoked_at.is_(None)
    sums = (
        select(
            ServiceRecord.volunteer_id,
            func.count().label("services"),
            func.sum(ServiceRecord.minutes).label("minutes"),
            func.max(ServiceRecord.day).label("last_served_on"),
        )
        .where(live)
        .group_by(ServiceRecord.volunteer_id)
        .subquery()
    )
    true = {
        "services": func.coalesce(sums.c.services, 0),
        "minutes": func.coalesce(sums.c.minutes, 0),
        "last_served_on": sums.c.last_served_on,
    }
    return _differing("志愿者", Volunteer, true, sums, sums.c.volunteer_id)


def activities() -> list[Difference]:
    """Activities whose figures differ from their sign-ups."""

    def number(condition: ColumnElement[bool]) -> ColumnElement[Any]:
        return func.sum(case((condition, 1), else_=0))

    admitted = SignUp.status == SignUpStatus.ADMITTED
    counted = {
        "taken": number(and_(admitted, SignUp.walk_in.is_(False))),
        "waiting": number(SignUp.status == SignUpStatus.WAITING),
        "asking": number(SignUp.status == SignUpStatus.ASKING),
        "attended": number(and_(admitted, SignUp.attendance == Attendance.PRESENT)),
    }
    columns = [SignUp.activity_id, *(column.label(name) for name, column in counted.items())]
    sums = select(*columns).group_by(SignUp.activity_id).subquery()
    true = {name: func.coalesce(sums.c[name], 0) for name in counted}
    return _differing("活动", Activity, true, sums, sums.c.activity_id)


def told() -> list[Difference]:
    """Activities that take their feedback for public when it is not, or the other way round."""
    public = select(Feedback.activity_id, Feedback.published_at).where(Feedback.status == FeedbackStatus.PUBLISHED)
    of_each = public.subquery()
    return _differing("活动反馈", Activity, {"told_at": of_each.c.published_at}, of_each, of_each.c.activity_id)


def teams() -> list[Difference]:
    """Teams whose number of members differs from their rows."""
    inside = TeamMember.status == MemberStatus.MEMBER
    sums = select(TeamMember.team_id, func.count().label("members")).where(inside).group_by(TeamMember.team_id)
    counted = sums.subquery()
    return _differing("团队", Team, {"members": func.coalesce(counted.c.members, 0)}, counted, counted.c.team_id)


def _differing(noun: str, model: Any, true: dict[str, Any], sums: Any, link: Any) -> list[Difference]:
    kept = {name: getattr(model, name) for name in true}
    differs = or_(*(kept[name].is_distinct_from(true[name]) for name in true))
    wanted = select(model.id, *kept.values(), *true.values()).outerjoin(sums, link == model.id).where(differs)
    found = []
    for id, *figures in db.session.execute(wanted.order_by(model.id)):
        before, after = figures[: len(kept)], figures[len(kept) :]
        now, should = dict(zip(kept, before, strict=True)), dict(zip(true, after, strict=True))
        found.append(Difference(noun, {"id": id}, now, should))
    return found


def months() -> list[Difference]:
    """Rows of the roll-up that differ from the live records, or are missing."""
    keys = [getattr(ServiceMonth, key) for key in KEYS]
    unit = func.coalesce(ServiceRecord.unit_id, 0)
    theirs = [unit if key == "unit_id" else getattr(ServiceRecord, key) for key in KEYS]
    zero: ColumnElement[int] = literal_column("0")
    kept = select(*keys, ServiceMonth.services, ServiceMonth.minutes, zero.label("records"), zero.label("summed"))
    live = select(*theirs, zero, zero, func.count(), func.sum(ServiceRecord.minutes))
    both = union_all(kept, live.where(ServiceRecord.revoked_at.is_(None)).group_by(*theirs)).subquery()
    names, figures = list(both.c)[: len(KEYS)], list(both.c)[len(KEYS) :]
    sums = [func.sum(figure) for figure in figures]
    differs = or_(sums[0] != sums[2], sums[1] != sums[3])
    found = []
    for row in db.session.execute(select(*names, *sums).group_by(*names).having(differs).order_by(*names)):
        services, minutes, records, summed = (int(figure) for figure in row[len(KEYS) :])
        key = dict(zip(KEYS, row, strict=False))
        kept_now, true = {"services": services, "minutes": minutes}, {"services": records, "minutes": summed}
        found.append(Difference("月度汇总", key, kept_now, true))
    return found


def city() -> list[Difference]:
    """Sums of the whole city that differ from the live records, folded or not."""
    kept = city_sum.everything().subquery()
    zero: ColumnElement[int] = literal_column("0")
    unit = func.coalesce(ServiceRecord.unit_id, 0)
    district, home = (
        cast(column, Integer) for column in (ServiceRecord.district_code, ServiceRecord.volunteer_district_code)
    )
    by = dict(zip(city_sum.KINDS, (ServiceRecord.category_id, unit, district, home), strict=True))
    live = [
        select(literal(kind), ServiceRecord.month, key, zero, zero, func.count(), func.sum(ServiceRecord.minutes))
        .where(ServiceRecord.revoked_at.is_(None))
        .group_by(ServiceRecord.month, key)
        for kind, key in by.items()
    ]
    stored = select(kept.c.kind.label("kind"), kept.c.month.label("month"), kept.c.key.label("key"))
    stored = stored.add_columns(kept.c.services.label("a"), kept.c.minutes.label("b"), zero.label("c"), zero.label("d"))
    both = union_all(stored, *live).subquery()
    names, sums = list(both.c)[:3], [func.sum(figure) for figure in list(both.c)[3:]]
    differs = or_(sums[0] != sums[2], sums[1] != sums[3])
    found = []
    for row in db.session.execute(select(*names, *sums).group_by(*names).having(differs).order_by(*names)):
        services, minutes, records, summed = (int(figure) for figure in row[3:])
        key = {"month": row[1], "kind": row[0], "key": row[2]}
        kept_now, true = {"services": services, "minutes": minutes}, {"services": records, "minutes": summed}
        found.append(Difference("全市汇总", key, kept_now, true))
    return found


def words() -> list[Difference]:
    """Pairs of characters that are kept for other rows than hold them (app/models/pages/pairs.py)."""
    return [
        Difference("词对", {"table": table, "pair": f"“{pair}”"}, {"rows": kept}, {"rows": true})
        for table, pair, kept, true in pairs_kept.differing()
    ]


def places() -> list[Difference]:
    """Places that keep other lines of history than belong to them (app/models/histories/placed.py)."""
    return [
        Difference("历史区域", {"place": place}, {"lines": kept}, {"lines": true})
        for place, kept, true in placed.differing()
    ]


CHECKS: dict[str, Callable[[], list[Difference]]] = {
    "志愿者": people,
    "月度汇总": months,
    "全市汇总": city,
    "活动": activities,
    "活动反馈": told,
    "团队": teams,
    "词对": words,
    "历史区域": places,
}
MONTHLY: dict[str, Any] = {"月度汇总": ServiceMonth, "全市汇总": city_sum.CitySum}
KEEPERS: dict[str, Any] = {"志愿者": Volunteer, "活动": Activity, "活动反馈": Activity, "团队": Team}


def repair(differences: list[Difference]) -> None:
    """Write the true figures. Only after `alone`, with differences found since."""
    for table in sorted({one.key["table"] for one in differences if one.noun == "词对"}):
        pairs_kept.rebuild(table)
    if any(one.noun == "历史区域" for one in differences):
        placed.rebuild()
        touch("places")
    for one in differences:
        if one.noun in ("词对", "历史区域"):
            continue
        if one.noun in MONTHLY:
            touch_months([one.key["month"]])
            if one.noun == "月度汇总":
                note_for_city(
                    [(tuple(one.key[name] for name in KEYS), 0, 0)]
                )  # memory of the present month sees that it changed
            add_to(MONTHLY[one.noun], one.key, {name: one.true[name] - one.kept[name] for name in one.true})
            continue
        model = KEEPERS[one.noun]
        db.session.execute(update(model).where(model.id == one.key["id"]).values(one.true))


def unhurried() -> None:
    """Let this transaction read a whole city: a request's statement timeout does not fit it."""
    if db.engine.dialect.name == "postgresql":
        db.session.execute(text("SET LOCAL statement_timeout = 0"))


def alone() -> None:
    """Until this transaction ends nobody else changes a sign-up, a record or a team: every verb locks these first.

    On SQLite a writer is alone anyway.
    """
    if db.engine.dialect.name == "postgresql":
        db.session.execute(text("LOCK TABLE team, activity, volunteer IN EXCLUSIVE MODE"))
