"""Which lines of history a post reads: what happened to things that lie below it.

A line names its thing; where that lies says the thing's own row. The database keeps beside the lines to which district,
subdistrict, community and unit each belongs today, in their order (migration 0036, ADR 0029; `placed.py` says it once more).
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Integer, Select, String, and_, exists, false, literal_column, not_, select
from sqlalchemy import column as plain_column
from sqlalchemy import table as plain_table

from app.models.history import History
from app.models.region import CITY, Level, level_of, lies_below, prefixes

if TYPE_CHECKING:
    from app.models.post import Post

KEPT = plain_table(
    "history_place",
    plain_column("place", String),
    plain_column("line_id", Integer),
    plain_column("noun", String),
    plain_column("action", String),
)
POST: ColumnElement[str] = literal_column("'post'")  # part of the statement: SQLite plans partial indexes by it


@dataclass(frozen=True)
class About:
    """Lines of one kind of thing (`noun`), in one region (`place`); `whole`: all lines of the city, which need no places."""

    noun: str = ""
    place: str = ""
    whole: bool = False

    @property
    def number(self) -> Any:
        """The column that puts the lines in their order."""
        return History.id if self.whole else KEPT.c.line_id

    def lines(self) -> Select[tuple[History]]:
        """The lines, with their places where those are asked for."""
        wanted = select(History)
        return wanted if self.whole else wanted.join_from(KEPT, History, History.id == KEPT.c.line_id)

    def scope(self, post: "Post") -> Any:
        """The condition for this post; None for the city's, which reads everything."""
        if post.region_code == CITY:
            return None
        if post.unit_id:
            return KEPT.c.place == unit_key(post.unit_id)
        if not post.region_code or (self.place and not lies_below(self.place, post.region_code)):
            return false()
        return None if self.place else lies_in(KEPT, post.region_code)

    def lies_there(self, *, beside: bool) -> Any:
        """The condition that a line is about a thing, or a person, of the region; no post is. `beside`: the lines are a unit's."""
        if not beside:
            return and_(KEPT.c.noun != POST, lies_in(KEPT, self.place))
        other = KEPT.alias()
        return and_(KEPT.c.noun != POST, exists().where(other.c.line_id == KEPT.c.line_id, lies_in(other, self.place)))


def unit_key(unit_id: int) -> str:
    """How a unit stands among the places."""
    return f"unit:{unit_id}"


def lies_in(kept: Any, code: str) -> Any:
    """The condition that the line of this row of places lies in a region below the city, as `region.within` says of other rows."""
    from app.models.regions.homes import strays

    level = level_of(code)
    if level in (None, Level.CITY):
        return false()
    left, came = strays().get(code, ((), ())) if level is not Level.COMMUNITY else ((), ())
    codes = [*prefixes(code), *came]
    here = kept.c.place == code if len(codes) == 1 else kept.c.place.in_(codes)
    if not left:
        return here
    other = KEPT.alias()
    return and_(here, not_(exists().where(other.c.line_id == kept.c.line_id, other.c.place.in_(left))))
