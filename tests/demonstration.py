"""The demonstration city as a world for tests: `flask demo` on a template database, and rows of it by state.

`demo_app` is the application on it; every test gets the database as new. To the demonstration's own rows come
the few states that it does not show in 万通社区, so that every page is seen in every state.
"""

import os
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from app import clock
from app.db import db
from app.models import (
    Activity,
    Application,
    Assignment,
    Category,
    Feedback,
    Headcount,
    HelpRequest,
    Honour,
    Import,
    Invitation,
    Message,
    Notice,
    Post,
    Professional,
    ProfessionalGroup,
    PublicCase,
    Region,
    RegionName,
    Report,
    ServiceBase,
    SignIn,
    SignUp,
    Team,
    UnitDispute,
    User,
    Volunteer,
    WorkUnit,
)
from app.models.reports.lists import TO_STAFF
from app.models.signup import SignUpStatus
from tests import cast
from tests.fixtures import GROUND, Site, as_new, filling, sites
from tests.support.databases import Template
from tests.support.postgres import RUN

STAFF = ("city", "huanglou", "wantong", "unit")


def pictures(kind: str) -> str:
    """Where the demonstration's pictures lie, shared by the run's processes."""
    return str(Path(os.environ[RUN], f"demo-pictures-{kind}"))


def prepare(url: str) -> None:
    """Fill a template database: to the regions the demonstration."""
    with filling(url, pictures(url.split(":")[0].split("+")[0])) as app:
        done = app.test_cli_runner().invoke(args=["demo"])
        assert done.exit_code == 0, done.output


def signed_up(activity: Activity, volunteer: Volunteer) -> SignUp:
    """An admitted sign-up; added by the caller."""
    activity.turns += 1
    activity.taken += 1
    row = SignUp(
        activity_id=activity.id, volunteer_id=volunteer.id, status=SignUpStatus.ADMITTED, turn=activity.turns, unit_id=volunteer.unit_id,
        volunteer_district_code=volunteer.district_code, volunteer_subdistrict_code=volunteer.subdistrict_code,
        volunteer_community_code=volunteer.community_code,
    )  # fmt: skip
    row.locate(activity.community_code)
    return row


def of_each_state(
    model: Any, *state: Any, where: Any = None, columns: Any = None, pick: Any = db.func.max
) -> list[tuple[Any, ...]]:
    """One row (the newest) for each combination of these columns that occurs: its `columns`, by default the id."""
    first = db.select(pick(model.id)).group_by(*state)
    chosen = db.select(*(columns or [model.id])).where(model.id.in_(first if where is None else first.where(where)))
    return [tuple(row) for row in db.session.execute(chosen.order_by(model.id))]


def merged_and_renamed() -> list[tuple[Any, ...]]:
    """The codes of a region that was merged, and of one that was renamed."""
    merged = db.session.scalar(db.select(Region.code).where(Region.successor.is_not(None)))
    renamed = db.session.scalar(db.select(RegionName.region_code))
    return [(code,) for code in (merged, renamed) if code]


