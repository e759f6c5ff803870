"""上升: in whose 待办 a thing stands (SPEC section 3, deadlines).

A thing belongs to a community and has a due moment. It stands with the lowest level that has a living post; two
working days after the due moment also with the next such level, after two more with the one above that, and so
on. A level without a living post is skipped, so a community without one is its subdistrict's from the start.

`standing` answers for one thing; `shares` answers for one post, as few region codes with the due moments that
have risen that far; `inside` makes a condition of a share's codes (app/models/pages/duties.py makes a 待办 of them).
"""

from collections import Counter
from collections.abc import Iterable, Set
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, or_, select

from app import clock
from app.db import db
from app.freshness import remembered
from app.models.post import Post
from app.models.region import CITY, WIDTHS, Level, level_of
from app.models.regions.homes import homes
from app.models.workday import add_working_days, is_working
from app.statements import written

DAYS = 2  # working days from one level to the next
LEVELS = 4
KEPT = 200  # posts whose shares are remembered
LAST = timedelta(microseconds=1)  # a due moment is the midnight that ends its day


@remembered("posts")
def _spans() -> list[tuple[str, date, date | None]]:
    """Region, first and last day of every post over a region that was not revoked."""
    wanted = select(Post.region_code, Post.first_day, Post.last_day)
    rows = db.session.execute(wanted.where(Post.region_code.is_not(None), Post.revoked_at.is_(None)))
    return [(code or "", first, last) for code, first, last in rows]


def held_places(on: date | None = None) -> frozenset[str]:
    """The codes of the regions over which somebody holds a post on this day (default today); no statement."""
    on, known = on or clock.today(), _held_on()
    if on not in known:
        known[on] = frozenset(code for code, first, last in _spans() if first <= on and (last is None or last >= on))
    return known[on]


@remembered("posts")
def _held_on() -> dict[date, frozenset[str]]:
    """What `held_places` found, by day, until a post changes."""
    return {}


def chain(community: str) -> list[str]:
    """The codes over a community from itself up to the city, as things stand today: of a merged one, its heir's."""
    home = homes().get(community)
    return [home[12], home[9], home[6], CITY] if home else []


def standing(community: str, due: datetime, held: Set[str], now: datetime | None = None) -> list[str]:
    """The regions in whose posts' 待办 a thing of this community with this due moment stands, lowest first."""
    levels = [code for code in chain(community) if code in held]
    return levels[: 1 + _risen(due, now or clock.now())]


def _risen(due: datetime, now: datetime) -> int:
    """How many levels a thing has risen: one for each two working days that are over since its due moment."""
    return sum(add_working_days(due - LAST, DAYS * step) <= now for step in range(1, LEVELS))


def due_before(steps: int, now: datetime | None = None) -> datetime:
    """The latest due moment that has risen by so many levels (one or more) at `now`: `due <= due_before(n)`."""
    return over_since(DAYS * steps, now)


def over_since(days: int, now: datetime | None = None) -> datetime:
    """The midnight before which a day must have ended for `days` working days after it to be over at `now`.

    So `moment < over_since(n)` says of whatever began then what `add_working_days(moment, n) <= now` says.
    """
    day, missing = clock.day(now or clock.now()) - timedelta(days=1), days
    while missing:
        missing -= is_working(day)
        day -= timedelta(days=1)
    return clock.start_of(day + timedelta(days=1))


@dataclass(frozen=True)
class Share:
    """Part of a post's work: these regions (none inside another), with things due by `due_before` (None: all of them).

    `steps` is how many levels with a living post come first.
    """

    codes: tuple[str, ...]
    due_before: datetime | None
    steps: int = 0


def shares(code: str, held: Set[str], now: datetime | None = None) -> list[Share]:
    """What stands in the 待办 of a post over `code`, where `held` are the regions with a living post."""
    found = []
    for steps, codes in _parts(code, frozenset(held)):
        found.append(Share(codes, due_before(steps, now) if steps else None, steps))
    return found


def _parts(code: str, held: frozenset[str]) -> list[tuple[int, tuple[str, ...]]]:
    """Steps and codes of the shares, kept until a region changes: 3,000 communities are looked at once."""
    known = _known_parts()
    if (code, held) not in known:
        if len(known) >= KEPT:
            known.clear()
        by_steps: dict[int, list[str]] = {}
        below = {community: _steps(community, code, held) for community in _communities(code)}
        for place, steps in _folded(below, Level.DISTRICT):
            by_steps.setdefault(steps, []).append(place)
        known[code, held] = [(steps, tuple(codes)) for steps, codes in sorted(by_steps.items())]
    return known[code, held]


Known = dict[tuple[str, frozenset[str]], list[tuple[int, tuple[str, ...]]]]


@remembered("regions")
def _known_parts() -> Known:
    """What `_parts` found, by post and living posts."""
    return {}


def inside(model: Any, codes: Iterable[str], prefix: str = "") -> ColumnElement[bool]:
    """The condition that a placed row lies in one of these regions, which are not seen through mergers any more.

    `prefix` names a second set of place columns, as in `region.within`.
    """
    return or_(*_in(model, codes, prefix))


def _in(model: Any, codes: Iterable[str], prefix: str) -> list[Any]:
    by_level: dict[Any, list[str]] = {}
    for code in codes:
        by_level.setdefault(level_of(code), []).append(code)
    return [getattr(model, f"{prefix}{level.value}_code").in_(written(some)) for level, some in by_level.items()]


def _communities(code: str) -> list[str]:
    """Every community, open or merged, that belongs to `code` today."""
    return [one for one, home in homes().items() if code in (CITY, *home.values())]


def _steps(community: str, code: str, held: Set[str]) -> int:
    """How many levels below `code` have a living post that comes first."""
    return sum(place in held for place in chain(community) if len(place) > len(code))


def _folded(below: dict[str, int], level: Level) -> list[tuple[str, int]]:
    """The same as few codes: where all communities of a region agree, the region stands for them."""
    width, found, parts = WIDTHS[level], [], dict[str, dict[str, int]]()
    for community, steps in below.items():
        parts.setdefault(community[:width], {})[community] = steps
    for place, communities in parts.items():
        if level is Level.COMMUNITY or (len(set(communities.values())) == 1 and _whole(place, communities)):
            found.append((place, next(iter(communities.values()))))
        else:
            found += _folded(communities, NEXT[level])
    return found


NEXT = {Level.DISTRICT: Level.SUBDISTRICT, Level.SUBDISTRICT: Level.COMMUNITY}


def _whole(place: str, communities: dict[str, int]) -> bool:
    """Whether these are all the communities with this prefix."""
    return _sizes()[place] == len(communities)


@remembered("regions")
def _sizes() -> Counter[str]:
    """How many communities' own codes begin with each district's, subdistrict's and community's code."""
    return Counter(one[:width] for one in homes() for width in (6, 9, 12))
