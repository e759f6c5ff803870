"""Lists of 归属异议: counted by state, found by the person's name or phone or the unit."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import joinedload

from app.models.pages.state_counts import counts_of_found
from app.models.unit_dispute import DisputeStatus, UnitDispute
from app.models.user import User
from app.models.volunteer import Volunteer
from app.models.volunteers.search import known_as
from app.models.work_unit import units
from app.reads import counting, now

WITH_PEOPLE = (joinedload(UnitDispute.volunteer).joinedload(Volunteer.user),)
# A row of the list. The name is no join: whoever counts rows would look up a thousand people
NAME = (
    select(User.name)
    .join(Volunteer, Volunteer.user_id == User.id)
    .where(Volunteer.id == UnitDispute.volunteer_id)
    .scalar_subquery()
    .label("name")
)
PLACE = UnitDispute.volunteer_community_code
SHOWN = UnitDispute.id, UnitDispute.created_at, UnitDispute.unit_id, UnitDispute.status, PLACE, NAME


def listed() -> Select[Any]:
    """Every dispute as a row."""
    return select(*SHOWN)


def counts(scope: Callable[[], Select[Any]]) -> dict[DisputeStatus, int]:
    """How many disputes of this scope are in each state, capped; one statement."""
    return counts_of_found(scope, DisputeStatus, UnitDispute.status)


def about(words: str) -> list[Any]:
    """Conditions that words name the volunteer or the unit that raised it; none for no words."""
    reading = now()[0]
    with counting(reading.wanted) as people_read:
        people = known_as(Volunteer, words)
    reading.at_once, reading.looks = people_read.at_once, people_read.looks
    if not people:
        return []
    ids = [unit.id for unit in units().values() if words in unit.name]
    who = select(Volunteer.id).where(*people)
    raised: ColumnElement[bool]
    if reading.at_once:  # gathered once
        raised = UnitDispute.volunteer_id.in_(who)
    else:  # one by one: the first disputes are met before so many people are gathered
        raised = who.where(Volunteer.id == UnitDispute.volunteer_id).correlate(UnitDispute).exists()
    return [or_(raised, UnitDispute.unit_id.in_(ids))]
