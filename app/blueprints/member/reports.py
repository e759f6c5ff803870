"""志愿者上报 for a volunteer: what I have written, with its state; writing, handing in, mending what was sent back."""

from typing import Any

from flask import flash, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import joinedload, selectinload
from wtforms import RadioField, SelectField, TextAreaField
from wtforms.validators import Optional

from app.access import me, own, signed_in
from app.blueprints.member import member
from app.blueprints.writing_forms import WritingForm
from app.forms import TextField, clean, length
from app.htmx import go, render
from app.labels import day, word
from app.listing import AnyFilter, Key, Listing
from app.media.uploads import PicturesField, receives
from app.models.activity import Activity
from app.models.history import history_of
from app.models.report import LIMITS, Report, ReportKind, ReportStatus, Words, may_write
from app.models.reports.lists import attended, mine
from app.models.stateful import Stale
from app.once import once
from app.refusal import Invalid
from app.text import number_of
from app.timeline.reports import told

EDIT = "member/reports/edit.html"
SAID = {"draft": "草稿已保存，还没有交给社区。", "submit": "已提交，社区审核后会通知您。"}


class ReportForm(WritingForm):
    """What a volunteer writes; buttons draft, submit, preview. Only what is submitted must be complete."""

    kind = RadioField("类型", choices=[(kind.value, word(kind)) for kind in ReportKind], default=ReportKind.REFLECTION)
    title = TextField("标题", [length(LIMITS["title"], name="标题")])
    body = TextAreaField("内容", [length(LIMITS["body"], name="内容")], filters=[clean])
    activity = SelectField("说的是哪次活动", [Optional()])
    pictures = PicturesField("照片")

    def __init__(self, *args: Any, report: Report | None = None, **kwargs: Any) -> None:
        super().__init__(*args, obj=report, **kwargs)
        linked = report.activity if report else None
        choices = [("", "不关联活动"), *((str(one.id), _activity(one)) for one in attended(me().id, linked))]
        self.activity.choices = choices
        if not self.is_submitted():
            wanted = str(linked.id) if linked else request.args.get("activity", "")
            self.activity.data = wanted if wanted in dict(choices) else ""

    def validate(self, extra_validators: Any = None) -> bool:
        """Each field; for handing in also that nothing is missing."""
        good = bool(super().validate(extra_validators))
        missing = self.words().missing() if self.action == "submit" and "kind" not in self.errors else {}
        for name, message in missing.items():
            self.reject(Invalid(name, message))
        return good and not missing

    def words(self) -> Words:
        """What was typed; only where the kind is one."""
        return Words(
            kind=ReportKind(self.kind.data),
            title=self.title.data or "",
            body=self.body.data or "",
            activity_id=number_of(self.activity.data),
        )

    def save(self, report: Report | None) -> Report:
        """Begin it or write it on, and hand it in when that button was pressed."""
        if report is None:
            report = Report.draft(self.words(), self.pictures.data, by=me())
        else:
            report.save(self.words(), self.pictures.data, self.version.data or 0, by=me())
        if self.action == "submit":
            report.submit(by=me())
        return report


def _activity(activity: Activity) -> str:
    return f"{day(activity.starts_at)} {activity.title}"


@member.get("/reports")
@signed_in
def reports() -> ResponseReturnValue:
    """Everything I have written, the newest first."""
    found = Listing(mine(me().id), AnyFilter(), [Key(Report.id, descending=True)])
    return found.respond("member/reports/list.html", "results", writes=may_write(me().id))


@member.route("/reports/new", methods=["GET", "POST"])
@signed_in
@receives("pictures")
@once
def reports_new() -> ResponseReturnValue:
    """Begin one; for who is no volunteer (yet) the page says how to become one."""
    form = ReportForm()
    preview = form.previewed
    if form.action != "preview" and (saved := form.carry(lambda: form.save(None))):
        return _saved(form, saved)
    return render(EDIT, "form", status=form.status, form=form, report=None, preview=preview, writes=may_write(me().id))


@member.get("/reports/<int:id>")
@signed_in
def reports_show(id: int) -> ResponseReturnValue:
    """One of mine, with what staff said and what became of it."""
    report = _mine(id, joinedload(Report.planned))
    return render("member/reports/show.html", report=report, story=told(history_of(report), report))


@member.route("/reports/<int:id>/edit", methods=["GET", "POST"])
@signed_in
@receives("pictures", after=lambda id: own(Report, id))
def reports_edit(id: int) -> ResponseReturnValue:
    """Write on, or mend what was sent back; 409 with what was saved elsewhere meanwhile."""
    report = _mine(id)
    report.must_be_with_author()
    form = ReportForm(report=report)
    preview = form.previewed
    try:
        if form.action != "preview" and form.carry(lambda: form.save(report)):
            return _saved(form, report)
    except Stale as stale:
        form.over(report)
        return _page(report, form, 409, stale=stale)
    return _page(report, form, form.status, preview=preview)


def _mine(id: int, *options: Any) -> Report:
    found: Report = own(Report, id, joinedload(Report.activity), selectinload(Report.pictures), *options)
    return found


def _page(report: Report, form: ReportForm, status: int, **context: Any) -> ResponseReturnValue:
    report = _mine(report.id) if form.is_submitted() else report  # a refusal has rolled back what was read
    story = told(history_of(report), report) if report.status is ReportStatus.RETURNED else []
    return render(EDIT, "form", status=status, form=form, report=report, story=story, writes=True, **context)


def _saved(form: ReportForm, report: Report) -> ResponseReturnValue:
    flash(SAID.get(form.action, SAID["draft"]), "ok")
    return go(url_for(".reports_show", id=report.id))
