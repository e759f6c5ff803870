"""The roster's rows as a list shows them: columns instead of objects, and the skills of a page in one statement."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Select, bindparam, select

from app.db import db
from app.models.user import User
from app.models.volunteer import Skill, Volunteer, VolunteerSkill


def listed(volunteers: Select[Any]) -> Select[Any]:
    """What a line of the roster says of each of these volunteers.

    Everybody has an account; the join is an outer one so that a count which asks nothing of it does not look there.
    """
    v = Volunteer
    about = v.id, v.political, v.employment, v.community_code, v.unit_id, v.unit_other, v.services, v.minutes, v.status
    return volunteers.outerjoin(User, User.id == v.user_id).with_only_columns(*about, User.name, User.phone)


SKILLS = (
    select(VolunteerSkill.volunteer_id, VolunteerSkill.skill)
    .where(VolunteerSkill.volunteer_id.in_(bindparam("ids", expanding=True)))
    .order_by(VolunteerSkill.volunteer_id, VolunteerSkill.skill)
)


def skills_of(rows: Iterable[Any]) -> dict[int, list[Skill]]:
    """The skills of the volunteers of these rows, by their ids."""
    found: dict[int, list[Skill]] = defaultdict(list)
    for id, skill in db.session.execute(SKILLS, {"ids": [row.id for row in rows]}):
        found[id].append(skill)
    return found
