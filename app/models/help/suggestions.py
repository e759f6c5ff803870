"""Whom to ask for a request: same community, a skill that fits, free that day, least recently asked.

Each suggestion says why it stands there. It is no ranking of people: whoever was not asked for the longest time
comes first among those alike, and how much somebody has served plays no part.
"""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Select, asc, bindparam, desc, exists, func, nulls_first, or_, select
from sqlalchemy.orm import aliased

from app import clock, labels
from app.db import db
from app.models.activities.facts import LONGEST
from app.models.activities.phase import ActivityStatus
from app.models.activity import Activity
from app.models.assignment import Assignment
from app.models.category import categories
from app.models.help.states import AssignmentStatus
from app.models.help_request import HelpRequest
from app.models.region import heir, place_name, prefixes, within
from app.models.signup import SignUp, SignUpStatus
from app.models.user import User
from app.models.volunteer import Skill, Volunteer, VolunteerSkill, VolunteerStatus
from app.refusal import Invalid
from app.statements import is_one_of, kept, rows_of, these

MOST, POOL = 20, 60
NAMED = POOL  # so many of one name are weighed; whom many share is written out in full
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
    if named is not None and not named:
        return []
    skills, wanted = FITTING.get(categories()[request.category_id].slug, ()), request.wanted_on
    home = heir(request.community_code)
    # where others were merged into it their people keep the codes of old
    place = home if named is None and len(prefixes(home)) > 1 else ""
    about = "suggested", shape, skills, wanted is None, named is None, place
    statement = kept(about, lambda: _suggested(scope(), skills, place, at_work=wanted is not None, near=named is None))
    asked: dict[str, Any] = {"request": request.id}
    asked |= {"community": home} if named is None else these(named, NAMED)
    if wanted is not None:
        begin = clock.start_of(wanted)
        asked |= {"day": wanted, "earliest": begin - LONGEST, "begin": begin, "end": begin + timedelta(days=1)}
    found = rows_of(statement, asked)
    known = _skills([one.id for one in found], skills)
    return [Suggestion(one.id, one.name, _reasons(request, home, one, known.get(one.id, ()))) for one in found]


def _suggested(scope: Select[Any], skills: Sequence[Skill], place: str, *, at_work: bool, near: bool) -> Select[Any]:
    """Of its community (`place`, where that has several codes) or of `these` the first twenty, those that lie in `scope`.

    They are put in order inside an index; who is busy that day is looked up of the best sixty, and only what is shown as a row.
    """
    one, person = aliased(Volunteer), aliased(User)
    meant = within(one, place) if place else one.community_code == bindparam("community")
    order = _order(one, skills)
    first = select(one.id, *order).where(*_free_to_ask(one), meant if near else is_one_of(one.id, NAMED))
    found = first.order_by(*_directed(order), one.id).limit(POOL if at_work else MOST).subquery()
    busy = [_busy(found.c.id).label("busy")] if at_work else []
    *before, asked = (found.c[part.name] for part in order)
    columns = Volunteer.id, person.name, Volunteer.community_code, *before, *busy, asked
    wanted = scope.with_only_columns(*columns).where(Volunteer.id == found.c.id, person.id == Volunteer.user_id)
    return wanted.order_by(*_directed([*before, *busy, asked]), Volunteer.id).limit(MOST)


def _order(one: Any, skills: Sequence[Skill]) -> list[Any]:
    """Whether they declined this request, and have a skill that fits; when they were asked last."""
    declined = one.id.in_(_asked_for_it(AssignmentStatus.DECLINED)).label("no")
    fits = exists().where(VolunteerSkill.volunteer_id == one.id, VolunteerSkill.skill.in_(skills)).label("fits")
    asked = select(func.max(Assignment.offered_at)).where(Assignment.volunteer_id == one.id).scalar_subquery()
    return [declined, *([fits] if skills else []), asked.label("asked")]


def _directed(order: Sequence[Any]) -> list[Any]:
    """A skill first, who was never asked first."""
    special = {"fits": desc, "asked": nulls_first}
    return [special.get(part.name, asc)(part) for part in order]


def _free_to_ask(one: Any) -> list[Any]:
    """Serving, and not asked for this request already."""
    return [one.status == VolunteerStatus.SERVING, one.id.not_in(_asked_for_it(*LIVE))]


def _asked_for_it(*states: AssignmentStatus) -> Select[Any]:
    return select(Assignment.volunteer_id).where(
        Assignment.request_id == bindparam("request"), Assignment.status.in_(states)
    )


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


def _busy(id: Any) -> Any:
    """Whether this volunteer is 已录用 somewhere, or helps somebody, on the day wanted."""
    then = select(Activity.id).where(
        Activity.status != ActivityStatus.CANCELLED,
        Activity.starts_at > bindparam("earliest"),
        Activity.starts_at < bindparam("end"),
        Activity.ends_at > bindparam("begin"),
    )
    there = SignUp.volunteer_id == id, SignUp.status == SignUpStatus.ADMITTED, SignUp.activity_id.in_(then)
    helping = exists().where(
        Assignment.volunteer_id == id,
        Assignment.status == AssignmentStatus.ACCEPTED,
        HelpRequest.id == Assignment.request_id,
        HelpRequest.wanted_on == bindparam("day"),
    )
    return or_(exists().where(*there), helping)


def _reasons(request: HelpRequest, home: str, one: Any, known: Sequence[Skill]) -> list[tuple[str, bool]]:
    """Of a row of `suggest`."""
    near = heir(one.community_code) == home
    found = [("本社区志愿者" if near else place_name(one.community_code, full=False), near)]
    if known:
        found.append((f"特长：{'、'.join(labels.word(skill) for skill in known)}", True))
    if request.wanted_on is not None:
        found.append(("那天已有别的安排" if one.busy else "那天没有别的安排", not one.busy))
    found.append((f"上次请到是 {labels.month_day(one.asked)}" if one.asked else "还没有请过", not one.asked))
    return found + [("婉拒过这件求助", False)] * one.no
