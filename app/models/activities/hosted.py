"""The activities of a team, or at a base: those to come and those that were."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import literal, select, union_all

from app.db import db
from app.models.activities import search
from app.models.activity import Activity

SHOWN = 6  # of each kind


@dataclass(frozen=True, slots=True)
class Hosted:
    """Rows as the portal's list shows them: soonest first, newest first."""

    coming: list[Any]
    past: list[Any]


def hosted(column: Any, id: int) -> Hosted:
    """What the portal shows of the activities whose `column` (Activity.team_id, Activity.base_id) is `id`.

    One statement.
    """
    a, here = Activity, search.public_activities().where(column == id)
    ahead = here.where(*search.to_come()).order_by(a.starts_at, a.id)
    behind = here.where(*search.shown_as("ended")).order_by(a.starts_at.desc(), a.id.desc())
    parts = [(ahead, "ahead"), (behind, "behind")]
    both = [select(part.add_columns(literal(word).label("part")).limit(SHOWN).subquery()) for part, word in parts]
    rows = sorted(db.session.execute(union_all(*both)), key=lambda row: (row.starts_at, row.id))
    coming = [row for row in rows if row.part == "ahead"]
    return Hosted(coming, [row for row in reversed(rows) if row.part == "behind"])
