"""Deciding applications: approve, send back, reject, undo; one at a time in its row, or many at once."""

from collections.abc import Callable
from typing import Any

from flask import flash, request
from flask.typing import ResponseReturnValue

from app.access import Permission, me, one, requires, rows
from app.blueprints.office import office
from app.blueprints.office.applications import INDEX, counts, fetch, page, row
from app.blueprints.office.reasons import WAYS, ReasonForm, Way
from app.errors import present_state
from app.htmx import go, render, wants_fragment
from app.models.application import Application
from app.models.applications import queue
from app.models.applications.duplicates import warnings
from app.models.stateful import TransitionError
from app.redirects import safe_next
from app.refusal import Invalid, Refused
from app.sent import sent
from app.text import numbers_of
from app.trying import attempt

P = Permission
UNDO_IN_LIST = "10 分钟内可在“已通过”里撤销，之后通知本人。"


@office.post("/applications/<int:id>/approval")
@requires(P.APPLICATIONS)
def applications_approval(id: int) -> ResponseReturnValue:
    """Take the person as a volunteer."""
    application = one(Application, id, P.APPLICATIONS, lock=True)
    return _decide(id, lambda: application.approve(by=me()), "undo", "已通过", UNDO_IN_LIST)


@office.post("/applications/<int:id>/undo")
@requires(P.APPLICATIONS)
def applications_undo(id: int) -> ResponseReturnValue:
    """Take an approval back within ten minutes."""
    application = one(Application, id, P.APPLICATIONS, lock=True)
    return _decide(id, lambda: application.undo(by=me()), "approval", "已撤销通过，恢复为待审核", "")


@office.route("/applications/<int:id>/return", methods=["GET", "POST"])
@requires(P.APPLICATIONS)
def applications_return(id: int) -> ResponseReturnValue:
    """Ask the applicant to mend something."""
    return _with_reason(id, WAYS["return"])


@office.route("/applications/<int:id>/rejection", methods=["GET", "POST"])
@requires(P.APPLICATIONS)
def applications_rejection(id: int) -> ResponseReturnValue:
    """Decline."""
    return _with_reason(id, WAYS["rejection"])


@office.post("/applications/bulk")
@requires(P.APPLICATIONS)
def applications_bulk() -> ResponseReturnValue:
    """Approve or send back everybody who was chosen, each for itself; what was not done is said in words."""
    ids = _chosen()
    way = WAYS["return"] if request.form.get("decision") == "return" else None
    form = ReasonForm(WAYS["return"].presets)
    if way and not (form.validate() and form.words):
        return _ask_all(ids, form)
    scope = rows(Application, P.APPLICATIONS)
    outcomes = queue.decide_all(scope, ids, _verb(way, form.words), present_state)
    return _tell_all(ids, outcomes, "已退回" if way else "已通过")


def _with_reason(id: int, way: Way) -> ResponseReturnValue:
    """The reason's form in the row (a page of its own without scripts); the decision when it was sent."""
    application = one(Application, id, P.APPLICATIONS, lock=request.method == "POST")
    form = ReasonForm(way.presets)
    tried = form.carry(lambda: attempt(lambda: way.verb(application, by=me(), reason=form.words)))
    if tried:
        return _answer(id, tried[1], "row", way.done, "原因已经发给本人。")
    if not application.can_move(way.to):
        raise TransitionError(application, way.to)
    show = row if wants_fragment() else page
    return show(id, status=form.status, form=form, way=way)


def _decide(id: int, verb: Callable[[], None], focus: str, done: str, hint: str) -> ResponseReturnValue:
    return _answer(id, attempt(verb)[1], focus, done, hint)


def _answer(id: int, why_not: str, focus: str, done: str, hint: str) -> ResponseReturnValue:
    """The row in its new (or, with 409, its present) state; without scripts the list, with a sentence."""
    if wants_fragment():
        said = why_not or f"{done}：{fetch(id).user.name}。"
        return row(id, status=409 if why_not else 200, focus="row" if why_not else focus, said=said, why_not=why_not)
    if why_not:
        raise Refused(why_not)
    flash(f"{done}：{fetch(id).user.name}。{hint}", "ok")
    return go(_back())


def _back() -> str:
    return safe_next(sent().get("next"), "office.applications")


def _chosen() -> list[int]:
    """The ids that were ticked; Invalid when there are none or too many."""
    ids = numbers_of(request.form.getlist("ids"))
    if not ids:
        raise Invalid("ids", "请先勾选要处理的人。")
    if len(ids) > queue.MOST:
        raise Invalid("ids", f"一次最多处理 {queue.MOST} 人，请分几次。")
    return sorted(ids)


def _verb(way: Way | None, reason: str) -> Callable[[Application], None]:
    if way is None:
        return lambda application: application.approve(by=me())
    return lambda application: way.verb(application, by=me(), reason=reason)


def _ask_all(ids: list[int], form: ReasonForm) -> ResponseReturnValue:
    """The reason for everybody chosen; 422 only when it was asked for already."""
    asked = "reason" in request.form
    if asked and not form.errors:
        form.reason.errors = ["请选择一个原因，或者写几句。"]
    people = queue.these(rows(Application, P.APPLICATIONS), ids)
    context: dict[str, Any] = {"people": people, "form": form, "way": WAYS["return"], "back": _back()}
    return render("office/applications/bulk.html", "ask", status=422 if asked else 200, **context)


def _tell_all(ids: list[int], outcomes: list[queue.Outcome], done: str) -> ResponseReturnValue:
    """Every row in its state, the counters, and one sentence about all."""
    failed = [f"{one.name}（{one.why_not.rstrip('。')}）" for one in outcomes if one.why_not]
    missing = len(ids) - len(outcomes)
    failed += [f"{missing} 份没有找到"] if missing else []
    good = sum(not one.why_not for one in outcomes)
    said = f"{done} {good} 人" + (f"，{len(ids) - good} 人未处理：{'；'.join(failed)}" if failed else "") + "。"
    if not wants_fragment():
        flash(said, "warn" if failed else "ok")
        return go(_back())
    people = queue.these(rows(Application, P.APPLICATIONS), ids)
    plain: dict[str, Any] = {"focus": "", "form": None, "way": None, "why_not": ""}
    context: dict[str, Any] = {"people": people, "warned": warnings(people), "counts": counts, "back": _back()}
    kind = "warn" if failed else "ok"
    return render(INDEX, "bulk_news", "news", said=said, kind=kind, **context, **plain)
