"""服务基地 for everybody: the list, and each base with its pictures and what is held there."""

from flask import abort, request
from flask.typing import ResponseReturnValue

from app.access import public
from app.blueprints.portal import portal
from app.blueprints.portal.activity_rows import listed
from app.blueprints.showcase_filters import BaseFilter
from app.finished import kept
from app.htmx import render
from app.listing import Key, Listing
from app.models.activities.hosted import hosted
from app.models.activity import Activity
from app.models.displays import bases as base_lists
from app.models.service_base import ServiceBase

PER_PAGE = 12


@portal.get("/bases")
@public
@kept("bases")
def bases() -> ResponseReturnValue:
    """The open bases, newest first."""
    order, filters = [Key(ServiceBase.id, descending=True)], BaseFilter(request.args)
    stmt, topics = base_lists.public_bases, base_lists.TOPICS
    found = Listing(stmt, filters, order, per_page=PER_PAGE, scalars=False, shape="public", topics=topics)
    return found.respond("portal/bases/list.html")


@portal.get("/bases/<int:id>")
@public
@kept("bases", "activities")
def bases_show(id: int) -> ResponseReturnValue:
    """One base; a closed one says so."""
    base, held = base_lists.public_base(id) or abort(404), hosted(Activity.base_id, id)
    return render("portal/bases/show.html", base=base, coming=listed(held.coming), past=listed(held.past))
