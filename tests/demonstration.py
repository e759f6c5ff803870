"""The demonstration city as a world for tests: `flask demo` on a template database, and rows of it by state.

`demo_app` is the application on it; every test gets the database as new. To the demonstration's own rows come
the few states that it does not show in 万通社区, so that every page is seen in every state.
"""

import os
from collections.abc import Callable, Iterator
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


def of_each_state(model: Any, *state: Any, where: Any = None, columns: Any = None) -> list[tuple[Any, ...]]:
    """One row for each combination of these columns that occurs: its `columns`, by default the id."""
    first = db.select(db.func.max(model.id)).group_by(*state)
    chosen = db.select(*(columns or [model.id])).where(model.id.in_(first if where is None else first.where(where)))
    return [tuple(row) for row in db.session.execute(chosen.order_by(model.id))]


def merged_and_renamed() -> list[tuple[Any, ...]]:
    """The codes of a region that was merged, and of one that was renamed."""
    merged = db.session.scalar(db.select(Region.code).where(Region.successor.is_not(None)))
    renamed = db.session.scalar(db.select(RegionName.region_code))
    return [(code,) for code in (merged, renamed) if code]


def rows(place: str = cast.WANTONG) -> dict[str, list[tuple[Any, ...]]]:
    """What a route may put into its variables, a row for each state, by the key of tests/test_access.py."""
    now = clock.now()
    phase = db.case((Activity.starts_at > now, 1), (Activity.ends_at > now, 2), else_=3)
    full = Activity.taken >= Activity.capacity
    owner = db.select(User.id).where(User.username_key == "volunteer").scalar_subquery()
    mine = SignUp.volunteer_id == db.select(Volunteer.id).where(Volunteer.user_id == owner).scalar_subquery()
    pair, states = (SignUp.activity_id, SignUp.id), (SignUp.status, SignUp.attendance)
    activities = of_each_state(Activity, Activity.status, phase, full, where=Activity.community_code == place)
    here = SignUp.community_code == place
    unit = (
        db.select(Post.unit_id).join(User, User.id == Post.user_id).where(User.username_key == "unit").scalar_subquery()
    )
    phone = db.select(User.phone_hash).where(User.username_key == "volunteer").scalar_subquery()
    brought = db.or_(Invitation.accepted_by_id == owner, Invitation.phone_hash == phone)
    return {
        "activities:activities": activities,
        "office:activities": activities,
        "office:activities+signups": of_each_state(SignUp, *states, where=here, columns=pair),
        "office:activities+attendance": of_each_state(
            SignUp, *states, where=db.and_(here, SignUp.status == SignUpStatus.ADMITTED), columns=pair
        ),
        "office:applications": of_each_state(
            Application, Application.status, where=Application.community_code == place
        ),
        "office:volunteers": of_each_state(Volunteer, Volunteer.status, where=Volunteer.community_code == place),
        "office:feedback": of_each_state(Feedback, Feedback.status, where=Feedback.community_code == place),
        "office:help": of_each_state(HelpRequest, HelpRequest.status, where=HelpRequest.community_code == place),
        "office:reports": of_each_state(
            Report, Report.status, Report.kind, where=db.and_(Report.community_code == place, TO_STAFF)
        ),
        "reports:reports": of_each_state(Report, Report.status, where=Report.community_code == place),
        "office:notices": of_each_state(Notice, Notice.status, Notice.visible_at > now),
        "office:honours": of_each_state(Honour, Honour.status, Honour.kind, Honour.agreed_at.is_(None)),
        "office:professionals": of_each_state(ProfessionalGroup, ProfessionalGroup.status),
        "office:professionals+members": of_each_state(
            Professional, Professional.status, columns=(Professional.group_id, Professional.id)
        ),
        "notices:notices": of_each_state(Notice, Notice.status),
        "stars:stars": of_each_state(Honour, Honour.status, Honour.kind),
        "professionals:professionals": of_each_state(ProfessionalGroup, ProfessionalGroup.status),
        "member:reports": of_each_state(Report, Report.status, where=Report.user_id == owner),
        "office:posts": of_each_state(
            Post, Post.role, Post.revoked_at.is_(None), where=Post.region_code.startswith(f"{cast.HUANGLOU}0")
        ),
        "office:headcounts": of_each_state(Headcount, Headcount.unit_id, where=Headcount.unit_id == unit),
        "office:disputes": of_each_state(UnitDispute, UnitDispute.status, where=UnitDispute.unit_id == unit),
        "office:regions": [(place,), (place[:9],), *merged_and_renamed()],
        "office:units": of_each_state(WorkUnit, WorkUnit.valid_to),
        "office:categories": of_each_state(Category, Category.closed),
        "office:workdays": [("2026-10-01",)],
        "office:imports": of_each_state(Import, Import.status),
        "office:invitations": of_each_state(Invitation, Invitation.status, where=Invitation.community_code == place),
        "member:invitations": of_each_state(Invitation, Invitation.status, where=brought),
        "office:teams": of_each_state(Team, Team.status, where=Team.community_code == place),
        "office:bases": of_each_state(ServiceBase, ServiceBase.status, where=ServiceBase.community_code == place),
        "teams:teams": of_each_state(Team, Team.status, where=Team.community_code == place),
        "bases:bases": of_each_state(ServiceBase, ServiceBase.status, where=ServiceBase.community_code == place),
        "feedback:feedback": of_each_state(Feedback, Feedback.status, where=Feedback.community_code == place),
        "help:help": of_each_state(PublicCase, PublicCase.category_id)[:2],
        "member:services": of_each_state(SignUp, *states, where=mine),
        "member:help": of_each_state(Assignment, Assignment.status, where=Assignment.user_id == owner),
        "member:messages": of_each_state(Message, Message.user_id, where=Message.user_id == owner),
        "member:sign-ins": of_each_state(SignIn, SignIn.user_id, where=SignIn.user_id == owner),
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
