"""The demonstration with so many rows more behind every list, for tests/lists.

The demonstration's own rows of 万通社区 are copied straight into the tables (tests/copies.py); what the product keeps of
them is counted anew by `flask recount`.
"""

import itertools
import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from app import clock
from app.db import db
from app.models import Activity, Post, ServiceRecord, SignUp, Team, User
from app.models.activity import ActivityStatus
from app.models.honours.quarter import recent_quarters
from app.models.professional import GroupStatus, ProfessionalGroup
from app.models.recount import CHECKS, repair, unhurried
from app.models.team import TeamMember, TeamStatus
from tests import cast, demonstration
from tests.copies import Copies, copies
from tests.fixtures import Site, as_new, filling, sites
from tests.support.databases import Template

MANY = int(os.environ.get("CROWD", "10000"))
AT_ONCE = 2_000


class Crowd:
    """What the copies belong to, and how many rows each table held before."""

    def __init__(self, many: int) -> None:
        self.many, self.first = many, {}
        self.volunteer = cast.volunteer_of("volunteer")
        unit = sa.select(Post.unit_id).join(User, User.id == Post.user_id).where(User.username_key == "unit")
        self.unit = db.session.scalar(unit)
        self.city = cast.who("city").id
        here = Activity.community_code == cast.WANTONG
        coming = sa.and_(here, Activity.status == ActivityStatus.PUBLISHED, Activity.starts_at > clock.now())
        self.coming, self.over, self.cancelled = (
            self._first(Activity, condition, SignUp.activity_id)
            for condition in (
                coming,
                sa.and_(here, Activity.status == ActivityStatus.COMPLETED, Activity.hidden_at.is_(None)),
                sa.and_(here, Activity.status == ActivityStatus.CANCELLED),
            )
        )
        self.last_quarter = self._first(Activity, sa.and_(*in_last_quarter()), ServiceRecord.activity_id)
        here = sa.and_(Team.community_code == cast.WANTONG, Team.status == TeamStatus.ACTIVE)
        self.team = self._first(Team, here, TeamMember.team_id)
        self.group = db.session.scalar(
            sa.select(sa.func.min(ProfessionalGroup.id)).where(ProfessionalGroup.status == GroupStatus.SHOWN)
        )

    def _first(self, model: Any, condition: Any, below: Any) -> int:
        """The first row with something `below` it: the same one before the pouring and after."""
        found = db.session.scalar(sa.select(sa.func.min(model.id)).where(condition, model.id.in_(sa.select(below))))
        assert found, f"the demonstration has no such {model.__tablename__}"
        return int(found)

    def long(self) -> list[int]:
        """The activities that so many people signed up for."""
        return list(dict.fromkeys((self.coming, self.cancelled, self.over, self.last_quarter)))

    def new(self, table: str, number: int) -> int:
        """The id of the so manieth copied row of a table."""
        return int(self.first[table] + number)

    def rows(self) -> dict[str, list[tuple[Any, ...]]]:
        """What routes may put into their variables: the rows with a long list below them, then those of the demonstration."""
        found = demonstration.rows(pick=db.func.min)  # a copy has no history of its own
        activities = [(self.coming,), (self.cancelled,), (self.over,)]
        long = {"office:activities": activities, "activities:activities": activities, "office:teams": [(self.team,)]}
        long |= {
            "teams:teams": [(self.team,)],
            "office:professionals": [(self.group,)],
            "professionals:professionals": [(self.group,)],
        }
        long |= {"office:volunteers": [(self.volunteer.id,)]}
        return {
            key: [*long.get(key, []), *(one for one in values if one not in long.get(key, []))][:3]
            for key, values in found.items()
        }


def in_last_quarter() -> tuple[Any, Any, Any]:
    """Completed in the quarter that is over: candidates for 季度之星 are asked for there."""
    quarter = recent_quarters(2)[1]
    first, end = clock.start_of(quarter.first_day), clock.start_of(quarter.after.first_day)
    return Activity.status == ActivityStatus.COMPLETED, Activity.starts_at >= first, Activity.starts_at < end


def pour(many: int) -> None:
    """Copy, table after table, then count anew."""
    crowd = Crowd(many)
    for wanted in copies(crowd):
        copy(crowd, wanted)
    _looked_at(crowd)
    _sequences()
    wide = sa.update(Activity).where(Activity.id.in_(crowd.long()))
    db.session.execute(wide.values(capacity=2 * many))
    db.session.commit()
    unhurried()
    for differences in CHECKS.values():
        repair(differences())
    db.session.commit()


def _looked_at(crowd: Crowd) -> None:
    """So many exports that the volunteer was in."""
    tables, about = (
        db.metadata.tables,
        {"user_id": crowd.city, "role": "city", "place": "320300", "rows": 9, "full": False},
    )
    made = [{"id": n + 1, "title": "志愿者名册", "purpose": "年度核对", **about} for n in range(crowd.many)]
    db.session.execute(sa.insert(tables["disclosure"]), made)
    named = [{"disclosure_id": row["id"], "user_id": crowd.volunteer.user_id} for row in made]
    db.session.execute(sa.insert(tables["disclosed"]), named)
    db.session.commit()


def copy(crowd: Crowd, wanted: Copies) -> None:
    """The copies, ids behind the last one that was there."""
    table = db.metadata.tables[wanted.table]
    last = db.session.scalar(sa.select(sa.func.max(table.c.id)))
    crowd.first[wanted.table] = last + 1
    numbered = enumerate(wanted.pattern(crowd.many))
    while some := list(itertools.islice(numbered, AT_ONCE)):
        made = [{**row, "id": last + 1 + n, **wanted.change(row, n)} for n, row in some]
        db.session.execute(sa.insert(table), made)
    db.session.commit()


def _sequences() -> None:
    if db.engine.dialect.name != "postgresql":
        return
    for table in db.metadata.sorted_tables:
        if "id" in table.c and isinstance(table.c.id.type, sa.Integer):
            last = f'SELECT max(id) FROM "{table.name}"'
            db.session.execute(sa.text(f"SELECT setval(pg_get_serial_sequence('\"{table.name}\"', 'id'), ({last}))"))
    unhurried()
    db.session.execute(sa.text("ANALYZE"))


def prepare(url: str) -> None:
    """Fill a template database: to the demonstration the crowd."""
    with filling(url):
        pour(MANY)


@pytest.fixture(scope="session")
def crowded_sites() -> Iterator[Callable[[str], Site]]:
    """One application and database of the crowd for each kind of database and worker."""
    with sites(Template("crowd", prepare, demonstration.DEMO), demonstration.pictures) as ask:
        yield ask


@pytest.fixture
def crowded_app(kind: str, crowded_sites: Callable[[str], Site]) -> Iterator[Flask]:
    """The application on the crowd as new, inside a context of its own."""
    with as_new(*crowded_sites(kind), f"crowd-{kind}") as app:
        yield app
