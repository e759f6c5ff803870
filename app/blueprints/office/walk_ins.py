"""现场补录: who came without a place is found and put on the list.

A person found is named by a signed key, not by a number: only who knew the phone, the ID number or the name
of one of their own people can add them.
"""

from typing import Any

from flask import abort, current_app, flash, request, url_for
from flask.typing import ResponseReturnValue
from itsdangerous import BadData, URLSafeTimedSerializer
from wtforms import StringField

from app.access import Permission, me, one, requires, rows
from app.blueprints.office import office
from app.forms import Form, clean, length, required
from app.htmx import go, render
from app.models import Activity, Volunteer
from app.models.attendance import find_guests, roll, walk_in
from app.models.attendance.guests import volunteer
from app.refusal import Refused

PAGE = "office/attendance/walk_ins.html"
FOUND_LASTS = 3600  # seconds


class GuestForm(Form):
    """The words that a person is looked for by."""

    q = StringField("手机号、身份证号码或姓名", [required("请填写要找的人。"), length(50)], filters=[clean])


def _keys() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.secret_key or "", salt="walk-in")


def _page(activity: Activity, form: GuestForm, found: Any = None, status: int = 200) -> ResponseReturnValue:
    desk = roll.desk(activity, me())
    return render(PAGE, "found", status=status, desk=desk, form=form, found=found)


@office.get("/activities/<int:id>/attendance/walk-ins")
@requires(Permission.ACTIVITIES)
def attendance_walk_ins(id: int) -> ResponseReturnValue:
    """The search, empty."""
    return _page(one(Activity, id, Permission.ACTIVITIES), GuestForm(formdata=None))


@office.post("/activities/<int:id>/attendance/walk-ins/search")
@requires(Permission.ACTIVITIES)
def attendance_walk_ins_search(id: int) -> ResponseReturnValue:
    """Whom these words find; a POST, so that no number stands in an address."""
    activity, form = one(Activity, id, Permission.ACTIVITIES), GuestForm()
    if not form.validate_on_submit():
        return _page(activity, form, status=422)
    found = find_guests(form.q.data or "", activity, rows(Volunteer, Permission.VOLUNTEERS))
    return _page(activity, form, [(guest, _keys().dumps([id, guest.volunteer_id, me().id])) for guest in found])


@office.post("/activities/<int:id>/attendance/walk-ins")
@requires(Permission.ACTIVITIES)
def attendance_walk_ins_add(id: int) -> ResponseReturnValue:
    """Put the found person on the list, 已到."""
    activity = one(Activity, id, Permission.ACTIVITIES)
    signup = walk_in(activity, _found(id), by=me(), reason=request.form.get("reason", ""))
    line = roll.line(signup) or abort(404)
    flash(f"{line.name}已在名单上，记为已到。")
    return go(url_for(".attendance", id=id, _anchor=f"a-{signup.id}"))


def _found(id: int) -> Volunteer:
    """The person that the key names; Refused for a key that is old, altered, or of somebody else's search."""
    try:
        activity_id, volunteer_id, finder = _keys().loads(request.form.get("who", ""), max_age=FOUND_LASTS)
    except BadData:
        activity_id, volunteer_id, finder = 0, 0, 0
    if (activity_id, finder) != (id, me().id):
        raise Refused("查找结果已经过期，请重新查找这个人。")
    return volunteer(volunteer_id)
