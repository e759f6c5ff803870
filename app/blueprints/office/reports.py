"""志愿者上报 in the back office: the review list, one report, editing it beside the author's words, its export."""

from typing import Any

from flask import flash, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import joinedload, selectinload
from wtforms import TextAreaField

from app import labels
from app.access import Permission, acting, inside, me, one, requires, rows
from app.blueprints.office import office
from app.blueprints.office.activity_forms import acting_within
from app.blueprints.report_filters import ReviewFilter
from app.blueprints.writing_forms import WritingForm
from app.counted import counted
from app.disclosure import disclose
from app.forms import Form, TextField, clean, length, required
from app.htmx import go, render
from app.listing import Key, Listing
from app.models.history import history_of
from app.models.impartial import shown_untouchable
from app.models.pages.state_counts import total
from app.models.region import place_name
from app.models.report import LEAST, LIMITS, Report, ReportStatus
from app.models.reports.lists import BUT_DRAFTS, TO_STAFF, WITH_AUTHOR, counts, listed
from app.models.reports.review import PINNING
from app.models.stateful import REASON_LIMIT, Stale
from app.timeline.reports import told

P = Permission
LIST, SHOW, EDIT = "office/reports/list.html", "office/reports/show.html", "office/reports/edit.html"
TOPICS = "reports", "people", "regions"  # words name authors and places too
COLUMNS = {
    "编号": lambda r: r.id,
    "类型": lambda r: labels.word(r.kind),
    "标题": lambda r: r.title,
    "正文": lambda r: r.body,
    "作者": lambda r: r.user.name,
    "社区": lambda r: place_name(r.community_code),
    "状态": lambda r: labels.word(r.status),
    "提交时间": lambda r: labels.stamp(r.submitted_at) if r.submitted_at else "",
    "发布时间": lambda r: labels.stamp(r.published_at) if r.published_at else "",
    "置顶": lambda r: "是" if r.pinned_at else "",
    "社区改过文字": lambda r: "是" if r.own_body is not None else "",
}


class StaffEditForm(WritingForm):
    """The words as they are to be shown; the author's own are kept."""

    title = TextField("标题", [required("请写一个标题。"), length(LIMITS["title"], name="标题")])
    body = TextAreaField("内容", [required("内容不能是空的。"), length(LIMITS["body"], LEAST, "内容")], filters=[clean])


class ReportReasonForm(Form):
    """Why a report is sent back, not used, or taken down; the author reads it."""

    reason = TextAreaField(
        "原因", [required("请写明原因，作者会看到。"), length(REASON_LIMIT, name="原因")], filters=[clean]
    )

    @property
    def words(self) -> str:
        """The reason."""
        return self.reason.data or ""


@office.get("/reports")
@requires(P.REPORTS)
def reports() -> ResponseReturnValue:
    """What waits, oldest first; one tab a state."""
    filters = _filters()
    scope = inside(listed(), Report, P.REPORTS)
    found = Listing(scope, filters, _order(filters), name="reports", scalars=False, shape=acting(), topics=TOPICS)
    good = filters.validate()
    numbers = counted(found, lambda: counts(lambda: found.narrowed(filters.narrow_but_state)), "status") if good else {}
    tabs = filters.tabs(numbers) if good else []
    found.total = total(numbers, filters.shown)
    return found.respond(LIST, "results", tabs=tabs)


@office.route("/reports/export", methods=["GET", "POST"])
@requires(P.REPORTS)
def reports_export() -> ResponseReturnValue:
    """What the filters leave as a file, its purpose in the history."""
    listing = _listing()
    return disclose(
        listing, "志愿者上报", url_for("office.reports", **listing.filters.given()), users=lambda r: r.user_id
    )


@office.get("/reports/<int:id>")
@requires(P.REPORTS)
def reports_show(id: int) -> ResponseReturnValue:
    """One report with everything that may be done with it."""
    return page(id)


@office.route("/reports/<int:id>/edit", methods=["GET", "POST"])
@requires(P.REPORTS)
def reports_edit(id: int) -> ResponseReturnValue:
    """Mend the words that are shown; 409 with what was saved elsewhere meanwhile."""
    report = fetch(id)
    report.must_be_in_hand()
    form, stale = StaffEditForm(obj=report), None
    preview = form.previewed
    try:
        if form.action != "preview" and form.carry(lambda: _edit(report, form)):
            flash("修改已保存，作者原来写的也留着。", "ok")
            return go(url_for(".reports_show", id=id))
    except Stale as refused:
        form.over(report)
        stale = refused
    status = 409 if stale else form.status
    report = fetch(id) if form.is_submitted() else report
    return render(EDIT, "form", status=status, form=form, report=report, preview=preview, stale=stale)


def _edit(report: Report, form: StaffEditForm) -> None:
    report.edit_by_staff(form.title.data or "", form.body.data or "", form.version.data or 0, by=me())


def fetch(id: int) -> Report:
    """The report with author, activities and pictures, if the acting post reviews it and it was handed in; else 404."""
    linked = joinedload(Report.activity), joinedload(Report.planned), selectinload(Report.pictures)
    found: Report = one(Report, id, P.REPORTS, BUT_DRAFTS, WITH_AUTHOR, *linked)
    return found


def page(id: int, status: int = 200, **context: Any) -> ResponseReturnValue:
    """The page of one report (for htmx the report alone), with failed forms by name in `forms` and what is `said`."""
    report = fetch(id)
    facts: dict[str, Any] = {"forms": {}, "said": "", "report": report}
    facts["story"] = told(history_of(report), report, report.user.name)
    facts["mine"] = report.user_id in shown_untouchable(me())
    post = me().post
    facts["pins"] = bool(post and post.role in PINNING)
    return render(SHOW, "report", "news", status=status, **facts | context)


def _filters() -> ReviewFilter:
    return ReviewFilter(request.args, within=acting_within())


def _order(filters: ReviewFilter) -> list[Key]:
    newest = filters.shown is not ReportStatus.PENDING
    return [Key(Report.submitted_at, newest), Key(Report.id, newest)]


def _listing() -> Listing:
    """For the export: everything about each, with its author."""
    filters, scope = _filters(), rows(Report, P.REPORTS).where(TO_STAFF).options(WITH_AUTHOR)
    about: Any = {"columns": COLUMNS, "name": "reports", "personal": True, "shape": acting(), "topics": TOPICS}
    return Listing(scope, filters, _order(filters), **about)
