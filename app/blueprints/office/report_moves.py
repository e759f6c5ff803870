"""Deciding on reports: publish, send back, not use, take down, pin, make an activity of a plan; in place with htmx."""

from collections.abc import Callable

from flask import flash, url_for
from flask.typing import ResponseReturnValue

from app.access import Permission, me, requires
from app.blueprints.office import office
from app.blueprints.office.reports import ReportReasonForm, fetch, page
from app.htmx import go, wants_fragment
from app.models.activity import ActivityStatus
from app.models.report import Report

P = Permission


@office.post("/reports/<int:id>/publication")
@requires(P.REPORTS)
def reports_publication(id: int) -> ResponseReturnValue:
    """待审核 → 已发布."""
    fetch(id).publish(by=me())
    return _done(id, "已发布，登在网站的“志愿者上报”栏目里，作者会收到消息。")


@office.post("/reports/<int:id>/return")
@requires(P.REPORTS)
def reports_return(id: int) -> ResponseReturnValue:
    """待审核 → 退回修改, with words for the author."""
    return _with_reason(id, "return", Report.send_back, "已退回，作者会看到原因。")


@office.post("/reports/<int:id>/refusal")
@requires(P.REPORTS)
def reports_refusal(id: int) -> ResponseReturnValue:
    """待审核 → 未采用, with words for the author."""
    return _with_reason(id, "refusal", Report.not_use, "已记为未采用，作者会看到原因。")


@office.post("/reports/<int:id>/withdrawal")
@requires(P.REPORTS)
def reports_withdrawal(id: int) -> ResponseReturnValue:
    """已发布 → 已撤下, with a reason."""
    return _with_reason(id, "withdrawal", Report.withdraw, "已撤下，网站上看不到了。")


@office.post("/reports/<int:id>/pin")
@requires(P.REPORTS)
def reports_pin(id: int) -> ResponseReturnValue:
    """First in the home page's column."""
    fetch(id).pin(by=me())
    return _done(id, "已置顶，排在首页“志愿者上报”的最前面。")


@office.post("/reports/<int:id>/unpin")
@requires(P.REPORTS)
def reports_unpin(id: int) -> ResponseReturnValue:
    """Back to where its date puts it."""
    fetch(id).unpin(by=me())
    return _done(id, "已取消置顶。")


@office.post("/reports/<int:id>/activity")
@requires(P.REPORTS)
def reports_activity(id: int) -> ResponseReturnValue:
    """A draft of an activity out of a plan, opened to be filled in; pressed again, the same one."""
    activity = fetch(id).plan_to_activity(by=me())
    draft = activity.status is ActivityStatus.DRAFT
    flash("已有根据这个计划建的活动。" if not draft else "活动草稿已建好，请补上时间、地点和人数，核对后发布。", "ok")
    return go(url_for("office.activities_edit" if draft else "office.activities_show", id=activity.id))


def _with_reason(id: int, name: str, verb: Callable[..., None], said: str) -> ResponseReturnValue:
    report, form = fetch(id), ReportReasonForm()
    if form.carry(lambda: verb(report, by=me(), reason=form.words)):
        return _done(id, said)
    return page(id, form.status, forms={name: form})


def _done(id: int, said: str) -> ResponseReturnValue:
    """The report in its new state; without scripts its page, with a sentence."""
    if wants_fragment():
        return page(id, said=said)
    flash(said, "ok")
    return go(url_for("office.reports_show", id=id))
