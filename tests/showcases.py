"""Teams and bases for tests, made by their own verbs; flushed, not committed."""

from typing import Any

from app.models import ServiceBase, Team, TeamMember
from app.models.team import MemberStatus
from tests import cast

TEAM: dict[str, Any] = {
    "name": "夕阳红助老服务队",
    "category_id": None,
    "founded_on": None,
    "contact": "党群服务中心二楼",
    "introduction": "每周二上门看望独居老人。\n有空的邻居都欢迎。",
}
BASE: dict[str, Any] = {
    "name": "红色书屋",
    "category_id": None,
    "address": "综合服务楼三楼",
    "opening_hours": "周二至周日 9:00–17:00",
    "contact": "党群服务中心",
    "introduction": "三千多册书。",
}


def make_team(community: str = cast.WANTONG, **stated: Any) -> Team:
    """An active team without members."""
    return Team.found(community, TEAM | stated, [], by=None)


def make_base(community: str = cast.WANTONG, **stated: Any) -> ServiceBase:
    """An open base without pictures."""
    return ServiceBase.found(community, BASE | stated, [], by=None)


def make_member(team: Team, volunteer: Any = "volunteer", status: MemberStatus = MemberStatus.MEMBER) -> TeamMember:
    """A row of this team in that state; `volunteer` is a Volunteer or a user name of the cast."""
    person = cast.volunteer_of(volunteer) if isinstance(volunteer, str) else volunteer
    row = team._enter(person, MemberStatus.ASKING, None)
    if status is MemberStatus.DECLINED:
        row.decline(by=None, reason="人数已满")
    elif status is not MemberStatus.ASKING:
        row.admit(by=None)
    if status is MemberStatus.LEFT:
        row.leave(by=None)
    return row
