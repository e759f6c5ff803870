"""Which lines of history a post reads: what happened to things that lie below it."""

from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, false, or_, select

from app.models.history import History
from app.models.region import CITY, within

if TYPE_CHECKING:
    from app.models.post import Post


def below(post: "Post") -> Any:
    """The condition for this post; None for the city's, which reads everything."""
    from app.models.post import Post as Posts

    if post.region_code == CITY:
        return None
    if not post.region_code:
        return _of_unit(post.unit_id) if post.unit_id else false()
    posts = and_(History.noun == Posts.__tablename__, History.noun_id.in_(select(Posts.id).where(Posts.scope(post))))
    return or_(posts, lies_in(post.region_code))


def lies_in(code: str) -> Any:
    """The condition that a line is about a thing, or a person, of this region."""
    from app import models as m

    placed = (m.Activity, m.SignUp, m.Feedback, m.Application, m.HelpRequest, m.Report, m.Team, m.ServiceBase)
    ways = [_about(model, select(model.id).where(within(model, code))) for model in (*placed, m.Volunteer)]
    ways.append(_about(m.Invitation, select(m.Invitation.id).where(within(m.Invitation, code))))
    ways.append(_about(m.UnitDispute, select(m.UnitDispute.id).where(within(m.UnitDispute, code, "volunteer_"))))
    people = select(m.Volunteer.user_id).where(within(m.Volunteer, code))
    requests, teams = (select(model.id).where(within(model, code)) for model in (m.HelpRequest, m.Team))
    mine = select(m.Volunteer.id).where(within(m.Volunteer, code))
    ways += [
        _about(m.User, people),
        _about(m.Assignment, select(m.Assignment.id).where(m.Assignment.request_id.in_(requests))),
        _about(m.TeamMember, select(m.TeamMember.id).where(m.TeamMember.team_id.in_(teams))),
        _about(m.Professional, select(m.Professional.id).where(m.Professional.volunteer_id.in_(mine))),
        _about(m.Honour, select(m.Honour.id).where(within(m.Honour, code))),
    ]
    return or_(*ways)


def _of_unit(unit_id: int) -> Any:
    """A unit reads what concerns its own people and itself."""
    from app import models as m

    belongs = (m.Volunteer, m.SignUp, m.UnitDispute, m.Post)
    ways = [_about(model, select(model.id).where(model.unit_id == unit_id)) for model in belongs]
    return or_(*ways, and_(History.noun == m.WorkUnit.__tablename__, History.noun_id == unit_id))


def _about(model: Any, ids: Any) -> Any:
    return and_(History.noun == model.__tablename__, History.noun_id.in_(ids))
