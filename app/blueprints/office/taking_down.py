"""A level above takes an activity that is over off the portal, with its feedback, and puts it back."""

from flask import flash, url_for
from flask.typing import ResponseReturnValue
from wtforms import TextAreaField

from app.access import Permission, me, one, requires
from app.blueprints.office import office
from app.blueprints.office.activities import page
from app.forms import Form, clean, length, required
from app.htmx import go
from app.models.activities.taking_down import put_back, take_down
from app.models.activity import Activity
from app.models.stateful import REASON_LIMIT

P = Permission


class RemovalForm(Form):
    """Why it leaves the portal."""

    reason = TextAreaField("原因", [required("请写明撤下的原因。"), length(REASON_LIMIT, name="原因")], filters=[clean])


@office.post("/activities/<int:id>/removal")
@requires(P.ACTIVITIES)
def activities_removal(id: int) -> ResponseReturnValue:
    """Off the portal, for a reason that the community reads."""
    activity, form = one(Activity, id, P.ACTIVITIES), RemovalForm()
    if form.carry(lambda: take_down(activity, by=me(), reason=form.reason.data or "")) is None:
        return page(id, form, form.status)
    flash("已从门户撤下，反馈也不再公开，并已通知社区。", "ok")
    return go(url_for(".activities_show", id=id))


@office.post("/activities/<int:id>/restoration")
@requires(P.ACTIVITIES)
def activities_restoration(id: int) -> ResponseReturnValue:
    """On the portal again."""
    put_back(one(Activity, id, P.ACTIVITIES), by=me())
    flash("已恢复公开，并已通知社区。", "ok")
    return go(url_for(".activities_show", id=id))
