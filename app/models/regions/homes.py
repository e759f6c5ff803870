"""Where a community's rows belong today: the tree of regions seen through mergers.

A merged community keeps its code in every row. Its rows belong to its successor, and with it to the successor's
subdistrict and district, also where these are not the ones of its own code. So each community has exactly one
place at each level, and the sums of children are the sum of their parent, whoever was merged into whom.
"""

from typing import Any

from sqlalchemy import and_, or_

from app.freshness import remembered
from app.models.region import Level, heir, level_of, lineage, prefixes, regions

Stray = tuple[tuple[str, ...], tuple[str, ...]]


def above(code: str) -> str:
    """The region to which this one belongs today; '' above the city and for an unknown one."""
    place = regions().get(code)
    return place.parent if place else ""


@remembered("regions")
def homes() -> dict[str, dict[int, str]]:
    """Each community by its code, closed ones too: width → the region of that level to which it belongs today."""
    found = {}
    for code, place in regions().items():
        if place.level is Level.COMMUNITY:
            community = heir(code)
            subdistrict = above(community)
            found[code] = {12: community, 9: subdistrict, 6: above(subdistrict)}
    return found


@remembered("regions")
def strays() -> dict[str, Stray]:
    """Regions that by their lineage alone would get the wrong communities: (those that left, those that came)."""
    moved: dict[str, tuple[list[str], list[str]]] = {}
    for code, home in homes().items():
        for width in (6, 9):
            by_code = heir(code[:width])
            if by_code != home[width]:
                moved.setdefault(by_code, ([], []))[0].append(code)
                moved.setdefault(home[width], ([], []))[1].append(code)
    return {code: (tuple(left), tuple(came)) for code, (left, came) in moved.items()}


def districts_of(code: str) -> tuple[str, ...]:
    """The districts by whose codes all rows stand that lie in this region; none where it is the city."""
    if level_of(code) in (None, Level.CITY):
        return ()
    _, came = strays().get(code, ((), ()))
    return tuple(sorted({one[:6] for one in (*prefixes(code), *came)}))


def mended(condition: Any, community: Any, code: str) -> Any:
    """`condition` (the lineage of the region `code`), less the communities that left it, and those that came.

    `community` is the column of the row's own community.
    """
    left, came = strays().get(code, ((), ()))
    if left:
        condition = and_(condition, community.not_in(left))
    return or_(condition, community.in_(came)) if came else condition


def code_within(column: Any, code: str) -> Any:
    """The condition that a column of community codes lies in the region `code`; None where that is the city.

    Written as ranges, so that an index that goes on with the column is used.
    """
    level = level_of(code)
    if level is Level.CITY:
        return None
    if level is None:
        return or_(False)
    codes = lineage().get(code, (code,))
    if level is Level.COMMUNITY:
        return column == code if len(codes) == 1 else column.in_(codes)
    ranges = [and_(column >= one, column < f"{one}~") for one in codes]
    return mended(or_(*ranges) if len(ranges) > 1 else ranges[0], column, code)
