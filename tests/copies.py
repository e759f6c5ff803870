"""What the crowded city is made of (tests/crowd.py): which rows of the demonstration are copied, and how copies differ.

A copy differs from its model only where the database demands it or where it has to belong to another row. A list that
opens with one state is full in that state (`Copies.opens`); a tenth as many again are spread over all states, so that
every filter has something behind it.
"""

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from app import clock
from app.db import db
from app.models import Volunteer
from app.models.region import Level, regions
from app.models.volunteers.search import MEMBERS as PARTY
from tests import cast

if TYPE_CHECKING:
    from tests.crowd import Crowd

Row = dict[str, Any]
Change = Callable[[Row, int], Row]
ANY = sa.true()
COUNTERS = dict.fromkeys(("taken", "waiting", "asking", "attended", "turns"), 0)


def same(row: Row, n: int) -> Row:
    """Nothing differs."""
    return {}


def named(row: Row, n: int) -> Row:
    """A name is there once."""
    return {"name": f"{row['name']}{n}"}


@dataclass(frozen=True)
class Copies:
    """Rows of one table: which ones are the models, what differs in the so manieth copy, with what its lists open."""

    table: str
    where: Any
    change: Change = same
    opens: Sequence[Any] = (ANY,)  # conditions on the models: so many copies of each

    def models(self, *conditions: Any) -> list[Row]:
        """The rows to copy, without what the database computes."""
        table = db.metadata.tables[self.table]
        wanted = sa.select(*[column for column in table.c if column.computed is None]).order_by(table.c.id)
        found = [dict(row._mapping) for row in db.session.execute(wanted.where(self.where, *conditions))]
        assert found, f"the demonstration has no {self.table} to copy: {conditions}"
        return found

    def pattern(self, many: int) -> Iterator[Row]:
        """The model of each copy: `many` of each state that a list opens with, then some of all."""
        every, states = self.models(), [self.models(one) for one in self.opens]  # before the first copy is one of them
        for models in states:
            yield from itertools.islice(itertools.cycle(models), many)
        yield from itertools.islice(itertools.cycle(every), max(many // 10, len(every)))


def column(name: str) -> Any:
    """`table.column`"""
    table, _, of_it = name.partition(".")
    return db.metadata.tables[table].c[of_it]


def here(table: str) -> Any:
    """The rows of 万通社区."""
    return column(f"{table}.community_code") == cast.WANTONG


def is_(table: str, status: str) -> Any:
    """The rows in this state."""
    return column(f"{table}.status") == status


def belongs(c: "Crowd", key: str, table: str, skipped: int = 0) -> Change:
    """The nth copy belongs to the nth new row of that table, behind so many skipped ones."""
    return lambda row, n: {key: c.new(table, skipped + n)}


def copies(c: "Crowd") -> Iterator[Copies]:
    """What is copied; whatever belongs to another row comes behind it."""
    theirs = belongs(c, "volunteer_id", "volunteer")
    yield from _people(c)
    yield from _teams(c, theirs)
    yield from _activities(c, theirs)
    yield from _mine(c)
    yield from _city_lists(c, theirs)


def _people(c: "Crowd") -> Iterator[Copies]:
    """So many people of the unit, and as many who typed another one."""

    def person(row: Row, n: int) -> Row:
        return {"username": f"crowd{n}", "username_key": f"crowd{n}", "phone_hash": f"{n:064d}"}

    def serving(row: Row, n: int) -> Row:
        whose = {"unit_id": c.unit, "unit_other": ""} if n < c.many else {"unit_id": None, "unit_other": f"第{n}合作社"}
        served = {"services": 0, "minutes": 0, "last_served_on": None}
        return {"user_id": c.new("user", n), "id_card_hash": None, **served, **whose}

    def applied(row: Row, n: int) -> Row:
        return {"user_id": c.new("user", n), "unit_id": c.unit, "unit_other": "", "id_card_hash": f"{n:064d}"}

    living = sa.select(Volunteer.user_id).where(Volunteer.community_code == cast.WANTONG)
    serves = is_("volunteer", "serving")
    yield Copies("work_unit", ANY, named)
    yield Copies("user", column("user.id").in_(living), person, (ANY, ANY))
    yield Copies("volunteer", here("volunteer"), serving, (serves & column("volunteer.political").in_(PARTY), serves))
    yield Copies("application", here("application"), applied, (is_("application", "pending"),))
    yield Copies("invitation", here("invitation"), lambda row, n: {"phone_hash": f"{n:064d}", "id_card_hash": None})
    homes = [place.code for place in regions().values() if place.level is Level.COMMUNITY and place.open]

    def held(row: Row, n: int) -> Row:
        return {"user_id": c.new("user", n), "region_code": homes[n % len(homes)]}

    lives = column("post.revoked_at").is_(None) & column("post.last_day").is_(None)
    yield Copies("post", column("post.region_code") == cast.WANTONG, held, (lives,))
    yield Copies("history", column("history.noun") == "volunteer", belongs(c, "noun_id", "volunteer"))


def _teams(c: "Crowd", theirs: Change) -> Iterator[Copies]:
    yield Copies("team", here("team"), lambda row, n: {"members": 0}, (is_("team", "active"),))
    yield Copies("team_member", column("team_member.team_id") == c.team, theirs)
    yield Copies("service_base", here("service_base"), same, (is_("service_base", "open"),))
    yield Copies("professional_group", ANY, named, (is_("professional_group", "shown"),))
    among = column("professional.group_id") == c.group
    yield Copies("professional", among, theirs, (is_("professional", "shown"),))


def _activities(c: "Crowd", theirs: Change) -> Iterator[Copies]:
    """So many that come, behind them as many that are over; and so many people in four of the demonstration."""

    def emptied(row: Row, n: int) -> Row:
        return {**COUNTERS, "starts_at": row["starts_at"] + timedelta(seconds=n // 7)}

    coming = is_("activity", "published") & (column("activity.starts_at") > clock.now())
    yield Copies("activity", here("activity"), emptied, (coming, is_("activity", "completed")))
    turns = itertools.count(100)
    for activity in c.long():
        among = column("sign_up.activity_id") == activity
        yield Copies("sign_up", among, lambda row, n: {**theirs(row, n), "turn": next(turns)})
    for activity in dict.fromkeys((c.over, c.last_quarter)):
        among = column("service_record.activity_id") == activity
        yield Copies("service_record", among, lambda row, n: {**theirs(row, n), "unit_id": c.unit})
    over = belongs(c, "activity_id", "activity", skipped=c.many)
    yield Copies("feedback", here("feedback"), over, (is_("feedback", "published"),))
    mine, untold = column("sign_up.volunteer_id") == c.volunteer.id, column("sign_up.attendance") == "unknown"
    admitted = is_("sign_up", "admitted")
    yield Copies("sign_up", mine, belongs(c, "activity_id", "activity"), (admitted & untold, admitted & ~untold))
    yield Copies("service_record", column("service_record.volunteer_id") == c.volunteer.id, over)


def _mine(c: "Crowd") -> Iterator[Copies]:
    """What belongs to the volunteer, and the requests for help that they answer."""
    me = c.volunteer.user_id
    yield Copies("report", column("report.user_id") == me, same, (is_("report", "pending"), is_("report", "published")))
    yield Copies("help_request", here("help_request"), lambda row, n: {"number": f"QZ20260101-{n:04d}-CR{n:06d}"})
    asked = belongs(c, "request_id", "help_request")
    yield Copies("public_case", here("public_case"), asked, (column("public_case.hidden_at").is_(None),))
    mine = column("assignment.user_id") == me
    yield Copies("assignment", mine, lambda row, n: {**asked(row, n), "record_id": None})
    yield Copies("message", column("message.user_id") == me)


def _city_lists(c: "Crowd", theirs: Change) -> Iterator[Copies]:
    visible = is_("notice", "published") & (column("notice.visible_at") <= clock.now())
    yield Copies("notice", ANY, same, (visible,))
    yield Copies("honour", column("honour.kind") == "person", theirs, (is_("honour", "published"),))
    yield Copies("import", ANY)
    first = clock.today() - timedelta(days=3000)
    unit = column("headcount.unit_id") == c.unit
    yield Copies("headcount", unit, lambda row, n: {"day": first - timedelta(days=n)})
    yield Copies("unit_dispute", column("unit_dispute.unit_id") == c.unit, theirs, (is_("unit_dispute", "open"),))
