"""What the portal shows of 专业志愿者: associations and those of their members who agreed, as rows of columns."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from app.db import db
from app.freshness import Remembered
from app.models.pages.quickest import beside
from app.models.pages.worded import holds
from app.models.professional import GroupStatus, Professional, ProfessionalGroup, ProfessionalStatus
from app.models.user import User
from app.models.volunteer import Volunteer, VolunteerStatus
from app.statements import each, kept, rows_of

G, M = ProfessionalGroup, Professional
ORDER = (G.position, G.id)
TOPICS = "professionals", "people"
LAST = 2**31 - 1  # as great as a number can be
_counts = Remembered(100)


def visible() -> list[ColumnElement[bool]]:
    """What makes a member visible: agreed, still a volunteer, in an association that is shown."""
    return [*standing(M, Volunteer), G.status == GroupStatus.SHOWN]


def standing(member: Any, person: Any) -> list[ColumnElement[bool]]:
    """The same of the member alone."""
    return [member.status == ProfessionalStatus.SHOWN, person.status != VolunteerStatus.LEFT]


def members() -> Select[Any]:
    """Every visible member: `id`, `name`, `speciality`, `organisation`, `community_code`, `group_id`, `group`."""
    shown = M.id, User.name, M.speciality, M.organisation, Volunteer.community_code, M.group_id, G.name.label("group")
    joined = select(*shown).join(G, G.id == M.group_id).join(Volunteer, Volunteer.id == M.volunteer_id)
    return joined.join(User, User.id == Volunteer.user_id).where(*visible())


def members_of(group: int) -> Select[Any]:
    """The visible members of one association."""
    return members().where(M.group_id == group)


def for_home(count: int) -> list[Any]:
    """The first visible members, association by association."""
    found = rows_of(kept(("professionals at home", count), lambda: _first(count).add_columns(G.position)))
    # put in order here: there PostgreSQL would put all members in order, to find few of them soon
    return sorted(found, key=lambda row: (row.position, row.group_id, row.id))[:count]


def _first(count: int) -> Select[Any]:
    """The first visible members of each association: up to the last of these, so that no longer list is put in order."""
    one, person = beside(M), beside(Volunteer)
    theirs = (
        select(one.id).join(person, person.id == one.volunteer_id).where(one.group_id == G.id, *standing(one, person))
    )
    last = func.coalesce(theirs.order_by(one.id).offset(count - 1).limit(1).scalar_subquery(), LAST)
    # with an OFFSET neither database asks for the last one of each member anew
    edges = select(G.id, last.label("last")).where(G.status == GroupStatus.SHOWN).offset(0).subquery()
    return members().join(edges, edges.c.id == M.group_id).where(M.id <= edges.c.last)


def shown_groups() -> Select[tuple[ProfessionalGroup]]:
    """The associations that are shown."""
    return select(G).where(G.status == GroupStatus.SHOWN)


def group_says(words: str) -> list[ColumnElement[bool]]:
    """One condition a word: it stands in the association's name or introduction."""
    return holds(words, G.name, G.introduction)


def member_says(words: str) -> list[ColumnElement[bool]]:
    """One condition a word: it stands in the member's name, speciality or organisation, or names the association."""
    return holds(words, User.name, M.speciality, M.organisation, G.name)


def counted(groups: Sequence[ProfessionalGroup]) -> dict[int, int]:
    """How many visible members each of these associations has; counted again when one of them or of the volunteers changes."""
    ids = tuple(group.id for group in groups)

    def count() -> dict[int, int]:
        theirs = members().where(M.group_id.in_(ids))
        counts = theirs.with_only_columns(M.group_id, func.count().label("number")).group_by(M.group_id)
        return {row.group_id: row.number for row in db.session.execute(counts)}

    return _counts.of(ids, count, *TOPICS)


def first_of_each(groups: Sequence[ProfessionalGroup], count: int = 6) -> dict[int, list[Any]]:
    """The first visible members of these associations, at most `count` each, in one statement."""
    ids = tuple(group.id for group in groups)

    def wanted() -> Select[Any]:
        return _first(count).where(M.group_id.in_(each(ids, M.group_id))).order_by(M.group_id, M.id)

    found = rows_of(kept(("first professionals", ids, count), wanted))
    return {group: list(rows) for group, rows in groupby(found, key=lambda row: row.group_id)}


def asked_of(user_id: int) -> list[Professional]:
    """Everything in which this person was asked or is shown, the newest first, each with its association."""
    from sqlalchemy.orm import joinedload

    mine = select(M).join(Volunteer, Volunteer.id == M.volunteer_id).where(Volunteer.user_id == user_id)
    return list(db.session.scalars(mine.options(joinedload(M.group)).order_by(M.id.desc())))


def found_people(people: Select[tuple[Volunteer]], group: ProfessionalGroup, most: int = 20) -> list[Any]:
    """Of these volunteers who have not left: `id`, name, `phone_tail`, place, unit, and `status` in the association."""
    own = (M.volunteer_id == Volunteer.id) & (M.group_id == group.id)
    facts = Volunteer.community_code, Volunteer.unit_id, Volunteer.unit_other, Volunteer.political, Volunteer.employment
    shown = Volunteer.id, User.name, User.phone_tail, *facts, M.status
    joined = people.join(User, User.id == Volunteer.user_id).outerjoin(M, own).with_only_columns(*shown)
    living = joined.where(Volunteer.status != VolunteerStatus.LEFT)
    return list(db.session.execute(living.order_by(User.initials, Volunteer.id).limit(most)))
