"""Bring what the product keeps into step with rows that were written past its verbs: one statement for each kind of sum.

The sums are those of app/models/service_record.py and city_sum.py; `flask recount --check` proves them afterwards.
"""

import sys
import time
from collections.abc import Iterable

import sqlalchemy as sa

from app.db import db, learn_sizes
from app.models.city_sum import KINDS
from app.models.histories import placed
from app.models.pages import pairs_kept
from app.models.recount import CHECKS, alone, unhurried

LIVE = "FROM service_record WHERE revoked_at IS NULL"
TABLES = ("user", "volunteer", "activity", "sign_up", "service_record", "work_unit")
KEYS = "month, community_code, volunteer_community_code, coalesce(unit_id, 0), category_id, evidence"
OF_CITY = {
    "category": "category_id",
    "unit": "coalesce(unit_id, 0)",
    "district": "CAST(district_code AS INTEGER)",
    "volunteer_district": "CAST(volunteer_district_code AS INTEGER)",
}


def statements() -> list[str]:
    """What writes every sum anew."""
    assert set(OF_CITY) == set(KINDS), "app/models/city_sum.py has other kinds now"
    columns = "month, community_code, volunteer_community_code, unit_id, category_id, evidence, services, minutes"
    city = [
        f"INSERT INTO city_sum (month, kind, key, services, minutes, changes) "
        f"SELECT month, '{kind}', {key}, count(*), sum(minutes), count(*) {LIVE} GROUP BY month, {key}"
        for kind, key in OF_CITY.items()
    ]
    return [
        "DELETE FROM service_month",
        "DELETE FROM city_change",
        "DELETE FROM city_sum",
        f"INSERT INTO service_month ({columns}) SELECT {KEYS}, count(*), sum(minutes) {LIVE} GROUP BY {KEYS}",
        *city,
        "UPDATE volunteer SET services = s.services, minutes = s.minutes, last_served_on = s.last FROM "
        "(SELECT volunteer_id, count(*) AS services, sum(minutes) AS minutes, max(day) AS last "
        f"{LIVE} GROUP BY volunteer_id) AS s WHERE s.volunteer_id = volunteer.id",
    ]


def in_step() -> None:
    """Sums, sequences and what the planner knows of the tables; raises where a sum is wrong all the same."""
    put_right(statements(), TABLES)


def put_right(statements: Iterable[str], tables: Iterable[str]) -> None:
    """Run these, then the same for any tables that were written past the verbs."""
    unhurried()
    alone()
    for statement in statements:
        began = time.monotonic()
        db.session.execute(sa.text(statement))
        print(f"  {statement[:40]}…  ({time.monotonic() - began:.0f} s)", file=sys.stderr)
    if db.engine.dialect.name == "postgresql":
        for table in tables:
            last = f'SELECT max(id) FROM "{table}"'
            db.session.execute(sa.text(f"SELECT setval(pg_get_serial_sequence('\"{table}\"', 'id'), ({last}))"))
        if pairs_kept.differing():
            pairs_kept.rebuild(pairs_kept.PLACED)  # its rows came without the triggers (bench/fill.py)
        db.session.commit()
        unhurried()
        db.session.execute(sa.text("ANALYZE"))
    db.session.commit()
    learn_sizes()  # as the tick of the first night would
    unhurried()
    placed.rebuild()  # lines come before some of their things
    db.session.commit()
    unhurried()
    wrong = {name: len(found) for name, differences in CHECKS.items() if (found := differences())}
    db.session.rollback()
    if wrong:
        raise RuntimeError(f"the fill left sums out of step: {wrong}")
