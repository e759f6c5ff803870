"""单位在职党员人数: what the unit's administrator enters, corrects and takes out, with its history."""

from flask import flash, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import joinedload
from wtforms import IntegerField, TextAreaField
from wtforms.validators import DataRequired, InputRequired

from app import clock
from app.access import Permission, me, one, requires, rows
from app.blueprints.activity_filters import DayField
from app.blueprints.office import office
from app.forms import CreationForm, Form, SeenForm, clean, length, required
from app.htmx import go, render
from app.listing import AnyFilter, Key, Listing
from app.models.headcount import Headcount, headcount_story
from app.once import once
from app.timeline.units import told

P = Permission


class HeadcountForm(CreationForm, SeenForm):
    """From which day on how many."""

    day = DayField("从哪天起", [DataRequired("请填写日期，例如 2026-11-28。")], default=clock.today)
    number = IntegerField("在职党员人数", [InputRequired("请填写人数。")])


class RemovalForm(Form):
    """Why an entry was wrong altogether."""

    reason = TextAreaField("原因", [required("请写明删除的原因。"), length(200, name="原因")], filters=[clean])


@office.route("/headcounts", methods=["GET", "POST"])
@requires(P.HEADCOUNT)
@once
def headcounts() -> ResponseReturnValue:
    """The unit's entries, newest day first, with the form for another."""
    form, unit_id = HeadcountForm(), _unit_id()
    if form.carry(lambda: Headcount.enter(unit_id, form.day.data, form.number.data or 0, by=me())):
        flash("已登记。", "ok")
        return go(url_for(".headcounts"))
    scope = rows(Headcount, P.HEADCOUNT).options(joinedload(Headcount.entered_by))
    page = Listing(scope, AnyFilter(request.args), [Key(Headcount.day, True), Key(Headcount.id, True)]).page()
    story = told(headcount_story(unit_id))
    return render("office/headcounts/list.html", status=form.status, form=form, page=page, story=story)


@office.route("/headcounts/<int:id>/edit", methods=["GET", "POST"])
@requires(P.HEADCOUNT)
def headcounts_edit(id: int) -> ResponseReturnValue:
    """Put a wrong entry right."""
    entry = one(Headcount, id, P.HEADCOUNT)
    form = HeadcountForm(obj=entry)
    if form.carry(lambda: _correct(entry, form)):
        flash("已更正，原来的数字留在记录里。", "ok")
        return go(url_for(".headcounts"))
    if not form.is_submitted():
        form.over(entry.keeper)
    return _edit(entry, form, RemovalForm(formdata=None))


@office.post("/headcounts/<int:id>/removal")
@requires(P.HEADCOUNT)
def headcounts_removal(id: int) -> ResponseReturnValue:
    """Take a wrong entry out, for a reason."""
    entry, form = one(Headcount, id, P.HEADCOUNT), RemovalForm()
    if form.carry(lambda: entry.remove(by=me(), reason=form.reason.data or "")):
        flash("已删除，原来的数字留在记录里。", "ok")
        return go(url_for(".headcounts"))
    return _edit(entry, HeadcountForm(formdata=None, obj=entry).over(entry.keeper), form)


def _correct(entry: Headcount, form: HeadcountForm) -> None:
    entry.correct(form.day.data, form.number.data or 0, by=me(), seen=form.version.data)


def _edit(entry: Headcount, form: HeadcountForm, removal: RemovalForm) -> ResponseReturnValue:
    """The page of one entry, with the form that failed."""
    status = 422 if form.wrong or removal.wrong else 200
    return render("office/headcounts/edit.html", status=status, form=form, removal=removal, entry=entry)


def _unit_id() -> int:
    """The unit of the acting post; only a unit's post holds the permission."""
    post = me().post
    return (post.unit_id or 0) if post else 0
