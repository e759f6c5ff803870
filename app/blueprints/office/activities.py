"""活动管理: keep, publish and call off the activities of the communities below one's post."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from flask import flash, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import joinedload

from app import labels
from app.access import Permission, acting, holds, me, one, requires, rows
from app.blueprints.activity_filters import OfficeFilter
from app.blueprints.office import office
from app.blueprints.office.activity_forms import ActivityForm, CancellationForm, acting_within
from app.counted import counted
from app.forms import Form
from app.htmx import go, render
from app.listing import Key, Listing
from app.media.uploads import receives
from app.models.activities.call_list import news_of
from app.models.activities.counts import TOPICS, phase_counts, phases_in, total_of
from app.models.activities.phase import Phase
from app.models.activities.taking_down import may_put_back, may_take_down
from app.models.activity import Activity, ActivityStatus, Stale
from app.models.category import categories
from app.models.history import History, history_of
from app.models.region import place_name
from app.models.reports.lists import made_from
from app.once import new_key, once
from app.refusal import Invalid
from app.text import as_html
from app.timeline import told

EDIT, SHOW = "office/activities/edit.html", "office/activities/show.html"
WAYS = (
    ("报名名单", "office.signups", "users"),
    ("到场确认", "office.attendance", "check"),
    ("活动反馈", "office.feedback", "img"),
)
PARTS = (Activity.cover, Activity.team, Activity.base)
OLDEST = (Key(Activity.starts_at), Key(Activity.id))
OVER_LONGEST = (Key(Activity.ends_at), Key(Activity.id))
NEWEST = (Key(Activity.starts_at, descending=True), Key(Activity.id, descending=True))
COLUMNS = {
    "编号": lambda row: row.id,
    "活动名称": lambda row: row.title,
    "状态": lambda row: labels.office_badge(row.phase())[0],
    "类型": lambda row: categories()[row.category_id].name,
    "社区": lambda row: place_name(row.community_code),
    "地点": lambda row: row.place,
    "开始时间": lambda row: labels.stamp(row.starts_at),
    "结束时间": lambda row: labels.stamp(row.ends_at),
    "报名截止": lambda row: labels.stamp(row.signup_closes_at),
    "招募人数": lambda row: row.capacity,
    "已录用": lambda row: row.taken,
    "候补": lambda row: row.waiting_now,
    "待审核": lambda row: row.asking_now,
    "已到": lambda row: row.attended,
    "服务时长（分钟）": lambda row: row.minutes,
}
WAITS_IN = {"confirm": (Phase.ENDED,), "feedback": (Phase.ENDED, Phase.COMPLETED)}  # other kinds: in any phase


def _to_change(id: int) -> Activity:
    """The activity, with its cover, for someone who may change it; 404 outside their scope."""
    found: Activity = one(Activity, id, Permission.ACTIVITIES, joinedload(Activity.cover))
    return found


@office.get("/activities")
@requires(Permission.ACTIVITIES_SEE)
def activities() -> ResponseReturnValue:
    """The list with its phases, newest first; of what waits, the oldest."""
    filters = OfficeFilter(request.args, within=acting_within())
    mine = partial(rows, Activity, Permission.ACTIVITIES_SEE)
    found = Listing(mine, filters, _order(filters), COLUMNS, "activities", shape=acting(), topics=TOPICS)
    tabs = []
    if filters.validate():
        with found.typing():
            counts = _phases(found, filters)
        found.total = total_of(counts, filters.chosen_phase)
        tabs = filters.tabs(counts)
    return found.respond("office/activities/list.html", "results", tabs=tabs)


def _phases(found: Listing, filters: OfficeFilter) -> dict[Phase, int]:
    """How many are in each phase, whichever of them was chosen."""

    def counting() -> Any:
        narrow = filters.narrow_but_phase if filters.chosen_phase else filters.narrow
        among = WAITS_IN.get(_waiting(filters), tuple(Phase))
        return phase_counts(lambda: found.narrowed(narrow), filters.words, among)

    return counted(found, lambda: phases_in(found.kept(counting)), "phase")


def _order(filters: OfficeFilter) -> Sequence[Key]:
    """As the workbench where feedback is missing, along its index: a year's activities would be sorted otherwise."""
    waiting = _waiting(filters)
    if not waiting:
        return NEWEST
    return OVER_LONGEST if waiting == "feedback" else OLDEST


def _waiting(filters: OfficeFilter) -> str:
    """The kind of 待办 that was chosen, or none."""
    return filters.chosen_todo[0].key if filters.chosen_todo else ""


