"""The kinds of 待办, in the order in which they are done; a further one is one more entry of KINDS.

Deadlines are those of SPEC section 3: what is handed in is decided within 3 working days (applications, reports,
disputes), requests for help have their own three, confirming and feedback have 7 days after the end of an activity.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from app.db import UtcDateTime
from app.models.activities.phase import Phase
from app.models.activities.search import NOW, ago, in_phase
from app.models.activity import Activity, ActivityStatus
from app.models.application import DAYS_TO_DECIDE, Application, ApplicationStatus
from app.models.displays.teams import somebody_asks
from app.models.help import lists as help_lists
from app.models.help.states import HelpStatus
from app.models.help_request import HelpRequest
from app.models.pages.duties import Kind
from app.models.pages.quickest import few
from app.models.posts.rising import over_since
from app.models.region import Level
from app.models.report import Report, ReportStatus
from app.models.team import MemberStatus, Team, TeamMember, TeamStatus
from app.models.unit_dispute import IS_OPEN, UnitDispute
from app.models.user import User
from app.models.volunteer import Volunteer
from app.models.workday import add_working_days

FEEDBACK_WITHIN = timedelta(days=7)  # after the end
ASKED_FOR = timedelta(days=365)  # nobody is asked for the feedback of what is longer ago
SELDOM = "disputes", "teams"  # what is seldom written is counted together
H = HelpRequest


def _decided(since: datetime, due: datetime | None) -> datetime:
    return add_working_days(since, DAYS_TO_DECIDE)


def _reported(ended: datetime, due: datetime | None) -> datetime:
    return ended + FEEDBACK_WITHIN


def _unconfirmed_since(moment: datetime | None = None) -> ColumnElement[bool]:
    """Over for seven days at that moment."""
    return Activity.ends_at <= (moment - FEEDBACK_WITHIN if moment else ago(FEEDBACK_WITHIN))


def _to_admit() -> list[ColumnElement[bool]]:
    """People ask to be admitted, also after the start."""
    open_now = or_(Activity.starts_at > NOW, Activity.queue_closed_at.is_not(None))
    return [*few(Activity, lambda row: [row.status == ActivityStatus.PUBLISHED, row.asking > 0]), open_now]


def _without_feedback() -> list[ColumnElement[bool]]:
    """Over for seven days, and nothing told to the public."""
    over = _unconfirmed_since(), Activity.ends_at > ago(ASKED_FOR)
    launched = Activity.status.in_((ActivityStatus.PUBLISHED, ActivityStatus.COMPLETED))
    return [launched, *over, Activity.told_at.is_(None)]


def _help_due() -> Any:
    """`HelpRequest.due_at` as an SQL expression."""
    from sqlalchemy import case

    return case(
        (H.status == HelpStatus.PENDING, H.accept_due),
        (help_lists.in_state(HelpStatus.ACCEPTED), H.arrange_due),
        else_=H.close_due,
    )


def _asked_since() -> Any:
    """When the first of those who ask to join a team appeared."""
    asks = TeamMember.team_id == Team.id, TeamMember.status == MemberStatus.ASKING
    return select(func.min(TeamMember.created_at, type_=UtcDateTime())).where(*asks).correlate(Team).scalar_subquery()


def _asking_number() -> Any:
    asks = TeamMember.team_id == Team.id, TeamMember.status == MemberStatus.ASKING
    return select(func.count()).where(*asks).correlate(Team).scalar_subquery()


def _of_disputes(scope: Select[Any]) -> Select[Any]:
    return scope.join(Volunteer, Volunteer.id == UnitDispute.volunteer_id).join(User, User.id == Volunteer.user_id)


KINDS: tuple[Kind, ...] = (
    Kind(
        "applications", "志愿者申请", "件", Application, "office.applications", "office.applications_show",
        lambda: [Application.status == ApplicationStatus.PENDING],
        lambda: (User.name, Application.political, Application.submitted_at, Application.due_at),
        late_by=lambda moment: Application.due_at <= (moment or NOW),
        tables=lambda scope: scope.join(User, User.id == Application.user_id),
        person=Application.user_id,
        topics=("applications",),
    ),
    Kind(
        "help", "公众求助", "件", H, "office.help", "office.help_show",
        lambda: [help_lists.to_do(), H.handed_up_at.is_(None)],
        lambda: (H.number, H.category_id, H.running_since, _help_due()),
        late_by=lambda moment: help_lists.overdue(moment),
        apart=True,
        topics=("requests",),
    ),
    Kind(
        "raised", "转办两次的求助", "件", H, "office.help", "office.help_show",
        lambda: [help_lists.to_do(), help_lists.handed_up()],
        lambda: (H.number, H.category_id, H.handed_up_at, _help_due()),
        late_by=lambda moment: help_lists.overdue(moment),
        lowest=Level.DISTRICT,
        topics=("requests",),
    ),
    Kind(
        "signups", "报名待审核", "场", Activity, "office.activities", "office.signups",
        _to_admit,
        lambda: (Activity.title, Activity.asking, Activity.starts_at, None),
        topics=("awaited",),
    ),
    Kind(
        "confirm", "待确认到场", "场", Activity, "office.activities", "office.attendance",
        lambda: [and_(*in_phase(Phase.ENDED))],
        lambda: (Activity.title, Activity.attended, Activity.ends_at, None),
        late_by=_unconfirmed_since,
        due=_reported,
        topics=("awaited",),
    ),
    Kind(
        "feedback", "缺活动反馈", "场", Activity, "office.activities", "office.feedback",
        _without_feedback,
        lambda: (Activity.title, Activity.attended, Activity.ends_at, None),
        late_by=_unconfirmed_since,
        born_late=True,
        in_order=True,
        due=_reported,
        topics=("awaited",),
    ),
    Kind(
        "reports", "志愿者上报", "篇", Report, "office.reports", "office.reports_show",
        lambda: [Report.status == ReportStatus.PENDING],
        lambda: (Report.title, Report.kind, Report.submitted_at, None),
        late_by=lambda moment: Report.submitted_at < over_since(DAYS_TO_DECIDE, moment),
        due=_decided,
        person=Report.user_id,
        topics=("reports",),
    ),
    Kind(
        "teams", "团队入队申请", "支", Team, "office.teams", "office.teams_show",
        lambda: [Team.status == TeamStatus.ACTIVE, somebody_asks()],
        lambda: (Team.name, _asking_number(), _asked_since(), None),
        topics=SELDOM,
    ),
    Kind(
        "disputes", "归属异议", "件", UnitDispute, "office.disputes", "office.disputes_show",
        lambda: [IS_OPEN],
        lambda: (User.name, UnitDispute.unit_id, UnitDispute.created_at, None),
        late_by=lambda moment: UnitDispute.created_at < over_since(DAYS_TO_DECIDE, moment),
        due=_decided,
        tables=_of_disputes,
        person=select(Volunteer.user_id).where(Volunteer.id == UnitDispute.volunteer_id).correlate(UnitDispute).scalar_subquery(),
        prefix="volunteer_",
        topics=SELDOM,
    ),
)  # fmt: skip
BY_KEY = {kind.key: kind for kind in KINDS}
