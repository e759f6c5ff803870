"""Which invitations are a member's: same name, and same phone or ID-card number, or the code in hand."""

import hmac
from collections.abc import Hashable
from functools import partial
from typing import Any

from sqlalchemy import Integer, bindparam, select, union_all
from sqlalchemy.orm import joinedload

from app.crypto import keyed_hash
from app.db import db
from app.models.accounts.credentials import plain_code
from app.models.application import Application
from app.models.invitation import Invitation, InvitationStatus
from app.models.pages.pairs import caseless, offered
from app.models.pages.quickest import looked_up, one_of, weights
from app.models.user import User
from app.models.volunteer import Volunteer
from app.statements import common, each, kept
from app.text import is_phone, number_of, plain_phone
from app.typed import contains, places_of

ALIVE = (InvitationStatus.OPEN, InvitationStatus.DECLINED)


def invitations_of(user: User, shown: int = 0) -> list[Invitation]:
    """This member's invitations, each with its file. `shown` is one whose code they typed (`by_code`)."""
    wanted = kept("invitations of a member", _addressed)
    values = {"me": user.id, "name": user.name, "phone": user.phone_hash, "shown": shown}
    return list(db.session.scalars(wanted, values))


def _addressed() -> Any:
    """Each way by its own index: joined by OR, the databases went through every invitation that is open."""
    me = bindparam("me", type_=Integer)
    cards = select(Volunteer.id_card_hash).where(Volunteer.user_id == me, Volunteer.id_card_hash.is_not(None))
    given = select(Application.id_card_hash).where(Application.user_id == me, Application.id_card_hash.is_not(None))
    alive = common(Invitation.status).in_(each(ALIVE, Invitation.status))
    living = select(Invitation.id).where(Invitation.name == bindparam("name"), alive)
    ways = (
        select(Invitation.id).where(Invitation.accepted_by_id == me),
        living.where(Invitation.phone_hash == bindparam("phone")),
        living.where(Invitation.id_card_hash.in_(cards.union(given))),
        living.where(Invitation.id == bindparam("shown")),
    )
    mine = select(Invitation).where(Invitation.id.in_(union_all(*ways))).order_by(Invitation.id)
    return mine.options(joinedload(Invitation.source))


def waiting_for(user: User) -> list[Invitation]:
    """Those that wait for the member's answer."""
    return [one for one in invitations_of(user) if one.status is InvitationStatus.OPEN]


def by_code(typed: str, user: User) -> Invitation | None:
    """The living invitation with this code and the member's name; None for a wrong one, of whatever kind."""
    plain = plain_code(typed)[:40]
    number, letters = plain[:-8], plain[-8:]
    id = number_of(number)
    found = None if id is None else db.session.get(Invitation, id)
    if found is None or found.name != user.name or found.status not in ALIVE:
        return None
    return found if hmac.compare_digest(plain_code(found.code), f"{id}{letters}") else None


def known_as(words: str) -> list[Any]:
    """Conditions that `words` name an invited person: a name, a whole phone number or its last four digits."""
    words = words.strip()
    if not words:
        return []
    phone = plain_phone(words)
    if is_phone(phone):
        return [Invitation.phone_hash == keyed_hash(phone, "phone")]
    if _is_tail(words):
        return [Invitation.phone_tail == words]
    named = contains(Invitation.name, words)
    offers = partial(offered, Invitation, words)
    ids = looked_up(Invitation, words, offers, offers)
    return [named] if ids is None else [one_of(Invitation.id, ids), named]


def shape_of(words: str) -> Hashable:
    """All that a statement with `known_as` hangs on besides the words themselves; None for numbers, which stand in it."""
    words = words.strip()
    if is_phone(plain_phone(words)) or _is_tail(words):
        return None
    weighed = weights({(Invitation, words, ""): partial(offered, Invitation, words)})
    return places_of(words), len(words), caseless(words), weighed


def _is_tail(words: str) -> bool:
    return len(words) == 4 and words.isascii() and words.isdecimal()
