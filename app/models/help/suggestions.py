"""Whom to ask for a request: same community, a skill that fits, free that day, least recently asked.

Each suggestion says why it stands there. It is no ranking of people: whoever was not asked for the longest time
comes first among those alike, and how much somebody has served plays no part.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, exists, func, literal, or_, select
from sqlalchemy.orm import joinedload, selectinload

from app import clock, labels
from app.db import db
from app.models.accounts.called import goes_by
from app.models.activities.phase import ActivityStatus
from app.models.activity import Activity
from app.models.assignment import Assignment
from app.models.category import categories
from app.models.help.states import AssignmentStatus
from app.models.help_request import HelpRequest
from app.models.region import heir, place_name, within
from app.models.signup import SignUp, SignUpStatus
from app.models.volunteer import Skill, Volunteer, VolunteerSkill, VolunteerStatus
from app.refusal import Invalid

MOST = 20
LIVE = (AssignmentStatus.OFFERED, AssignmentStatus.ACCEPTED)
FITTING: dict[str, tuple[Skill, ...]] = {
    "elder": (Skill.MEDICINE, Skill.PSYCHOLOGY, Skill.HAIRDRESSING, Skill.DRIVING, Skill.SIGN_LANGUAGE),
    "traffic": (Skill.DRIVING,),
    "law": (Skill.LAW, Skill.MEDIATION),
    "med": (Skill.MEDICINE, Skill.PSYCHOLOGY, Skill.DRIVING),
    "edu": (Skill.TEACHING, Skill.LANGUAGES, Skill.COMPUTER),
    "culture": (Skill.ARTS, Skill.CALLIGRAPHY, Skill.PHOTOGRAPHY),
    "community": (Skill.REPAIR, Skill.COMPUTER, Skill.MEDIATION, Skill.HAIRDRESSING),
    "emergency": (Skill.EMERGENCY, Skill.DRIVING),
}


@dataclass(frozen=True)
class Suggestion:
    """A volunteer with the reasons for and against, as (words, whether it speaks for)."""

    volunteer: Volunteer
    reasons: list[tuple[str, bool]]


def suggest(request: HelpRequest, scope: Select[Any], words: str = "") -> list[Suggestion]:
    """Up to twenty volunteers of `scope`: of the request's community, or anywhere in scope by part of the name."""
    skills = FITTING.get(categories()[request.category_id].slug, ())
    fits = exists().where(VolunteerSkill.volunteer_id == Volunteer.id, VolunteerSkill.skill.in_(skills))
    busy = _busy(request)
    asked = select(func.max(Assignment.offered_at)).where(Assignment.volunteer_id == Volunteer.id).scalar_subquery()
    no = exists().where(
        Assignment.volunteer_id == Volunteer.id,
        Assignment.request_id == request.id,
        Assignment.status == AssignmentStatus.DECLINED,
    )
    columns = busy.label("busy"), asked.label("asked"), no.label("no")
    wanted = scope.add_columns(*columns).where(*_candidates(request, words))
    engaged = [] if request.wanted_on is None else [busy]
    order = no, fits.desc(), *engaged, asked.is_not(None), asked, Volunteer.id
    options = joinedload(Volunteer.user), selectinload(Volunteer.skills)
    found = db.session.execute(wanted.options(*options).order_by(*order).limit(MOST))
    return [
        Suggestion(one, _reasons(request, one, skills, away, last) + [("婉拒过这件求助", False)] * declined)
        for one, away, last, declined in found
    ]


def reachable(scope: Select[Any], ids: Sequence[int]) -> list[int]:
    """These ids if all of them lie in `scope`; Invalid otherwise, without saying who they are."""
    found = list(db.session.scalars(scope.with_only_columns(Volunteer.id).where(Volunteer.id.in_(ids))))
    if len(found) != len(set(ids)):
        raise Invalid("volunteers", "只能请您范围内的志愿者，请重新选择。")
    return found


def _candidates(request: HelpRequest, words: str) -> list[Any]:
    """Serving, not asked for this request already; of the community, or of that name."""
    live = exists().where(
        Assignment.volunteer_id == Volunteer.id, Assignment.request_id == request.id, Assignment.status.in_(LIVE)
    )
    near = within(Volunteer, heir(request.community_code))
    if words:
        near = goes_by(Volunteer.user_id, words, lambda person: [person.initials == words.lower()])
    return [Volunteer.status == VolunteerStatus.SERVING, ~live, near]


def _busy(request: HelpRequest) -> Any:
    """Whether the volunteer is 已录用 somewhere, or helps somebody, on the day wanted."""
    if request.wanted_on is None:
        return literal(False)
    start = clock.start_of(request.wanted_on)
    active = exists().where(
        SignUp.volunteer_id == Volunteer.id,
        SignUp.status == SignUpStatus.ADMITTED,
        Activity.id == SignUp.activity_id,
        Activity.status != ActivityStatus.CANCELLED,
        Activity.starts_at < start + timedelta(days=1),
        Activity.ends_at > start,
    )
    helping = exists().where(
        Assignment.volunteer_id == Volunteer.id,
        Assignment.status == AssignmentStatus.ACCEPTED,
        and_(HelpRequest.id == Assignment.request_id, HelpRequest.wanted_on == request.wanted_on),
    )
    return or_(active, helping)


def _reasons(
    request: HelpRequest, one: Volunteer, skills: tuple[Skill, ...], busy: bool, asked: datetime | None
) -> list[tuple[str, bool]]:
    home = heir(one.community_code) == heir(request.community_code)
    found = [("本社区志愿者" if home else place_name(one.community_code, full=False), home)]
    known = [labels.word(held.skill) for held in one.skills if held.skill in skills]
    if known:
        found.append((f"特长：{'、'.join(known)}", True))
    if request.wanted_on is not None:
        found.append(("那天已有别的安排" if busy else "那天没有别的安排", not busy))
    found.append((f"上次请到是 {labels.month_day(asked)}" if asked else "还没有请过", not asked))
    return found
