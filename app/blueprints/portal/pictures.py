"""Pictures, each in two sizes; seen by everybody only while the thing they belong to is public."""

from typing import Any

from flask import Response, abort, request
from flask.typing import ResponseReturnValue
from sqlalchemy import and_, true

from app.access import Permission, public, rows, somebody
from app.blueprints.portal import portal
from app.db import db
from app.media.storage import store
from app.models.activity import Activity, ActivityStatus
from app.models.feedback import Feedback, on_portal
from app.models.picture import Picture
from app.models.report import Report, ReportStatus
from app.models.reports.lists import TO_STAFF
from app.models.service_base import ServiceBase
from app.models.team import Team

# noun → (model, the permission through which the office sees it, when everybody does)
OWNERS: dict[str, tuple[Any, Permission, Any]] = {
    "feedback": (Feedback, Permission.FEEDBACK, and_(*on_portal())),
    "activity": (
        Activity,
        Permission.ACTIVITIES_SEE,
        and_(Activity.status != ActivityStatus.DRAFT, Activity.hidden_at.is_(None)),
    ),
    "team": (Team, Permission.TEAMS, true()),  # a closed one stays to be read
    "service_base": (ServiceBase, Permission.BASES, true()),
    "report": (Report, Permission.REPORTS, Report.status == ReportStatus.PUBLISHED),
}
STAFF_SEE = {"report": TO_STAFF}  # of nouns that staff do not see in every state
WEEK = 7 * 24 * 3600  # a withdrawn picture leaves every cache within a week
SHAPE = "<string(length=32):name>"


@portal.get(f"/pictures/{SHAPE}.jpg", defaults={"size": "large"})
@portal.get(f"/pictures/{SHAPE}-thumb.jpg", defaults={"size": "thumb"})
@public
def picture(name: str, size: str) -> ResponseReturnValue:
    """The file of a picture that is public, one's own, or of a thing within the acting post's scope."""
    found = db.session.scalar(db.select(Picture).where(Picture.name == name)) or abort(404)
    everybody = is_public(found)
    if not everybody and not may_see(found):
        abort(404)
    return answer(found.files[size == "thumb"], everybody)


def is_public(found: Picture) -> bool:
    """Whether the thing that the picture belongs to stands on the portal."""
    if found.noun not in OWNERS:
        return False
    model, _, shown = OWNERS[found.noun]
    return db.session.scalar(db.select(model.id).where(model.id == found.noun_id, shown)) is not None


def may_see(found: Picture) -> bool:
    """Whether the signed-in person sent it, or may see what it belongs to."""
    user = somebody()
    if user is None or found.uploaded_by_id == user.id or found.noun not in OWNERS:
        return user is not None and found.uploaded_by_id == user.id
    model, permission, _ = OWNERS[found.noun]
    wanted = rows(model, permission).where(model.id == found.noun_id, STAFF_SEE.get(found.noun, true()))
    return db.session.scalar(wanted) is not None


def answer(file: str, everybody: bool) -> Response:
    """The bytes; what everybody may see is kept by browsers for a week, the rest by nobody."""
    try:
        response = Response(store().read(file), mimetype="image/jpeg")
    except FileNotFoundError:
        abort(404)
    if everybody:
        response.cache_control.public = response.cache_control.immutable = True
        response.cache_control.max_age = WEEK
        response.set_etag(file)
        response.make_conditional(request)
    else:
        response.cache_control.no_store = True
    return response
