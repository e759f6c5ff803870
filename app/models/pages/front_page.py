"""What the home page shows: activities to join and the newest of everything that is public. A dozen statements."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, case, func, literal, select, union_all

from app import clock
from app.db import db
from app.freshness import remembered
from app.models import feedback_lists, notice
from app.models.activities.search import CAP, shown_as
from app.models.activity import Activity
from app.models.category import categories
from app.models.displays import bases as base_lists
from app.models.displays import professionals as professional_lists
from app.models.displays import teams as team_lists
from app.models.figure import Figure, figures
from app.models.help import lists as help_lists
from app.models.honours import lists as honour_lists
from app.models.honours.lists import HomeStars
from app.models.picture import Picture
from app.models.public_case import PublicCase
from app.models.reports import lists as report_lists
from app.models.volunteer import Volunteer, VolunteerStatus

FEEDBACK, CASES, REPORTS, PROFESSIONALS, TEAMS, BASES = 5, 5, 4, 4, 5, 3
ORDERS = {  # which activities come first, and in which order
    "recruiting": (Activity.starts_at, Activity.id),
    "ongoing": (Activity.starts_at, Activity.id),
    "ended": (Activity.starts_at.desc(), Activity.id.desc()),
}


@dataclass
class FrontPage:
    """The parts of the home page."""

    activities: list[Any]  # rows of columns, with `picture` and `alt` of the cover
    recruiting: int  # capped at CAP
    feedback: list[Any]
    figures: dict[str, Figure]
    volunteer: bool  # whether the signed-in person serves already
    notices: list[Any]  # the newest one
    cases: list[PublicCase]
    reports: list[Any]
    stars: HomeStars | None
    professionals: list[Any]
    teams: list[Any]
    bases: list[Any]


def front_page(category_id: int | None, count: int, user_id: int | None, *, short: bool = False) -> FrontPage:
    """The home page for this person (None: a visitor); `category_id` narrows its activities.

    A `short` one (长者模式, or only its activities are swapped) has none of the columns.
    """
    found, whole = latest(category_id, count), not short
    return FrontPage(
        activities=found,
        recruiting=recruiting(),
        feedback=feedback_lists.newest(FEEDBACK) if whole else [],
        figures=_figures() if whole else {},
        volunteer=_serves(user_id),
        notices=notice.latest(1),
        cases=_cases() if whole else [],
        reports=_reports() if whole else [],
        stars=honour_lists.for_home() if whole else None,
        professionals=professional_lists.for_home(PROFESSIONALS) if whole else [],
        teams=_teams() if whole else [],
        bases=_bases() if whole else [],
    )


def _serves(user_id: int | None) -> bool:
    serves = Volunteer.user_id == user_id, Volunteer.status != VolunteerStatus.LEFT
    return bool(user_id and db.session.scalar(select(Volunteer.id).where(*serves)))


@remembered("figures")
def _figures() -> dict[str, Figure]:
    found = figures()
    for figure in found.values():
        db.session.expunge(figure)
    return found


@remembered("help")
def _cases() -> list[PublicCase]:
    cases = help_lists.latest_closed(CASES)
    for one in cases:
        db.session.expunge(one)
    return cases


@remembered("reports")
def _reports() -> list[Any]:
    return report_lists.newest(REPORTS)


@remembered("teams")
def _teams() -> list[Any]:
    return team_lists.for_home(TEAMS)


@remembered("bases")
def _bases() -> list[Any]:
    return base_lists.for_home(BASES)


def latest(category_id: int | None, count: int) -> list[Any]:
    """Activities to join, soonest first, of different kinds if none is chosen.

    Where there are too few, more of the same kind, then those running, then the last ones that ended.
    """
    found = [] if category_id else _one_of_each_kind(count)
    for status, order in ORDERS.items():
        if len(found) < count:
            seen = [row.id for row in found]
            wanted = (
                _cards(category_id).where(*shown_as(status, clock.now()), Activity.id.not_in(seen)).order_by(*order)
            )
            found += db.session.execute(wanted.limit(count - len(found)))
    return found


def _one_of_each_kind(count: int) -> list[Any]:
    """The soonest activity to join of each category, the soonest of them first; one index look-up a category."""
    now, a = clock.now(), Activity
    published, ahead, _ = shown_as("recruiting", now)
    # the sooner of both is ahead: by the sign-up's end alone PostgreSQL takes what is open for few, and passes all of it for each category
    sooner = case((a.signup_closes_at < a.starts_at, a.signup_closes_at), else_=a.starts_at)
    open_ones = published, ahead, sooner > now, a.taken < a.capacity
    soonest = [
        select(_cards(kind.id).where(*open_ones).order_by(Activity.starts_at, Activity.id).limit(1).subquery())
        for kind in categories().values()
        if not kind.closed
    ]
    rows: list[Any] = list(db.session.execute(union_all(*soonest))) if soonest else []
    return sorted(rows, key=lambda row: (row.starts_at, row.id))[:count]


def recruiting() -> int:
    """How many activities people can still join, counted up to CAP."""
    some = select(literal(1)).select_from(Activity).where(*shown_as("recruiting", clock.now())).limit(CAP)
    return db.session.scalar(select(func.count()).select_from(some.subquery())) or 0


def _cards(category_id: int | None) -> Select[Any]:
    a = Activity
    wanted = select(
        a.id,
        a.title,
        a.status,
        a.category_id,
        a.community_code,
        a.starts_at,
        a.ends_at,
        a.signup_closes_at,
        a.capacity,
        a.taken,
        a.waiting,
        Picture.name.label("picture"),
        Picture.alt,
    ).outerjoin(Picture, Picture.id == a.cover_id)
    return wanted.where(a.category_id == category_id) if category_id else wanted
