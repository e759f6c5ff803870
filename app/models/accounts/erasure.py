"""注销账号: what is personal goes, what was counted stays (SPEC section 4, the Personal Information Protection Law).

Name, phone, address, numbers, free texts, pictures, messages and the words of history that name the person are
removed at once. Rows, states, places, days and sums stay: no total changes. History itself is untouched; only the
texts beside it go, so that its proof still passes.
"""

from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, and_, delete, or_, select, update

from app import clock
from app.accounts import passwords
from app.db import db
from app.freshness import touch
from app.models.accounts.attempt import forget_account
from app.models.accounts.preference import Muted
from app.models.accounts.recovery_code import RecoveryCode
from app.models.accounts.sign_in import SignIn
from app.models.history import History, HistoryNote, record
from app.models.message import Message
from app.models.picture import Picture
from app.refusal import Refused
from app.text import GONE

if TYPE_CHECKING:
    from app.models.user import User
    from app.models.volunteer import Volunteer

CAUSES = {"sign_up": "signup", "help_request": "help", "unit_dispute": "dispute", "team": "teams"}  # table → in `about`
HELD = "您现在还有任职，不能注销账号。请先请上级办理移交或撤销。"


def close_account(user: "User", *, by: "User") -> None:
    """Close it for good. Refused while the person holds a post now or later."""
    from app.models.accounts.traces import ask_to_look, public_traces

    if user.rank:
        raise Refused(HELD)
    volunteer = _leave(user, by)
    record(user, "close", by=by)
    db.session.flush()
    found, name = public_traces(user.name), user.name
    own = _Own(user.id, volunteer.id if volunteer else 0)
    _forget_words(own, user.name)
    _forget_facts(own)
    _forget_pictures(own)
    _forget_account(user)
    ask_to_look(found, name)
    touch("volunteers", "reports", "teams", "honours", "professionals")
    db.session.flush()


def _leave(user: "User", by: "User") -> "Volunteer | None":
    """No volunteer any more, and nobody who waits to become one."""
    from app.models.application import hold_applications, open_application
    from app.models.volunteer import VolunteerStatus, volunteer_of

    volunteer = volunteer_of(user.id)
    if volunteer is not None and volunteer.status is not VolunteerStatus.LEFT:
        volunteer.leave(by=by, reason="" if by.id == user.id else "账号已注销")
    hold_applications(user.id)
    waiting = open_application(user.id)
    if waiting is not None:
        waiting.withdraw(by=by)
    return volunteer


class _Own:
    """What belongs to the person: ids of their rows, by table."""

    def __init__(self, user_id: int, volunteer_id: int) -> None:
        from app import models as m

        self.user_id, self.volunteer_id = user_id, volunteer_id
        self.rows: dict[Any, ColumnElement[bool]] = {
            m.User: m.User.id == user_id,
            m.Volunteer: m.Volunteer.user_id == user_id,
            m.Application: m.Application.user_id == user_id,
            m.Report: m.Report.user_id == user_id,
            m.Assignment: m.Assignment.user_id == user_id,
            m.Invitation: m.Invitation.accepted_by_id == user_id,
            m.SignUp: m.SignUp.volunteer_id == volunteer_id,
            m.TeamMember: m.TeamMember.volunteer_id == volunteer_id,
            m.Professional: m.Professional.volunteer_id == volunteer_id,
            m.Honour: m.Honour.volunteer_id == volunteer_id,
            m.UnitDispute: m.UnitDispute.volunteer_id == volunteer_id,
        }
        self.near: dict[Any, Any] = {  # things of others, in whose words the person may be named
            m.Team: select(m.TeamMember.team_id).where(m.TeamMember.volunteer_id == volunteer_id),
            m.Activity: select(m.SignUp.activity_id).where(m.SignUp.volunteer_id == volunteer_id),
            m.HelpRequest: select(m.Assignment.request_id).where(m.Assignment.user_id == user_id),
        }

    def causes(self) -> list[str]:
        """What `about` says in messages about their rows and the things near them; a namesake's have other causes."""
        found = [(model, select(model.id).where(condition)) for model, condition in self.rows.items()]
        return [
            f"{word}:{id}"
            for model, ids in [*found, *self.near.items()]
            for id in db.session.scalars(ids)
            for word in {model.__tablename__, CAUSES.get(model.__tablename__, model.__tablename__)}
        ]


