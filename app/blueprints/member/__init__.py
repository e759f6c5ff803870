"""The member centre. Importing the modules registers their views."""

from flask import Blueprint

member = Blueprint("member", __name__, url_prefix="/member")

from app.blueprints.member import (  # after the blueprint, which views need
    consents,
    help,
    home,
    invitations,
    looks,
    message_settings,
    messages,
    my_data,
    profile,
    reports,
    second_step,
    security,
    service_records,
    services,
    teams,
    volunteer,
)
