"""What is still open in a place: shown when a post is passed on, and told to the successor."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, literal, select

from app.db import db
from app.models.activities.phase import ActivityStatus
from app.models.activity import Activity
from app.models.application import OPEN as OPEN_APPLICATIONS
from app.models.application import Application
from app.models.help.states import OPEN as OPEN_HELP
from app.models.help_request import HelpRequest
from app.models.region import within
from app.models.report import Report, ReportStatus
from app.models.service_base import BaseStatus, ServiceBase
from app.models.team import Team, TeamStatus
from app.models.unit_dispute import IS_OPEN, UnitDispute
from app.models.volunteer import Volunteer, VolunteerStatus

if TYPE_CHECKING:
    from app.models.post import Post

CAP = 1000
ACTIVE = (ActivityStatus.DRAFT, ActivityStatus.PUBLISHED)


@dataclass(frozen=True)
class Part:
    """One kind of work: its word, how many (capped at 1,000), counted in which unit, and the page that lists it."""

    word: str
    count: int
    unit: str
    endpoint: str

    @property
    def shown(self) -> str:
        """The number, or 999+."""
        from app.labels import capped

        return capped(self.count)


def open_work(post: "Post") -> list[Part]:
    """The open work of the post's place, in the order in which it is done; one statement."""
    return _parts(_of_region(post.region_code) if post.region_code else _of_unit(post.unit_id or 0))


def work_in(code: str) -> list[Part]:
    """The open work of a region, and what else of it lives on when it is merged; one statement."""
    volunteers = within(Volunteer, code), Volunteer.status != VolunteerStatus.LEFT
    more: Wanted = [
        ("在册志愿者", "名", "office.volunteers", volunteers),
        ("志愿者团队", "支", "office.teams", (within(Team, code), Team.status == TeamStatus.ACTIVE)),
        ("服务基地", "个", "office.bases", (within(ServiceBase, code), ServiceBase.status == BaseStatus.OPEN)),
    ]
    return _parts([*_of_region(code), *more])


def _parts(wanted: "Wanted") -> list[Part]:
    counted = db.session.execute(select(*(_count(*conditions) for *_, conditions in wanted))).one()
    return [Part(word, n, unit, endpoint) for (word, unit, endpoint, _), n in zip(wanted, counted, strict=True)]


Wanted = list[tuple[str, str, str, tuple[Any, ...]]]


def _of_region(code: str) -> Wanted:
    def here(model: Any, *conditions: Any, prefix: str = "") -> tuple[Any, ...]:
        place = within(model, code, prefix)
        return conditions if place is None else (place, *conditions)

    mine: Wanted = [
        ("志愿者申请", "份", "office.applications", here(Application, Application.status.in_(OPEN_APPLICATIONS))),
        ("没有结项的活动", "场", "office.activities", here(Activity, Activity.status.in_(ACTIVE))),
        ("正在办理的求助", "件", "office.help", here(HelpRequest, HelpRequest.status.in_(OPEN_HELP))),
        ("待审核的上报", "篇", "office.reports", here(Report, Report.status == ReportStatus.PENDING)),
    ]
    disputes = here(UnitDispute, IS_OPEN, prefix="volunteer_")
    return [*mine, ("待核实的归属异议", "件", "office.disputes", disputes)]


def _of_unit(unit_id: int) -> Wanted:
    mine = UnitDispute.unit_id == unit_id, IS_OPEN
    return [("待核实的归属异议", "件", "office.disputes", mine)]


def _count(*conditions: Any) -> Any:
    some = select(literal(1)).where(*conditions).limit(CAP).subquery()
    return select(func.count()).select_from(some).scalar_subquery()
