"""Whom to ask for a request: same community, a skill that fits, free that day, least recently asked.

Each suggestion says why it stands there. It is no ranking of people: whoever was not asked for the longest time
comes first among those alike, and how much somebody has served plays no part.
"""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Select, and_, bindparam, exists, func, literal, or_, select
from sqlalchemy.orm import aliased

from app import clock, labels
from app.db import db
from app.models.activities.phase import ActivityStatus
from app.models.activity import Activity
from app.models.assignment import Assignment
from app.models.category import categories
from app.models.help.states import AssignmentStatus
from app.models.help_request import HelpRequest
from app.models.region import heir, place_name
from app.models.signup import SignUp, SignUpStatus
from app.models.user import User
from app.models.volunteer import Skill, Volunteer, VolunteerSkill, VolunteerStatus
from app.refusal import Invalid
from app.statements import kept, rows_of

MOST = 20
NAMED = 200  # so many of one name are weighed; whom many share is written out in full
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

    id: int
    name: str
    reasons: list[tuple[str, bool]]


def suggest(
    request: HelpRequest, scope: Callable[[], Select[Any]], shape: Hashable, named: Sequence[int] | None = None
) -> list[Suggestion]:
    """Up to twenty volunteers of `scope`: of the request's community, or of these that somebody named (their ids).

    `shape` names all that `scope` depends on.
    """
    skills, wanted = FITTING.get(categories()[request.category_id].slug, ()), request.wanted_on
    about = "suggested", shape, skills, wanted is None, named is None
    statement = kept(about, lambda: _suggested(scope(), skills, at_work=wanted is not None, near=named is None))
    asked: dict[str, Any] = {"request": request.id}
    asked |= {"community": heir(request.community_code)} if named is None else {"named": named}
    if wanted is not None:
        begin = clock.start_of(wanted)
        asked |= {"day": wanted, "begin": begin, "end": begin + timedelta(days=1)}
    found = rows_of(statement, asked)
    known = _skills([one.id for one in found], skills)
    return [Suggestion(one.id, one.name, _reasons(request, one, known.get(one.id, []))) for one in found]


def _suggested(scope: Select[Any], skills: Sequence[Skill], *, at_work: bool, near: bool) -> Select[Any]:
    """Serving, not asked for this request already; of its community or of those who were `named`."""
    people = select(Assignment.volunteer_id).where(Assignment.request_id == bindparam("request"))
    declined = Volunteer.id.in_(people.where(Assignment.status == AssignmentStatus.DECLINED)).label("no")
    live = Volunteer.id.in_(people.where(Assignment.status.in_(LIVE)))
    fits = exists().where(VolunteerSkill.volunteer_id == Volunteer.id, VolunteerSkill.skill.in_(skills)).label("fits")
    asked = (
        select(func.max(Assignment.offered_at))
        .where(Assignment.volunteer_id == Volunteer.id)
        .scalar_subquery()
        .label("asked")
    )
    busy = (_busy() if at_work else literal(False)).label("busy")
    meant = (
        Volunteer.community_code == bindparam("community")
        if near
        else Volunteer.id.in_(bindparam("named", expanding=True))
    )
    order = declined, *([fits.desc()] if skills else []), *([busy] if at_work else []), asked.nulls_first()
    person, extra = aliased(User), [fits] if skills else []
    columns = Volunteer.id, person.name, Volunteer.community_code, busy, asked, declined, *extra
    found = scope.with_only_columns(*columns).where(person.id == Volunteer.user_id)
    found = found.where(Volunteer.status == VolunteerStatus.SERVING, ~live, meant)
    return found.order_by(*order, Volunteer.id).limit(MOST)


def _skills(ids: Sequence[int], skills: Sequence[Skill]) -> dict[int, list[Skill]]:
    """Which of these skills each of these volunteers has."""
    wanted = VolunteerSkill.volunteer_id.in_(ids), VolunteerSkill.skill.in_(skills)
    held = select(VolunteerSkill.volunteer_id, VolunteerSkill.skill).where(*wanted).order_by(VolunteerSkill.skill)
    known: dict[int, list[Skill]] = {}
    for id, skill in db.session.execute(held) if skills and ids else ():
        known.setdefault(id, []).append(skill)
    return known


def reachable(scope: Select[Any], ids: Sequence[int]) -> list[int]:
    """These ids if all of them lie in `scope`; Invalid otherwise, without saying who they are."""
    found = list(db.session.scalars(scope.with_only_columns(Volunteer.id).where(Volunteer.id.in_(ids))))
    if len(found) != len(set(ids)):
        raise Invalid("volunteers", "只能请您范围内的志愿者，请重新选择。")
    return found


def _busy() -> Any:
    """Whether the volunteer is 已录用 somewhere, or helps somebody, on the day wanted."""
    active = exists().where(
        SignUp.volunteer_id == Volunteer.id,
        SignUp.status == SignUpStatus.ADMITTED,
        Activity.id == SignUp.activity_id,
        Activity.status != ActivityStatus.CANCELLED,
        Activity.starts_at < bindparam("end"),
        Activity.ends_at > bindparam("begin"),
    )
    helping = exists().where(
        Assignment.volunteer_id == Volunteer.id,
        Assignment.status == AssignmentStatus.ACCEPTED,
        and_(HelpRequest.id == Assignment.request_id, HelpRequest.wanted_on == bindparam("day")),
    )
    return or_(active, helping)


def _reasons(request: HelpRequest, one: Any, known: Sequence[Skill]) -> list[tuple[str, bool]]:
    """Of a row of `suggest`."""
    home = heir(one.community_code) == heir(request.community_code)
    found = [("本社区志愿者" if home else place_name(one.community_code, full=False), home)]
    if known:
        found.append((f"特长：{'、'.join(labels.word(skill) for skill in known)}", True))
    if request.wanted_on is not None:
        found.append(("那天已有别的安排" if one.busy else "那天没有别的安排", not one.busy))
    found.append((f"上次请到是 {labels.month_day(one.asked)}" if one.asked else "还没有请过", not one.asked))
    return found + [("婉拒过这件求助", False)] * one.no
