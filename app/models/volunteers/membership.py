"""What approving an application does to the volunteer, and what undoing it brings back.

`Application.before` keeps the membership as it was (None: there was none); secrets in it are sealed.
"""

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import selectinload

from app import clock
from app.crypto import seal, unseal
from app.db import db, lock
from app.models.applications.approval import UNDO, ApplicationStatus
from app.models.history import History, record
from app.models.region import heir, place_name, regions
from app.models.signup import SignUp, SignUpStatus
from app.models.signups.following import follow_person, hold_with_coming
from app.models.team import in_teams
from app.models.unit_dispute import disputes_follow, settle_disputes, unsettle_disputes, upheld_by
from app.models.user import Gender, User
from app.models.volunteer import Employment, Political, Skill, Volunteer, VolunteerSkill, VolunteerStatus
from app.models.work_unit import living_unit
from app.refusal import Refused

if TYPE_CHECKING:
    from app.models.application import Application

PLAIN = ("home_community_code", "unit_id", "unit_other", "born_year", "id_card_tail", "id_card_hash", "guardian_name")
CHOICES: dict[str, Any] = {"political": Political, "employment": Employment, "gender": Gender}
SECRET = ("id_card", "guardian_phone")
IDENTITY = (*PLAIN, *CHOICES, *SECRET)


def enter(application: "Application", *, by: User) -> None:
    """Make the applicant a volunteer of the community, or give the volunteer this new identity."""
    hold_with_coming(Volunteer.user_id == application.user_id)
    volunteer = _held(application.user_id)
    code = _open_place(application)
    application.unit_id = living_unit(application.unit_id)  # one that was merged while it was handed in
    if volunteer is None:
        volunteer = Volunteer(user_id=application.user_id, joined_on=clock.today(), status=VolunteerStatus.SERVING)
        _put_on(volunteer, application, code)
        db.session.add(volunteer)
        db.session.flush()
        record(volunteer, "join", by=by, reason=place_name(code), to=VolunteerStatus.SERVING)
        return
    settled = settle_disputes(volunteer, application.unit_id, by=by, at=clock.now() + UNDO)
    application.before = {**_snapshot(volunteer), "settled": settled}
    if volunteer.status is VolunteerStatus.LEFT:
        volunteer.move(VolunteerStatus.SERVING, by=by)
        volunteer.left_at = None
    was = volunteer.community_code
    _put_on(volunteer, application, code)
    disputes_follow(volunteer)
    record(volunteer, "change", by=by, reason=f"{place_name(was)} → {place_name(code)}")
    db.session.flush()
    follow_person(volunteer)


def leave_again(application: "Application", *, by: User) -> None:
    """Bring back what was before this approval. Refused (409) when something was built on it since."""
    hold_with_coming(Volunteer.user_id == application.user_id)
    volunteer = _held(application.user_id)
    if volunteer is None or volunteer.status is VolunteerStatus.LEFT:
        raise Refused("本人已注销志愿者身份，不能撤销。", application)
    if application.id_card_hash is None:
        raise Refused("身份证号码已经释放，不能撤销。", application)
    if _applied_since(application):
        raise Refused("本人已提交新的申请，不能撤销。", application)
    if _signed_up_since(application, volunteer):
        raise Refused("本人已报名活动，不能撤销。", application)
    before = application.before
    if before is None and _has_records(volunteer):
        raise Refused("本人已接受邀请，以前的服务已经计入，不能撤销。", application)
    if (before is None or before["status"] == VolunteerStatus.LEFT) and in_teams(volunteer, ever=before is None):
        raise Refused("本人已加入或申请加入团队，不能撤销。", application)
    if application.before is None:
        record(volunteer, "undo", by=by)
        db.session.delete(volunteer)
    else:
        _bring_back(volunteer, application.before, by)
    db.session.flush()


def belonging_on(volunteer: Volunteer, day: date) -> tuple[str, int | None]:
    """Community and unit at the end of this day; those of now where nothing was changed by an application since.

    The applications say it, for `before` goes after a day (app/retention/terms.py).
    """
    from app.models.application import Application

    held: Application | None = None
    if day < clock.today():
        mine = Application.user_id == volunteer.user_id, Application.status == ApplicationStatus.APPROVED
        approved = db.session.scalars(select(Application).where(*mine).order_by(Application.decided_at)).all()
        until = [one for one in approved if one.decided_at and one.decided_at < clock.start_of(day + timedelta(days=1))]
        held = until[-1] if until and len(until) < len(approved) else None
    if held is None:
        return volunteer.community_code, volunteer.unit_id
    unit_id = living_unit(held.unit_id, day)
    return held.community_code, None if upheld_by(volunteer, unit_id, day) else unit_id