def rows(place: str = cast.WANTONG, pick: Any = db.func.max) -> dict[str, list[tuple[Any, ...]]]:
    """What a route may put into its variables, a row (the newest) for each state, by the key of tests/test_access.py."""
    each = partial(of_each_state, pick=pick)
    now = clock.now()
    phase = db.case((Activity.starts_at > now, 1), (Activity.ends_at > now, 2), else_=3)
    full = Activity.taken >= Activity.capacity
    owner = db.select(User.id).where(User.username_key == "volunteer").scalar_subquery()
    mine = SignUp.volunteer_id == db.select(Volunteer.id).where(Volunteer.user_id == owner).scalar_subquery()
    pair, states = (SignUp.activity_id, SignUp.id), (SignUp.status, SignUp.attendance)
    activities = each(Activity, Activity.status, phase, full, where=Activity.community_code == place)
    here = SignUp.community_code == place
    unit = (
        db.select(Post.unit_id).join(User, User.id == Post.user_id).where(User.username_key == "unit").scalar_subquery()
    )
    phone = db.select(User.phone_hash).where(User.username_key == "volunteer").scalar_subquery()
    brought = db.or_(Invitation.accepted_by_id == owner, Invitation.phone_hash == phone)
    return {
        "activities:activities": activities,
        "office:activities": activities,
        "office:activities+signups": each(SignUp, *states, where=here, columns=pair),
        "office:activities+attendance": each(
            SignUp, *states, where=db.and_(here, SignUp.status == SignUpStatus.ADMITTED), columns=pair
        ),
        "office:applications": each(Application, Application.status, where=Application.community_code == place),
        "office:volunteers": each(Volunteer, Volunteer.status, where=Volunteer.community_code == place),
        "office:feedback": each(Feedback, Feedback.status, where=Feedback.community_code == place),
        "office:help": each(HelpRequest, HelpRequest.status, where=HelpRequest.community_code == place),
        "office:reports": each(
            Report, Report.status, Report.kind, where=db.and_(Report.community_code == place, TO_STAFF)
        ),
        "reports:reports": each(Report, Report.status, where=Report.community_code == place),
        "office:notices": each(Notice, Notice.status, Notice.visible_at > now),
        "office:honours": each(Honour, Honour.status, Honour.kind, Honour.agreed_at.is_(None)),
        "office:professionals": each(ProfessionalGroup, ProfessionalGroup.status),
        "office:professionals+members": each(
            Professional, Professional.status, columns=(Professional.group_id, Professional.id)
        ),
        "notices:notices": each(Notice, Notice.status),
        "stars:stars": each(Honour, Honour.status, Honour.kind),
        "professionals:professionals": each(ProfessionalGroup, ProfessionalGroup.status),
        "member:reports": each(Report, Report.status, where=Report.user_id == owner),
        "office:posts": each(
            Post, Post.role, Post.revoked_at.is_(None), where=Post.region_code.startswith(f"{cast.HUANGLOU}0")
        ),
        "office:headcounts": each(Headcount, Headcount.unit_id, where=Headcount.unit_id == unit),
        "office:disputes": each(UnitDispute, UnitDispute.status, where=UnitDispute.unit_id == unit),
        "office:regions": [(place,), (place[:9],), *merged_and_renamed()],
        "office:units": each(WorkUnit, WorkUnit.valid_to),
        "office:categories": each(Category, Category.closed),
        "office:workdays": [("2026-10-01",)],
        "office:imports": each(Import, Import.status),
        "office:invitations": each(Invitation, Invitation.status, where=Invitation.community_code == place),
        "member:invitations": each(Invitation, Invitation.status, where=brought),
        "office:teams": each(Team, Team.status, where=Team.community_code == place),
        "office:bases": each(ServiceBase, ServiceBase.status, where=ServiceBase.community_code == place),
        "teams:teams": each(Team, Team.status, where=Team.community_code == place),
        "bases:bases": each(ServiceBase, ServiceBase.status, where=ServiceBase.community_code == place),
        "feedback:feedback": each(Feedback, Feedback.status, where=Feedback.community_code == place),
        "help:help": each(PublicCase, PublicCase.category_id)[:2],
        "member:services": each(SignUp, *states, where=mine),
        "member:help": each(Assignment, Assignment.status, where=Assignment.user_id == owner),
        "member:messages": each(Message, Message.user_id, where=Message.user_id == owner),
        "member:sign-ins": each(SignIn, SignIn.user_id, where=SignIn.user_id == owner),
    }


DEMO = Template("demo", prepare, GROUND)


@pytest.fixture(scope="session")
def demo_sites() -> Iterator[Callable[[str], Site]]:
    """One application and database of the demonstration for each kind of database and worker."""
    with sites(DEMO, pictures) as ask:
        yield ask


@pytest.fixture
def demo_app(kind: str, demo_sites: Callable[[str], Site]) -> Iterator[Flask]:
    """The application on the demonstration as new, inside a context of its own."""
    with as_new(*demo_sites(kind), f"demo-{kind}") as app:
        yield app
