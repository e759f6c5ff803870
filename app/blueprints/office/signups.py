"""报名名单: who signed up for an activity, in the order of signing up; one person; the list as a file."""

from typing import Any

from flask import abort, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Select
from wtforms import StringField, ValidationError

from app import labels
from app.access import Permission, may_place, one, requires, rows
from app.blueprints.office import office
from app.blueprints.office.reasons import ReasonForm
from app.disclosure import disclose
from app.forms import clean
from app.htmx import render
from app.listing import FilterForm, Key, Listing
from app.models.activity import Activity
from app.models.history import history_of
from app.models.region import place_name
from app.models.signup import SignUp, Standing
from app.models.signups import listed as signup_list
from app.models.signups.joining import positions
from app.models.work_unit import unit_name
from app.timeline.signups import told

P = Permission
LIST, SHOW = "office/signups/list.html", "office/signups/show.html"
PRESETS = ("人手已够，欢迎参加其他活动。", "这次活动需要相应的专业技能。", "场地或时间有变，人数要减少。")


class SignUpFilter(FilterForm):
    """By state and by person."""

    state = StringField("状态", filters=[clean])
    q = StringField("关键词", filters=[clean])

    def __init__(self, *args: Any, activity: Activity, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.activity = activity

    def validate_state(self, field: StringField) -> None:
        """A state, or none for all."""
        if field.data and field.data not in set(Standing):
            raise ValidationError("没有这个状态，请重新选择。")

    def narrow(self, stmt: Select[Any]) -> Select[Any]:
        """What was chosen."""
        if self.state.data:
            stmt = stmt.where(signup_list.stands(Standing(self.state.data), self.activity))
        return stmt.where(*signup_list.called(self.q.data or ""))

    def tabs(self, counts: dict[Standing, int]) -> list[tuple[str, str, str, int]]:
        """(word, address, state, how many) of 全部 and each state there can be."""
        held = [(labels.word(one), one.value, counts[one]) for one in Standing if counts[one] or one in OFFERED]
        everybody = ("全部", "", sum(counts.values()))
        return [(word, self.address(state=state), state, number) for word, state, number in (everybody, *held)]


OFFERED = (Standing.ASKING, Standing.WAITING, Standing.ADMITTED)


def is_ours(signup: SignUp) -> bool:
    """Whether the person belongs to the acting post: of a guest it sees name, unit and last four digits only."""
    return may_place(signup.volunteer.community_code, P.VOLUNTEERS)


COLUMNS = {
    "序号": lambda s: s.turn,
    "姓名": lambda s: s.volunteer.user.name,
    "工作单位": lambda s: unit_name(s.unit_id, s.volunteer.unit_other),
    "手机号后四位": lambda s: s.volunteer.user.phone_tail,
    "服务社区": lambda s: place_name(s.volunteer.community_code) if is_ours(s) else "外社区",
    "状态": lambda s: labels.word(s.standing()),
    "未录用原因": lambda s: s.why_declined if s.standing() is Standing.DECLINED else "",
    "到场": lambda s: labels.word(s.attendance) if s.standing() is Standing.ADMITTED else "",
}


@office.get("/activities/<int:id>/signups")
@requires(P.ACTIVITIES_SEE)
def signups(id: int) -> ResponseReturnValue:
    """The list, in the order of signing up."""
    activity = one(Activity, id, P.ACTIVITIES_SEE)
    listing = _listing(activity)
    return listing.respond(LIST, "results", **around(activity), positions=positions)


@office.get("/activities/<int:id>/signups/<int:signup_id>")
@requires(P.ACTIVITIES_SEE)
def signups_show(id: int, signup_id: int) -> ResponseReturnValue:
    """One person's sign-up, with its history."""
    return page(fetch(id, signup_id, P.ACTIVITIES_SEE))


@office.route("/activities/<int:id>/signups/export", methods=["GET", "POST"])
@requires(P.ACTIVITIES_SEE)
def signups_export(id: int) -> ResponseReturnValue:
    """What the filters leave as a file, with its purpose in the history."""
    activity = one(Activity, id, P.ACTIVITIES_SEE)
    listing = _listing(activity)
    filters: dict[str, Any] = listing.filters.given()
    return disclose(
        listing, "报名名单", url_for("office.signups", id=id, **filters), volunteers=lambda s: s.volunteer_id
    )


def fetch(id: int, signup_id: int, permission: Permission) -> SignUp:
    """That sign-up of this activity with its people, or 404."""
    found = signup_list.these(rows(SignUp, permission).where(SignUp.activity_id == id), [signup_id])
    return found[0] if found else abort(404)


def around(activity: Activity) -> dict[str, Any]:
    """What rows and counters need besides the people."""
    here = request.script_root + request.full_path.rstrip("?")
    known = {"is_ours": is_ours, "presets": PRESETS, "back": here}
    return {"activity": activity, "counts": signup_list.counts(activity), **known}


def page(signup: SignUp, status: int = 200, **context: Any) -> ResponseReturnValue:
    """The page of one sign-up."""
    context = {"form": ReasonForm(PRESETS, formdata=None), "why_not": "", "said": ""} | context
    story = told(history_of(signup))
    return render(
        SHOW,
        status=status,
        signup=signup,
        places=positions([signup]),
        history=story,
        **around(signup.activity),
        **context,
    )


def _listing(activity: Activity) -> Listing:
    scope = signup_list.with_people(rows(SignUp, P.ACTIVITIES_SEE).where(SignUp.activity_id == activity.id))
    filters = SignUpFilter(request.args, activity=activity)
    order = [Key(column) for column in signup_list.ORDER]
    return Listing(scope, filters, order, columns=COLUMNS, name="signups", per_page=50, personal=True)
