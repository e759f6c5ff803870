"""志愿者申请: the queue, one application, its export and the look at the ID-card number."""

from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue

from app import labels
from app.access import Permission, acting, me, one, requires, rows
from app.accounts.proof import proven
from app.blueprints.office import office
from app.blueprints.office.reasons import RevealForm
from app.blueprints.people_filters import ApplicationFilter
from app.disclosure import disclose
from app.htmx import render, wants_fragment
from app.listing import Key, Listing
from app.models.application import Application
from app.models.applications import queue
from app.models.applications.duplicates import warnings
from app.models.history import history_of
from app.models.region import place_name
from app.models.volunteers.id_card import masked_card
from app.models.work_unit import unit_name
from app.redirects import safe_next
from app.sent import sent
from app.text import masked_phone
from app.timeline.applications import told

P = Permission
TOPICS = (
    "applications",
    "roster",
    "regions",
    "units",
)  # on which the number of a list hangs: words name people and units
INDEX, SHOW = "office/applications/index.html", "office/applications/show.html"
COLUMNS = {
    "姓名": lambda a: a.user.name,
    "性别": lambda a: labels.word(a.gender),
    "出生年份": lambda a: a.born_year,
    "身份": lambda a: labels.identity(a.political, a.employment),
    "服务社区": lambda a: place_name(a.community_code),
    "居住社区": lambda a: place_name(a.home_community_code or ""),
    "工作单位": lambda a: unit_name(a.unit_id, a.unit_other),
    "手机号": lambda a: masked_phone(a.user.phone),
    "身份证号码": lambda a: masked_card(a.id_card_tail),
    "技能特长": lambda a: "、".join(map(labels.word, a.skill_list)),
    "提交时间": lambda a: labels.stamp(a.submitted_at),
    "最晚办理": lambda a: labels.stamp(a.due_day)[:10],
    "状态": lambda a: labels.word(a.status),
    "决定时间": lambda a: labels.stamp(a.decided_at) if a.decided_at else "",
    "原因": lambda a: a.decision_reason,
}
FULL = {"手机号": lambda a: a.user.phone, "身份证号码": lambda a: a.id_card or ""}  # whole, after a proof


@office.get("/applications")
@requires(P.APPLICATIONS)
def applications() -> ResponseReturnValue:
    """The queue, oldest first; one tab a state."""
    here = request.script_root + request.full_path.rstrip("?")
    return _listing().respond(INDEX, "results", counts=counts, warned=warnings, back=here)


@office.get("/applications/<int:id>")
@requires(P.APPLICATIONS)
def applications_show(id: int) -> ResponseReturnValue:
    """Everything about one application; for htmx its row in the queue."""
    if wants_fragment():
        return row(id, focus=request.args.get("from", ""))
    return page(id)


@office.route("/applications/export", methods=["GET", "POST"])
@requires(P.APPLICATIONS)
def applications_export() -> ResponseReturnValue:
    """What the filters leave as a file, with its purpose in the history."""
    listing = _listing()
    filters: dict[str, Any] = listing.filters.given()
    return disclose(
        listing, "志愿者申请", url_for("office.applications", **filters), users=lambda a: a.user_id, full=FULL
    )


@office.post("/applications/<int:id>/reveal")
@requires(P.APPLICATIONS)
@proven
def applications_reveal(id: int) -> ResponseReturnValue:
    """The whole ID-card number, once, for a reason."""
    application = one(Application, id, P.APPLICATIONS)
    form = RevealForm()
    number = form.carry(lambda: application.reveal(by=me(), reason=form.reason.data or ""))
    return page(id, reveal=form, number=number or "", status=form.status)


def counts() -> dict[Any, int]:
    """How many applications the acting post has in each state."""
    return queue.counts(lambda: rows(Application, P.APPLICATIONS), acting())


def fetch(id: int) -> Application:
    """The application with the people in it, or 404."""
    found: Application = one(Application, id, P.APPLICATIONS, *queue.WITH_PEOPLE)
    return found


def row(id: int, status: int = 200, **context: Any) -> ResponseReturnValue:
    """One row of the queue in its present state, with the counters and what is read out."""
    application = fetch(id)
    context = {"focus": "", "form": None, "way": None, "said": "", "why_not": ""} | context
    back = safe_next(sent().get("next"), "office.applications")
    news = {"counts": counts, "back": back, "notes": warnings([application]).get(id, [])}
    return render(INDEX, "row", "news", status=status, application=application, **news, **context)


def page(id: int, status: int = 200, **context: Any) -> ResponseReturnValue:
    """The page of one application."""
    application = fetch(id)
    context = {"reveal": RevealForm(formdata=None), "number": "", "form": None, "way": None} | context
    facts = {"story": told(history_of(application)), "notes": warnings([application]).get(id, [])}
    return render(SHOW, "card", status=status, application=application, **facts, **context)


def _listing() -> Listing:
    post = me().post
    filters = ApplicationFilter(request.args, within=post.region_code if post and post.region_code else "")
    newest = filters.shown not in queue.OLDEST_FIRST
    order = [Key(Application.submitted_at, newest), Key(Application.id, newest)]

    def scope() -> Any:
        return rows(Application, P.APPLICATIONS).options(*queue.WITH_PEOPLE)

    shape, name = acting(), "applications"
    return Listing(scope, filters, order, COLUMNS, name, personal=True, shape=shape, topics=TOPICS)
