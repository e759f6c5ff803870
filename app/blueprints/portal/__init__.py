"""The public portal. Importing the modules registers their views."""

from flask import Blueprint

portal = Blueprint("portal", __name__)

from app.blueprints.portal import home, pictures, regions  # noqa: E402, F401  (views need the blueprint above)
