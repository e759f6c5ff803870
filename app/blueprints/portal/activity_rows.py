"""What the portal's list says about each activity, worked out once a row: templates only place it.

Twenty rows of macros that each look up words, dates and addresses cost as much as all the rest of the page.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask import url_for

from app import clock, labels
from app.models.activities.phase import Phase, phase_of
from app.models.category import categories
from app.models.region import place_name
from app.models.signup import LIVE

STANDING = {status.value: status for status in LIVE}  # how somebody stands, where that deserves a badge


@dataclass(frozen=True, slots=True)
class Listed:
    """One row. `marks` are (word, css class) of badges, `verb` is (text, css class) of its button."""

    url: str
    title: str
    date: tuple[str, str, str]  # 11月, 28, 周六
    over: bool
    hours: str
    place: str
    marks: list[tuple[str, str]]
    category: str
    taken: int
    capacity: int
    left: str
    verb: tuple[str, str]


def listed(rows: Iterable[Any]) -> list[Listed]:
    """The rows of `activity_search.public_activities`, as the list shows them."""
    base, now, kinds = url_for("portal.activities_show", id=0).removesuffix("0"), clock.now(), categories()
    return [_listed(row, phase_of(row, now), f"{base}{row.id}", kinds[row.category_id].name) for row in rows]


def _listed(row: Any, phase: Phase, url: str, category: str) -> Listed:
    there, mine = clock.local(row.starts_at), STANDING.get(row.mine or "")
    date = f"{there.month}月", f"{there.day:02d}", f"周{labels.WEEKDAYS[there.weekday()]}"
    marks = [labels.badge(phase), *([labels.badge(mine)] if mine else [])]
    full = row.taken >= row.capacity
    left = (
        f"名额已满（{row.capacity} 人）" if full else f"还剩 {row.capacity - row.taken} 个名额（共 {row.capacity} 人）"
    )
    over = phase in (Phase.ENDED, Phase.COMPLETED)
    return Listed(
        url, row.title, date, over, _hours(row), f"{place_name(row.community_code)} · {row.place}", marks, category,
        row.taken, row.capacity, left, _verb(row, phase, bool(mine)),
    )  # fmt: skip


def _hours(row: Any) -> str:
    """8:30–11:00 where the date beside it says the rest; else all of it."""
    first, last = clock.day(row.starts_at), clock.day(row.ends_at)
    if first == last and first.year == clock.today().year:
        return f"{labels.clock_time(row.starts_at)}–{labels.clock_time(row.ends_at)}"
    return labels.span(row.starts_at, row.ends_at)


def _verb(row: Any, phase: Phase, mine: bool) -> tuple[str, str]:
    """The one verb that suits the reader."""
    if mine:
        return "查看报名", ""
    if phase is Phase.FULL:
        return "登记候补", ""
    joinable = phase in (Phase.RECRUITING, Phase.ONGOING) and row.taken < row.capacity
    return ("我要报名", "pri") if joinable and clock.now() < row.signup_closes_at else ("查看详情", "")
