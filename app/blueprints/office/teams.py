"""志愿者团队 in the back office: the list, found, mend, dissolve. Members are in team_members.py."""

from typing import Any

from flask import url_for
from flask.typing import ResponseReturnValue

from app import labels
from app.access import Permission, acting, requires
from app.blueprints.office import office
from app.blueprints.office.showcase_desk import COMMON, Desk
from app.blueprints.office.showcase_forms import TeamForm
from app.blueprints.office.team_members import page
from app.blueprints.showcase_filters import KeptTeamFilter
from app.disclosure import disclose
from app.htmx import go
from app.listing import Key, Listing
from app.media.uploads import receives
from app.models.displays import teams as team_lists
from app.models.team import Team
from app.once import once

P = Permission.TEAMS
DESK = Desk("teams", Team, P, TeamForm, KeptTeamFilter)
COLUMNS = {name: lambda row, value=value: value(row.Team) for name, value in COMMON.items()} | {
    "成立日期": lambda row: row.Team.founded_on.isoformat() if row.Team.founded_on else "",
    "队长": lambda row: row.leader or "",
    "队员": lambda row: row.Team.members,
    "待同意": lambda row: row.asking,
    "状态": lambda row: labels.word(row.Team.status),
}


@office.get("/teams")
@requires(P)
def teams() -> ResponseReturnValue:
    """The teams, newest first."""
    return _listing().respond("office/teams/list.html", "results")


@office.route("/teams/export", methods=["GET", "POST"])
@requires(P)
def teams_export() -> ResponseReturnValue:
    """What the filters leave as a file, with its purpose in the history: leaders are named in it."""
    listing = _listing()
    return disclose(
        listing, "志愿者团队", url_for(".teams", **listing.filters.given()), volunteers=lambda r: r.Team.leader_id
    )


def _listing() -> Listing:
    order = [Key(Team.id, True, lambda row: row.Team.id)]

    def stmt() -> Any:
        return team_lists.kept_teams(DESK.rows())

    shape, topics = acting(), team_lists.TOPICS
    return Listing(
        stmt, DESK.filter(), order, COLUMNS, "teams", personal=True, scalars=False, shape=shape, topics=topics
    )


@office.route("/teams/new", methods=["GET", "POST"])
@requires(P)
@receives("cover", most=1)
@once
def teams_new() -> ResponseReturnValue:
    """A new team."""
    return DESK.found()


@office.get("/teams/<int:id>")
@requires(P)
def teams_show(id: int) -> ResponseReturnValue:
    """The team with its members."""
    return page(id)


@office.route("/teams/<int:id>/edit", methods=["GET", "POST"])
@requires(P)
@receives("cover", most=1, after=DESK.one)
def teams_edit(id: int) -> ResponseReturnValue:
    """Mend what is stated about it."""
    return DESK.mend(id)


@office.post("/teams/<int:id>/closure")
@requires(P)
def teams_closure(id: int) -> ResponseReturnValue:
    """活跃 → 已解散, with a reason that members read."""
    failed = DESK.close(id)
    return page(id, closure=failed, status=failed.status) if failed else go(url_for(".teams_show", id=id))


@office.post("/teams/<int:id>/reopening")
@requires(P)
def teams_reopening(id: int) -> ResponseReturnValue:
    """已解散 → 活跃."""
    return DESK.reopen(id)
