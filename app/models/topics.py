"""Which table belongs to which topic of app/freshness.py: whatever writes a row touches its topic, no verb can forget to.

Rows written through the session and ORM-enabled statements (`update(Model)`) are seen here; statements on bare tables
are not, and touch by themselves where visitors see what they change (attendance/tick.py, service_record.py).
"""

from typing import Any

from sqlalchemy import event, inspect
from sqlalchemy.orm import ORMExecuteState, Session

from app import clock

TOPICS = {
    "activity": "activities",
    "category": "categories",
    "feedback": "feedback",
    "figure": "figures",
    "help_request": "requests",
    "honour": "honours",
    "notice": "notices",
    "picture": "pictures",
    "post": "posts",
    "professional": "professionals",
    "professional_group": "professionals",
    "public_case": "help",
    "region": "regions",
    "region_name": "regions",
    "report": "reports",
    "service_base": "bases",
    "team": "teams",
    "unit_dispute": "disputes",
    "user": "people",
    "volunteer": "people",
    "work_unit": "units",
}
# Of busy tables only what visitors may see of a row that exists already; a new person is nowhere to be seen yet.
SEEN = {
    "user": {"name"},
    "volunteer": {"status", "community_code", "unit_id", "unit_other", "user_id"},
}
# The sums of activities and of teams' services stand on these columns alone: a sign-up, which writes the counters, leaves them
# as they are.
LAUNCHED = {"status", "starts_at", "community_code", "team_id"}
ASKED = "help_request"  # counted by the month in which they were handed in, each with its own topic: `asked_in`
# How many people a unit has.
ROSTERS, ON_ROSTER = "rosters", {"status", "unit_id"}
SHARED = ("categories", "pictures", "people", "regions", "units")  # every page of the portal may name these


def asked_in(month: str) -> tuple[str, str]:
    """The topics of the requests that were handed in in this month; who writes many at once says no month."""
    return ASKED, f"{ASKED}:{month}"


@event.listens_for(Session, "after_flush")
def _rows(session: Session, context: Any) -> None:
    """Topics of the rows that the session has just written."""
    topics = set()
    for row in (*session.new, *session.dirty, *session.deleted):
        table = row.__tablename__
        if table in TOPICS and (table not in SEEN or _changed(row) & SEEN[table]):
            topics.add(TOPICS[table])
        if table == "activity" and (row in session.new or _changed(row) & LAUNCHED):
            topics.add("launched")
        if table == ASKED:
            topics.add(_month_of(row))
        if table == "volunteer" and (row in session.new or row in session.deleted or _changed(row) & ON_ROSTER):
            topics.add(ROSTERS)
    if topics:
        session.info.setdefault("touched", set()).update(topics)


def _changed(row: Any) -> set[str]:
    """The attributes of a row that stood before and were changed; deleted rows leave with all of them."""
    state = inspect(row)
    if state.key is None or row in state.session.new:
        return set()
    names = SEEN.get(row.__tablename__, LAUNCHED)
    return {name for name in names if state.attrs[name].history.has_changes() or state.deleted}


def _month_of(row: Any) -> str:
    """The topic of a request's month; of all, where it was moved to another one and nobody may know its old one."""
    state = inspect(row)
    moved = state.key is not None and state.attrs.created_at.history.has_changes()
    return ASKED if moved else asked_in(f"{clock.local(row.created_at):%Y-%m}")[1]


@event.listens_for(Session, "do_orm_execute")
def _statements(state: ORMExecuteState) -> None:
    """Topics of the table that an ORM-enabled INSERT, UPDATE or DELETE names."""
    if state.is_select or state.bind_mapper is None:
        return
    table = state.bind_mapper.local_table.name  # type: ignore[attr-defined]
    if table in TOPICS and (table not in SEEN or _values(state) & SEEN[table]):
        state.session.info.setdefault("touched", set()).update({TOPICS[table]})
    if table == "activity" and (state.is_insert or _values(state) & LAUNCHED):
        state.session.info.setdefault("touched", set()).update({"launched"})
    if table == ASKED:
        state.session.info.setdefault("touched", set()).update({ASKED})
    if table == "volunteer" and (not state.is_update or _values(state) & ON_ROSTER):
        state.session.info.setdefault("touched", set()).update({ROSTERS})


def _values(state: ORMExecuteState) -> set[str]:
    """The columns that the statement sets; all of them where it does not say."""
    values: Any = getattr(state.statement, "_values", None)
    if state.is_insert:
        return set()
    return {column.key for column in values} if values else set().union(LAUNCHED, *SEEN.values())
