"""A world with one row of every noun in each of three communities, for the permission matrix.

It is built once, into a template database of its own; `world_app` is the application on it, as new for every test,
and `world` names its rows. `ROWS` maps `<first segment>:<nouns of the variables>` of a route to the values that name those rows.
"""

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.sessions import SecureCookieSessionInterface

from app import clock
from app.accounts.sessions import digest
from app.db import db
from app.models import (
    Application,
    Assignment,
    ExportJob,
    Feedback,
    Headcount,
    Message,
    Report,
    SignIn,
    SignUp,
    UnitDispute,
    User,
)
from app.models.application import ApplicationStatus
from app.models.honours.proposal import propose
from app.models.notice import Notice
from app.models.professional import Professional, ProfessionalGroup
from app.models.report import ReportKind, ReportStatus
from app.models.signup import SignUpStatus
from app.models.team import MemberStatus
from app.models.user import Gender
from app.models.volunteer import Employment, Political
from tests import cast
from tests.fixtures import BASE, as_new, filling, sites
from tests.helps import ask
from tests.honours import REASON, past_quarter, served
from tests.people_files import brought_in
from tests.showcases import make_base, make_member, make_team
from tests.support.databases import Database, Template
from tests.support.postgres import RUN

# key → how to read the values from a place's rows
ROWS: dict[str, Callable[[Any], list[Any]]] = {
    "office:applications": lambda rows: [rows["application"].id],
    "office:volunteers": lambda rows: [rows["volunteer"].id],
    "office:activities": lambda rows: [rows["activity"].id],
    "office:activities+attendance": lambda rows: [rows["activity"].id, rows["signup"].id],
    "office:activities+signups": lambda rows: [rows["activity"].id, rows["signup"].id],
    "office:activities+calls": lambda rows: [rows["activity"].id, rows["signup"].id],
    "office:feedback": lambda rows: [rows["feedback"].id],
    "office:password-codes": lambda rows: [rows["volunteer"].user_id],
    "activities:activities": lambda rows: [rows["activity"].id],
    "office:reports": lambda rows: [rows["report"].id],
    "office:help": lambda rows: [rows["help"].id],
    "office:help+assignments": lambda rows: [rows["help"].id, rows["assignment"].id],
    "office:notices": lambda rows: [rows["notice"].id],
    "office:honours": lambda rows: [rows["honour"].id],
    "office:professionals": lambda rows: [rows["professional"].group_id],
    "office:professionals+members": lambda rows: [rows["professional"].group_id, rows["professional"].id],
    "member:honours": lambda rows: [rows["honour"].id],
    "member:professionals": lambda rows: [rows["professional"].id],
    "member:reports": lambda rows: [rows["report"].id],
    "office:posts": lambda rows: [rows["post"].id],
    "office:headcounts": lambda rows: [rows["headcount"].id],
    "office:disputes": lambda rows: [rows["dispute"].id],
    "office:regions": lambda rows: [rows["activity"].community_code],
    "office:units": lambda rows: [rows["dispute"].unit_id],
    "office:categories": lambda rows: [rows["activity"].category_id],
    "office:workdays": lambda rows: ["2026-10-01"],
    "office:imports": lambda rows: [rows["import"].id],
    "office:exports": lambda rows: [rows["export"].id],
    "office:invitations": lambda rows: [rows["invitation"].id],
    "member:invitations": lambda rows: [rows["invitation"].id],
    "office:teams": lambda rows: [rows["team"].id],
    "office:teams+members": lambda rows: [rows["team"].id, rows["team_member"].id],
    "office:bases": lambda rows: [rows["base"].id],
    "teams:teams": lambda rows: [rows["team"].id],
    "member:teams": lambda rows: [rows["team_member"].id],
    "member:help": lambda rows: [rows["assignment"].id],
    "member:messages": lambda rows: [rows["message"].id],
    "member:services": lambda rows: [rows["signup"].id],
    "member:sign-ins": lambda rows: [rows["sign_in"].id],
}
UNIT_SEES = {  # where the cast's unit has a volunteer, or an entry or dispute of its own
    "office:volunteers": {"wantong", "far"},
    "office:headcounts": {"wantong", "far"},
    "office:disputes": {"wantong", "far"},
}


