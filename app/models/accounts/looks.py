"""谁看过我的信息: every look at a person's data by somebody else, as rows that a list pages through.

Reveals of the ID-card number and of the telephone number, exports that the person was in, and what staff did to
the way into the account. Looks at the contact of a request for help stand on that request's own page: whoever
asked needs no account.
"""

from typing import Any

from sqlalchemy import Select, and_, literal, select, union_all
from sqlalchemy.orm import aliased

from app.models.application import Application
from app.models.disclosure import Disclosed, Disclosure
from app.models.history import History, HistoryNote
from app.models.signup import SignUp
from app.models.user import User
from app.models.volunteer import Volunteer

REVEAL, PHONE, EXPORT = "reveal", "phone", "export"
ACCOUNT = ("password-code", "unlock", "second-step-reset", "disable", "enable")
KINDS = 5  # so that `nr` is unique: the row's id times this, and the kind's place


def looks_at(user_id: int) -> Select[Any]:
    """Rows of at, nr (unique), kind, title, why, count, full, role, place, name; order them by at and nr."""
    mine = select(Volunteer.id).where(Volunteer.user_id == user_id)
    signups = select(SignUp.id).where(SignUp.volunteer_id.in_(mine))
    applications = select(Application.id).where(Application.user_id == user_id)
    parts = (
        _lines(0, user_id, "volunteer", mine, REVEAL),
        _lines(1, user_id, "application", applications, REVEAL),
        _lines(2, user_id, "sign_up", signups, PHONE),
        _lines(3, user_id, "user", select(literal(user_id)), *ACCOUNT),
        _exports(4, user_id),
    )
    found = union_all(*parts).subquery("looks")
    return select(*found.c)


def _lines(kind: int, user_id: int, noun: str, ids: Select[Any], *actions: str) -> Select[Any]:
    actor = aliased(User)
    ours = and_(History.noun == noun, History.noun_id.in_(ids), History.action.in_(actions))
    chosen = select(
        History.created_at.label("at"),
        (History.id * KINDS + kind).label("nr"),
        History.action.label("kind"),
        literal("").label("title"),
        HistoryNote.text.label("why"),
        literal(0).label("count"),
        literal(False).label("full"),
        History.actor_role.label("role"),
        History.actor_place.label("place"),
        actor.name.label("name"),
    )
    joined = chosen.outerjoin(HistoryNote, HistoryNote.history_id == History.id)
    others = History.actor_id.is_(None) | (History.actor_id != user_id)
    return joined.outerjoin(actor, actor.id == History.actor_id).where(ours, others)


def _exports(kind: int, user_id: int) -> Select[Any]:
    chosen = select(
        Disclosure.created_at,
        Disclosure.id * KINDS + kind,
        literal(EXPORT),
        Disclosure.title,
        Disclosure.purpose,
        Disclosure.rows,
        Disclosure.full,
        Disclosure.role,
        Disclosure.place,
        User.name,
    )
    mine = chosen.join(Disclosed, Disclosed.disclosure_id == Disclosure.id).join(User, User.id == Disclosure.user_id)
    return mine.where(Disclosed.user_id == user_id, Disclosure.user_id != user_id)
