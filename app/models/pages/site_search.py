"""One search over everything that the portal shows (SPEC section 5, `/search`).

Every kind of thing brings the query of its own public list and what words demand there, so that a search never
shows what the list would not: no draft, nothing withdrawn, hidden, scheduled or not agreed to. The rows of all
kinds come in one statement, their numbers in another.

Where a kind's hits are looked at one by one, the first ones' ids are told with their number and kept as long (app/few.py): a page reads
their rows by them.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache, partial
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, bindparam, cast, func, literal, null, select, union_all

from app import clock
from app.db import UtcDateTime, db
from app.few import looked_at
from app.freshness import Remembered, this_minute
from app.models import feedback_lists, notice
from app.models.activities import search as activity_search
from app.models.activity import Activity
from app.models.displays import bases as base_lists
from app.models.displays import professionals, teams
from app.models.feedback import Feedback
from app.models.help import lists as help_lists
from app.models.honour import Honour
from app.models.honours import lists as honour_lists
from app.models.notice import Notice
from app.models.pages.pairs import offered
from app.models.pages.quickest import learn
from app.models.professional import Professional, ProfessionalGroup
from app.models.public_case import PublicCase
from app.models.report import Report
from app.models.reports import lists as report_lists
from app.models.service_base import ServiceBase
from app.models.team import Team
from app.models.user import User
from app.models.volunteer import Volunteer
from app.reads import CAP, capped
from app.statements import kept, rows_of

# On what the sources hang that change often (whoever signs up touches the activities), and on what the others do
TOPICS = {
    True: ("activities", "feedback", "regions"),
    False: ("help", "reports", "notices", "teams", "bases", "professionals", "honours", "people", "regions"),
}
MOST_WORDS = 6  # more make no search better, and each looks at every row
MOST = 30  # the longest page of one kind
_kept = Remembered(500)  # by words


@dataclass(frozen=True)
class Source:
    """Rows of one kind. `shown` are the columns id, title, text, code of a community, moment (None: it has none).

    They come newest first (by moment, then id), or with `ascending` the other way round.
    """

    kind: str
    stmt: Select[Any]
    says: Callable[[str], list[ColumnElement[bool]]]
    shown: Sequence[Any]
    ascending: bool = False
    busy: bool = False  # it changes often
    own_id: bool = True  # no two of its rows have the same id

    def found(self, words: str) -> Select[Any]:
        """What holds every word."""
        return self.stmt.where(*self.says(words))

    def first(self, number: int, words: str, most: int) -> Select[Any]:
        """The first rows as columns that all sources share."""
        stmt = self._columns(self.found(words), number)
        return select(stmt.order_by(*self._order()).limit(most).subquery())

    def named(self, number: int, most: int) -> Select[Any]:
        """The same of the rows whose ids are the parameters `_places(number, most)`."""
        ids = [bindparam(name, type_=Integer()) for name in _places(number, most)]
        return self._columns(self.stmt.where(self.shown[0].in_(ids)), number)

    def told(self, number: int, words: str) -> Select[Any]:
        """How many there are, up to the cap, with the first ones' ids in order if each hit is looked at."""
        few, (id, *_, moment) = looked_at(lambda: self.found(words)), self.shown
        source = literal(number).label("source")
        if few is None:
            told: list[Any] = [capped(lambda: self.found(words)), cast(null(), Integer()), cast(null(), UtcDateTime())]
        else:
            told = [func.count().over(), id, _or_null(moment, UtcDateTime())]
        columns = [one.label(name) for one, name in zip(told, ("total", "id", "moment"), strict=True)]
        if few is None:
            return select(source, *columns)
        first = few.with_only_columns(source, *columns, maintain_column_froms=True).order_by(*self._order())
        return select(first.limit(MOST).subquery())

    def _order(self) -> list[Any]:
        id, *_, moment = self.shown
        keys = [id] if moment is None else [moment, id]
        return keys if self.ascending else [key.desc() for key in keys]

    def _columns(self, stmt: Select[Any], number: int) -> Select[Any]:
        id, title, text, code, moment = self.shown
        columns = {
            "id": id,
            "title": title,
            "text": text,
            "code": _or_null(code, title.type),
            "moment": _or_null(moment, UtcDateTime()),
        }
        return stmt.with_only_columns(
            literal(number).label("source"),
            *(column.label(name) for name, column in columns.items()),
            maintain_column_froms=True,
        )


