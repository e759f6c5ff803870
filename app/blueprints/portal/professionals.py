"""专业志愿者 on the portal: the associations, and those of their members who agreed to be shown by name."""

from functools import partial

from flask import abort
from flask.typing import ResponseReturnValue

from app.access import public
from app.blueprints.portal import portal
from app.db import db
from app.finished import kept
from app.listing import AnyFilter, Key, Listing
from app.models.displays import professionals as lists
from app.models.professional import GroupStatus, Professional, ProfessionalGroup
from app.reads import CAP

GROUPS, PER_PAGE = 12, 24


@portal.get("/professionals")
@public
@kept("professionals")
def professionals() -> ResponseReturnValue:
    """The associations in their order, each with its first members."""
    order = [Key(ProfessionalGroup.position), Key(ProfessionalGroup.id)]
    listing = Listing(lists.shown_groups(), AnyFilter(), order, per_page=GROUPS)
    return listing.respond("portal/professionals/list.html", counted=lists.counted, first_of_each=lists.first_of_each)


@portal.get("/professionals/<int:id>")
@public
@kept("professionals")
def professionals_show(id: int) -> ResponseReturnValue:
    """One association with all its members; 404 unless it is shown."""
    wanted = db.select(ProfessionalGroup).where(ProfessionalGroup.id == id)
    group = db.session.scalar(wanted.where(ProfessionalGroup.status == GroupStatus.SHOWN)) or abort(404)
    members, number = partial(lists.members_of, id), min(CAP, lists.counted([group]).get(id, 0))
    order, shape = [Key(Professional.id)], ("association", id)
    listing = Listing(members, AnyFilter(), order, per_page=PER_PAGE, scalars=False, shape=shape, total=number)
    return listing.respond("portal/professionals/show.html", group=group)
