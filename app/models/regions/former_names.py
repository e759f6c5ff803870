"""Former names of regions: what a thing of those days is called (`Region.name` holds the present one)."""

from datetime import date

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Model, Row, db
from app.freshness import remembered
from app.models.region import Place, follow, regions, short_name


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


def known_names(place: Place) -> tuple[str, ...]:
    """Every name by which people may look for the place: the short and the official one, and those it had before."""
    if place.code not in former_names():
        return place.short, place.name
    earlier = [name for _, name in former_names()[place.code]]
    return place.short, place.name, *earlier, *map(short_name, earlier)


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
