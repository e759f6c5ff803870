"""通知公告 in the back office: the city writes, schedules, publishes and withdraws what it tells everybody."""

from typing import Any

from flask import flash, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from wtforms import TextAreaField
from wtforms.validators import Optional

from app.access import Permission, acting, me, one, requires, rows
from app.blueprints.display_filters import KeptNoticeFilter
from app.blueprints.office import office
from app.blueprints.office.feedback import SAID, WithdrawalForm
from app.blueprints.writing_forms import WritingForm
from app.counted import counted
from app.forms import MomentField, TextField, clean, length, required
from app.htmx import go, render
from app.listing import Key, Listing
from app.models.history import history_of
from app.models.notice import Notice, NoticePhase, NoticeStatus
from app.models.stateful import Stale
from app.once import once
from app.text import as_html
from app.timeline import told

P = Permission.NOTICES
EDIT = "office/notices/edit.html"


class NoticeForm(WritingForm):
    """What the city writes; an empty moment means as soon as it is published."""

    title = TextField("标题", [required("请写一个标题。"), length(60, name="标题")])
    source = TextField("发布单位", [length(60, name="发布单位")])
    body = TextAreaField("内容", [required("请写通知的内容。"), length(10000, name="内容")], filters=[clean])
    visible_at = MomentField("公开时间", [Optional()])

    @classmethod
    def of(cls, notice: Notice, **kwargs: Any) -> "NoticeForm":
        """The form of a notice, with the moment that still lies ahead."""
        stated = {name: getattr(notice, name) for name in ("title", "source", "body", "version")}
        return cls(data={**stated, "visible_at": notice.wished_at}, **kwargs)

    @property
    def shown(self) -> Markup:
        """The text as it will look."""
        return as_html(self.body.data or "")

    def save(self, notice: Notice | None) -> Notice:
        """Draft or edit, and publish when that button was pressed."""
        words = self.title.data or "", self.body.data or "", self.source.data or "", self.visible_at.moment
        if notice is None:
            notice = Notice.draft(*words, by=me())
        else:
            notice.edit(*words, self.version.data or 0, by=me())
        if self.action == "publish":
            notice.publish(by=me())
        return notice

    def said(self, notice: Notice) -> str:
        """What happened, in words."""
        scheduled = notice.phase is NoticePhase.SCHEDULED
        published = "已定时发布，到时自动公开。" if scheduled else "已发布，门户上可以看到了。"
        return published if self.action == "publish" else SAID.get(self.action, SAID["draft"])


@office.get("/notices")
@requires(P)
def notices() -> ResponseReturnValue:
    """Every notice, the newest moment first."""
    filters, scope = KeptNoticeFilter(request.args), rows(Notice, P)
    order = [Key(Notice.visible_at, True), Key(Notice.id, True)]
    listing = Listing(scope, filters, order, name="notices", shape=acting(), topics=("notices",))
    numbers = counted(listing, lambda: filters.counts(scope), "phase") if filters.validate() else {}
    tabs = filters.tabs(numbers) if not filters.errors else []
    return listing.respond("office/notices/list.html", "results", tabs=tabs)


@office.route("/notices/new", methods=["GET", "POST"])
@requires(P)
@once
def notices_new() -> ResponseReturnValue:
    """A new draft, or one that is published at once."""
    return _answer(NoticeForm(), None)


@office.route("/notices/<int:id>", methods=["GET", "POST"])
@requires(P)
def notices_show(id: int) -> ResponseReturnValue:
    """One notice: its form, its state, its history."""
    notice = one(Notice, id, P)
    return _answer(NoticeForm.of(notice), notice)


def _answer(form: NoticeForm, notice: Notice | None) -> ResponseReturnValue:
    try:
        preview = form.previewed
        if form.action != "preview" and (saved := form.carry(lambda: form.save(notice))):
            flash(form.said(saved))
            return go(url_for("office.notices_show", id=saved.id))
    except Stale as stale:
        form.over(notice)
        return _page(form, notice, status=409, stale=stale)
    return _page(form, notice, status=form.status, preview=preview)


def _page(form: NoticeForm, notice: Notice | None, **context: Any) -> ResponseReturnValue:
    context = {"preview": False, "stale": None, "withdrawal": None} | context
    story = told(history_of(notice), NoticeStatus) if notice else []
    return render(EDIT, "form", form=form, notice=notice, story=story, text=as_html, **context)


@office.post("/notices/<int:id>/withdrawal")
@requires(P)
def notices_withdrawal(id: int) -> ResponseReturnValue:
    """已发布 → 已撤下, with a reason."""
    notice, form = one(Notice, id, P), WithdrawalForm()
    if form.carry(lambda: notice.withdraw(by=me(), reason=form.reason.data or "")):
        flash("通知已撤下，门户上看不到了。")
        return go(url_for("office.notices_show", id=id))
    return _page(NoticeForm.of(notice, formdata=None), notice, withdrawal=form, status=422)
