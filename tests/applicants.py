"""Helpers for tests of applications: ID-card numbers, what people state, applications in any state, the office's queue."""

import re
from datetime import date, timedelta
from typing import Any

from app import clock
from app.db import db
from app.models import Application, Message, User
from app.models.application import ApplicationStatus
from app.models.applications.particulars import Particulars
from app.models.user import Gender
from app.models.volunteer import Employment, Political
from app.text import CHECKSUM, WEIGHTS
from tests import cast

S = ApplicationStatus
URL = "/office/applications"


def card(number: int = 0, born: str = "19850312", gender: Gender = Gender.FEMALE) -> str:
    """A valid invented ID-card number; another `number` (0 to 499) is another person."""
    body = f"320302{born}{2 * number + (gender is Gender.MALE):03d}"
    return body + CHECKSUM[sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True)) % 11]


def years_ago(years: int, days: int = 0) -> str:
    """The birthday, as in a number, of somebody who turned `years` so many days ago (Shanghai)."""
    today = clock.today()
    leap_day = (today.month, today.day) == (2, 29)
    then = date(today.year - years, today.month, 28 if leap_day else today.day) - timedelta(days=days)
    return f"{then:%Y%m%d}"


def told(**changes: Any) -> Particulars:
    """What a person states: a woman of 万通社区, working, Party member, without a listed unit."""
    usual: dict[str, Any] = {
        "id_card": card(),
        "gender": Gender.FEMALE,
        "political": Political.PARTY,
        "employment": Employment.EMPLOYED,
        "community": cast.WANTONG,
        "unit_other": "徐州某学校",
    }
    return Particulars(**(usual | changes))


def apply(who: str | User = "member", **changes: Any) -> Application:
    """That person applies."""
    user = cast.who(who) if isinstance(who, str) else who
    return Application.submit(told(**changes), by=user)


def crowd(number: int, community: str = cast.WANTONG, prefix: str = "a") -> list[Application]:
    """So many people of a community who have applied: a000, a001, …"""
    return [
        apply(
            cast.make_user(f"{prefix}{n:03d}", f"申请人{n}", f"137{n:04d}{n % 7:04d}"),
            community=community,
            id_card=card(n),
        )
        for n in range(number)
    ]


def in_state(status: ApplicationStatus, who: str = "member", **changes: Any) -> Application:
    """An application brought to this state by the verbs."""
    application, staff = apply(who, **changes), cast.who("wantong")
    if status is S.APPROVED:
        application.approve(by=staff)
    elif status is S.RETURNED:
        application.send_back(by=staff, reason="请补充工作单位")
    elif status is S.REJECTED:
        application.reject(by=staff, reason="信息不符")
    elif status is S.WITHDRAWN:
        application.withdraw(by=cast.who(who))
    db.session.flush()
    return application


def form(**changes: Any) -> dict[str, Any]:
    """What a person types into the application's form, by SPEC's field names."""
    usual = {
        "id_card": card(),
        "gender": "female",
        "political_status": "party",
        "employment": "employed",
        "community": cast.WANTONG,
        "work_unit": "other",
        "unit_other": "徐州某学校",
        "consent": "y",
    }
    return {name: value for name, value in (usual | changes).items() if value is not None}


def messages_of(username: str, *, visible: bool = True) -> list[str]:
    """Titles of the person's messages: those in sight, or all."""
    user = cast.who(username)
    stmt = Message.inbox(user.id) if visible else db.select(Message).where(Message.user_id == user.id)
    return [message.title for message in db.session.scalars(stmt)]


def counter(page: str, status: str) -> str:
    """What stands on a tab of the queue, in a page or a fragment."""
    found = re.search(rf'(?:id="n-{status}">|hx-target="#n-{status}" hx-swap="innerHTML"><span>)([^<]+)<', page)
    assert found
    return found.group(1)


def fresh(application: Application) -> Application:
    """This application, read again."""
    db.session.refresh(application)
    return application
