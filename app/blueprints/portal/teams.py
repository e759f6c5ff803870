"""志愿者团队 for everybody: the list, each team with its activities; a volunteer asks to join, or leaves."""

from collections.abc import Callable
from typing import Any

from flask import Response, abort, flash, make_response, request, url_for
from flask.typing import ResponseReturnValue

from app.access import me, public, signed_in, somebody
from app.blueprints.portal import portal
from app.blueprints.portal.activity_rows import listed
from app.blueprints.showcase_filters import TeamFilter
from app.finished import kept
from app.htmx import go, render, wants_fragment
from app.listing import Key, Listing
from app.models.activities.hosted import hosted
from app.models.activity import Activity
from app.models.displays import team_box
from app.models.displays import teams as team_lists
from app.models.team import Team
from app.once import new_key, once
from app.text import public_name
from app.trying import attempt

PER_PAGE = 12


@portal.get("/teams")
@public
@kept("teams")
def teams() -> ResponseReturnValue:
    """The active teams, newest first."""
    order, filters = [Key(Team.id, descending=True)], TeamFilter(request.args)
    stmt, topics = team_lists.public_teams, team_lists.TOPICS
    found = Listing(stmt, filters, order, per_page=PER_PAGE, scalars=False, shape="public", topics=topics)
    return found.respond("portal/teams/list.html", public_name=public_name)


@portal.get("/teams/<int:id>")
@public
@kept("teams", "activities")
def teams_show(id: int) -> ResponseReturnValue:
    """One team; a dissolved one says so."""
    return render("portal/teams/show.html", "box", **_shown(id))


@portal.post("/teams/<int:id>/membership")
@signed_in
@once
def teams_membership(id: int) -> ResponseReturnValue:
    """Ask to be in."""
    team = _team(id)
    return _answer(id, lambda: team_box.join(team, me()))


@portal.post("/teams/<int:id>/departure")
@signed_in
def teams_departure(id: int) -> ResponseReturnValue:
    """Take the asking back, or leave."""
    _team(id)
    _, row = team_lists.here(id, me().id)
    return _answer(id, lambda: team_box.leave(row, me()))


def _team(id: int) -> Team:
    found = team_lists.public_team(id) or abort(404)
    team: Team = found.Team
    return team


def _shown(id: int, **more: Any) -> dict[str, Any]:
    """What the page of one team needs, and `more`; 404 without the team."""
    found = team_lists.public_team(id) or abort(404)
    held = hosted(Activity.team_id, id)
    return {
        **more,
        "key": new_key(),
        "team": found.Team,
        "leader": public_name(found.leader) if found.leader else "",
        "cover": found.Picture,
        "coming": listed(held.coming),
        "past": listed(held.past),
        "box": team_box.box(found.Team, somebody()),
    }


def _answer(id: int, verb: Callable[[], str]) -> ResponseReturnValue:
    """The box; without scripts back to the page, or (409) the page with the reason."""
    page = url_for("portal.teams_show", id=id)
    done, why_not = attempt(verb)
    if not why_not and not wants_fragment():
        flash(done)
        return go(f"{page}#team-box")
    context, status = _shown(id, said=why_not or done, refused=bool(why_not)), 409 if why_not else 200
    answer: Response = make_response(render("portal/teams/show.html", "box", "news", status=status, **context))
    answer.headers["Location"] = page  # where a second sending of the same form is led (app/once.py)
    return answer
