"""The box of a team's page: how this person stands in the team, and the one thing they can do."""

from dataclasses import dataclass

from app.models.displays.teams import here
from app.models.team import IN, MemberStatus, Team, TeamMember
from app.models.user import User
from app.models.volunteer import Volunteer, VolunteerStatus
from app.refusal import Refused


@dataclass(frozen=True, slots=True)
class Box:
    """`state`: visitor, no-volunteer, paused, asking, member, or free (may ask)."""

    state: str
    standing: MemberStatus | None
    leads: bool


def box(team: Team, user: User | None) -> Box:
    """The box for this person (None: a visitor), in at most one statement."""
    volunteer, row = here(team.id, user.id) if user else (None, None)
    standing = row.status if row else None
    leads = bool(volunteer and team.leader_id == volunteer.id)
    return Box(_state(user, volunteer, standing), standing, leads)


def _state(user: User | None, volunteer: Volunteer | None, standing: MemberStatus | None) -> str:
    if user is None:
        return "visitor"
    if standing in IN:
        return standing.value if standing else ""
    if volunteer is None or volunteer.status is VolunteerStatus.LEFT:
        return "no-volunteer"
    return "paused" if volunteer.status is VolunteerStatus.PAUSED else "free"


def join(team: Team, user: User) -> str:
    """Ask to be in; what the person hears. Refused where they may not."""
    volunteer, _ = here(team.id, user.id)
    if volunteer is None:
        raise Refused("成为志愿者以后，才能申请加入团队。")
    team.ask(volunteer, by=user)
    return "申请已提交，请等社区同意。"


def leave(row: TeamMember | None, user: User) -> str:
    """Take the asking back, or leave at once; what the person hears."""
    if row is None or row.status not in IN:
        raise Refused("您不在这个团队里。")
    asked = row.status is MemberStatus.ASKING
    row.leave(by=user)
    return "申请已撤回。" if asked else "已退出团队。想参加的话，以后还可以再申请。"
