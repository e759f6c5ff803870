"""The back office. Importing the modules registers their views."""

from flask import Blueprint

from app.redirects import to_the_heir

office = Blueprint("office", __name__, url_prefix="/office")
office.before_request(to_the_heir)

from app.blueprints.office import (  # noqa: E402  (views need the blueprint above)
    activities,  # noqa: F401
    admissions,  # noqa: F401
    applications,  # noqa: F401
    attendance,  # noqa: F401
    bases,  # noqa: F401
    calls,  # noqa: F401
    categories,  # noqa: F401
    decisions,  # noqa: F401
    disputes,  # noqa: F401
    feedback,  # noqa: F401
    headcounts,  # noqa: F401
    help,  # noqa: F401
    help_moves,  # noqa: F401
    home,  # noqa: F401
    honour_moves,  # noqa: F401
    honours,  # noqa: F401
    imports,  # noqa: F401
    invitations,  # noqa: F401
    notices,  # noqa: F401
    password_codes,  # noqa: F401
    posts,  # noqa: F401
    professional_members,  # noqa: F401
    professionals,  # noqa: F401
    records,  # noqa: F401
    regions,  # noqa: F401
    report_moves,  # noqa: F401
    reports,  # noqa: F401
    signups,  # noqa: F401
    statistics,  # noqa: F401
    team_members,  # noqa: F401
    teams,  # noqa: F401
    unit_names,  # noqa: F401
    units,  # noqa: F401
    volunteers,  # noqa: F401
    walk_ins,  # noqa: F401
    workdays,  # noqa: F401
)
