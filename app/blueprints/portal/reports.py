"""志愿者上报 on the portal: the list with its filters, and each report with its pictures."""

from typing import Any

from flask import abort, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Select

from app.access import public
from app.blueprints.portal import portal
from app.blueprints.report_filters import ReportFilter
from app.finished import kept
from app.htmx import render
from app.listing import Key, Listing
from app.models.report import Report
from app.models.reports.lists import public_report, published

PER_PAGE = 12


class Published(Listing):
    """What stands beside a row is read for those of the page alone, not for all that words find before they are sorted."""

    def _rows(self, beyond: bool, backwards: bool) -> Select[Any]:
        ids = super()._rows(beyond, backwards).with_only_columns(Report.id, maintain_column_froms=True)
        return published().where(Report.id.in_(ids)).order_by(*self._directions(backwards))


@portal.get("/reports")
@public
@kept("reports")
def reports() -> ResponseReturnValue:
    """Published reports, newest first."""
    order = [Key(Report.published_at, descending=True), Key(Report.id, descending=True)]
    filters: Any = ReportFilter(request.args)
    about: dict[str, Any] = {"shape": "all", "topics": ("reports", "regions")}
    found = Published(published, filters, order, name="published", per_page=PER_PAGE, scalars=False, **about)
    return found.respond("portal/reports/list.html")


@portal.get("/reports/<int:id>")
@public
@kept("reports", "activities")
def reports_show(id: int) -> ResponseReturnValue:
    """One report with all its pictures; 404 unless it is published."""
    return render("portal/reports/show.html", report=public_report(id) or abort(404))
