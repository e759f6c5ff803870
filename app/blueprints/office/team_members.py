"""The members of a 志愿者团队: admit, decline, remove, add one of one's own people, choose who leads."""

from collections.abc import Callable
from typing import Any

from flask import abort, flash, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Select
from sqlalchemy.orm import joinedload
from wtforms import StringField, ValidationError

from app import labels
from app.access import Permission, acting, me, one, requires, rows
from app.blueprints.office import office
from app.blueprints.office.activity_forms import acting_within
from app.blueprints.office.showcase_forms import ReasonForm
from app.blueprints.people_filters import ServingFilter
from app.disclosure import disclose
from app.forms import clean
from app.htmx import go, render
from app.listing import FilterForm, Key, Listing
from app.models.displays import teams as team_lists
from app.models.history import history_of
from app.models.region import CITY, place_name
from app.models.team import IN, MemberStatus, Team, TeamMember, TeamStatus
from app.models.volunteer import Volunteer
from app.models.volunteers.search import known_as
from app.text import number_of
from app.timeline import told

P = Permission.TEAMS
COLUMNS = {
    "姓名": lambda m: m.volunteer.user.name,
    "服务社区": lambda m: place_name(m.volunteer.community_code),
    "电话尾号": lambda m: m.volunteer.user.phone_tail,
    "状态": lambda m: labels.word(m.status),
    "加入日期": lambda m: labels.stamp(m.joined_at)[:10] if m.joined_at else "",
}


class MemberFilter(FilterForm):
    """Who asks and who is in, unless a state is chosen; by name or phone."""

    status = StringField("状态", filters=[clean])
    q = StringField("关键词", filters=[clean])

    def validate_status(self, field: Any) -> None:
        """A state of a membership."""
        if field.data and field.data not in set(MemberStatus):
            raise ValidationError("没有这个状态，请重新选择。")

    def narrow(self, stmt: Select[Any]) -> Select[Any]:
        """Everything that was chosen."""
        states = (MemberStatus(self.status.data),) if self.status.data else IN
        return stmt.where(TeamMember.status.in_(states), *known_as(Volunteer, self.q.data or ""))

    @property
    def tabs(self) -> list[tuple[str, str, bool, None]]:
        """(word, address, whether chosen, no number) of each state."""
        held = [("在队和待同意", None), *((labels.word(state), state.value) for state in MemberStatus)]
        return [(word, self.address(status=value), (self.status.data or None) == value, None) for word, value in held]


def listing(id: int) -> Listing:
    """The members of a team, who asks first."""
    order = [Key(TeamMember.status), Key(TeamMember.id)]
    return Listing(team_lists.members_of(id), MemberFilter(request.args), order, COLUMNS, "members", personal=True)


def page(id: int, *, status: int = 200, **context: Any) -> ResponseReturnValue:
    """The team's page; `closure` is the form that failed, `failed` one of a member's: (id, form)."""
    team = one(Team, id, P, joinedload(Team.leader))
    found = listing(id)
    wrong = not found.filters.validate()
    context = {"closure": None, "failed": (0, None)} | context
    people = found.page() if not wrong else None
    return render(
        "office/teams/show.html", "results", status=422 if wrong else status, team=team, page=people,
        filters=found.filters, story=told(history_of(team), TeamStatus), **context,
    )  # fmt: skip


@office.route("/teams/<int:id>/members/export", methods=["GET", "POST"])
@requires(P)
def teams_members_export(id: int) -> ResponseReturnValue:
    """The members as a file, with its purpose in the history."""
    team = one(Team, id, P)
    return disclose(listing(id), f"{team.name}队员", url_for(".teams_show", id=id), volunteers=lambda m: m.volunteer_id)


@office.get("/teams/<int:id>/members/new")
@requires(P)
def teams_members_new(id: int) -> ResponseReturnValue:
    """One's own people, to be added."""
    team = one(Team, id, P)
    order = [Key(Volunteer.id, True)]

    def mine() -> Select[Any]:
        return rows(Volunteer, Permission.VOLUNTEERS).options(joinedload(Volunteer.user))

    filters = ServingFilter(request.args, within=acting_within() or CITY)
    found = Listing(mine, filters, order, name="newcomers", shape=acting(), topics=("roster", "regions", "units"))
    return found.respond("office/teams/add.html", team=team, standing=team_lists.standing(id))


@office.post("/teams/<int:id>/members")
@requires(P)
def teams_members_add(id: int) -> ResponseReturnValue:
    """Put one of one's own people into the team."""
    team = one(Team, id, P)
    number = number_of(request.form.get("volunteer"))
    if not number:
        return go(url_for(".teams_members_new", id=id))
    person = one(Volunteer, number, Permission.VOLUNTEERS, joinedload(Volunteer.user))
    name = person.user.name
    team.add(person, by=me())
    flash(f"{name}已在团队里，并已发消息告诉本人。")
    return go(url_for(".teams_show", id=id))


@office.post("/teams/<int:id>/members/<int:member_id>/admission")
@requires(P)
def teams_members_admission(id: int, member_id: int) -> ResponseReturnValue:
    """待同意 → 队员."""
    _member(id, member_id).admit(by=me())
    return _done(id, "已同意，并已通知本人。")


@office.post("/teams/<int:id>/members/<int:member_id>/refusal")
@requires(P)
def teams_members_refusal(id: int, member_id: int) -> ResponseReturnValue:
    """待同意 → 未同意, with words."""
    member = _member(id, member_id)
    return _with_reason(member, member.decline, "已答复，并已通知本人。")


@office.post("/teams/<int:id>/members/<int:member_id>/removal")
@requires(P)
def teams_members_removal(id: int, member_id: int) -> ResponseReturnValue:
    """队员 → 已退出, with words."""
    member = _member(id, member_id)
    return _with_reason(member, member.remove, "已移出，并已通知本人。")


@office.post("/teams/<int:id>/members/<int:member_id>/leadership")
@requires(P)
def teams_members_leadership(id: int, member_id: int) -> ResponseReturnValue:
    """Let this member lead, or (`leads=0`) nobody."""
    member = _member(id, member_id)
    leads = request.form.get("leads", "1") != "0"
    member.team.lead(member if leads else None, by=me())
    return _done(id, "队长已设好，并已通知本人。" if leads else "已不设队长。")


def _member(id: int, member_id: int) -> TeamMember:
    """That row of a team within reach, or 404."""
    one(Team, id, P)
    return team_lists.member(id, member_id) or abort(404)


def _with_reason(member: TeamMember, verb: Callable[..., None], said: str) -> ResponseReturnValue:
    form, id = ReasonForm(), member.team_id
    held = member.id
    if form.carry(lambda: verb(by=me(), reason=form.reason.data or "")) is None:
        return page(id, status=form.status, failed=(held, form))
    return _done(id, said)


def _done(id: int, said: str) -> ResponseReturnValue:
    flash(said)
    return go(url_for(".teams_show", id=id))
