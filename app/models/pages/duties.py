"""待办: everything that waits for a post, of every noun, counted by the very conditions by which lists are narrowed.

A `Kind` says what waits and by when; `stands` makes the condition of a list out of it. What belongs to a post from
the start is OWN (its community's, or that of a place below where nobody holds a post, or of a colleague below about
whom only the next level may decide); what has risen to it because nobody below did it in time is RISEN; ALL is
whatever waits within the post's reach. app/models/posts/rising.py knows the levels, app/models/pages/duty_kinds.py the kinds.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    false,
    func,
    literal,
    or_,
    select,
)

from app.models.post import Post, living
from app.models.posts.rising import Share, held_places, inside, shares
from app.models.region import WIDTHS, Level
from app.statements import written

Condition = ColumnElement[bool]


class Part(StrEnum):
    """Why a thing stands in a post's 待办."""

    OWN = "own"  # 本级
    RISEN = "risen"  # 下级超期上升
    ALL = "all"  # whatever waits below, whoever has to do it


@dataclass(frozen=True)
class Kind:
    """One kind of work. `late_by(m)` is the condition that it was due by the moment m, or (None) by that at which the
    statement runs; without it nothing is ever due.

    `born_late`: it waits only once it is due.
    `row` are the columns of a line (title, note, since, due or null) on what `tables` makes of a scope; `due` finishes
    a line's due moment in Python. `person` is the user about whom it is decided, where nobody decides about oneself.
    """

    key: str
    word: str
    unit: str
    model: Any
    endpoint: str  # of the list
    page: str  # of one row
    waits: Callable[[], list[Condition]]
    row: Callable[[], "tuple[Any, Any, Any, Any]"]
    topics: tuple[str, ...]  # besides posts and the clock, all on which hangs how much waits
    late_by: Callable[[datetime | None], Condition] | None = None
    due: Callable[[datetime, datetime | None], datetime | None] = lambda since, due: due
    tables: Callable[[Select[Any]], Select[Any]] = lambda scope: scope
    person: Any = None
    prefix: str = ""
    born_late: bool = False
    in_order: bool = False  # an index holds whatever waits in the order of its lines
    # an index holds whatever waits, and nothing else: the city's are passed there, wherever they are
    apart: bool = False
    lowest: Level = Level.COMMUNITY  # whose posts see to it: what is the district's stands with no post below


def todo(kind: Kind, part: Part) -> str:
    """`help` for one's own, `help-risen`, `help-all`."""
    return kind.key if part is Part.OWN else f"{kind.key}-{part.value}"


def stands(kind: Kind, part: Part, code: str) -> Condition:
    """The condition that a row of the kind's model stands in this part of the 待办 of a post over the region `code`."""
    waits = and_(*kind.waits())
    if part is Part.ALL:
        return waits
    ways = (_own if part is Part.OWN else _risen)(kind, code)
    return and_(waits, or_(false(), *ways))


def _own(kind: Kind, code: str) -> list[Condition]:
    ways = []
    for share in _shares(kind, code):
        here = inside(kind.model, share.codes, kind.prefix)
        if share.steps == 0:
            mine = [] if kind.person is None or level(code) is Level.CITY else [~_holds(kind, [literal(code)])]
            ways.append(and_(here, *mine))
        elif share.steps == 1 and kind.person is not None:
            ways.append(and_(here, _colleague_below(kind, code)))
    return ways


def _risen(kind: Kind, code: str) -> list[Condition]:
    ways, places = [], set[str]()
    for share in _shares(kind, code):
        if share.due_before is None or kind.late_by is None:
            continue
        not_own = [~_colleague_below(kind, code)] if share.steps == 1 and kind.person is not None else []
        # late first: SQLite puts a list of places in order when the first row is asked for it, which mostly none is
        ways.append(and_(kind.late_by(share.due_before), inside(kind.model, share.codes, kind.prefix), *not_own))
        places.update(share.codes)
    # the districts first: few of a large city's rows are left for the long lists of places
    districts = getattr(kind.model, f"{kind.prefix}district_code").in_(written(sorted({place[:6] for place in places})))
    return [and_(districts, or_(*ways))] if ways else []


def _shares(kind: Kind, code: str) -> list[Share]:
    """The post's shares of this kind of work: nobody below `lowest` counts as holding it."""
    if kind.lowest is Level.COMMUNITY:
        return shares(code, held_places())
    most = WIDTHS[kind.lowest]
    return shares(code, frozenset(one for one in held_places() if len(one) <= most)) if len(code) <= most else []


def level(code: str) -> Level:
    """The level of a post's region."""
    from app.models.region import LEVELS

    return LEVELS[len(code)]


def _holds(kind: Kind, places: Sequence[Any]) -> Condition:
    """The condition that the person concerned holds a living post over one of these places."""
    return select(Post.id).where(Post.user_id == kind.person, Post.region_code.in_(places), *living()).exists()


def _colleague_below(kind: Kind, code: str) -> Condition:
    """The condition that the person concerned keeps the row's own place below `code`: it is decided one level up."""
    names = [f"{kind.prefix}{one.value}_code" for one in Level if one is not Level.CITY]
    lower = [getattr(kind.model, name) for name in names]
    theirs = Post.user_id == kind.person, Post.region_code.in_(lower), func.length(Post.region_code) > len(code)
    return select(Post.id).where(*theirs, *living()).exists()
