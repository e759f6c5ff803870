"""Finding people: by name, initials, exact phone, last four digits or unit; and by what they are.

Conditions on a `model` with `user_id`, `unit_id`, `unit_other`, `id_card_tail`, `political`, `employment`:
applications and volunteers alike.
"""

import re
from typing import Any

from sqlalchemy import or_, select

from app.crypto import keyed_hash
from app.models.user import User
from app.models.volunteer import Employment, Political
from app.models.work_unit import units
from app.text import is_phone, plain_phone

MEMBERS = (Political.PARTY, Political.PROBATIONARY)
# what labels.identity calls a person → (political status, employment), None for any
IDENTITIES: dict[str, tuple[tuple[Political, ...], tuple[Employment, ...] | None]] = {
    "employed-party": (MEMBERS, (Employment.EMPLOYED,)),
    "retired-party": (MEMBERS, (Employment.RETIRED,)),
    "other-party": (MEMBERS, (Employment.STUDENT, Employment.OTHER)),
    "league": ((Political.LEAGUE,), None),
    "democratic": ((Political.DEMOCRATIC,), None),
    "masses": ((Political.MASSES,), None),
}


def known_as(model: Any, words: str) -> list[Any]:
    """Conditions that `words` name the person of a row; none for no words.

    A whole phone number is looked up by its keyed hash, four digits among the tails of phone and ID card.
    """
    words = words.strip()
    if not words:
        return []
    phone = plain_phone(words)
    if is_phone(phone):
        return [model.user_id.in_(select(User.id).where(User.phone_hash == keyed_hash(phone, "phone")))]
    if re.fullmatch(r"[0-9]{3}[0-9Xx]", words):
        by_phone = select(User.id).where(User.phone_tail == words)
        return [or_(model.user_id.in_(by_phone), model.id_card_tail == words.upper())]
    named = [User.name.contains(words, autoescape=True)]
    if words.isascii():
        named.append(User.initials.startswith(words.lower(), autoescape=True))
    return [or_(model.user_id.in_(select(User.id).where(or_(*named))), *_of_unit(model, words))]


def _of_unit(model: Any, words: str) -> list[Any]:
    """The unit's name contains the words, or what the person wrote as a unit does."""
    ids = [unit.id for unit in units().values() if words in unit.name]
    found = [model.unit_other.contains(words, autoescape=True)]
    return [*found, model.unit_id.in_(ids)] if ids else found


def being(model: Any, identity: str) -> list[Any]:
    """Conditions that a row's person is this (a key of IDENTITIES); none for ''."""
    if not identity:
        return []
    political, employment = IDENTITIES[identity]
    works = [model.employment.in_(employment)] if employment else []
    return [model.political.in_(political), *works]
