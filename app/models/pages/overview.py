"""What a member sees first: what needs them, where their application stands, what they have done.

Read in a handful of statements whatever the number of rows (PERFORMANCE.md row 7).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import joinedload

from app import clock
from app.db import db
from app.models.activity import Activity
from app.models.application import Application, ApplicationStatus
from app.models.displays.consents import consents_of
from app.models.pages.needs import Needs, needs_of
from app.models.service_record import ServiceRecord
from app.models.signup import Attendance, SignUp, SignUpStatus
from app.models.signups.mine import Tab, in_tab, my_signups
from app.models.user import User
from app.models.volunteer import Volunteer

SOON = timedelta(days=2)


@dataclass
class Overview:
    """Everything the first page of the member centre shows."""

    volunteer: Volunteer | None
    application: Application | None
    signups: list[SignUp]  # running and coming, soonest first, at most ten
    quarter: int
    quarter_before: int
    this_quarter: str
    asked: int  # decisions about being named in public that wait
    named: int  # all of them
    waiting: Needs

    @property
    def soon(self) -> list[SignUp]:
        """Admitted sign-ups whose activity starts within two days; whoever was ticked already has nothing left to do."""
        now = clock.now()
        open = [
            one for one in self.signups if (one.status, one.attendance) == (SignUpStatus.ADMITTED, Attendance.UNKNOWN)
        ]
        return [one for one in open if now <= one.activity.starts_at <= now + SOON]

    @property
    def needs(self) -> int:
        """How many things wait for the member."""
        returned = self.application is not None and self.application.status is ApplicationStatus.RETURNED
        first_step = self.application is None and self.volunteer is None
        return len(self.soon) + returned + self.asked + self.waiting.number + first_step


def overview(user: User) -> Overview:
    """Collect the overview of this member."""
    volunteer = db.session.scalar(select(Volunteer).where(Volunteer.user_id == user.id))
    latest = select(Application).where(Application.user_id == user.id).order_by(Application.id.desc())
    application = db.session.scalar(latest.options(joinedload(Application.decided_by)).limit(1))
    start, before = quarter_start(clock.now()), quarter_start(quarter_start(clock.now()) - timedelta(days=1))
    now, last = _services_since(volunteer, start, before)
    there = clock.local(start)
    quarter = f"{there.year} 年第 {there.month // 3 + 1} 季度"
    coming, waiting = _coming(volunteer), needs_of(user, volunteer)
    return Overview(volunteer, application, coming, now, last, quarter, *consents_of(volunteer), waiting)


def quarter_start(moment: datetime) -> datetime:
    """Midnight in Shanghai on the first day of the moment's quarter."""
    there = clock.day(moment)
    return clock.start_of(there.replace(month=(there.month - 1) // 3 * 3 + 1, day=1))


def _services_since(volunteer: Volunteer | None, start: datetime, before: datetime) -> tuple[int, int]:
    """Live services of this quarter and of the one before, in one statement."""
    if volunteer is None:
        return 0, 0
    this = func.coalesce(func.sum(case((ServiceRecord.day >= clock.day(start), 1), else_=0)), 0)
    mine = (
        select(this, func.count())
        .where(ServiceRecord.volunteer_id == volunteer.id, ServiceRecord.revoked_at.is_(None))
        .where(ServiceRecord.day >= clock.day(before))
    )
    now, both = db.session.execute(mine).one()
    return int(now), int(both - now)


def _coming(volunteer: Volunteer | None) -> list[SignUp]:
    """Sign-ups that are in or waiting, for activities that have not ended."""
    if volunteer is None:
        return []
    return list(db.session.scalars(_first_running(), {"me": volunteer.user_id}))


@lru_cache
def _first_running() -> Select[Any]:
    """The statement of `_coming`, built once."""
    return my_signups().where(in_tab(Tab.RUNNING)).order_by(Activity.starts_at, SignUp.id).limit(10)
