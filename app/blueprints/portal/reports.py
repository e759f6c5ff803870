"""志愿者上报 on the portal: the list with its filters, and each report with its pictures."""

from typing import Any

from flask import abort, request
from flask.typing import ResponseReturnValue

from app.access import public
from app.blueprints.portal import portal
from app.blueprints.report_filters import ReportFilter
from app.finished import kept
from app.htmx import render
from app.listing import Key, Listing
from app.models.report import Report
from app.models.reports.lists import public_report, published

PER_PAGE = 12


@portal.get("/reports")
@public
@kept("reports")
def reports() -> ResponseReturnValue:
    """Published reports, newest first."""
    order = [Key(Report.published_at, descending=True), Key(Report.id, descending=True)]
    filters: Any = ReportFilter(request.args)
    about: dict[str, Any] = {"shape": "all", "topics": ("reports", "regions")}
    found = Listing(published, filters, order, name="published", per_page=PER_PAGE, scalars=False, **about)
    return found.respond("portal/reports/list.html")


@portal.get("/reports/<int:id>")
@public
@kept("reports", "activities")
def reports_show(id: int) -> ResponseReturnValue:
    """One report with all its pictures; 404 unless it is published."""
    return render("portal/reports/show.html", report=public_report(id) or abort(404))
