"""One search over everything that the portal shows (SPEC section 5, `/search`).

Every kind of thing brings the query of its own public list and what words demand there, so that a search never
shows what the list would not: no draft, nothing withdrawn, hidden, scheduled or not agreed to. The rows of all
kinds come in one statement, their numbers in another two.

The first ones of each are found with their number, and known as long: a page reads their rows by their keys.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache, partial
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, bindparam, cast, func, literal, null, select, union_all

from app import clock
from app.db import UtcDateTime, db
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
from app.reads import CAP, capped, looked_at
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
    key: Any = None  # tells its rows apart where the id does not

    def found(self, words: str) -> Select[Any]:
        """What holds every word."""
        return self.stmt.where(*self.says(words))

    def named(self, number: int, most: int) -> Select[Any]:
        """The rows whose keys are the parameters `_places(number, most)`, as columns that all sources share."""
        id, title, text, code, moment = self.shown
        columns = {
            "key": self.row,
            "id": id,
            "title": title,
            "text": text,
            "code": _or_null(code, title.type),
            "moment": _or_null(moment, UtcDateTime()),
        }
        keys = [bindparam(name, type_=Integer()) for name in _places(number, most)]
        return self.stmt.where(self.row.in_(keys)).with_only_columns(
            literal(number).label("source"),
            *(column.label(name) for name, column in columns.items()),
            maintain_column_froms=True,
        )

    def told(self, number: int, words: str) -> Select[Any]:
        """The keys of the first ones, and how many there are, up to the cap: of one look at all hits, or else two ways to the list."""
        few, (id, *_, moment) = looked_at(lambda: self.found(words)), self.shown
        total = capped(lambda: self.found(words)) if few is None else func.count().over()
        told = literal(number), total, self.row, id, _or_null(moment, UtcDateTime())
        names = "source", "total", "key", "id", "moment"
        columns = [one.label(name) for one, name in zip(told, names, strict=True)]
        found = self.found(words) if few is None else few
        first = found.with_only_columns(*columns, maintain_column_froms=True).order_by(*self._order())
        return select(first.limit(MOST).subquery())

    @property
    def row(self) -> Any:
        """What tells its rows apart."""
        return self.shown[0] if self.key is None else self.key

    def _order(self) -> list[Any]:
        id, *_, moment = self.shown
        keys = [id, self.row] if moment is None else [moment, id]
        return keys if self.ascending else [key.desc() for key in keys]


@dataclass(frozen=True)
class Found:
    """How many things of a source hold every word, up to CAP, and the keys of the first ones."""

    total: int = 0
    keys: Sequence[int] = ()


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
    """The first things of these kinds that hold every word, at most so many (never more than MOST) of each; one statement."""
    wanted, every = set(kinds), sources()
    known = {n: one.keys[:most] for n, one in enumerate(_found(words)) if one.total and every[n].kind in wanted}
    rows = {(row.source, row.key): row for row in _rows(known, wanted, most)} if known else {}
    found: dict[str, list[Hit]] = {}
    for n, keys in known.items():
        own = [_hit(every[n], rows[n, key]) for key in keys if (n, key) in rows]
        found.setdefault(every[n].kind, []).extend(own)
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
    rows.sort(
        key=lambda row: (row.id, row.key) if row.moment is None else (row.moment, row.id), reverse=not source.ascending
    )
    return Found(min(CAP, rows[0].total), [row.key for row in rows]) if rows else Found()


def _rows(known: dict[int, Sequence[int]], kinds: set[str], most: int) -> Sequence[Any]:
    """The rows with these keys; the statement is kept for all kinds together and each alone."""
    some = tuple(n for n, one in enumerate(sources()) if len(kinds) > 1 or one.kind in kinds)
    asked = {name: 0 for n in some for name in _places(n, most)}
    asked |= {name: key for n, keys in known.items() for name, key in zip(_places(n, most), keys, strict=False)}
    statement = kept(("search", most, some), lambda: union_all(*(sources()[n].named(n, most) for n in some)))
    return rows_of(statement, asked)


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
        Source("professionals", professionals.members(), professionals.member_says, members, True, key=m.id),
        Source("stars", honour_lists.shown(), honour_lists.says, stars),
    ]


def _hit(source: Source, row: Any) -> Hit:
    over = source.kind == "activities" and not source.ascending
    person = source.kind == "professionals" and bool(row.code)
    text = " · ".join(part for part in row.text.split(" · ") if part) if person else row.text
    return Hit(source.kind, row.id, row.title, text or "", row.code or "", row.moment, over, person)


def _or_null(column: Any, kind: Any) -> Any:
    return cast(null(), kind) if column is None else column
