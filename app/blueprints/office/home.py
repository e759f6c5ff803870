"""工作台: 待办 of the acting post."""

from typing import Any

from flask import g
from flask.typing import ResponseReturnValue

from app.access import Permission, acting, holds, me, requires, rows
from app.blueprints.office import office
from app.blueprints.office.duty_words import about
from app.blueprints.office.unit_home import unit_home
from app.htmx import render
from app.models.pages.desk import desk
from app.models.pages.duties import Part
from app.models.pages.duty_kinds import KINDS

P = Permission
THROUGH = {  # kind of work → the permission by which it is done
    "applications": P.APPLICATIONS,
    "help": P.HELP,
    "raised": P.HELP,
    "signups": P.ACTIVITIES,
    "confirm": P.ACTIVITIES,
    "feedback": P.FEEDBACK,
    "reports": P.REPORTS,
    "teams": P.TEAMS,
    "disputes": P.DISPUTES,
}


@office.get("/")
@requires(P.OFFICE)
def home() -> ResponseReturnValue:
    """What waits for the acting post, own and risen; a unit post decides nothing and sees its people."""
    post = me().post
    if not holds(P.APPLICATIONS) or post is None or not post.region_code:
        return unit_home()
    found = desk(_scopes, KINDS, post.region_code, acting())
    g.menu_counts = found.by_list()
    return render("office/home.html", desk=found, part=Part, about=about)


def _scopes() -> dict[str, Any]:
    """What the acting post reaches of each kind."""
    return {kind.key: rows(kind.model, THROUGH[kind.key]) for kind in KINDS}