@dataclass
class World:
    """What names the rows of each place: place → key of a route → the values of its variables."""

    places: dict[str, dict[str, list[Any]]]

    def values(self, key: str, place: str) -> list[Any]:
        """What a route with this key puts into its variables for this place."""
        return self.places[place][key]

    def unit_sees(self, key: str, place: str | None) -> bool:
        """Whether the cast's unit administrator reaches the row."""
        return place in UNIT_SEES.get(key, set())


def rows_file(url: str) -> Path:
    """Where the run keeps what names the rows of this kind of database."""
    return Path(os.environ[RUN], f"world-{url.partition(':')[0].partition('+')[0]}.json")


def fill(url: str) -> None:
    """Fill a template database: to the cast the world."""
    with filling(url):
        rows_file(url).write_text(json.dumps(build().places))
        sign_everybody_in()


WORLD = Template("world", fill, BASE)


@pytest.fixture(scope="session")
def world_sites() -> Iterator[Callable[[str], tuple[Flask, Database]]]:
    """One application and database of the world for each kind of database and worker."""
    with sites(WORLD, lambda kind: "") as ask_for:
        yield ask_for


@pytest.fixture
def world_app(kind: str, world_sites: Any) -> Iterator[Flask]:
    """The application on the world as new, inside a context of its own."""
    with as_new(*world_sites(kind), f"world-{kind}") as app:
        yield app


@pytest.fixture
def world(world_app: Flask) -> World:
    """What names the world's rows."""
    return World(json.loads(rows_file(world_app.config["SQLALCHEMY_DATABASE_URI"]).read_text()))


def sign_everybody_in() -> None:
    """A session for each person of the cast, seen and proved in the future: no request of a long run has to move it."""
    later = clock.now() + timedelta(hours=6)
    for user in db.session.scalars(db.select(User).where(User.username_key.in_(one[0] for one in cast.PEOPLE))):
        token = digest(token_of(user.username))
        db.session.add(SignIn(token=token, user_id=user.id, seen_at=later, proved_at=later))
    db.session.commit()


def token_of(username: str) -> str:
    """The token of this person's session in the world."""
    return f"the world knows {username}"


@pytest.fixture
def signed_in(world_app: Flask) -> Callable[[str], Any]:
    """`signed_in("wantong")` is a client of the session that this person has in the world: nothing is written; "" is a visitor."""
    signer: Any = SecureCookieSessionInterface().get_signing_serializer(world_app)

    def made(username: str) -> Any:
        client = world_app.test_client()
        if username:
            client.set_cookie("session", signer.dumps({"_user_id": token_of(username), "_fresh": True}))
        return client

    return made


def build() -> World:
    """Make the rows."""
    codes = {"wantong": cast.WANTONG, "baiyun": cast.baiyun_code(), "far": cast.far_code()}
    people = {"wantong": "volunteer", "baiyun": None, "far": "guest"}
    world = World({})
    for number, (place, code) in enumerate(codes.items()):
        username = people[place]
        volunteer = cast.volunteer_of(username) if username else _villager(code)
        activity = cast.make_activity(code)
        rows = {
            "volunteer": volunteer,
            "activity": activity,
            "application": _application(code, number),
            "signup": _signup(activity, volunteer),
            "feedback": _feedback(activity),
            "report": _report(volunteer),
            "sign_in": _sign_in(volunteer.user_id),
            "export": _export(volunteer.user_id),
            "message": Message(user_id=volunteer.user_id, title="测试"),
        }
        rows |= _displays(place, volunteer) | brought_in(code)
        rows |= _help(code, volunteer) | _team(code, volunteer) | _delegation(place, number, code, volunteer)
        db.session.add(rows["message"])
        db.session.commit()
        world.places[place] = {key: read(rows) for key, read in ROWS.items()}
    return world


def _export(user_id: int) -> ExportJob:
    """An export that waits."""
    post = cast.who("wantong").post
    assert post is not None
    facts: dict[str, Any] = {"title": "志愿者名册", "purpose": "核对", "format": "csv", "full": False}
    job = ExportJob(user_id=user_id, post_id=post.id, path="/office/volunteers/export?", total=5000, **facts)
    db.session.add(job)
    db.session.flush()
    return job


