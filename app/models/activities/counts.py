"""How many activities each value of a filter would show, the other filters kept: one statement for all of them.

Counts stop at CAP, so that a list costs the same at any size: where an index holds what is asked, each value
is counted on its own up to there; where two filters meet that no index holds together, all values are counted
in one go over the narrower set. Words are looked for once, but for those that most activities hold: these are met along the way.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select, String, cast, func, literal, select, union_all

from app.freshness import this_minute
from app.models.activities.phase import ActivityStatus, Phase
from app.models.activities.search import CAP, STATUSES, ids_named, in_phase, lies_in, named, shown_as
from app.models.activity import Activity
from app.models.category import Category, categories
from app.models.pages.quickest import in_most
from app.models.region import Level, Region, heir
from app.reads import along, capped, counting, length_of
from app.statements import kept, rows_of


@dataclass
class Counts:
    """By status, district code and category slug; at most CAP each."""

    status: dict[str, int] = field(default_factory=dict)
    district: dict[str, int] = field(default_factory=dict)
    category: dict[str, int] = field(default_factory=dict)
    # what a filter showed of them: it hangs on nothing else of ours
    chips: dict[Any, Any] = field(default_factory=dict)


FEW = 2 * CAP  # about as many activities are not completed: a guess, only the way of looking hangs on it
TOPICS = ("activities", "regions", "categories")


def public_counts(region: str, status: str, category_id: int | None, words: str) -> Counts:
    """The counts for the portal's filters."""

    def count() -> Counts:
        # building the statement costs more than running it
        about = None if words else ("portal counts", region, status, category_id)
        return _sorted(rows_of(kept(about, lambda: _counting(region, status, category_id, words))))

    return this_minute(("activities", region, status, category_id, words), count, *TOPICS)


def _counting(region: str, status: str, category_id: int | None, words: str) -> Any:
    """The statement: rows of (filter, value, number)."""
    few = bool(words) and not in_most(Activity, words, ids_named)
    a: Any = _hits(words).c if few else Activity
    with counting(CAP):
        said = [] if few else named(words)
    here, now = lies_in(region, a), [*shown_as(status, a=a), *said]
    kind = [a.category_id == category_id] if category_id else []
    states = [
        select(
            literal("status").label("what"),
            literal(one).label("key"),
            _capped([*shown_as(one, a=a), *said, *here, *kind]),
        )
        for one in ("", *STATUSES)
    ]
    districts = _districts(a, [*now, *kind], together=bool(kind or few))
    return union_all(*states, districts, _categories(a, [*now, *here], together=bool(here or few)))


def _hits(words: str) -> Any:
    """The activities that the words name."""
    names = ("status", "starts_at", "ends_at", "signup_closes_at", "category_id", "hidden_at")
    places = ("district_code", "subdistrict_code", "community_code")
    columns = [getattr(Activity, name) for name in (*names, *places)]
    with counting():
        return select(*columns).where(*shown_as(""), *named(words)).cte("hits")


def _districts(a: Any, conditions: Sequence[Any], *, together: bool) -> "Select[Any]":
    if together:
        return select(literal("district"), a.district_code, func.count()).where(*conditions).group_by(a.district_code)
    each = _capped([a.district_code == Region.code, *conditions], Region)
    return select(literal("district"), Region.code, each).where(Region.level == Level.DISTRICT)


def _categories(a: Any, conditions: Sequence[Any], *, together: bool) -> "Select[Any]":
    if together:
        key = cast(a.category_id, String)
        return select(literal("category"), key, func.count()).where(*conditions).group_by(a.category_id)
    each = _capped([a.category_id == Category.id, *conditions], Category)
    return select(literal("category"), cast(Category.id, String), each)


def _capped(conditions: Sequence[Any], around: Any = None) -> Any:
    """How many rows meet the conditions, counted up to CAP; `around` is the table of the row outside."""
    some = select(literal(1).label("one")).where(*conditions).limit(CAP)
    some = some if around is None else some.correlate(around)
    return select(func.count()).select_from(some.subquery()).scalar_subquery().label("n")


def _sorted(rows: Any) -> Counts:
    """The counts by filter; a merged district counts for its heir."""
    counts = Counts()
    for what, key, n in rows:
        group = getattr(counts, what)
        value = heir(key) if what == "district" else categories()[int(key)].slug if what == "category" else key
        group[value] = min(CAP, group.get(value, 0) + n)
    return counts


def phase_counts(
    build: "Callable[[], Select[Any]]", words: str, among: Collection[Phase] = tuple(Phase)
) -> "Select[Any]":
    """A statement of one row: how many of the activities that `build` finds by `words` are in each phase; for `phases_in`.

    `among` are the phases in which any of them can be: nobody looks for the others.
    """
    unfinished = _unfinished(build) if words else None

    def number(phase: Phase) -> Any:
        if phase not in among:
            return literal(0)
        if unfinished is None or phase is Phase.COMPLETED:
            return capped(lambda: build().where(*in_phase(phase)), CAP)
        return length_of(select(unfinished).where(*in_phase(phase, unfinished.c)), CAP)

    return select(*(number(phase).label(phase.value) for phase in Phase))


def _unfinished(build: "Callable[[], Select[Any]]") -> Any:
    """Those that are not completed, few among ten years of others: words are looked for in them once for all phases."""
    names = "status", "starts_at", "ends_at", "signup_closes_at", "taken", "capacity"
    with counting(), along(lambda: FEW):
        found = build().order_by(None)
    found = found.with_only_columns(*(getattr(Activity, name) for name in names), maintain_column_froms=True)
    states = [one for one in ActivityStatus if one is not ActivityStatus.COMPLETED]
    return union_all(*(found.where(Activity.status == one) for one in states)).cte("unfinished")


def phases_in(counting: "Select[Any]") -> dict[Phase, int]:
    """What `phase_counts` finds."""
    row = rows_of(counting)[0]
    return {phase: getattr(row, phase.value) for phase in Phase}


def total_of(counts: dict[Phase, int], phase: Phase | None) -> int:
    """How many these are, in one phase or all (each activity is in one): what a list says above its rows."""
    return counts[phase] if phase else min(CAP, sum(counts.values()))
