"""Lists of 归属异议: counted by state, found by the person's name or phone or the unit."""

from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import joinedload

from app.models.pages.state_counts import state_counts
from app.models.unit_dispute import DisputeStatus, UnitDispute
from app.models.volunteer import Volunteer
from app.models.volunteers.search import known_as
from app.models.work_unit import units
from app.reads import FIRST, counting
from app.statements import common

WITH_PEOPLE = (joinedload(UnitDispute.volunteer).joinedload(Volunteer.user),)


def counts(scope: Select[Any]) -> dict[DisputeStatus, int]:
    """How many disputes of this scope are in each state, capped; one statement."""
    return state_counts(scope, DisputeStatus, lambda status: UnitDispute.status == status)


def about(words: str) -> list[Any]:
    """Conditions that words name the volunteer or the unit that raised it; none for no words."""
    with counting(FIRST) as reading:
        people = known_as(Volunteer, words)
    if not people:
        return []
    ids = [unit.id for unit in units().values() if words in unit.name]
    who = select(Volunteer.id).where(*people)
    if reading.at_once:  # few: gathered once
        raised = common(UnitDispute.volunteer_id).in_(who)
    else:  # one by one: there are few disputes beside all the people whom a short word names
        raised = who.where(Volunteer.id == UnitDispute.volunteer_id).correlate(UnitDispute).exists()
    return [or_(raised, UnitDispute.unit_id.in_(ids))]
