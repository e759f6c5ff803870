"""待办: everything that waits for a post, of every noun, counted by the very conditions by which lists are narrowed.

A `Kind` says what waits and by when; `stands` makes the condition of a list out of it. What belongs to a post from
the start is OWN (its community's, or that of a place below where nobody holds a post, or of a colleague below about
whom only the next level may decide); what has risen to it because nobody below did it in time is RISEN; ALL is
whatever waits within the post's reach. app/models/posts/rising.py knows the levels, app/models/pages/duty_kinds.py the kinds.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    and_,
    case,
    cast,
    false,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)

from app import clock
from app.db import UtcDateTime
from app.freshness import generation
from app.models.post import Post, living
from app.models.posts.rising import Share, held_places, inside, shares
from app.models.region import WIDTHS, Level
from app.spoken import Spoken
from app.statements import VARIED, kept, no_way_by, settled
from app.straight import read

CAP = 1000  # counts above 999 read 999+
SHOWN, OF_A_KIND = 12, 3  # lines of a part, and of one kind in it: what is old must not hide what is urgent
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
    late_by: Callable[[datetime | None], Condition] | None = None
    due: Callable[[datetime, datetime | None], datetime | None] = lambda since, due: due
    tables: Callable[[Select[Any]], Select[Any]] = lambda scope: scope
    person: Any = None
    prefix: str = ""
    born_late: bool = False
    in_order: bool = False  # an index holds whatever waits in the order of its lines
    lowest: Level = Level.COMMUNITY  # whose posts see to it: what is the district's stands with no post below


@dataclass(frozen=True)
class Line:
    """One thing that waits: since when, until when (None: no deadline)."""

    kind: Kind
    id: int
    title: str
    note: str
    code: str
    since: datetime
    due: datetime | None

    @property
    def overdue(self) -> bool:
        """Whether it should have been done by now."""
        return self.due is not None and self.due <= clock.now()

    @property
    def last_day(self) -> datetime | None:
        """A moment of the last day on which to do it."""
        return self.due - timedelta(seconds=1) if self.due else None


@dataclass(frozen=True)
class Duty:
    """How much of one kind of work waits in one part (capped at 1,000), and how much of it is overdue."""

    kind: Kind
    part: Part
    count: int
    late: int

    @property
    def todo(self) -> str:
        """What the list's address carries to show exactly these."""
        return todo(self.kind, self.part)


@dataclass(frozen=True)
class Desk:
    """A post's 待办: per part what waits, and the most urgent lines of one's own and of what has risen."""

    duties: dict[Part, list[Duty]]
    lines: dict[Part, list[Line]]

    def count(self, part: Part) -> int:
        """How much waits in this part."""
        return sum(duty.count for duty in self.duties[part])

    def by_list(self) -> dict[str, int]:
        """How much waits, own and risen, behind each list's endpoint: for the menu."""
        found: dict[str, int] = {}
        for duty in (*self.duties[Part.OWN], *self.duties[Part.RISEN]):
            found[duty.kind.endpoint] = found.get(duty.kind.endpoint, 0) + duty.count
        return found


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
    districts = getattr(kind.model, f"{kind.prefix}district_code").in_(sorted({place[:6] for place in places}))
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


Narrowed = dict[tuple[str, Part], Select[Any]]


def desk(scopes: Callable[[], Mapping[str, Select[Any]]], kinds: Sequence[Kind], code: str, shape: Hashable) -> Desk:
    """The 待办 of a post over the region `code`. Two statements, built once a day for each `shape`.

    `scopes` are what access lets it reach, by kind; `shape` names all on which these depend.
    """
    shape = shape, code, held_places(), generation("workdays"), tuple(kind.key for kind in kinds)
    narrowed, asked, counting = kept(("desk", shape), lambda: _counting(scopes(), kinds, code))
    numbers = iter(read(counting)[0])
    duties: dict[Part, list[Duty]] = {part: [] for part in Part}
    by_key = {kind.key: kind for kind in kinds}
    for (key, part), late_is_counted in asked:
        kind, number = by_key[key], next(numbers)
        late = next(numbers) if late_is_counted else number * kind.born_late
        duties[part].append(Duty(kind, part, number, late))
    return Desk(duties, _lines(narrowed, by_key, duties, code, shape))


