"""The demonstration with so many rows more behind every list, for tests/lists.

The demonstration's own rows of 万通社区 are copied, each with all its states, straight into the tables; a copy differs
from its model only where the database demands it or where it has to belong to another row (`COPIES`). What the product
keeps of it is counted anew by `flask recount`.
"""

import itertools
import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from app import clock
from app.db import db
from app.models import Activity, Post, SignUp, Team, User, Volunteer
from app.models.activity import ActivityStatus
from app.models.professional import GroupStatus, ProfessionalGroup
from app.models.recount import CHECKS, repair, unhurried
from app.models.region import Level, regions
from app.models.team import TeamMember, TeamStatus
from tests import cast, demonstration
from tests.fixtures import Site, as_new, filling, sites
from tests.support.databases import Template

MANY = int(os.environ.get("CROWD", "10000"))
AT_ONCE = 2_000
Row = dict[str, Any]
Change = Callable[[Row, int], Row]


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


def pour(many: int) -> None:
    """Copy, table after table, then count anew."""
    crowd = Crowd(many)
    for table, where, change in copies(crowd):
        copy(crowd, table, where, change)
    _looked_at(crowd)
    _sequences()
    wide = sa.update(Activity).where(Activity.id.in_((crowd.coming, crowd.over, crowd.cancelled)))
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


def copies(c: Crowd) -> Iterator[tuple[str, Any, Change]]:
    """(table, which rows are the models, what differs in the so manieth copy)."""
    t, here = db.metadata.tables, lambda name: db.metadata.tables[name].c.community_code == cast.WANTONG
    me, mine = c.volunteer.user_id, c.volunteer.id
    living = sa.select(Volunteer.user_id).where(Volunteer.community_code == cast.WANTONG)
    new = c.new
    homes = [place.code for place in regions().values() if place.level is Level.COMMUNITY and place.open]

    def named(table: str) -> Change:
        return lambda row, n: {"name": f"{row['name']}{n}"}

    def person(row: Row, n: int) -> Row:
        return {"username": f"crowd{n}", "username_key": f"crowd{n}", "phone_hash": f"{n:064d}"}

    def in_unit(row: Row, n: int) -> Row:
        whose = {"unit_id": c.unit, "unit_other": ""} if n % 2 else {"unit_id": None, "unit_other": f"第{n}合作社"}
        return {
            "user_id": new("user", n),
            "id_card_hash": None,
            "services": 0,
            "minutes": 0,
            "last_served_on": None,
            **whose,
        }

    yield "work_unit", None, named("work_unit")
    yield "user", t["user"].c.id.in_(living), person
    yield "volunteer", here("volunteer"), in_unit
    yield (
        "application",
        here("application"),
        lambda row, n: {"user_id": new("user", n), "unit_id": c.unit, "unit_other": "", "id_card_hash": f"{n:064d}"},
    )
    yield "team", here("team"), lambda row, n: {"members": 0}
    yield (
        "team_member",
        t["team_member"].c.team_id == c.team,
        lambda row, n: {"team_id": c.team, "volunteer_id": new("volunteer", n)},
    )
    yield "service_base", here("service_base"), lambda row, n: {}
    counters = dict.fromkeys(("taken", "waiting", "asking", "attended", "turns"), 0)
    yield (
        "activity",
        here("activity"),
        lambda row, n: {**counters, "starts_at": row["starts_at"] + timedelta(seconds=n // 7)},
    )
    turns = itertools.count(100)
    for activity in (c.coming, c.cancelled, c.over):
        yield (
            "sign_up",
            t["sign_up"].c.activity_id == activity,
            lambda row, n, a=activity: {"activity_id": a, "volunteer_id": new("volunteer", n), "turn": next(turns)},
        )
    yield "sign_up", t["sign_up"].c.volunteer_id == mine, lambda row, n: {"activity_id": new("activity", n)}
    yield (
        "service_record",
        t["service_record"].c.volunteer_id == mine,
        lambda row, n: {"activity_id": new("activity", n)},
    )
    yield (
        "service_record",
        t["service_record"].c.activity_id == c.over,
        lambda row, n: {"volunteer_id": new("volunteer", n), "unit_id": c.unit},
    )
    yield "feedback", here("feedback"), lambda row, n: {"activity_id": new("activity", n)}
    yield "report", t["report"].c.user_id == me, lambda row, n: {}
    yield "help_request", here("help_request"), lambda row, n: {"number": f"QZ20260101-{n:04d}-CR{n:06d}"}
    yield "public_case", here("public_case"), lambda row, n: {"request_id": new("help_request", n)}
    yield (
        "assignment",
        t["assignment"].c.user_id == me,
        lambda row, n: {"request_id": new("help_request", n), "record_id": None},
    )
    yield "message", t["message"].c.user_id == me, lambda row, n: {}
    yield "notice", None, lambda row, n: {}
    yield "honour", t["honour"].c.kind == "person", lambda row, n: {"volunteer_id": new("volunteer", n)}
    yield "professional_group", None, named("professional_group")
    yield "professional", t["professional"].c.group_id == c.group, lambda row, n: {"volunteer_id": new("volunteer", n)}
    yield "import", None, lambda row, n: {}
    yield "invitation", here("invitation"), lambda row, n: {"phone_hash": f"{n:064d}", "id_card_hash": None}
    yield (
        "post",
        t["post"].c.region_code == cast.WANTONG,
        lambda row, n: {"user_id": new("user", n), "region_code": homes[n % len(homes)]},
    )
    first = clock.today() - timedelta(days=3000)
    yield "headcount", t["headcount"].c.unit_id == c.unit, lambda row, n: {"day": first - timedelta(days=n)}
    yield "unit_dispute", t["unit_dispute"].c.unit_id == c.unit, lambda row, n: {"volunteer_id": new("volunteer", n)}
    yield "history", t["history"].c.noun == "volunteer", lambda row, n: {"noun_id": new("volunteer", n)}


def copy(crowd: Crowd, name: str, where: Any, change: Change) -> None:
    """`many` rows after the pattern of those there, ids behind the last one."""
    table = db.metadata.tables[name]
    wanted = sa.select(table).order_by(table.c.id)
    models = [dict(row._mapping) for row in db.session.execute(wanted if where is None else wanted.where(where))]
    assert models, f"the demonstration has no {name} to copy"
    last = db.session.scalar(sa.select(sa.func.max(table.c.id)))
    crowd.first[name] = last + 1
    kept = [column.name for column in table.c if column.computed is None]
    models = [{column: row[column] for column in kept} for row in models]
    for start in range(0, crowd.many, AT_ONCE):
        some = range(start, min(start + AT_ONCE, crowd.many))
        made = [{**(row := models[n % len(models)]), "id": last + 1 + n, **change(row, n)} for n in some]
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
