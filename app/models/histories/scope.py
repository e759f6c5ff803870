"""Which lines of history a post reads: what happened to things that lie below it.

A line names its thing; where that lies says the thing's own row. A district's lines are every eleventh or so: the list
walks backwards and looks each thing up. Those of a smaller place or of a unit may be one of thousands: they are gathered
from its things instead. At 460,000 lines, 51,000 of them one community's: its page 320 → 70 ms, a district's 380 → 80,
a unit's 88 → 7.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, and_, false, or_, select, true, union_all
from sqlalchemy.orm import aliased

from app import reads
from app.models.history import History
from app.models.region import CITY, Level, level_of, within
from app.statements import common

if TYPE_CHECKING:
    from app.models.post import Post

FURTHER = 5  # times as many lines are looked at where some of them count only
Things = list[tuple[Any, "Select[Any]"]]  # a model, and which ids of it


@dataclass(frozen=True)
class About:
    """Lines as a post reads them whose list shows one kind of thing only (`noun`), or one region (`place`), and lies `within` a
    region at least; `further`: and not all of these; `few`: of some people or days, so that the first lines of a place hold no
    thousand; `named`: of some people; `apart`: read by a unit, whose own lines are few among those of any place."""

    noun: str = ""
    place: str = ""
    within: str = CITY
    further: bool = False
    few: bool = False
    named: bool = False
    apart: bool = False

    @property
    def level(self) -> Level | None:
        """Of the place whose lines they are."""
        return level_of(self.place or self.within)

    def scope(self, post: "Post") -> Any:
        """The condition for this post; None for the city's, which reads everything."""
        if post.region_code == CITY:
            return None
        things = list(self._kind(_of_post(post)))
        if self.place:  # which finds the lines, but for a unit; they are looked at once more
            return _gathered(things) if self.apart else self._walked(things)
        return self._lines(things, level_of(post.region_code or ""))

    def lies_there(self) -> Any:
        """The condition that a line is about a thing, or a person, of the place."""
        things = list(self._kind(_of_region(self.place)))
        return self._walked(things) if self.apart else self._lines(things, level_of(self.place))

    def _lines(self, things: Things, level: Level | None) -> Any:
        reading, walked = reads.now()[0], level is Level.DISTRICT
        sampled = reading.sample and not reading.again and not self.few and (walked or not self.further)
        if things and sampled:  # the first lines of the first things mostly are enough
            reading.sampled = True
            return _gathered(things, int(reading.wanted) * (FURTHER if self.further else 1))
        return self._walked(things) if walked or not things else _gathered(things)

    def _walked(self, things: Things) -> Any:
        """Line by line: whether its thing is one of these. Where the first lines are met before long, or few are asked for, by the
        value of a statement: for EXISTS PostgreSQL reads all sign-ups of a district before it looks at the first line."""
        by_value, ways = not self.noun and (self.named or reads.in_order()), []
        for model, ids in things:
            one = ids.where(ids.selected_columns[0] == History.noun_id).correlate(History)
            value = one.with_only_columns(true(), maintain_column_froms=True).scalar_subquery()
            ways.append(and_(common(History.noun) == model.__tablename__, value if by_value else one.exists()))
        return or_(false(), *ways)

    def _kind(self, things: Things) -> Iterator[tuple[Any, "Select[Any]"]]:
        return ((model, ids) for model, ids in things if self.noun in ("", model.__tablename__))


def _of_post(post: "Post") -> Things:
    from app.models.post import Post as Posts

    if post.region_code:
        return [*_of_region(post.region_code), (Posts, select(Posts.id).where(Posts.scope(post)))]
    return _of_unit(post.unit_id) if post.unit_id else []


def _of_region(code: str) -> Things:
    """Everything with a history that lies in the region, and its people."""
    from app import models as m

    placed: tuple[Any, ...] = (
        m.Activity, m.Feedback, m.Application, m.HelpRequest, m.Report, m.Team, m.ServiceBase, m.Volunteer, m.Invitation, m.Honour,
    )  # fmt: skip
    signups = select(m.SignUp.id).join(m.Activity, m.Activity.id == m.SignUp.activity_id)
    disputes = select(m.UnitDispute.id).where(within(m.UnitDispute, code, "volunteer_"))
    requests, teams = (select(model.id).where(within(model, code)) for model in (m.HelpRequest, m.Team))
    mine = select(m.Volunteer.id).where(within(m.Volunteer, code))
    return [
        *((model, select(model.id).where(within(model, code))) for model in placed),
        (m.SignUp, signups.where(within(m.Activity, code))),  # found by its activity, whose place is its own
        (m.UnitDispute, disputes),
        (m.User, select(m.Volunteer.user_id).where(within(m.Volunteer, code))),
        (m.Assignment, select(m.Assignment.id).where(m.Assignment.request_id.in_(requests))),
        (m.TeamMember, select(m.TeamMember.id).where(m.TeamMember.team_id.in_(teams))),
        (m.Professional, select(m.Professional.id).where(m.Professional.volunteer_id.in_(mine))),
    ]


def _of_unit(unit_id: int) -> Things:
    """A unit reads what concerns its own people and itself."""
    from app import models as m

    belongs = (m.Volunteer, m.SignUp, m.UnitDispute, m.Post)
    ways = [(model, select(model.id).where(model.unit_id == unit_id)) for model in belongs]
    return [*ways, (m.WorkUnit, select(m.WorkUnit.id).where(m.WorkUnit.id == unit_id))]


def _gathered(things: Things, most: int | None = None) -> Any:
    """The lines about these things, found by the things; at most so many of them (app/reads.py)."""
    line = aliased(History)
    parts = []
    for model, ids in things:
        about = line.noun == model.__tablename__, line.noun_id == ids.selected_columns[0]
        parts.append(ids.with_only_columns(line.id).where(*about))
    lines = union_all(*parts)
    return History.id.in_(lines if most is None else select(lines.limit(most).subquery()))
