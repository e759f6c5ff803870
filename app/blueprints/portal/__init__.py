"""The public portal. Importing the modules registers their views."""

from flask import Blueprint

from app.redirects import to_the_heir

portal = Blueprint("portal", __name__)
portal.before_request(to_the_heir)

from app.blueprints.portal import (  # after the blueprint, which views need
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