def _counting(scopes: Mapping[str, Select[Any]], kinds: Sequence[Kind], code: str) -> tuple[Narrowed, list[Any], Any]:
    """Scopes narrowed to each kind and part, these with whether what is late is counted apart, and one statement that counts."""
    parts = [Part.OWN] if level(code) is Level.COMMUNITY else list(Part)
    narrowed: Narrowed = {}
    asked, counts = [], []
    for kind in kinds:
        for part in parts:
            if part is Part.RISEN and kind.late_by is None:
                continue
            narrowed[kind.key, part] = wanted = scopes[kind.key].where(stands(kind, part, code))
            late = None if kind.born_late or kind.late_by is None else _count(wanted.where(kind.late_by(None)))
            asked.append(((kind.key, part), late is not None))
            counts.append(_count(wanted).label(todo(kind, part)))
            counts += [] if late is None else [late.label(f"{todo(kind, part)} late")]
    return narrowed, asked, Spoken(settled(_unless_full(counts)))


def _unless_full(counts: Sequence[Any]) -> Select[Any]:
    """These counts; ALL of a kind is not counted where its OWN, a part of it, is CAP already."""
    whole = {one.name: one for one in counts if one.name.endswith(f"-{Part.ALL.value}")}
    # with an OFFSET neither database takes the inner statement apart, to count twice
    others = select(*(one for one in counts if one.name not in whole)).offset(0).subquery()

    def found(name: str) -> Any:
        if name not in whole:
            return others.c[name]
        return case((others.c[name.rpartition("-")[0]] >= CAP, CAP), else_=whole[name].element)

    return select(*(found(one.name) for one in counts))


def _count(wanted: Select[Any]) -> Any:
    some = wanted.with_only_columns(literal(1), maintain_column_froms=True).order_by(None).limit(CAP).subquery()
    return select(func.count()).select_from(some).scalar_subquery()


def _lines(
    narrowed: Narrowed, kinds: Mapping[str, Kind], duties: Mapping[Part, Sequence[Duty]], code: str, shape: Hashable
) -> dict[Part, list[Line]]:
    """The most urgent of what waits, own and risen, in one statement; none when nothing waits."""
    found: dict[Part, list[Line]] = {Part.OWN: [], Part.RISEN: []}
    full = [(duty.kind, part) for part in found for duty in duties[part] if duty.count]
    if not full:
        return found
    about = tuple((kind.key, part) for kind, part in full)
    union = kept(
        ("desk lines", shape, about),
        lambda: union_all(
            *(_of_kind(kind, part, narrowed[kind.key, part], code) for kind, part in full)
        ).execution_options(**VARIED),
    )
    # PostgreSQL: knowing the values it takes the first of many in order; for all values it would sort them (4 ms and 0.1)
    for row in read(union):
        kind = kinds[row.key]
        due = kind.due(row.since, row.due)
        found[Part(row.part)].append(Line(kind, row.id, row.title, row.note, row.code, row.since, due))
    return {part: sorted(lines, key=_urgency)[:SHOWN] for part, lines in found.items()}


def _urgency(line: Line) -> tuple[Any, ...]:
    """Overdue first, then what is due first, then what waits longest."""
    return not line.overdue, line.due or line.since, line.kind.key, line.id


def _of_kind(kind: Kind, part: Part, scope: Select[Any], code: str) -> Any:
    title, note, since, due = kind.row()
    first = since if due is None else due
    columns = [
        literal(kind.key).label("key"),
        literal(part.value).label("part"),
        kind.model.id.label("id"),
        title.label("title"),
        cast(note, String).label("note"),
        getattr(kind.model, f"{kind.prefix}community_code").label("code"),
        since.label("since"),
        (cast(null(), UtcDateTime()) if due is None else due).label("due"),
    ]
    # which they are is found within an index, then these few are looked at
    few = scope.with_only_columns(kind.model.id, maintain_column_froms=True).order_by(None)
    few = few.order_by(first, kind.model.id).limit(OF_A_KIND)
    if kind.in_order and level(code) is Level.CITY:  # the first of them are met soon, in whatever district they are
        few = no_way_by(getattr(kind.model, f"{kind.prefix}district_code"), few)
    rows = kind.tables(select(kind.model).where(kind.model.id.in_(few)))
    return select(rows.with_only_columns(*columns, maintain_column_froms=True).subquery())