def _displays(place: str, volunteer: Any) -> dict[str, Any]:
    """A notice, a person proposed as a star, a professional who was asked."""
    quarter = past_quarter()
    served(volunteer, quarter.last_day)
    group = ProfessionalGroup.found(f"{place}协会", "", "", 0, by=None)
    return {
        "notice": Notice.draft("停电通知", "周六上午停电。", "", None, by=None),
        "honour": propose(quarter, volunteer, REASON, by=None),
        "professional": Professional.add(group, volunteer, "法律咨询", "", "执业证", by=None),
    }


def _sign_in(user_id: int) -> SignIn:
    row = SignIn(token=f"{user_id:064d}", user_id=user_id, seen_at=clock.now())
    db.session.add(row)
    db.session.flush()
    return row


def _villager(code: str) -> Any:
    return cast.make_volunteer(cast.make_user(f"villager{code[-3:]}", "白小云", "13600000001"), code)


def _application(code: str, number: int) -> Application:
    user = cast.make_user(f"applicant{number}", "申小请", f"1350000000{number}")
    application = Application(
        user_id=user.id,
        political=Political.PARTY,
        employment=Employment.EMPLOYED,
        gender=Gender.MALE,
        born_year=1980,
        consent_at=clock.now(),
        submitted_at=clock.now(),
        due_at=clock.now() + timedelta(days=3),
        status=ApplicationStatus.PENDING,
        id_card="110101199003070011",
        id_card_tail="0011",
        id_card_hash=f"{number:064d}",
    )
    application.locate(code)
    db.session.add(application)
    db.session.flush()
    return application


def _signup(activity: Any, volunteer: Any) -> SignUp:
    activity.taken += 1
    activity.turns += 1
    signup = SignUp(
        activity_id=activity.id,
        volunteer_id=volunteer.id,
        status=SignUpStatus.ADMITTED,
        turn=activity.turns,
        volunteer_district_code=volunteer.district_code,
        unit_id=volunteer.unit_id,
        volunteer_subdistrict_code=volunteer.subdistrict_code,
        volunteer_community_code=volunteer.community_code,
    )
    signup.locate(activity.community_code)
    db.session.add(signup)
    db.session.flush()
    return signup


def _feedback(activity: Any) -> Feedback:
    feedback = Feedback(activity_id=activity.id, title="活动情况", body="大家都来了。")
    feedback.locate(activity.community_code)
    db.session.add(feedback)
    db.session.flush()
    return feedback


def _report(volunteer: Any) -> Report:
    """A plan that waits for review."""
    report = Report(user_id=volunteer.user_id, kind=ReportKind.PLAN, title="楼道亮化", body="打算给楼道换灯。")
    report.status, report.submitted_at = ReportStatus.PENDING, clock.now()
    report.locate(volunteer.community_code)
    db.session.add(report)
    db.session.flush()
    return report


def _delegation(place: str, number: int, code: str, volunteer: Any) -> dict[str, Any]:
    """The post of an administrator of the community, an entry and a dispute of the volunteer's unit (in 白云 of the other one)."""
    unit = cast.who("unit2" if place == "baiyun" else "unit").post
    assert unit and unit.unit_id
    post = cast.who("wantong2" if place == "wantong" else place).post
    headcount = Headcount(unit_id=unit.unit_id, day=clock.today() - timedelta(days=number), number=100)
    dispute = UnitDispute(volunteer_id=volunteer.id, unit_id=unit.unit_id, reason="不是本单位的人")
    dispute.stand_in(code)
    db.session.add_all([headcount, dispute])
    db.session.flush()
    return {"post": post, "headcount": headcount, "dispute": dispute}


def _help(code: str, volunteer: Any) -> dict[str, Any]:
    """A request that waits for 受理, with an assignment that waits for an answer."""
    request = ask(code)
    assignment = Assignment(
        request_id=request.id,
        volunteer_id=volunteer.id,
        user_id=volunteer.user_id,
        offered_at=clock.now(),
        expires_at=clock.now() + timedelta(hours=24),
    )
    db.session.add(assignment)
    db.session.flush()
    return {"help": request, "assignment": assignment}


def _team(code: str, volunteer: Any) -> dict[str, Any]:
    """A team that somebody asks to join, and a base."""
    team = make_team(code)
    return {"team": team, "team_member": make_member(team, volunteer, MemberStatus.ASKING), "base": make_base(code)}
