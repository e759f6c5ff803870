"""Where the thing of each line of history lies, said by its row: what the table `history_place` must hold.

Triggers (migration 0036) keep that table with each write. This says it a second time: for `flask recount`, and to make it anew where
rows were written past the triggers.
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, String, and_, case, delete, except_, func, insert, literal, null, select, union_all

from app.db import db
from app.models.histories.scope import KEPT
from app.models.history import History

CODES = "district_code", "subdistrict_code", "community_code"


def true() -> Any:
    """(place, line_id, noun, action): each line with every place and the unit to which it belongs."""
    return union_all(*(part for thing in _things() for part in _parts(*thing)))


def differing() -> list[tuple[str, int, int]]:
    """(place, lines that it keeps and should not, lines that it lacks), where that is not nothing."""
    kept, wanted = select(KEPT), select(true().subquery())
    too_many = except_(kept, wanted).subquery()
    lacking = except_(wanted, kept).subquery()
    sides = union_all(
        select(too_many.c.place, literal(1).label("many"), literal(0).label("few")),
        select(lacking.c.place, literal(0), literal(1)),
    ).subquery()
    sums = func.sum(sides.c.many), func.sum(sides.c.few)
    return [tuple(row) for row in db.session.execute(select(sides.c.place, *sums).group_by(sides.c.place))]


def rebuild() -> None:
    """Make the table anew, in its own order."""
    wanted = true().subquery()
    db.session.execute(delete(KEPT))
    rows = select(wanted).order_by(wanted.c.place, wanted.c.line_id)
    db.session.execute(insert(KEPT).from_select([column.name for column in KEPT.c], rows))


def _parts(noun: str, number: Any, places: list[Any], source: Any) -> Iterator[Select[Any]]:
    for place in places:
        line = select(place.label("place"), History.id.label("line_id"), History.noun, History.action)
        yield (
            line.select_from(source)
            .join(History, and_(History.noun == noun, History.noun_id == number))
            .where(place.is_not(None))
        )


def _things() -> Iterator[tuple[str, Any, list[Any], Any]]:
    """(kind of thing, its number, to which places it belongs, the rows that say so)."""
    from app import models as m

    for model in (
        m.Activity, m.Feedback, m.Application, m.HelpRequest, m.Report, m.Team, m.ServiceBase, m.Invitation, m.Honour,
    ):  # fmt: skip
        yield model.__tablename__, model.id, _codes(model), model
    yield "volunteer", m.Volunteer.id, [*_codes(m.Volunteer), _unit(m.Volunteer.unit_id)], m.Volunteer
    yield "user", m.Volunteer.user_id, _codes(m.Volunteer), m.Volunteer
    yield (
        "unit_dispute",
        m.UnitDispute.id,
        [*_codes(m.UnitDispute, "volunteer_"), _unit(m.UnitDispute.unit_id)],
        m.UnitDispute,
    )
    yield "work_unit", m.WorkUnit.id, [_unit(m.WorkUnit.id)], m.WorkUnit
    yield from _by_another()


def _by_another() -> Iterator[tuple[str, Any, list[Any], Any]]:
    """Things that lie where another row does; of a post reads who is above it."""
    from app import models as m

    yield (
        "sign_up",
        m.SignUp.id,
        [*_codes(m.Activity), _unit(m.SignUp.unit_id)],
        _joined(m.SignUp, m.Activity, m.SignUp.activity_id),
    )
    yield (
        "professional",
        m.Professional.id,
        _codes(m.Volunteer),
        _joined(m.Professional, m.Volunteer, m.Professional.volunteer_id),
    )
    yield (
        "assignment",
        m.Assignment.id,
        _codes(m.HelpRequest),
        _joined(m.Assignment, m.HelpRequest, m.Assignment.request_id),
    )
    yield "team_member", m.TeamMember.id, _codes(m.Team), _joined(m.TeamMember, m.Team, m.TeamMember.team_id)
    code = m.Post.region_code
    above = [case((func.length(code) > width, func.substr(code, 1, width)), else_=null()) for width in (6, 9)]
    units = m.Post.__table__.outerjoin(m.WorkUnit.__table__, m.WorkUnit.id == m.Post.unit_id)
    yield "post", m.Post.id, [func.coalesce(above[0], m.WorkUnit.district_code), above[1], _unit(m.Post.unit_id)], units


def _codes(model: Any, prefix: str = "") -> list[Any]:
    return [getattr(model, prefix + one) for one in CODES]


def _unit(column: Any) -> Any:
    return literal("unit:", String).concat(column.cast(String))


def _joined(model: Any, other: Any, link: Any) -> Any:
    return model.__table__.join(other.__table__, other.id == link)