@dataclass(frozen=True)
class Found:
    """How many things of a source hold every word, up to CAP, and the first ones' ids; None: its own list must tell them."""

    total: int = 0
    ids: Sequence[int] | None = None


@dataclass(frozen=True)
class Hit:
    """One thing that was found; `over`: an activity that has ended, `person`: somebody who agreed to be named."""

    kind: str
    id: int
    title: str
    text: str
    code: str
    moment: Any
    over: bool = False
    person: bool = False


def totals(words: str) -> dict[str, int]:
    """How many things of each kind hold every word, up to 1,000; counted once for all kinds that are looked at one after the other."""
    numbers: dict[str, int] = {}
    for source, found in zip(sources(), _found(words), strict=True):
        numbers[source.kind] = min(numbers.get(source.kind, 0) + found.total, CAP)
    return numbers


def hits(words: str, kinds: Iterable[str], most: int) -> dict[str, list[Hit]]:
    """The first things of these kinds that hold every word, at most so many (never more than MOST) of each."""
    wanted = set(kinds)
    here = {n: one for n, one in enumerate(_found(words)) if one.total and sources()[n].kind in wanted}
    rows = _rows(here, words, wanted, most) if here else []
    found: dict[str, list[Hit]] = {}
    for number in here:
        source = sources()[number]
        own = sorted((row for row in rows if row.source == number), key=_key, reverse=not source.ascending)
        found.setdefault(source.kind, []).extend(_hit(source, row) for row in own)
    return {kind: some[:most] for kind, some in found.items() if some}


def _found(words: str) -> list[Found]:
    """What was found of each source, until something is written on which it hangs or the minute is over."""
    parts = [
        this_minute((words, busy), partial(_told, words, busy), *topics, among=_kept) for busy, topics in TOPICS.items()
    ]
    return [next(part[number] for part in parts if number in part) for number in range(len(sources()))]


def _told(words: str, busy: bool) -> dict[int, Found]:
    """The same in one statement, of what changes often or of the rest."""
    _look_ahead(words)
    wanted = {number: source for number, source in enumerate(sources()) if source.busy is busy}
    rows = db.session.execute(union_all(*(source.told(number, words) for number, source in wanted.items()))).all()
    return {number: _of(source, [row for row in rows if row.source == number]) for number, source in wanted.items()}


def _of(source: Source, rows: list[Any]) -> Found:
    if rows and rows[0].id is None:
        return Found(rows[0].total)
    rows.sort(key=_key, reverse=not source.ascending)
    return Found(min(CAP, rows[0].total) if rows else 0, [row.id for row in rows])


def _rows(found: dict[int, Found], words: str, kinds: set[str], most: int) -> Sequence[Any]:
    """The first rows, by their ids where they are known; one statement, kept where all are: for all kinds together and each alone."""
    known = {number: one.ids[:most] for number, one in found.items() if one.ids is not None}
    asked = {name: id for number, ids in known.items() for name, id in zip(_places(number, most), ids, strict=False)}
    if len(known) == len(found):
        some = tuple(n for n, one in enumerate(sources()) if one.own_id and (len(kinds) > 1 or one.kind in kinds))
        every = {name: 0 for number in some for name in _places(number, most)}
        pieces = kept(("search", most, some), lambda: union_all(*(sources()[n].named(n, most) for n in some)))
        return rows_of(pieces, every | asked)
    each = [sources()[n].named(n, len(known[n])) if n in known else sources()[n].first(n, words, most) for n in found]
    return db.session.execute(union_all(*each), asked).all()


