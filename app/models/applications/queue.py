"""The queue of applications: how it is narrowed, ordered and counted, and many decided at once."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.exc import StaleDataError

from app.db import db
from app.freshness import this_minute
from app.models.activities.search import NOW
from app.models.application import Application
from app.models.applications.approval import ApplicationStatus
from app.models.pages.state_counts import state_counts
from app.models.signups.following import hold_with_coming
from app.models.volunteer import Volunteer
from app.refusal import Refused

MOST = 100  # people decided by one press
OLDEST_FIRST = (ApplicationStatus.PENDING, ApplicationStatus.RETURNED)
WITH_PEOPLE = (joinedload(Application.user), joinedload(Application.decided_by))


def overdue() -> list[Any]:
    """Conditions that the community should have decided already."""
    return [Application.status == ApplicationStatus.PENDING, Application.due_at <= NOW]


def counts(scope: Callable[[], Select[Any]], shape: Hashable) -> dict[ApplicationStatus, int]:
    """How many rows of this scope (which hangs on `shape` alone) are in each state, capped at 1,000; one statement a minute
    until an application changes."""

    def counted() -> dict[ApplicationStatus, int]:
        return state_counts(scope, ApplicationStatus, lambda status: Application.status == status, shape=shape)

    return this_minute(("queue", shape), counted, "applications", "regions")


def these(scope: Select[Any], ids: Iterable[int]) -> Sequence[Application]:
    """These rows of the scope with the people in them, oldest first."""
    wanted = scope.where(Application.id.in_(ids)).options(*WITH_PEOPLE)
    return db.session.scalars(wanted.order_by(Application.submitted_at, Application.id)).all()


@dataclass(frozen=True)
class Outcome:
    """What became of one application in a bulk decision; `why_not` is '' when it was decided."""

    id: int
    name: str
    why_not: str


def decide_all(
    scope: Select[Any], ids: Iterable[int], verb: Callable[[Application], None], words: Callable[[Refused], str]
) -> list[Outcome]:
    """Decide these rows of `scope` by `verb`, each for itself: one that is refused does not stop the others.

    Rows are held in the order of their ids. Ids outside the scope are left out: they do not exist for
    whoever decides. `words` puts a refusal into Chinese. A bad reason (Invalid) stops them all.
    """
    rows = scope.where(Application.id.in_(sorted(set(ids))[:MOST])).order_by(Application.id)
    held = rows.options(joinedload(Application.user)).with_for_update(of=Application)
    found = db.session.scalars(held.execution_options(populate_existing=True)).all()
    hold_with_coming(Volunteer.user_id.in_([application.user_id for application in found]))  # all, before the first
    names = {application.id: application.user.name for application in found}
    return [Outcome(one.id, names[one.id], _decided(one, verb, words)) for one in found]


def _decided(application: Application, verb: Callable[[Application], None], words: Callable[[Refused], str]) -> str:
    try:
        with db.session.begin_nested():
            verb(application)
    except Refused as refused:
        return words(refused)
    except (StaleDataError, IntegrityError):
        return "刚才有人先处理了"
    return ""
