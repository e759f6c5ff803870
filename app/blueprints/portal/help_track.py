"""Following a request: number and last four digits open that one case for thirty minutes."""

from collections.abc import Callable
from typing import Any

from flask import url_for
from flask.typing import ResponseReturnValue
from wtforms import RadioField

from app import labels
from app.access import public
from app.blueprints.help_forms import HelpReasonForm, SupplementForm
from app.blueprints.portal import portal
from app.blueprints.portal.help_pass import drop, give, held, opened, private
from app.forms import Form, TextField, length, required
from app.htmx import go, render
from app.models.contact_view import looks_at
from app.models.help.asker import may_reopen
from app.models.help.lists import latest_closed
from app.models.help.merged import followed_in
from app.models.help.states import Rating
from app.models.help_request import HelpRequest
from app.models.history import history_of
from app.timeline.help import looked, next_step, to_come, told

WRONG = "编号或后四位不对，请对照纸条或提交时的页面再看一遍。"
CLOSED = "已经过了 30 分钟，请重新输入编号和后四位。"


class TrackForm(Form):
    """What opens a case."""

    number = TextField("求助编号", [required("请填写求助编号。"), length(60, name="编号")])
    tail = TextField("手机号后四位", [required("请填写手机号后四位。"), length(4, 4, "后四位")])


class RatingForm(Form):
    """How it was."""

    rating = RadioField(
        "您满意吗", [required("请选择一项。")], choices=[(one.value, labels.word(one)) for one in Rating]
    )


@portal.route("/help/track", methods=["GET", "POST"])
@public
@private
def help_track() -> ResponseReturnValue:
    """The case that this browser holds, or the form that opens one."""
    form, case = TrackForm(), held()
    if form.validate_on_submit():
        found = opened(form.number.data or "", form.tail.data or "")
        if found is not None:
            return give(go(url_for("portal.help_track")), found)
        form.form_errors.append(WRONG)
    if form.is_submitted() or case is None:
        return _door(form)
    return _page(case)


@portal.post("/help/track/supplement")
@public
@private
def help_supplement() -> ResponseReturnValue:
    """Answer what the community asked."""
    form = SupplementForm()
    return _act(form, lambda case: case.supply(form.words), "supplement")


@portal.post("/help/track/withdrawal")
@public
@private
def help_withdrawal() -> ResponseReturnValue:
    """Not needed any more."""
    form = Form()
    return _act(form, lambda case: case.withdraw(), "withdrawal")


@portal.post("/help/track/rating")
@public
@private
def help_rating() -> ResponseReturnValue:
    """Say how it was."""
    form = RatingForm()
    return _act(form, lambda case: case.rate(Rating(form.rating.data)), "rating")


@portal.post("/help/track/reopening")
@public
@private
def help_reopening() -> ResponseReturnValue:
    """It was not solved."""
    form = HelpReasonForm()
    return _act(form, lambda case: case.reopen(reason=form.words), "reopening")


@portal.post("/help/track/leaving")
@public
@private
def help_leaving() -> ResponseReturnValue:
    """Forget the case in this browser."""
    return drop(go(url_for("portal.help_track")))


def _act(form: Form, verb: Callable[[HelpRequest], Any], name: str) -> ResponseReturnValue:
    """Run the verb on the held case and show it; 422 with the form, or the door when the pass has run out."""
    case = held()
    if case is None:
        door = TrackForm(formdata=None)
        door.form_errors.append(CLOSED)
        return _door(door, 403)
    if form.carry(lambda: verb(case)) is None:
        return _page(case, {name: form}, form.status)
    return go(url_for("portal.help_track"))


def _door(form: TrackForm, status: int = 0) -> ResponseReturnValue:
    return render("portal/help/track.html", status=status or form.status, form=form, cases=latest_closed(3))


def _page(case: HelpRequest, forms: dict[str, Form] | None = None, status: int = 200) -> ResponseReturnValue:
    views = [(labels.when(view.at), looked(view)) for view in looks_at(case)]
    context = {
        "step": next_step(case),
        "story": told(history_of(case)) + to_come(case),
        "views": views,
        "reopens": may_reopen(case),
        "goes_on": followed_in(case),
    }
    failed = {"rating": RatingForm(formdata=None)} | (forms or {})
    return render("portal/help/case.html", status=status, case=case, forms=failed, cases=latest_closed(3), **context)
