"""The public portal. Importing the modules registers their views."""

from flask import Blueprint

from app.redirects import to_the_heir

portal = Blueprint("portal", __name__)
portal.before_request(to_the_heir)

from app.blueprints.portal import (  # noqa: E402, F401  (views need the blueprint above)
    activities,
    bases,
    feedback,
    help,
    help_track,
    home,
    notices,
    pages,
    pictures,
    professionals,
    regions,
    reports,
    search,
    signups,
    stars,
    teams,
)
