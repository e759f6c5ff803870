"""A post's 待办 as it stands on the workbench: how much of each kind waits (duties.py), and the most urgent lines of it."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import Integer, Select, String, bindparam, case, cast, func, literal, null, select, union_all

from app import clock
from app.db import UtcDateTime
from app.freshness import generation, this_minute
from app.models.pages.duties import Kind, Part, level, stands, todo
from app.models.posts.rising import held_places
from app.models.region import Level
from app.spoken import Spoken
from app.statements import kept, no_way_by, settled, steady
from app.straight import read

CAP = 1000  # counts above 999 read 999+
SHOWN, OF_A_KIND = 12, 3  # lines of a part, and of one kind in it: what is old must not hide what is urgent


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


Parts = list[tuple[Kind, Part]]
# what counts kinds with the same topics, and finds which of them are the most urgent
Counting = list[tuple[tuple[str, ...], Spoken, Spoken]]
First = dict[str, list[int]]  # the numbers of the most urgent, by `todo`


def desk(scopes: Callable[[], Mapping[str, Select[Any]]], kinds: Sequence[Kind], code: str, shape: Hashable) -> Desk:
    """The 待办 of a post over the region `code`. Statements are built once a day for each `shape`; kinds are counted, and the most
    urgent of them found, once a minute, until a row of theirs is written.

    `scopes` are what access lets it reach, by kind; `shape` names all on which these depend.
    """
    shape = shape, code, held_places(), generation("workdays"), tuple(kind.key for kind in kinds)
    parts, counting = kept(("desk", shape), lambda: _counting(scopes(), kinds, code))
    numbers, first = dict[str, int](), First()
    for topics, counts, urgent in counting:
        reading = partial(_read, counts, urgent)
        found = this_minute(("desk", topics, shape), reading, *topics, "posts", "regions")
        numbers, first = numbers | found[0], first | found[1]
    duties: dict[Part, list[Duty]] = {part: [] for part in Part}
    for kind, part in parts:
        number = numbers[todo(kind, part)]
        late = numbers.get(_late(kind, part), number * kind.born_late)
        duties[part].append(Duty(kind, part, number, late))
    return Desk(duties, _lines(first, duties, shape))


def _read(counts: Spoken, urgent: Spoken) -> tuple[dict[str, int], First]:
    first: First = {}
    for name, id in read(urgent):
        first.setdefault(name, []).append(id)
    return dict(read(counts)[0]._mapping), first


def _late(kind: Kind, part: Part) -> str:
    return f"{todo(kind, part)} late"


def _counting(scopes: Mapping[str, Select[Any]], kinds: Sequence[Kind], code: str) -> tuple[Parts, Counting]:
    """Which kinds wait in which parts, and the statements that count them, by topics."""
    here = [Part.OWN] if level(code) is Level.COMMUNITY else list(Part)
    parts = [(kind, part) for kind in kinds for part in here if part is not Part.RISEN or kind.late_by is not None]
    counts: dict[tuple[str, ...], list[Any]] = {}
    urgent: dict[tuple[str, ...], list[Any]] = {}
    for kind, part in parts:
        wanted = _waiting(kind, scopes[kind.key].where(stands(kind, part, code)), code)
        found = counts.setdefault(kind.topics, [])
        found.append(_count(wanted).label(todo(kind, part)))
        if kind.late_by is not None and not kind.born_late:
            found.append(_count(wanted.where(kind.late_by(None))).label(_late(kind, part)))
        if part is not Part.ALL:
            few = _few(kind, wanted, code).subquery()
            urgent.setdefault(kind.topics, []).append(select(literal(todo(kind, part)).label("todo"), few.c.id))
    return parts, [
        (topics, _once(_unless_full(some)), _once(select(union_all(*urgent[topics]).subquery())))
        for topics, some in counts.items()
    ]


def _once(statement: Select[Any]) -> Spoken:
    """In words; PostgreSQL plans it once."""
    return Spoken(settled(steady(statement)))


def _waiting(kind: Kind, scope: Select[Any], code: str) -> Select[Any]:
    """The same rows, to which no place leads where there is a shorter way: SQLite would look each of them up, place by place."""
    if not kind.apart or level(code) is not Level.CITY:
        return scope
    for one in (Level.DISTRICT, Level.SUBDISTRICT, Level.COMMUNITY):
        scope = no_way_by(getattr(kind.model, f"{kind.prefix}{one.value}_code"), scope)
    return scope


def _unless_full(counts: Sequence[Any]) -> Select[Any]:
    """These counts; ALL of a kind is not counted where its OWN, a part of it, is CAP already."""
    whole = {one.name: one for one in counts if one.name.endswith(f"-{Part.ALL.value}")}
    # with an OFFSET neither database takes the inner statement apart, to count twice
    others = select(*(one for one in counts if one.name not in whole)).offset(0).subquery()

    def found(name: str) -> Any:
        if name not in whole:
            return others.c[name]
        return case((others.c[name.rpartition("-")[0]] >= CAP, CAP), else_=whole[name].element).label(name)

    return select(*(found(one.name) for one in counts))


def _count(wanted: Select[Any]) -> Any:
    some = wanted.with_only_columns(literal(1), maintain_column_froms=True).order_by(None).limit(CAP).subquery()
    return select(func.count()).select_from(some).scalar_subquery()


def _lines(first: First, duties: Mapping[Part, Sequence[Duty]], shape: Hashable) -> dict[Part, list[Line]]:
    """The most urgent of what waits, own and risen, in one statement; none when nothing waits."""
    found: dict[Part, list[Line]] = {Part.OWN: [], Part.RISEN: []}
    full = [(duty.kind, part) for part in found for duty in duties[part] if duty.count]
    if not full:
        return found
    kinds = {kind.key: kind for kind, _ in full}
    about = tuple((kind.key, part) for kind, part in full)
    union = kept(
        ("desk lines", shape, about),
        lambda: steady(select(union_all(*(_of_kind(kind, part) for kind, part in full)).subquery())),
    )
    for row in read(union, _known(full, first)):
        kind = kinds[row.key]
        due = kind.due(row.since, row.due)
        found[Part(row.part)].append(Line(kind, row.id, row.title, row.note, row.code, row.since, due))
    return {part: sorted(lines, key=_urgency)[:SHOWN] for part, lines in found.items()}


def _known(full: Sequence[tuple[Kind, Part]], first: First) -> dict[str, int]:
    """The numbers of the most urgent that are known, by the names under which the statement asks for them; 0: there are no more."""
    names = [todo(kind, part) for kind, part in full]
    ids = {name: [*first.get(name, ()), *[0] * OF_A_KIND] for name in names}
    return {f"{name} {place}": ids[name][place] for name in names for place in range(OF_A_KIND)}


def _urgency(line: Line) -> tuple[Any, ...]:
    """Overdue first, then what is due first, then what waits longest."""
    return not line.overdue, line.due or line.since, line.kind.key, line.id


def _of_kind(kind: Kind, part: Part) -> Any:
    title, note, since, due = kind.row()
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
    few = [bindparam(f"{todo(kind, part)} {place}", type_=Integer) for place in range(OF_A_KIND)]
    rows = kind.tables(select(kind.model).where(kind.model.id.in_(few)))
    return select(rows.with_only_columns(*columns, maintain_column_froms=True).subquery())


def _few(kind: Kind, scope: Select[Any], code: str) -> Select[Any]:
    """Which are the most urgent: found within an index, then these few are looked at."""
    _, _, since, due = kind.row()
    few = scope.with_only_columns(kind.model.id, maintain_column_froms=True).order_by(None)
    few = few.order_by(since if due is None else due, kind.model.id).limit(OF_A_KIND)
    if kind.in_order and level(code) is Level.CITY:  # the first of them are met soon, in whatever district they are
        few = no_way_by(getattr(kind.model, f"{kind.prefix}district_code"), few)
    return few
