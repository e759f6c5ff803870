"""People found by what they are called within a district, sooner than among all who are called so in the city.

The databases keep the characters and pairs of every volunteer's name, and the first letters of its initials, each with the
volunteer's district before it (migration 0030, ADR 0023): SQLite as words of a table, PostgreSQL in an index over one.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import ARRAY, Text, func, or_, select
from sqlalchemy import column as plain_column
from sqlalchemy import table as plain_table
from sqlalchemy.orm import aliased

from app.db import db
from app.models.accounts.called import by_initials, one_by_one
from app.models.pages.pairs import first, joined, match, pieces_of, tells
from app.models.pages.quickest import one_of
from app.models.volunteer import Volunteer
from app.typed import said

BEGINNINGS = 3  # letters of initials that are kept
KEPT = plain_table("pairs_placed", *map(plain_column, ("rowid", "id", "district_code", "name", "initials")))
Places = Sequence[str]


def ids_of(words: str, districts: Places) -> Any:
    """Ids of the volunteers of these districts whose name holds the words, or whose initials begin with them."""
    ways = [_named(words, districts) if tells(words) else _looked_at(_named(words, districts), words)]
    if words.isascii():
        begun = _begun(words, districts)
        ways.append(begun if len(words) <= BEGINNINGS else _looked_at(begun, words))
    return joined(*ways)


def offers(words: str, districts: Places) -> Any:
    """About as many, not looked at with LIKE."""
    return joined(_named(words, districts), *([_begun(words, districts)] if words.isascii() else []))


def _looked_at(ids: Any, words: str) -> Any:
    row = _row()
    return select(row.id).where(one_of(row.id, ids), one_by_one(row.user_id, words, by_initials(words)))


@lru_cache
def _row() -> Any:
    return aliased(Volunteer, name="placed")


def _named(words: str, districts: Places) -> Any:
    if db.engine.dialect.name != "postgresql":
        return _by_table(words, "named", districts, pieces_of)
    # its pairs: the characters come before them and tell no more
    some = slice(len(words) + 1, 2 * len(words)) if len(words) > 1 else slice(1, 1)
    return _by_index([_pieces(place, said(words), "")[some] for place in districts])


def _begun(words: str, districts: Places) -> Any:
    if db.engine.dialect.name != "postgresql":
        return _by_table(words, "begun", districts, lambda word: [f"i{_letters(word).encode().hex()}"])
    return _by_index([_pieces(place, "", said(words, "letters", _letters)) for place in districts])


def _letters(words: str) -> str:
    return words.lower()[:BEGINNINGS]


def _by_table(words: str, what: str, districts: Places, pieces: Callable[[str], list[str]]) -> Any:
    def wanted(word: str) -> str:
        return " OR ".join("(" + " ".join(f'"{place}{one}"' for one in pieces(word)) + ")" for place in districts)

    return first(select(KEPT.c.rowid).where(match(KEPT.name, words, what, wanted)))


def _pieces(district: Any, name: Any, initials: Any) -> Any:
    return func.pairs_placed(district, name, initials, type_=ARRAY(Text))


def _by_index(wanted: list[Any]) -> Any:
    """The words are hidden from who plans, as in pairs.py."""
    together = _pieces(KEPT.c.district_code, KEPT.c.name, KEPT.c.initials)
    return first(select(KEPT.c.id).where(or_(*(together.op("@>")(select(one).scalar_subquery()) for one in wanted))))