def _held(user_id: int) -> Volunteer | None:
    """The person's volunteer row with skills, locked."""
    wanted = select(Volunteer).where(Volunteer.user_id == user_id).options(selectinload(Volunteer.skills))
    return next(iter(lock(wanted)), None)


def _open_place(application: "Application") -> str:
    """The community applied to, or the one into which it was merged meanwhile."""
    place = regions()[heir(application.community_code)]
    if not place.open:
        raise Refused(f"{place.short}已撤并，请退回补正，请本人改选社区。", application)
    return str(place.code)


def _put_on(volunteer: Volunteer, application: "Application", code: str) -> None:
    volunteer.locate(code)
    for name in IDENTITY:
        setattr(volunteer, name, getattr(application, name))
    _set_skills(volunteer, application.skill_list)


def _set_skills(volunteer: Volunteer, skills: list[Skill]) -> None:
    kept = [one for one in volunteer.skills if one.skill in skills]
    known = {one.skill for one in kept}
    volunteer.skills = kept + [VolunteerSkill(skill=skill) for skill in skills if skill not in known]


def _snapshot(volunteer: Volunteer) -> dict[str, Any]:
    """The membership as JSON; ID-card number and guardian's phone sealed."""
    secret = {name: getattr(volunteer, name) for name in SECRET}
    return {
        **{name: getattr(volunteer, name) for name in PLAIN},
        **{name: getattr(volunteer, name).value for name in CHOICES},
        **{name: seal(value) if value else None for name, value in secret.items()},
        "community": volunteer.community_code,
        "status": volunteer.status.value,
        "left_at": volunteer.left_at.isoformat() if volunteer.left_at else None,
        "skills": [one.skill.value for one in volunteer.skills],
    }


def _bring_back(volunteer: Volunteer, before: dict[str, Any], by: User) -> None:
    moved = f"{place_name(volunteer.community_code)} → {place_name(before['community'])}"
    record(volunteer, "undo", by=by, reason=moved)
    volunteer.locate(before["community"])
    unsettle_disputes(before.get("settled", []), by=by)
    disputes_follow(volunteer)
    for name in PLAIN:
        setattr(volunteer, name, before[name])
    volunteer.unit_id = living_unit(volunteer.unit_id)  # one that was merged within the ten minutes
    for name, kind in CHOICES.items():
        setattr(volunteer, name, kind(before[name]))
    for name in SECRET:
        setattr(volunteer, name, unseal(before[name]) if before[name] else None)
    _set_skills(volunteer, [Skill(value) for value in before["skills"]])
    db.session.flush()
    follow_person(volunteer)
    if before["status"] == VolunteerStatus.LEFT:
        volunteer.move(VolunteerStatus.LEFT, by=by)
        volunteer.left_at = clock.now()


def _applied_since(application: "Application") -> bool:
    newer = exists().where(type(application).user_id == application.user_id, type(application).id > application.id)
    return bool(db.session.scalar(select(newer)))


def _has_records(volunteer: Volunteer) -> bool:
    """Whether a service was counted: by an invitation that the new volunteer accepted."""
    from app.models.service_record import ServiceRecord

    return bool(db.session.scalar(select(exists().where(ServiceRecord.volunteer_id == volunteer.id))))


def _signed_up_since(application: "Application", volunteer: Volunteer) -> bool:
    """Whether the person signed up for anything (new, or a cancelled one revived) after the approval."""
    gone = (SignUpStatus.CANCELLED.value, SignUpStatus.DECLINED.value)
    revived = exists().where(
        History.noun == SignUp.__tablename__,
        History.noun_id == SignUp.id,
        History.from_state.in_(gone),
        History.created_at >= application.decided_at,
    )
    mine = exists().where(
        and_(SignUp.volunteer_id == volunteer.id, or_(SignUp.created_at >= application.decided_at, revived))
    )
    return bool(db.session.scalar(select(mine)))