@office.route("/activities/new", methods=["GET", "POST"])
@requires(Permission.ACTIVITIES)
@receives("cover", most=1)
@once
def activities_new() -> ResponseReturnValue:
    """A new draft, or one that is published at once."""
    form = ActivityForm()
    if saved := form.carry(form.save):
        flash(f"“{saved.title}”已发布。" if form.publishing else f"“{saved.title}”已存为草稿。")
        return go(url_for(".activities_show", id=saved.id))
    return render(EDIT, *_parts(), status=form.status, form=form, activity=None)


def _parts() -> tuple[str, ...]:
    """What htmx gets of the form: the preview alone when that was asked for."""
    return ("preview",) if "preview" in request.form else ()


@office.route("/activities/<int:id>/edit", methods=["GET", "POST"])
@requires(Permission.ACTIVITIES)
@receives("cover", most=1)
def activities_edit(id: int) -> ResponseReturnValue:
    """Change one; 409 with what others saved in the meantime."""
    activity = _to_change(id)
    activity.must_be_editable()
    form = ActivityForm.of(activity)
    try:
        if form.carry(lambda: form.save(activity)):
            flash(f"“{activity.title}”已发布。" if form.publishing else "修改已保存。")
            return go(url_for(".activities_show", id=id))
    except Stale as stale:
        return render(EDIT, status=409, form=form.outdated(stale), activity=activity, stale=stale)
    return render(EDIT, *_parts(), status=form.status, form=form, activity=activity)


@office.get("/activities/<int:id>")
@requires(Permission.ACTIVITIES_SEE)
def activities_show(id: int) -> ResponseReturnValue:
    """Facts, counters, history, and the ways on."""
    return page(id)


def page(id: int, removal: Form | None = None, status: int = 200) -> ResponseReturnValue:
    """That page; `removal` is a form that failed: why it is taken off the portal."""
    activity = one(Activity, id, Permission.ACTIVITIES_SEE, *map(joinedload, PARTS))
    lines = history_of(activity)
    return render(
        SHOW,
        status=status,
        activity=activity,
        description=as_html(activity.description),
        ways=_ways(activity, lines),
        key=new_key(),
        history=told(lines, ActivityStatus),
        plan=made_from(activity),
        form=CancellationForm(),
        removal=removal,
        **_removable(activity),
    )


def _removable(activity: Activity) -> dict[str, bool]:
    """Which of the two buttons the page shows, for its standing on the portal."""
    may = holds(Permission.ACTIVITIES)
    return {
        "may_take_down": may and may_take_down(activity, me()),
        "may_put_back": may and may_put_back(activity, me()),
    }


def _ways(activity: Activity, lines: list[History]) -> list[tuple[str, str, str]]:
    """(text, address, icon) of what else is kept about a published activity."""
    if activity.status is ActivityStatus.DRAFT:
        return []
    calls = [("电话通知", "office.calls", "phone")] if news_of(activity, lines) else []
    return [(text, url_for(to, id=activity.id), icon) for text, to, icon in (*WAYS, *calls)]


@office.post("/activities/<int:id>/publication")
@requires(Permission.ACTIVITIES)
def activities_publication(id: int) -> ResponseReturnValue:
    """Publish a draft; what stands against it is shown in its form."""
    activity = _to_change(id)
    try:
        activity.publish(me())
    except Invalid as wrong:
        form = ActivityForm.of(_to_change(id), formdata=None)
        form.reject(wrong)
        return render(EDIT, status=422, form=form, activity=activity)
    flash(f"“{activity.title}”已发布，市民现在可以看到。")
    return go(url_for(".activities_show", id=id))


@office.post("/activities/<int:id>/copy")
@requires(Permission.ACTIVITIES)
def activities_copy(id: int) -> ResponseReturnValue:
    """A draft with the same facts, to be looked over before it is published."""
    answer: ResponseReturnValue = _copied(_to_change(id))
    return answer


@once
def _copied(activity: Activity) -> ResponseReturnValue:
    """Only for who may: a key is written down."""
    twin = activity.copy(me())
    flash("已复制成一份新的草稿，日期往后移了，请核对后发布。")
    return go(url_for(".activities_edit", id=twin.id))


@office.route("/activities/<int:id>/cancellation", methods=["GET", "POST"])
@requires(Permission.ACTIVITIES)
def activities_cancellation(id: int) -> ResponseReturnValue:
    """Call it off, with a reason that everybody in it reads."""
    activity = _to_change(id)
    form = CancellationForm()
    if form.carry(lambda: activity.cancel(me(), form.reason.data or "")):
        flash(f"“{activity.title}”已取消，已经通知报名的人。")
        return go(url_for(".activities_show", id=id))
    return render("office/activities/cancellation.html", status=form.status, form=form, activity=activity)
