"""Where the thing of each line of history lies, said by its row: what the table `history_place` must hold.

Triggers (migration 0036) keep that table with each write. This says it a second time: for `flask recount`, and to make it anew where
rows were written past the triggers.
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, String, and_, case, delete, func, insert, literal, null, select, true, union_all

from app.db import db
from app.models.histories.scope import KEPT
from app.models.history import History

CODES = "district_code", "subdistrict_code", "community_code"


def truth() -> Any:
    """(place, line_id, noun, action): each line with every place and the unit to which it belongs."""
    return union_all(*(_lines(*thing) for thing in _things()))


def differing() -> list[tuple[str, int, int]]:
    """(place, lines that it keeps and should not, lines that it lacks), where that is not nothing."""
    both = union_all(
        select(*KEPT.c, literal(1).label("kept")), select(*truth().subquery().c, literal(-1).label("kept"))
    ).subquery()
    over = func.sum(both.c.kept).label("over")
    rows = select(both.c.place, over).group_by(*(both.c[one.name] for one in KEPT.c)).having(over != 0).subquery()
    sides = func.sum(case((rows.c.over > 0, 1), else_=0)), func.sum(case((rows.c.over < 0, 1), else_=0))
    return [tuple(row) for row in db.session.execute(select(rows.c.place, *sides).group_by(rows.c.place))]


def rebuild() -> None:
    """Make the table anew, in its own order."""
    wanted = truth().subquery()
    db.session.execute(delete(KEPT))
    rows = select(wanted).order_by(wanted.c.place, wanted.c.line_id)
    db.session.execute(insert(KEPT).from_select([column.name for column in KEPT.c], rows))


def _lines(noun: str, number: Any, places: list[Any], source: Any) -> Select[Any]:
    """The lines about things of this kind, each once for each of its places."""
    level = union_all(*(select(literal(n).label("n")) for n in range(len(places)))).subquery()
    place = case(*((level.c.n == n, one) for n, one in enumerate(places)))
    line = select(place.label("place"), History.id.label("line_id"), History.noun, History.action)
    about = and_(History.noun == noun, History.noun_id == number)
    return line.select_from(source).join(History, about).join(level, true()).where(place.is_not(None))


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
