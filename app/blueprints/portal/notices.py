"""通知公告 on the portal: what the city tells everybody, from its moment on."""

from typing import Any

from flask import abort, request
from flask.typing import ResponseReturnValue

from app.access import public
from app.blueprints.display_filters import NoticeFilter
from app.blueprints.portal import portal
from app.db import db
from app.finished import kept
from app.htmx import render
from app.listing import Key, Listing
from app.models.notice import Notice, latest, published, visible
from app.text import as_html

OTHERS = 6


@portal.get("/notices")
@public
@kept("notices")
def notices() -> ResponseReturnValue:
    """Visible notices, newest first."""
    order = [Key(Notice.visible_at, True), Key(Notice.id, True)]
    about: Any = {"name": "notices", "scalars": False, "shape": "all", "topics": ("notices",)}
    return Listing(published, NoticeFilter(request.args), order, **about).respond("portal/notices/list.html")


@portal.get("/notices/<int:id>")
@public
@kept("notices")
def notices_show(id: int) -> ResponseReturnValue:
    """One notice; 404 before its moment and after it was withdrawn."""
    notice = db.session.scalar(db.select(Notice).where(Notice.id == id, *visible())) or abort(404)
    others = latest(OTHERS, but=id)
    return render("portal/notices/show.html", notice=notice, text=as_html(notice.body), others=others)
