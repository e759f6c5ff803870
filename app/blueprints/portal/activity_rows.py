"""What the portal says about each activity of a list: templates only place it.

Twenty rows of macros that each look up words, dates and addresses cost as much as all the rest of the page. So a line of the
list is drawn once and stands until the clock passes the next moment on which it hangs.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import current_app, url_for
from markupsafe import Markup

from app import clock, labels
from app.freshness import Remembered, numbers
from app.models.activities.phase import Phase, phase_of
from app.models.category import categories
from app.models.region import place_name
from app.models.signup import LIVE

STANDING = {status.value: status for status in LIVE}  # how somebody stands, where that deserves a badge
NAMES = ("regions", "categories")  # what a line shows besides its row
ROOM = 2000  # lines; then all are forgotten
_drawn = Remembered(4)


@dataclass(frozen=True, slots=True)
class Listed:
    """One row. `marks` are (word, css class) of badges, `verb` is (text, css class) of its button."""

    url: str
    title: str
    date: tuple[str, str, str]  # 11月, 28, 周六
    over: bool
    hours: str
    place: str
    marks: tuple[tuple[str, str], ...]
    category: str
    taken: int
    capacity: int
    left: str
    verb: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Line:
    """A row as it stands in the list from one moment until another."""

    since: datetime
    until: datetime
    text: Markup


def listed(rows: Iterable[Any]) -> list[Listed]:
    """The rows of `activity_search.public_activities`, as lists show them."""
    base, now = _base(), clock.now()
    return [_listed(row, now, base) for row in rows]


def lines(rows: Iterable[Any]) -> Markup:
    """The same rows as the portal's list has them, one after the other."""
    base, now = _base(), clock.now()
    known = _lines_at(base)
    found = []
    for row in rows:
        line = known.get(row)
        if line is None or not line.since <= now < line.until:
            line = known[row] = _line(row, now, base)
        found.append(line.text)
    return Markup("".join(found))  # noqa: S704 - lines are Markup, each of which `Markup.join` would look at


def _base() -> str:
    return url_for("portal.activities_show", id=0).removesuffix("0")


def _lines_at(base: str) -> dict[Any, Line]:
    """What was drawn where the site lies, by row."""
    if current_app.jinja_env.auto_reload:
        return {}
    found: dict[Any, Line] | None = _drawn.get(base, *NAMES)
    if found is None or len(found) > ROOM:
        found = {}
        _drawn.keep(base, found, numbers(*NAMES), *NAMES)
    return found


def _line(row: Any, now: datetime, base: str) -> Line:
    year = clock.local(now).year
    years = (clock.start_of(date(one, 1, 1)) for one in (year, year + 1))
    moments = (*years, row.starts_at, row.ends_at, row.signup_closes_at)
    lists: Any = current_app.jinja_env.globals["lists"]
    since, until = max(one for one in moments if one <= now), min(one for one in moments if one > now)
    return Line(since, until, lists.activity(_listed(row, now, base)))


def _listed(row: Any, now: datetime, base: str) -> Listed:
    phase, there, mine = phase_of(row, now), clock.local(row.starts_at), STANDING.get(row.mine or "")
    day = f"{there.month}月", f"{there.day:02d}", f"周{labels.WEEKDAYS[there.weekday()]}"
    marks = (labels.badge(phase), *((labels.badge(mine),) if mine else ()))
    full = row.taken >= row.capacity
    left = (
        f"名额已满（{row.capacity} 人）" if full else f"还剩 {row.capacity - row.taken} 个名额（共 {row.capacity} 人）"
    )
    place = f"{place_name(row.community_code)} · {row.place}"
    return Listed(
        f"{base}{row.id}", row.title, day, phase in (Phase.ENDED, Phase.COMPLETED), _hours(row, clock.local(now).year), place,
        marks, categories()[row.category_id].name, row.taken, row.capacity, left,
        _verb(row, phase, bool(mine), now < row.signup_closes_at),
    )  # fmt: skip


def _hours(row: Any, year: int) -> str:
    """8:30–11:00 where the date beside it says the rest; else all of it."""
    first, last = clock.day(row.starts_at), clock.day(row.ends_at)
    if first == last and first.year == year:
        return f"{labels.clock_time(row.starts_at)}–{labels.clock_time(row.ends_at)}"
    return labels.span(row.starts_at, row.ends_at)


def _verb(row: Any, phase: Phase, mine: bool, signs_up: bool) -> tuple[str, str]:
    """The one verb that suits the reader."""
    if mine:
        return "查看报名", ""
    if phase is Phase.FULL:
        return "登记候补", ""
    joinable = phase in (Phase.RECRUITING, Phase.ONGOING) and row.taken < row.capacity
    return ("我要报名", "pri") if joinable and signs_up else ("查看详情", "")
