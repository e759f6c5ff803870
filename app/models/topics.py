"""Which table belongs to which topics of app/freshness.py: whatever writes a row touches its topics, no verb can forget to.

Rows written through the session and ORM-enabled statements (`update(Model)`) are seen here; statements on bare tables
are not, and touch by themselves where visitors see what they change (attendance/tick.py, service_record.py).
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import event, inspect
from sqlalchemy.orm import ORMExecuteState, Session

from app import clock


@dataclass(frozen=True)
class Topic:
    """What a table's rows touch: whatever is written of them, or only these `columns` of a row that stands (and its end).

    `born`: a new row touches it too.
    """

    name: str
    columns: frozenset[str] = frozenset()
    born: bool = True

    def by_change(self, row: Any) -> bool:
        """Whether what the session has just written of this row, which stood before, touches it."""
        attributes = inspect(row).attrs
        return not self.columns or any(attributes[name].history.has_changes() for name in self.columns)

    def by_statement(self, state: ORMExecuteState) -> bool:
        """Whether this statement touches it; one that does not say what it sets does."""
        if state.is_insert:
            return self.born
        values: Any = getattr(state.statement, "_values", None)
        return not (self.columns and values) or not self.columns.isdisjoint(column.key for column in values)


def some(name: str, *columns: str, born: bool = True) -> Topic:
    """A topic of these columns alone."""
    return Topic(name, frozenset(columns), born)


ASKED = "help_request"  # counted by the month in which they were handed in, each with its own topic: `asked_in`
SHARED = ("categories", "pictures", "people", "regions", "units")  # every page of the portal may name these
# Of what the roster is narrowed by: volunteers with their skills, and by what an account is found. No tick writes them.
ROSTER = Topic("roster")
# Things that come to lie elsewhere take their lines of history along (a sign-up goes where its activity or its person goes)
MOVED = some("places", "community_code", born=False)
TOPICS: dict[str, tuple[Topic, ...]] = {
    # The sums of activities and of teams' services stand on few columns: a sign-up, which writes the counters, leaves them alone.
    "activity": (
        Topic("activities"),
        some("launched", "status", "starts_at", "community_code", "team_id"),
        # which of them wait for staff, and how urgently
        some("awaited", "status", "starts_at", "ends_at", "asking", "queue_closed_at", "told_at", "community_code"),
        MOVED,
    ),
    "application": (Topic("applications"), MOVED),
    "category": (Topic("categories"),),
    "feedback": (Topic("feedback"), MOVED),
    "figure": (Topic("figures"),),
    "help_request": (Topic("requests"), MOVED),
    "honour": (Topic("honours"), MOVED),
    "import": (Topic("imports"),),
    "invitation": (Topic("invitations"), MOVED),
    "notice": (Topic("notices"),),
    "picture": (Topic("pictures"),),
    "post": (Topic("posts"),),
    "professional": (Topic("professionals"),),
    "professional_group": (Topic("professionals"),),
    "public_case": (Topic("help"),),
    "region": (Topic("regions"),),
    "region_name": (Topic("regions"),),
    "report": (Topic("reports"), MOVED),
    "service_base": (Topic("bases"), MOVED),
    "team": (Topic("teams"), MOVED),
    "team_member": (Topic("teams"),),
    "unit_dispute": (Topic("disputes"), some("places", "volunteer_community_code", "unit_id", born=False)),
    # Of people only what visitors may see: a new person is nowhere to be seen yet.
    "user": (
        some("people", "name", born=False),
        some("roster", "name", "initials", "phone_hash", "phone_tail", born=False),
    ),
    "volunteer": (
        some("people", "status", "community_code", "unit_id", "unit_other", "user_id", born=False),
        ROSTER,
    ),
    "volunteer_skill": (ROSTER,),
    "work_unit": (Topic("units"),),
    "workday": (Topic("workdays"),),
}


def asked_in(month: str) -> tuple[str, str]:
    """The topics of the requests that were handed in in this month; who writes many at once says no month."""
    return ASKED, f"{ASKED}:{month}"


@event.listens_for(Session, "after_flush")
def _rows(session: Session, context: Any) -> None:
    """Topics of the rows that the session has just written."""
    topics = {one.name for row in session.new for one in _of(row) if one.born}
    topics |= {one.name for row in session.dirty for one in _of(row) if one.by_change(row)}
    topics |= {one.name for row in session.deleted for one in _of(row)}
    topics |= {_month_of(row) for row in (*session.new, *session.dirty, *session.deleted) if row.__tablename__ == ASKED}
    if topics:
        session.info.setdefault("touched", set()).update(topics)


def _of(row: Any) -> tuple[Topic, ...]:
    return TOPICS.get(row.__tablename__, ())


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
    topics = {one.name for one in TOPICS.get(table, ()) if one.by_statement(state)} | (
        {ASKED} if table == ASKED else set()
    )
    if topics:
        state.session.info.setdefault("touched", set()).update(topics)