def _forget_words(own: _Own, name: str) -> None:
    """The words of history about the person, and messages to them or naming them."""
    mine = [
        and_(History.noun == model.__tablename__, History.noun_id.in_(select(model.id).where(condition)))
        for model, condition in own.rows.items()
    ]
    near = [and_(History.noun == model.__tablename__, History.noun_id.in_(ids)) for model, ids in own.near.items()]
    about = select(History.id).where(or_(*mine))
    named = select(History.id).where(or_(*near, History.actor_id == own.user_id))
    holds = HistoryNote.text.contains(name, autoescape=True)
    gone = or_(HistoryNote.history_id.in_(about), and_(holds, HistoryNote.history_id.in_(named)))
    _run(delete(HistoryNote).where(gone))
    told = or_(Message.title.contains(name, autoescape=True), Message.body.contains(name, autoescape=True))
    _run(delete(Message).where(or_(Message.user_id == own.user_id, and_(told, Message.about.in_(own.causes())))))


def _forget_facts(own: _Own) -> None:
    """Free texts and numbers in the rows that stay."""
    from app import models as m
    from app.models.report import ReportStatus

    card = {"id_card": None, "id_card_hash": None, "id_card_tail": ""}
    guardian = {"guardian_name": "", "guardian_phone": None, "unit_other": ""}
    unseen = m.Report.status != ReportStatus.PUBLISHED
    facts: list[tuple[Any, dict[str, Any]]] = [
        (m.Volunteer, card | guardian),
        (m.Application, card | guardian | {"statement": "", "decision_reason": "", "before": None}),
        (m.Invitation, card | {"name": GONE, "phone": None, "phone_hash": None, "phone_tail": "", "unit_other": ""}),
        (m.SignUp, {"decline_reason": ""}),
        (m.Professional, {"speciality": "", "organisation": "", "checked": ""}),
        (m.Honour, {"reason": ""}),
        (m.UnitDispute, {"reason": ""}),
        (m.Report, {"own_title": None, "own_body": None}),
    ]
    for model, values in facts:
        _run(update(model).where(own.rows[model]).values(values))
    _run(update(m.Report).where(own.rows[m.Report], unseen).values(title="", body=""))


def _forget_pictures(own: _Own) -> None:
    """Pictures of own reports and those that no form took; files go with the commit."""
    from app.models.report import Report

    mine = select(Report.id).where(own.rows[Report])
    loose = and_(Picture.noun == "", Picture.uploaded_by_id == own.user_id)
    of_reports = and_(Picture.noun == Report.__tablename__, Picture.noun_id.in_(mine))
    for picture in db.session.scalars(select(Picture).where(or_(loose, of_reports)).order_by(Picture.id)):
        picture.drop()


def _forget_account(user: "User") -> None:
    """The account itself: nobody signs in with it any more."""
    forget_account(user.username_key)
    _run(delete(Muted).where(Muted.user_id == user.id))
    _run(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
    ended = {"ended_at": clock.now(), "address": "", "agent": "", "pending_secret": None}
    _run(update(SignIn).where(SignIn.user_id == user.id).values(ended))
    user.username = user.username_key = f"closed:{user.id}"  # no user name has a colon: nobody can stand in the way
    user.password_hash, user.code_hash, user.code_expires_at = passwords.UNUSABLE, None, None
    user.name, user.initials = GONE, ""
    user.phone, user.phone_hash, user.phone_tail = "", "", ""
    user.address = user.home_community_code = user.gender = user.totp_secret = None
    user.disabled_at = clock.now()


def _run(statement: Any) -> None:
    db.session.execute(statement, execution_options={"synchronize_session": "fetch"})
