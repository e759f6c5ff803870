"""The activities of a team, or at a base: those to come and those that were."""

from dataclasses import dataclass
from typing import Any

from app.db import db
from app.models import activity_search as search
from app.models.activity import Activity

SHOWN = 6  # of each kind


@dataclass(frozen=True, slots=True)
class Hosted:
    """Rows as the portal's list shows them: soonest first, newest first."""

    coming: list[Any]
    past: list[Any]


def hosted(column: Any, id: int) -> Hosted:
    """What the portal shows of the activities whose `column` (Activity.team_id, Activity.base_id) is `id`."""
    a, here = Activity, search.public_activities(None).where(column == id)
    coming = here.where(*search.to_come()).order_by(a.starts_at, a.id).limit(SHOWN)
    past = here.where(*search.shown_as("ended")).order_by(a.starts_at.desc(), a.id.desc()).limit(SHOWN)
    return Hosted(list(db.session.execute(coming)), list(db.session.execute(past)))
