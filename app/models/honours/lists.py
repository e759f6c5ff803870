"""What the portal and the home page show of 季度之星, as rows of columns."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from app import clock
from app.db import db
from app.freshness import Remembered
from app.models.accounts import called
from app.models.activities.search import ids_named, named_each
from app.models.honour import Honour, HonourKind, announced, published
from app.models.honours.quarter import quarter_words
from app.models.pages.pairs import joined
from app.models.pages.quickest import beside, each_word
from app.models.pages.worded import stands
from app.models.team import Team
from app.models.user import User
from app.models.volunteer import Volunteer
from app.reads import in_order
from app.statements import kept, rows_of

H = Honour
ORDER = (H.quarter.desc(), H.kind.desc(), H.community_code, H.id)  # teams first; by community, never by figures
_quarters = Remembered(1)


def stars() -> Select[Any]:
    """Stars as rows: own columns, `name` of team or person, unit of a person, `members` of a team."""
    name = func.coalesce(Team.name, User.name).label("name")
    own = H.id, H.kind, H.quarter, H.reason, H.services, H.minutes, H.activities, H.community_code
    days = H.first_day, H.last_day, H.published_at, H.team_id
    shown = select(*own, *days, name, Volunteer.unit_id, Volunteer.unit_other, Team.members)
    people = shown.outerjoin(Team, Team.id == H.team_id).outerjoin(Volunteer, Volunteer.id == H.volunteer_id)
    return people.outerjoin(User, User.id == Volunteer.user_id)


def chosen(ids: Select[Any], *order: Any) -> Select[Any]:
    """The stars with these ids in the list's order: the few of a page, before anybody's name is looked up."""
    return stars().where(H.id.in_(ids)).order_by(*(order or ORDER))


def shown() -> Select[Any]:
    """Every star that the portal names today: published, or in 公示."""
    return stars().where(or_(published(), announced()))


def says(words: str) -> list[ColumnElement[bool]]:
    """One condition a word about `stars`: it stands in the name or the reason, or names a region around the star."""
    named = _named if in_order() else _borne  # the first ones are soon met
    return each_word(H, words, ids_about, lambda word: or_(*named(word), named_each(word, H, ("reason",))))


def ids_about(word: str) -> Any:
    """Ids of all stars that `says` finds, and hardly more; None where the pairs of characters cannot tell."""
    ids, star = ids_named(word, H), beside(H)
    return ids if ids is None else joined(ids, *(select(star.id).where(one) for one in _borne(word, star)))


def _named(word: str) -> list[ColumnElement[bool]]:
    """By a team or a person called like this, looked at row by row."""
    return [stands(word, Team.name), stands(word, User.name)]


def _borne(word: str, star: Any = H) -> list[ColumnElement[bool]]:
    """By a team or a person called like this, who are gathered: to look up the name of each star costs four times as much."""
    team, person = beside(Team), beside(Volunteer)
    people = select(person.id).where(person.user_id.in_(called.ids_named(word)))
    return [star.team_id.in_(select(team.id).where(stands(word, team.name))), star.volunteer_id.in_(people)]


def in_announcement(count: int) -> list[Any]:
    """Those that stand in 公示 today."""
    return list(_first("announced", announced, count))


def _first(name: str, which: Callable[[], ColumnElement[bool]], count: int) -> Sequence[Any]:
    """The first of these in the list's order."""
    return rows_of(kept((name, count), lambda: chosen(select(H.id).where(which()).order_by(*ORDER).limit(count))))


def quarters() -> list[str]:
    """The quarters that have published stars, newest first; asked again each day, and when a star changes."""
    return _quarters.of(clock.today(), _published_quarters, "honours")


def _published_quarters() -> list[str]:
    found = select(func.max(H.quarter).label("quarter")).where(published()).cte(recursive=True)
    older = select(func.max(H.quarter)).where(published(), H.quarter < found.c.quarter).scalar_subquery()
    found = found.union_all(select(older).where(found.c.quarter.is_not(None)))  # each from the one after it
    return list(db.session.scalars(select(found.c.quarter).where(found.c.quarter.is_not(None))))


@dataclass(frozen=True)
class HomeStars:
    """The newest published quarter in words, its teams and its people (rows of `stars`)."""

    quarter: str
    teams: list[Any]
    people: list[Any]


def for_home(count: int = 12) -> HomeStars | None:
    """The stars of the newest quarter that has any; None before the first."""
    found = _first("newest", _of_the_newest_quarter, count)
    if not found:
        return None
    teams = [row for row in found if row.kind is HonourKind.TEAM]
    people = [row for row in found if row.kind is HonourKind.PERSON]
    return HomeStars(quarter_words(found[0].quarter), teams, people)


def _of_the_newest_quarter() -> ColumnElement[bool]:
    return and_(published(), H.quarter == select(func.max(H.quarter)).where(published()).scalar_subquery())


def asked_of(user_id: int) -> list[Honour]:
    """Every star for which this person was proposed, the newest first."""
    mine = select(H).join(Volunteer, Volunteer.id == H.volunteer_id).where(Volunteer.user_id == user_id)
    return list(db.session.scalars(mine.order_by(H.id.desc())))


def already(quarter: str, kind: HonourKind, ids: Iterable[int]) -> dict[int, Honour]:
    """Which of these teams or people were proposed in that quarter: subject id → the newest row."""
    column = H.team_id if kind is HonourKind.TEAM else H.volunteer_id
    found = db.session.scalars(select(H).where(H.quarter == quarter, column.in_(list(ids))).order_by(H.id))
    return {honour.team_id or honour.volunteer_id or 0: honour for honour in found}
