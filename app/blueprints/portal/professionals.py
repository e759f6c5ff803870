"""专业志愿者 on the portal: the associations, and those of their members who agreed to be shown by name."""

from flask import abort
from flask.typing import ResponseReturnValue

from app.access import public
from app.blueprints.portal import portal
from app.db import db
from app.finished import kept
from app.htmx import render
from app.listing import AnyFilter, Key, Listing
from app.models.displays import professionals as lists
from app.models.professional import GroupStatus, Professional, ProfessionalGroup

FIRST, PER_PAGE = 6, 24


@portal.get("/professionals")
@public
@kept("professionals")
def professionals() -> ResponseReturnValue:
    """Every association with its first members."""
    groups, numbers = lists.groups(), lists.counted()
    return render("portal/professionals/list.html", groups=groups, numbers=numbers, first=lists.first_of_each(FIRST))


@portal.get("/professionals/<int:id>")
@public
@kept("professionals")
def professionals_show(id: int) -> ResponseReturnValue:
    """One association with all its members; 404 unless it is shown."""
    wanted = db.select(ProfessionalGroup).where(ProfessionalGroup.id == id)
    group = db.session.scalar(wanted.where(ProfessionalGroup.status == GroupStatus.SHOWN)) or abort(404)
    members = lists.members().where(Professional.group_id == id)
    listing = Listing(members, AnyFilter(), [Key(Professional.id)], per_page=PER_PAGE, scalars=False)
    return listing.respond("portal/professionals/show.html", group=group)
