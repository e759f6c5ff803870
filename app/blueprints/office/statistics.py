"""统计报表: services, people, activities and help of the post's part of the city, by month, region, unit and category."""

from flask import abort, request
from flask.typing import ResponseReturnValue

from app.access import Permission, requires
from app.blueprints.office import office
from app.blueprints.office.statistics_forms import StatisticsFilter
from app.blueprints.office.statistics_page import Statistics, branch, counts_activities, table
from app.export import KINDS, export
from app.htmx import render, wants_fragment

PAGE, PAPER = "office/statistics/index.html", "office/statistics/print.html"


@office.get("/statistics")
@requires(Permission.STATISTICS)
def statistics() -> ResponseReturnValue:
    """The page; for htmx its results after a change of the filter, or one branch of the table of regions."""
    filters = StatisticsFilter(request.args)
    if not filters.validate():
        return render(PAGE, "results", status=422, filters=filters, stats=None)
    if filters.branch.data and wants_fragment():
        found = branch(filters) or abort(404)
        return render(PAGE, "unfolded", filters=filters, unfolded=found, counts_activities=counts_activities(filters))
    return render(PAGE, "results", filters=filters, stats=Statistics(filters))


@office.get("/statistics/print")
@requires(Permission.STATISTICS)
def statistics_print() -> ResponseReturnValue:
    """The same on paper."""
    filters = StatisticsFilter(request.args)
    if not filters.validate():
        return render(PAGE, status=422, filters=filters, stats=None)
    return render(PAPER, filters=filters, stats=Statistics(filters), back=filters.to("office.statistics"))


@office.get("/statistics/export")
@requires(Permission.STATISTICS)
def statistics_export() -> ResponseReturnValue:
    """One of the page's tables as Excel or CSV: sums, no persons."""
    filters = StatisticsFilter(request.args)
    if not filters.validate():
        return render(PAGE, status=422, filters=filters, stats=None)
    name, kind = request.args.get("table", "regions"), request.args.get("format", "csv")
    found = table(Statistics(filters), name)
    return export(kind, f"statistics-{name}", *found) if found and kind in KINDS else abort(404)
