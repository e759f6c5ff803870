"""The public portal. Importing the modules registers their views."""

from flask import Blueprint

portal = Blueprint("portal", __name__)

from app.blueprints.portal import (  # noqa: E402, F401  (views need the blueprint above)
    activities,
    feedback,
    help,
    help_track,
    home,
    pictures,
    regions,
    reports,
    signups,
)
