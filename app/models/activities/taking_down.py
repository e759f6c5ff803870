"""撤下 an activity that is over: a level above takes it off the portal, with its feedback, and may put it back.

It stays what it is: its state, its records and its figures do not change, and whoever was in it finds it in their own
centre and may open its page. What a level took down only that level or a higher one puts back.
"""

from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, exists

from app import clock
from app.db import db
from app.freshness import touch
from app.models.activities.phase import Phase
from app.models.activity import Activity
from app.models.history import record
from app.models.message import tell
from app.models.post import RANKS, Role, keepers
from app.models.signup import SignUp
from app.models.stateful import given
from app.models.volunteer import Volunteer
from app.refusal import Refused

if TYPE_CHECKING:
    from app.models.user import User

OVER = (Phase.ENDED, Phase.COMPLETED)


def may_take_down(activity: Activity, by: "User") -> bool:
    """Whether this person, as who they act, takes such an activity down: from a level above, once it is over."""
    return _above(by) and activity.hidden_at is None and activity.phase() in OVER


def may_put_back(activity: Activity, by: "User") -> bool:
    """Whether they put it back: at least as high as who took it down."""
    took = RANKS[activity.hidden_role] if activity.hidden_role else 0
    return activity.hidden_at is not None and _above(by) and by.post is not None and by.post.rank >= took


def take_down(activity: Activity, *, by: "User", reason: str) -> None:
    """Off the portal, with its feedback; the community reads why. Refused (409) for whoever `may_take_down` not."""
    reason = given(reason)
    activity.hold()
    if not _above(by):
        raise Refused("已经结束的活动由上级撤下。需要撤下时，请联系街道。", activity)
    if not may_take_down(activity, by):
        raise Refused(
            "这次活动已经撤下。" if activity.hidden_at else "活动结束以后才能从门户撤下；还没有开始的，请取消活动。",
            activity,
        )
    assert by.post is not None  # noqa: S101  (`_above`)
    activity.hidden_at, activity.hidden_reason, activity.hidden_role = clock.now(), reason, by.post.role
    _changed(
        activity,
        "take-down",
        "上级从门户撤下了一次活动",
        f"“{activity.title}”和它的反馈不再公开。原因：{reason}",
        by,
        reason,
    )


def put_back(activity: Activity, *, by: "User") -> None:
    """On the portal again, with its feedback. Refused (409) for whoever `may_put_back` not."""
    activity.hold()
    if not may_put_back(activity, by):
        raise Refused(
            "这次活动没有撤下。" if activity.hidden_at is None else "由撤下它的那一级或更上一级恢复。", activity
        )
    activity.hidden_at, activity.hidden_reason, activity.hidden_role = None, "", None
    _changed(activity, "put-back", "上级恢复公开了一次活动", f"“{activity.title}”和它的反馈又在门户上了。", by, "")


def _changed(activity: Activity, action: str, title: str, body: str, by: "User", reason: str) -> None:
    record(activity, action, by=by, reason=reason)
    path, about = f"/office/activities/{activity.id}", f"activity:{activity.id}"
    for user_id in keepers(activity.community_code):
        if user_id != by.id:
            tell(user_id, title, body, path=path, about=about)
    touch("activities", "feedback")
    db.session.flush()


def _above(by: "User") -> bool:
    return by.post is not None and by.post.role in (Role.SUBDISTRICT, Role.DISTRICT, Role.CITY)


def seen_by(user_id: Any) -> ColumnElement[bool]:
    """The condition that an activity's page is shown to this person (id or parameter; None: a visitor): public, or they are in it."""
    public = Activity.hidden_at.is_(None)
    if user_id is None:
        return public
    mine = SignUp.volunteer_id == Volunteer.id, Volunteer.user_id == user_id
    return public | exists().where(SignUp.activity_id == Activity.id, *mine).correlate(Activity)
