"""People found by what they are called: a part of the name, the beginning of its initials."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, union_all
from sqlalchemy.orm import aliased

from app.models.pages.pairs import few, offered, one_of
from app.models.user import User

Also = Callable[[Any], list[ColumnElement[bool]]]


def by_initials(words: str) -> Also:
    """The condition that initials begin with the words; none for words in Chinese."""
    return lambda person: [person.initials.startswith(words.lower(), autoescape=True)] if words.isascii() else []


def ids_of(words: str, also: Also) -> Any:
    """Ids of the people whose name holds the words or of whom one of `also` is true; None where pairs cannot tell."""
    person = aliased(User)
    ids = offered(User, words)
    if ids is None:
        return None
    named = and_(one_of(person.id, ids), person.name.contains(words, autoescape=True))
    return union_all(*(select(person.id).where(one) for one in (named, *also(person))))


def one_by_one(user_id: Any, words: str, also: Also) -> ColumnElement[bool]:
    """The same as a condition on the person `user_id` of each row."""
    person = aliased(User)
    called = or_(person.name.contains(words, autoescape=True), *also(person))
    return select(person.id).where(person.id == user_id, called).exists()


def goes_by(user_id: Any, words: str, also: Also | None = None) -> ColumnElement[bool]:
    """The condition that the person `user_id` is called like this; `also` is what else counts, usually the initials."""
    also = also or by_initials(words)
    ids = ids_of(words, also)
    if ids is None or not few(User, words, ids):
        return one_by_one(user_id, words, also)
    return one_of(user_id, ids)
