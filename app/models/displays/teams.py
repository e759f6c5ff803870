"""What lists and pages show of teams: columns, the leader, the first picture, who is in."""

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, literal_column, select
from sqlalchemy.orm import joinedload

from app.db import db
from app.models.activities.search import named
from app.models.picture import Picture
from app.models.team import IN, MemberStatus, Team, TeamMember, TeamStatus
from app.models.user import User
from app.models.volunteer import Volunteer
from app.models.written import first_picture, of_first_picture

TEXTS = ("name", "introduction")
TOPICS = "teams", "regions"  # on which lists of teams hang
ASKS = TeamMember.status == literal_column(f"'{MemberStatus.ASKING.value}'")  # spelt out as in its partial index


def _leader() -> Any:
    """The leader's full name, none without one. Not joined: each team that is counted would be asked for it."""
    named = select(User.name).join(Volunteer, Volunteer.user_id == User.id).where(Volunteer.id == Team.leader_id)
    return named.correlate(Team).scalar_subquery().label("leader")


def public_teams() -> Select[Any]:
    """Every active team as a row: its columns, `leader` (the full name), `picture` and `alt` of the cover."""
    columns = [Team.id, Team.name, Team.introduction, Team.category_id, Team.community_code, Team.members]
    cover = [
        of_first_picture(Team, column).label(name) for column, name in ((Picture.name, "picture"), (Picture.alt, "alt"))
    ]
    return select(*columns, _leader(), *cover).where(Team.status == TeamStatus.ACTIVE)


def for_home(count: int) -> list[Any]:
    """The largest active teams, as `public_teams` shows them."""
    return list(db.session.execute(public_teams().order_by(Team.members.desc(), Team.id).limit(count)))


def public_team(id: int) -> Any:
    """(Team, `leader`, Picture or None) of one team in whatever state, or None."""
    wanted = select(Team, _leader(), Picture).outerjoin(Picture, first_picture(Team))
    return db.session.execute(wanted.where(Team.id == id)).first()


def kept_teams(scope: Select[Any]) -> Select[Any]:
    """The back office's rows (Team, `leader`, `asking`) of the teams that `scope` selects."""
    asks = TeamMember.team_id == Team.id, TeamMember.status == MemberStatus.ASKING
    asking = select(func.count()).where(*asks).correlate(Team).scalar_subquery().label("asking")
    return scope.add_columns(_leader(), asking)


def somebody_asks() -> ColumnElement[bool]:
    """Whether somebody waits to be admitted."""
    return Team.id.in_(select(TeamMember.team_id).where(ASKS))


def says(words: str) -> list[ColumnElement[bool]]:
    """One condition a word: it stands in the name, the introduction, or the name of a region around the team."""
    return named(words, Team, TEXTS)


def members_of(team_id: int) -> Select[Any]:
    """Everybody who ever stood in this team, with volunteer and account."""
    people = joinedload(TeamMember.volunteer).joinedload(Volunteer.user)
    wanted = select(TeamMember).join(Volunteer, Volunteer.id == TeamMember.volunteer_id)
    return wanted.where(TeamMember.team_id == team_id).options(people)


def member(team_id: int, id: int) -> TeamMember | None:
    """One row of this team, or None."""
    wanted = select(TeamMember).where(TeamMember.id == id, TeamMember.team_id == team_id)
    return db.session.scalar(wanted.options(joinedload(TeamMember.team)))


def standing(team_id: int) -> dict[int, MemberStatus]:
    """Who asks or is in: volunteer id → state."""
    wanted = select(TeamMember.volunteer_id, TeamMember.status).where(TeamMember.team_id == team_id)
    rows = db.session.execute(wanted.where(TeamMember.status.in_(IN)))
    return {row.volunteer_id: row.status for row in rows}


def here(team_id: int, user_id: int) -> tuple[Volunteer | None, TeamMember | None]:
    """The person's volunteer row, and their row in this team."""
    row = and_(TeamMember.volunteer_id == Volunteer.id, TeamMember.team_id == team_id)
    both = select(Volunteer, TeamMember).outerjoin(TeamMember, row).where(Volunteer.user_id == user_id)
    found = db.session.execute(both).first()
    return (found[0], found[1]) if found else (None, None)


def mine(user_id: int) -> list[TeamMember]:
    """Every team in which this person stands or stood, those they are in first."""
    wanted = select(TeamMember).join(Volunteer, Volunteer.id == TeamMember.volunteer_id)
    rows = db.session.scalars(
        wanted.where(Volunteer.user_id == user_id).options(joinedload(TeamMember.team)).order_by(TeamMember.id.desc())
    )
    return sorted(rows, key=lambda row: row.status not in IN)
