"""活动反馈 in the back office: writing, publishing and withdrawing the feedback of an activity."""

from typing import Any

from flask import abort, flash, url_for
from flask.typing import ResponseReturnValue
from wtforms import TextAreaField

from app.access import Permission, me, one, requires
from app.blueprints.office import office
from app.blueprints.writing_forms import WritingForm
from app.forms import Form, TextField, clean, length, required
from app.htmx import go, render
from app.media.uploads import PicturesField, receives
from app.models.activity import Activity
from app.models.feedback import Feedback, FeedbackStatus, why_not
from app.models.history import history_of
from app.models.stateful import Stale
from app.once import once
from app.timeline import told

SAID = {"draft": "草稿已保存，还没有公开。", "publish": "反馈已发布，门户上可以看到了。", "save": "修改已保存。"}


class FeedbackForm(WritingForm):
    """What a community writes; buttons draft, publish, save (of a published one), preview."""

    title = TextField("标题", [required("请写一个标题。"), length(60, name="标题")])
    body = TextAreaField("现场情况", [required("请写一写现场的情况。"), length(5000, 10, "现场情况")], filters=[clean])
    pictures = PicturesField("现场照片")

    def save(self, activity: Activity, feedback: Feedback | None) -> Feedback:
        """Draft or edit, and publish when that button was pressed."""
        words = self.title.data or "", self.body.data or "", self.pictures.data
        if feedback is None:
            feedback = Feedback.draft(activity, *words, by=me())
        else:
            feedback.edit(*words, self.version.data or 0, by=me())
        if self.action == "publish":
            feedback.publish(by=me())
        return feedback


class WithdrawalForm(Form):
    """Why it is taken down."""

    reason = TextAreaField("原因", [required("请写明撤下的原因。"), length(500, name="原因")], filters=[clean])


def in_reach(id: int) -> Activity:
    """The activity, if the acting post may report on it; else 404."""
    found: Activity = one(Activity, id, Permission.FEEDBACK)
    return found


@office.route("/activities/<int:id>/feedback", methods=["GET", "POST"])
@requires(Permission.FEEDBACK)
@receives("pictures", after=in_reach)
@once
def feedback(id: int) -> ResponseReturnValue:
    """The feedback of an activity: its form, its state, its history."""
    activity = in_reach(id)
    written = Feedback.current(activity)
    form = FeedbackForm(obj=written)
    preview = form.previewed
    try:
        if form.action != "preview" and form.carry(lambda: form.save(activity, written)):
            flash(SAID.get(form.action, SAID["draft"]))
            return go(url_for("office.feedback", id=id))
    except Stale as stale:
        return page(activity, form, stale=stale, status=409)
    as_read = written if form.status == 200 else None  # a refusal rolled back what was read
    return page(activity, form, preview=preview, status=form.status, as_read=as_read)


@office.post("/activities/<int:id>/feedback/withdrawal")
@requires(Permission.FEEDBACK)
def feedback_withdrawal(id: int) -> ResponseReturnValue:
    """已发布 → 已撤下, with a reason."""
    activity = in_reach(id)
    written, form = Feedback.latest(activity) or abort(404), WithdrawalForm()
    if form.carry(lambda: written.withdraw(by=me(), reason=form.reason.data or "")):
        flash("反馈已撤下，门户上看不到了。")
        return go(url_for("office.feedback", id=id))
    return page(activity, FeedbackForm(formdata=None, obj=written), withdrawal=form, status=422)


def page(
    activity: Activity, form: FeedbackForm, *, status: int, as_read: Feedback | None = None, **context: Any
) -> ResponseReturnValue:
    """The page with the activity's latest feedback (`as_read`, else read anew); a withdrawn one only in the history."""
    latest = as_read or Feedback.latest(activity)
    living = latest if latest and latest.status is not FeedbackStatus.WITHDRAWN else None
    context = {"preview": False, "stale": None, "withdrawal": None, "activity": activity, "form": form} | context
    if context["stale"] and living:
        form.over(living)
    story = told(history_of(latest), FeedbackStatus) if latest else []
    closed = "" if living else why_not(activity)
    return render(
        "office/feedback/edit.html", "form", status=status, story=story, closed=closed, feedback=living, **context
    )
