"""The back office. Importing the modules registers their views."""

from flask import Blueprint

office = Blueprint("office", __name__, url_prefix="/office")

from app.blueprints.office import activities, feedback, home  # noqa: E402, F401  (views need the blueprint above)
