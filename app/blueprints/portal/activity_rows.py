"""What the portal's list says about each activity, worked out once for each state of a row: templates only place it.

Twenty rows of macros that each look up words, dates and addresses cost as much as all the rest of the page. What is said
of a row hangs on its columns and on what stands in `_listed`'s arguments, so it is kept by these.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from flask import url_for

from app import clock, labels
from app.models.activities.phase import Phase, phase_of
from app.models.category import categories
from app.models.region import place_name
from app.models.signup import LIVE
from app.templating import Plain

STANDING = {status.value: status for status in LIVE}  # how somebody stands, where that deserves a badge


@dataclass(frozen=True, slots=True)
class Listed(Plain):
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


def listed(rows: Iterable[Any]) -> list[Listed]:
    """The rows of `activity_search.public_activities`, as the list shows them."""
    base, now, kinds = url_for("portal.activities_show", id=0).removesuffix("0"), clock.now(), categories()
    year = clock.local(now).year
    return [
        _listed(
            row._tuple(), phase_of(row, now), now < row.signup_closes_at, year, f"{base}{row.id}",
            kinds[row.category_id].name, place_name(row.community_code),
        )
        for row in rows
    ]  # fmt: skip


@lru_cache(maxsize=4096)
def _listed(row: Any, phase: Phase, signs_up: bool, year: int, url: str, category: str, community: str) -> Listed:
    """`row` as it is, and all else on which its line hangs: the year of today, whether sign-up is still open, names."""
    there, mine = clock.local(row.starts_at), STANDING.get(row.mine or "")
    date = f"{there.month}月", f"{there.day:02d}", f"周{labels.WEEKDAYS[there.weekday()]}"
    marks = (labels.badge(phase), *((labels.badge(mine),) if mine else ()))
    full = row.taken >= row.capacity
    left = (
        f"名额已满（{row.capacity} 人）" if full else f"还剩 {row.capacity - row.taken} 个名额（共 {row.capacity} 人）"
    )
    over = phase in (Phase.ENDED, Phase.COMPLETED)
    return Listed(
        url, row.title, date, over, _hours(row, year), f"{community} · {row.place}", marks, category, row.taken,
        row.capacity, left, _verb(row, phase, bool(mine), signs_up),
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