def _places(number: int, most: int) -> list[str]:
    return [f"id_{number}_{place}" for place in range(most)]


def _look_ahead(words: str) -> None:
    """Learn in one statement how many rows each kind has to look at."""
    kinds: dict[Any, Callable[[str], Any]] = {
        Activity: activity_search.ids_named,
        Feedback: feedback_lists.ids_about,
        Report: lambda word: activity_search.ids_named(word, Report),
        PublicCase: lambda word: offered(PublicCase, word),
        Notice: lambda word: offered(Notice, word),
        Honour: honour_lists.ids_about,
    }
    learn({(model, word, ""): partial(ids, word) for model, ids in kinds.items() for word in words.split()})


def sources() -> Sequence[Source]:
    """Everything that is looked through; a kind with two sources shows the first one's rows first."""
    return _sources(clock.today())  # a day stands in them


@lru_cache(maxsize=2)
def _sources(today: date) -> Sequence[Source]:
    return [*_activities(), *_written(), *_displayed()]


def _activities() -> list[Source]:
    """What comes, soonest first, then what was: the order of the list."""
    a, listed = Activity, activity_search.public_activities()
    shown = a.id, a.title, a.place, a.community_code, a.starts_at
    coming, past = activity_search.to_come(), activity_search.shown_as("ended")
    return [
        Source("activities", listed.where(*coming), activity_search.named, shown, ascending=True, busy=True),
        Source("activities", listed.where(*past), activity_search.named, shown, busy=True),
    ]


def _written() -> list[Source]:
    c, f, r, n = PublicCase, Feedback, Report, Notice
    cases = c.id, c.title, c.summary, c.community_code, c.closed_at
    feedback = f.id, f.title, f.body, f.community_code, f.published_at
    reports = r.id, r.title, r.body, r.community_code, r.published_at
    notices = n.id, n.title, n.body, None, n.visible_at
    return [
        Source("help", help_lists.published(), help_lists.says, cases),
        Source("feedback", feedback_lists.published(), feedback_lists.says, feedback, busy=True),
        Source("reports", report_lists.published(), report_lists.says, reports),
        Source("notices", notice.published(), notice.says, notices),
    ]


def _displayed() -> list[Source]:
    t, b, g, m, h = Team, ServiceBase, ProfessionalGroup, Professional, Honour
    groups = g.id, g.name, g.introduction, None, None
    members = (
        m.group_id,
        User.name,
        m.speciality + " · " + m.organisation + " · " + g.name,
        Volunteer.community_code,
        None,
    )
    stars = h.id, func.coalesce(Team.name, User.name), h.reason, h.community_code, None
    bases = b.id, b.name, b.address + "。" + b.introduction, b.community_code, None
    return [
        Source("teams", teams.public_teams(), teams.says, (t.id, t.name, t.introduction, t.community_code, None)),
        Source("bases", base_lists.public_bases(), base_lists.says, bases),
        Source("professionals", professionals.shown_groups(), professionals.group_says, groups, ascending=True),
        Source("professionals", professionals.members(), professionals.member_says, members, True, own_id=False),
        Source("stars", honour_lists.shown(), honour_lists.says, stars),
    ]


def _hit(source: Source, row: Any) -> Hit:
    over = source.kind == "activities" and not source.ascending
    person = source.kind == "professionals" and bool(row.code)
    text = " · ".join(part for part in row.text.split(" · ") if part) if person else row.text
    return Hit(source.kind, row.id, row.title, text or "", row.code or "", row.moment, over, person)


def _key(row: Any) -> tuple[Any, ...]:
    return (row.id,) if row.moment is None else (row.moment, row.id)


def _or_null(column: Any, kind: Any) -> Any:
    return cast(null(), kind) if column is None else column
