"""The first page of a work unit's post: it decides nothing, and sees its people and what they did."""

from flask.typing import ResponseReturnValue

from app import charts
from app.access import Permission, me, rows
from app.blueprints.office.statistics_page import reachable
from app.htmx import render
from app.models import ServiceRecord, Volunteer
from app.models.figures.period import this_month
from app.models.units.overview import unit_overview


def unit_home() -> ResponseReturnValue:
    """People by state, participation, the year by months, latest services, help given."""
    post = me().post
    people = rows(Volunteer, Permission.VOLUNTEERS), rows(ServiceRecord, Permission.VOLUNTEERS)
    overview = unit_overview(post.unit_id or 0 if post else 0, *people, reachable())
    figures = [(f"{int(line.key[5:])}月", line.services, line.before) for line in overview.months]
    chart = charts.columns(figures, f"{int(this_month()[5:])}月")
    return render("office/home_unit.html", unit=overview, chart=chart)
