"""What waits for a member (需要您处理): offers of help and results to write, reports sent back, invitations."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import joinedload

from app import clock
from app.db import db
from app.models.assignment import Assignment
from app.models.help.states import AssignmentStatus, HelpStatus
from app.models.help_request import HelpRequest
from app.models.imports.mine import waiting_for
from app.models.invitation import Invitation
from app.models.report import Report, ReportStatus
from app.models.user import User
from app.models.volunteer import Volunteer

MOST = 10  # of a kind; whoever has more finds them in the list behind it


@dataclass
class Needs:
    """Each kind in the order in which it presses: what expires soonest first, then what waits longest."""

    offers: list[Assignment] = field(default_factory=list)  # 待接单, each with its `expires_at`
    results: list[Assignment] = field(default_factory=list)  # 已接单 without a result
    reports: list[Report] = field(default_factory=list)  # 退回修改
    invitations: list[Invitation] = field(default_factory=list)  # earlier services to take over

    @property
    def number(self) -> int:
        """How many things there are."""
        return len(self.offers) + len(self.results) + len(self.reports) + len(self.invitations)


def needs_of(user: User, volunteer: Volunteer | None) -> Needs:
    """What waits for this member, in three statements at most."""
    if volunteer is None:
        return Needs(invitations=waiting_for(user)[:MOST])
    help = _help(user.id, clock.now())
    offers = [one for one in help if one.status is AssignmentStatus.OFFERED]
    results = [one for one in help if one.status is AssignmentStatus.ACCEPTED]
    return Needs(offers[:MOST], results[:MOST], _sent_back(user.id), waiting_for(user)[:MOST])


def _help(user_id: int, now: datetime) -> list[Assignment]:
    """Living offers and what was accepted in a request that is 服务中, the next to expire first."""
    offered = and_(Assignment.status == AssignmentStatus.OFFERED, Assignment.expires_at > now)
    serving = and_(Assignment.status == AssignmentStatus.ACCEPTED, HelpRequest.status == HelpStatus.SERVING)
    wanted = select(Assignment).join(Assignment.request).where(Assignment.user_id == user_id, or_(offered, serving))
    wanted = wanted.options(joinedload(Assignment.request)).order_by(Assignment.expires_at, Assignment.id)
    return list(db.session.scalars(wanted.limit(2 * MOST)))


def _sent_back(user_id: int) -> list[Report]:
    wanted = select(Report).where(Report.user_id == user_id, Report.status == ReportStatus.RETURNED)
    return list(db.session.scalars(wanted.order_by(Report.id).limit(MOST)))
