"""志愿活动 for everybody: the list with its live filters, and one activity."""

from functools import partial
from typing import Any

from flask import abort, request
from flask.typing import ResponseReturnValue

from app import labels
from app.access import public, somebody
from app.blueprints.activity_filters import PublicFilter
from app.blueprints.portal import portal
from app.blueprints.portal.activity_rows import lines
from app.chained import Chained, Part
from app.finished import kept
from app.htmx import render, wants_fragment
from app.listing import Key
from app.models.activities import search
from app.models.activities.counts import TOPICS, Counts
from app.models.activities.phase import phase_of
from app.models.activity import Activity
from app.models.category import categories
from app.models.feedback import Feedback
from app.models.region import place_name
from app.models.signups.box import box
from app.once import new_key
from app.text import as_html, public_name

SOONEST = (Key(Activity.starts_at), Key(Activity.id))
NEWEST = (Key(Activity.starts_at, descending=True), Key(Activity.id, descending=True))
COLUMNS = {
    "活动名称": lambda row: row.title,
    "状态": lambda row: labels.word(phase_of(row)),
    "类型": lambda row: categories()[row.category_id].name,
    "社区": lambda row: place_name(row.community_code),
    "地点": lambda row: row.place,
    "开始时间": lambda row: labels.stamp(row.starts_at),
    "结束时间": lambda row: labels.stamp(row.ends_at),
    "报名截止": lambda row: labels.stamp(row.signup_closes_at),
    "招募人数": lambda row: row.capacity,
    "已报名": lambda row: row.taken,
}


@portal.get("/activities")
@public
@kept("activities")
def activities() -> ResponseReturnValue:
    """The list: what comes first, soonest first, then what was, newest first."""
    filters = PublicFilter.of(request.args)
    counts = filters.counts() if filters.validate() else Counts()
    return _found(filters, counts).respond(
        "portal/activities/list.html", "results", "chips",
        chips=filters.chips(counts), part=wants_fragment(), lines=lines,
    )  # fmt: skip


def _found(filters: PublicFilter, counts: Counts) -> Chained:
    """The list of the chosen status, with its total."""
    me, status = somebody(), filters.status.data or ""
    return Chained(
        partial(search.public_activities, me is not None), filters, SOONEST, COLUMNS, "activities", scalars=False,
        shape=me is not None, values={"me": me.id} if me else {}, parts=_parts(status), total=counts.status.get(status, 0), topics=TOPICS,
    )  # fmt: skip


def _parts(status: str) -> list[Part]:
    """The chosen status alone, or what has not ended followed by what has."""
    if status:
        return [Part(partial(search.shown_as, status), NEWEST if status == "ended" else SOONEST)]
    return [Part(search.to_come, SOONEST), Part(partial(search.shown_as, "ended"), NEWEST)]


@portal.get("/activities/<int:id>")
@public
@kept("activities", "feedback", "teams", "bases")
def activities_show(id: int) -> ResponseReturnValue:
    """One activity; a draft is nobody's business yet, a cancelled one says so."""
    person = somebody()
    activity, launched_by = search.public_activity(id, person.id if person else None) or abort(404)
    return render("portal/activities/show.html", "box", **shown(activity, launched_by))


def shown(activity: Activity, launched_by: str | None, **more: Any) -> dict[str, Any]:
    """What the page of one activity needs, and `more`."""
    return {
        **more,
        "key": new_key(),
        "activity": activity,
        "phase": activity.phase(),
        "category": categories()[activity.category_id],
        "contact": public_name(launched_by) if launched_by else "",
        "box": box(activity, somebody()),
        "feedback": Feedback.public_of(activity.id),
        "description": as_html(activity.description),
    }
