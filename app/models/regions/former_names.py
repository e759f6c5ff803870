"""Former names of regions: what a thing of those days is called (`Region.name` holds the present one)."""

from datetime import date

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Model, Row, db
from app.freshness import Remembered, remembered
from app.models.region import Level, follow, prefixes, regions, short_name


class RegionName(Row, Model):
    """A name that a region had until (and with) this day."""

    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    last_day: Mapped[date]


@remembered("regions")
def former_names() -> dict[str, list[tuple[date, str]]]:
    """(last day, name) of each region that was ever renamed, the oldest first."""
    found: dict[str, list[tuple[date, str]]] = {}
    order = RegionName.last_day, RegionName.id
    for code, name, last_day in db.session.execute(
        select(RegionName.region_code, RegionName.name, RegionName.last_day).order_by(*order)
    ):
        found.setdefault(code, []).append((last_day, name))
    return found


@remembered("regions")
def known_names() -> dict[str, tuple[str, ...]]:
    """Every name by which people may look for a place, by its code: the short and the official one, and those it had before."""
    former = former_names()
    earlier = {code: [name for _, name in former.get(code, ())] for code in regions()}
    return {
        code: (place.short, place.name, *earlier[code], *map(short_name, earlier[code]))
        for code, place in regions().items()
    }


def codes_named(word: str) -> dict[Level, tuple[str, ...]]:
    """Codes of the places below the city that have the word in one of their names, and of what was merged into them, by level.

    One below another that is meant already is left out.
    """
    return _named.of(word, lambda: _codes_named(word), "regions")


_named = Remembered(300)


def _codes_named(word: str) -> dict[Level, tuple[str, ...]]:
    codes: dict[Level, list[str]] = {}
    meant: set[str] = set()
    for code, names in known_names().items():
        if any(word in name for name in names) and code[:6] not in meant and code[:9] not in meant:
            level = regions()[code].level
            if level is not Level.CITY:
                meant.add(code)
                codes.setdefault(level, []).extend(prefixes(code))
    return {level: tuple(some) for level, some in codes.items()}


def place_name_on(code: str, day: date, *, full: bool = True) -> str:
    """What a place was called on that day, with the names around it of that day; '' for an unknown code.

    A thing of a community that was merged since is called by the old name while it happened before the merger.
    """
    if code not in regions():
        return ""
    then = follow(code, regions(), day)
    widths = [width for width in (6, 9) if full and width < len(then)]
    names = [_name_on(follow(then[:width], regions(), day), day) for width in widths]
    return " · ".join([*names, _name_on(then, day)])


def _name_on(code: str, day: date) -> str:
    """The short name that this region had on the day."""
    for last_day, name in former_names().get(code, ()):
        if day <= last_day:
            return short_name(name)
    return regions()[code].short
