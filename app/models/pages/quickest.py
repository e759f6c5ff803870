"""Looking up each row that the pairs offer, or walking along the list: whichever looks at fewer rows (ADR 0023).

Only the way hangs on it, never what is found. A word that many rows hold is met soon along the list; one that few hold is
soon looked up; a list that is short itself (a community's) is walked along in any case.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from math import inf, log2
from typing import Any, TypeVar, cast

from sqlalchemy import ColumnElement, Select, any_, func, literal, select, union_all
from sqlalchemy.orm import aliased

from app import reads
from app.db import db
from app.freshness import Remembered
from app.models.pages.pairs import first, only, tells
from app.reads import MOST
from app.statements import common, this_hour

# By database. PostgreSQL looks at the row of each hit that it counts, gathers, or looks up; SQLite only at those that it looks up,
# until there are enough
COUNTED = {"sqlite": 2 * MOST, "postgresql": MOST}  # so many hits are counted, and gathered
# so many are gathered while one row is looked at with its person (0.5 and 5 µs; PostgreSQL 2 and 4)
GATHERED = {"sqlite": 10, "postgresql": 2}
FEWER = 4  # a word of several pairs stands in so many times fewer rows than hold its pairs somewhere, for all one knows
EASY = 200  # so few are looked up without asking how long the list is
T = TypeVar("T")
Key = tuple[Any, str, str]  # model, words, what else tells which ids are meant
_learnt = Remembered(4000)


def looked_up(
    model: Any,
    words: str,
    found: Callable[[], T],
    weighed: Callable[[], Any],
    own: bool = True,
    most: float | None = None,
    kind: str = "",
    *,
    here: bool = False,
) -> T | None:
    """What `found` says where looking up each hit (at most so many, usually MOST) is quicker than walking along the list (some of them may do), else None.

    `weighed` are about as many, and quicker to count; None where the pairs cannot tell. `own`: the list is of this model. `kind`: what
    else than the words tells which hits these are. `here`: they are hits of the list's own place, not of the whole table.
    """
    compared = _compared(model, words, weighed, kind, here)
    if compared is None:
        return None
    number, walked, rows = compared
    reading, length = reads.now()
    if reading.sample and (own or here) and number > reading.sample and (length is None or length() > MOST):
        reading.sampled = True
        with only(reading.sample):
            return found()
    if number > min(MOST if most is None else most, _near(walked, reading.sample) if here else walked):
        reading.looks = min(reading.looks, length() if length is not None and length() <= MOST else inf)
        return None
    reading.finds(number, sure=tells(words), rows=rows)
    return found()


def _near(walked: float, sample: int) -> float:
    """So many hits of a place are looked up rather than walked along among: inside its index, which takes less for each."""
    near = max(walked, sample)
    return near / GATHERED[db.engine.dialect.name] if reads.in_order() else near


def gathered(model: Any, words: str, weighed: Callable[[], Any], kind: str = "", *, here: bool = False) -> bool:
    """Whether it is quicker to gather all hits than to look at each row of the list that is walked along.

    Who counts part after part would gather them for each: only in a short list, where all of it is counted at once.
    """
    number, walked, _ = _compared(model, words, weighed, kind, here) or (inf, 0, 0)
    database = db.engine.dialect.name
    if number > min(COUNTED[database], GATHERED[database] * walked):
        return False
    reading, length = reads.now()
    if not reading.in_parts:
        return True
    reading.at_once = length is not None and length() <= MOST
    return reading.at_once


def _compared(
    model: Any, words: str, weighed: Callable[[], Any], kind: str, here: bool
) -> tuple[int, float, int] | None:
    """How many hits there may be (up to one more than are COUNTED), how many rows are met until there are enough, and how many there are."""
    key = model, words, kind
    known = learn({key: weighed})
    if key not in known:
        return None
    number, last, newest = known[key]
    reading, length = reads.now()
    rows = min(last, length()) if here and length is not None and number > EASY else last
    holding = number if tells(words) else number / FEWER
    walked = reading.wanted * rows / max(holding, 1)
    if reads.in_order():  # mostly by time, the newest first: none is met before the newest that has it
        walked = max(walked, last - newest)
    if length is not None and min(number, walked) > EASY:
        walked = min(walked, length() if length() <= MOST else inf)
    return number, walked, last


def learn(wanted: Mapping[Key, Callable[[], Any]]) -> dict[Key, tuple[int, int, int]]:
    """How many ids each has (none where the pairs cannot tell), the highest id of its table and that of theirs; in one statement.

    Asked once an hour for the same thing: only the way of looking hangs on it, never what is found.
    """
    names = {key: (getattr(key[0], "__tablename__", ""), *key[1:], this_hour()) for key in wanted}
    known = {key: held for key, name in names.items() if (held := _learnt.get(name))}
    new = {key: ids for key, build in wanted.items() if key not in known and (ids := build()) is not None}
    if new:
        most = COUNTED[db.engine.dialect.name] + 1
        asked = [_told(at, key[0], ids.limit(most).subquery()) for at, (key, ids) in enumerate(new.items())]
        keys = tuple(new)
        for at, *told in db.session.execute(union_all(*asked)):
            number, last, newest = (one or 0 for one in told)
            known[keys[at]] = number, last, newest
            _learnt.keep(names[keys[at]], known[keys[at]], [])
    return known


def _told(at: int, model: Any, ids: Any) -> Select[Any]:
    last = select(func.max(model.id)).scalar_subquery()
    return select(literal(at), func.count(), last, func.max(ids.c[0])).select_from(ids)


def weights(wanted: Mapping[Key, Callable[[], Any]]) -> tuple[Any, ...]:
    """About what was learnt of these, to half an octave: words that are as common are looked for in the same ways."""
    known = learn(wanted)
    return tuple(known.get(key) and tuple(round(2 * log2(max(1, EASY, one))) for one in known[key]) for key in wanted)


def in_most(model: Any, words: str, ids: Callable[[str], Any]) -> bool:
    """Whether each word has more hits than are counted: it is met wherever one looks."""
    known = learn({(model, word, ""): partial(ids, word) for word in words.split()})
    return bool(known) and all(number > COUNTED[db.engine.dialect.name] for number, *_ in known.values())


def each_word(
    model: Any,
    words: str,
    ids: Callable[[str], Any],
    like: Callable[[str], ColumnElement[bool]],
    weighed: Callable[[str], Any] | None = None,
    *,
    all_of_it: bool = False,
    kind: str = "",
) -> list[ColumnElement[bool]]:
    """One condition a word: `like`, and where that is quicker only in the rows of `ids` of the rarest word.

    `all_of_it`: `like` looks at all that the pairs are made of, so that they may tell for certain.
    """
    every = dict.fromkeys(words.split())
    weights = {(model, word, kind): partial(weighed or ids, word) for word in every}
    known = learn(weights)
    if not known:
        return [like(word) for word in every]
    rarest, database = min(known, key=lambda key: known[key]), db.engine.dialect.name
    word, weight = rarest[1], weights[rarest]
    sure = all_of_it and tells(word)  # then no text is looked at
    some = looked_up(model, word, lambda: first(ids(word)), weight, most=COUNTED[database] if sure else None, kind=kind)
    if some is not None:
        found = [one_of(model.id, some)]
    elif sure and database == "sqlite" and gathered(model, word, weight, kind):
        found = [among(model.id, ids(word))]
    else:
        found, sure = [], False
    return [*found, *(like(one) for one in every if not (sure and one == word))]


def one_of(id: Any, ids: Any) -> ColumnElement[bool]:
    """`id IN (ids)`; on PostgreSQL as an array that is made first, or it would look at every row with LIKE instead."""
    if db.engine.dialect.name != "postgresql":
        return cast(ColumnElement[bool], id.in_(ids))
    return cast(ColumnElement[bool], id == any_(func.array(ids.scalar_subquery())))


def among(id: Any, ids: Any) -> ColumnElement[bool]:
    """`id IN (ids)`, which are gathered before a list is walked along: said so that no index answers it, or each hit would be looked up."""
    if db.engine.dialect.name == "postgresql":
        return cast(ColumnElement[bool], id.in_(ids).is_(True))
    # IS TRUE would have both sides of an OR worked out, for half as long again
    return cast(ColumnElement[bool], common(id).in_(ids))


@lru_cache
def beside(model: Any) -> Any:
    """Rows of the same table as a statement's own, always under the same name: a new alias copies every column of the table, with its
    foreign keys a third of a search's time. Such a select stands beside others of its kind, never inside one."""
    return aliased(model)


def few(model: Any, meet: Callable[[Any], list[Any]]) -> list[Any]:
    """`meet(model)` of what few rows meet. PostgreSQL knows how few; SQLite would pass all rows in a list's order, and is led to them."""
    if db.engine.dialect.name != "sqlite":
        return meet(model)
    row = beside(model)
    return [model.id.in_(select(row.id).where(*meet(row)))]
