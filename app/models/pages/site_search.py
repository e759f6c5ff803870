"""One search over everything that the portal shows (SPEC section 5, `/search`).

Every kind of thing brings the query of its own public list and what words demand there, so that a search never
shows what the list would not: no draft, nothing withdrawn, hidden, scheduled or not agreed to. The rows of all
kinds come in one statement, their numbers in another.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Select, cast, func, literal, null, select, union_all

from app.db import UtcDateTime, db
from app.freshness import this_minute
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

TOPICS = (
    *("activities", "help", "feedback", "reports", "notices", "teams", "bases", "professionals", "honours"),
    *("people", "regions"),
)
MOST_WORDS = 6  # more make no search better, and each looks at every row


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

    def found(self, words: str) -> Select[Any]:
        """What holds every word."""
        return self.stmt.where(*self.says(words))

    def first(self, number: int, words: str, most: int) -> Select[Any]:
        """The first rows as columns that all sources share."""
        id, title, text, code, moment = self.shown
        keys = [id] if moment is None else [moment, id]
        columns = {
            "id": id,
            "title": title,
            "text": text,
            "code": _or_null(code, title.type),
            "moment": _or_null(moment, UtcDateTime()),
        }
        stmt = self.found(words).with_only_columns(
            literal(number).label("source"),
            *(column.label(name) for name, column in columns.items()),
            maintain_column_froms=True,
        )
        order = keys if self.ascending else [key.desc() for key in keys]
        return select(stmt.order_by(*order).limit(most).subquery())

    def counted(self, words: str) -> Any:
        """How many there are, up to the cap."""
        return capped(lambda: self.found(words))


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
    return this_minute(("search", words), lambda: _totals(words), *TOPICS)


def _totals(words: str) -> dict[str, int]:
    """The same in one statement."""
    _look_ahead(words)
    all_of_them = sources()
    found = db.session.execute(select(*(source.counted(words) for source in all_of_them))).one()
    numbers: dict[str, int] = {}
    for source, number in zip(all_of_them, found, strict=True):
        numbers[source.kind] = min(numbers.get(source.kind, 0) + number, CAP)
    return numbers


def hits(words: str, kinds: Iterable[str], most: int) -> dict[str, list[Hit]]:
    """The first things of these kinds that hold every word, at most so many of each; one statement."""
    wanted, all_of_them = set(kinds), sources()
    pieces = [one.first(number, words, most) for number, one in enumerate(all_of_them) if one.kind in wanted]
    rows = db.session.execute(union_all(*pieces)).all() if pieces else []
    found: dict[str, list[Hit]] = {}
    for number, source in enumerate(all_of_them):
        own = sorted((row for row in rows if row.source == number), key=_key, reverse=not source.ascending)
        found.setdefault(source.kind, []).extend(_hit(source, row) for row in own)
    return {kind: some[:most] for kind, some in found.items() if some}


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


def sources() -> list[Source]:
    """Everything that is looked through; a kind with two sources shows the first one's rows first."""
    return [*_activities(), *_written(), *_displayed()]


def _activities() -> list[Source]:
    """What comes, soonest first, then what was: the order of the list."""
    a, listed = Activity, activity_search.public_activities()
    shown = a.id, a.title, a.place, a.community_code, a.starts_at
    coming, past = activity_search.to_come(), activity_search.shown_as("ended")
    return [
        Source("activities", listed.where(*coming), activity_search.named, shown, ascending=True),
        Source("activities", listed.where(*past), activity_search.named, shown),
    ]


def _written() -> list[Source]:
    c, f, r, n = PublicCase, Feedback, Report, Notice
    cases = c.id, c.title, c.summary, c.community_code, c.closed_at
    feedback = f.id, f.title, f.body, f.community_code, f.published_at
    reports = r.id, r.title, r.body, r.community_code, r.published_at
    notices = n.id, n.title, n.body, None, n.visible_at
    return [
        Source("help", help_lists.published(), help_lists.says, cases),
        Source("feedback", feedback_lists.published(), feedback_lists.says, feedback),
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
        Source("professionals", professionals.members(), professionals.member_says, members, ascending=True),
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
