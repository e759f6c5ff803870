"""The back office. Importing the modules registers their views."""

from flask import Blueprint

from app.redirects import to_the_heir

office = Blueprint("office", __name__, url_prefix="/office")
office.before_request(to_the_heir)

from app.blueprints.office import (  # after the blueprint, which views need
    activities,
    admissions,
    applications,
    attendance,
    bases,
    calls,
    categories,
    decisions,
    disputes,
    exports,
    feedback,
    headcounts,
    help,
    help_moves,
    history,
    home,
    honour_moves,
    honours,
    imports,
    invitations,
    notices,
    password_codes,
    posts,
    professional_members,
    professionals,
    records,
    regions,
    report_moves,
    reports,
    signups,
    statistics,
    taking_down,
    team_members,
    teams,
    unit_names,
    units,
    volunteers,
    walk_ins,
    workdays,
)
