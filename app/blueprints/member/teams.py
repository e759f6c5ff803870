"""我的团队: the teams I asked for and am in, and leaving them."""

from flask import abort, flash, url_for
from flask.typing import ResponseReturnValue

from app.access import me, signed_in
from app.blueprints.member import member
from app.htmx import go, render
from app.models.displays import team_box
from app.models.displays import teams as team_lists
from app.models.history import history_of
from app.models.team import MemberStatus
from app.timeline import told


@member.get("/teams")
@signed_in
def teams() -> ResponseReturnValue:
    """Each with how I stand in it and how that came."""
    mine = team_lists.mine(me().id)
    lines = history_of(*mine)
    stories = {row.id: told([line for line in lines if line.noun_id == row.id], MemberStatus) for row in mine}
    return render("member/teams/list.html", mine=mine, stories=stories)


@member.post("/teams/<int:id>/departure")
@signed_in
def teams_departure(id: int) -> ResponseReturnValue:
    """Take my asking back, or leave at once; `id` is that of my own row."""
    row = next((one for one in team_lists.mine(me().id) if one.id == id), None) or abort(404)
    flash(team_box.leave(row, me()))
    return go(url_for(".teams"))
