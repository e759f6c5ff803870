"""People found by what they are called: a part of the name, the beginning of its initials."""

from collections.abc import Callable
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select

from app.db import db
from app.models.pages.pairs import first, joined, offered, tells
from app.models.pages.quickest import beside, looked_up, one_of
from app.models.pages.worded import stands
from app.models.user import User
from app.typed import contains, said

Also = Callable[[Any], list[ColumnElement[bool]]]


def by_initials(words: str) -> Also:
    """The condition that initials begin with the words; none for words in Chinese."""
    return lambda person: [_begins(person.initials, words)] if words.isascii() else []


def _begins(column: Any, letters: str) -> ColumnElement[bool]:
    """That these initials (all small letters) begin like this, in whatever case, as a range: for LIKE SQLite looks at every row, and PostgreSQL does
    once it has a plan for all values."""
    beyond = said(letters, "beyond", _beyond)
    begin = said(letters, "begin", str.lower)
    if db.engine.dialect.name == "postgresql":  # as its index compares (text_pattern_ops), whatever the collation
        return and_(column.bool_op("~>=~")(begin), column.bool_op("~<~")(beyond))
    return and_(column >= begin, column < beyond)


def _beyond(letters: str) -> str:
    small = letters.lower()
    return small[:-1] + chr(ord(small[-1]) + 1)


def offers(words: str, also: Also) -> Any:
    """Ids of the people whose name may hold the words or of whom one of `also` is true."""
    person = beside(User)
    return joined(offered(User, words), *(select(person.id).where(one) for one in also(person)))


def ids_named(word: str) -> Any:
    """Ids of the people whose name holds the word, in whatever case."""
    person, named = beside(User), offered(User, word)
    return named if tells(word) else select(person.id).where(one_of(person.id, named), stands(word, person.name))


def ids_of(words: str, also: Also) -> Any:
    """Ids of the people whose name holds the words or of whom one of `also` is true."""
    person = beside(User)
    named = offered(User, words)
    if not tells(words):
        named = select(person.id).where(one_of(person.id, named), contains(person.name, words))
    return joined(named, *(first(select(person.id).where(one)) for one in also(person)))


def one_by_one(user_id: Any, words: str, also: Also) -> ColumnElement[bool]:
    """The same as a condition on the person `user_id` of each row.

    The value of a statement, not EXISTS: for that PostgreSQL would read everybody before it looks at the first row.
    """
    person = beside(User)
    called = or_(contains(person.name, words), *also(person))
    return select(called).where(person.id == user_id).scalar_subquery()


def goes_by(user_id: Any, words: str, also: Also | None = None) -> ColumnElement[bool]:
    """The condition that the person `user_id` is called like this; `also` is what else counts, usually the initials."""
    also = also or by_initials(words)
    found, weighed = partial(ids_of, words, also), partial(offers, words, also)
    ids = looked_up(User, words, found, weighed, own=False, kind=also.__qualname__)
    return one_by_one(user_id, words, also) if ids is None else one_of(user_id, ids)
