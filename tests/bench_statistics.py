"""The city's statistics page at 30,000 and at 3,000,000 records (docs/adr/0010). No test: run it by name.

    .venv/bin/python -m pytest -s tests/bench_statistics.py

An invented ten years are filled into the city's sums, of the present month as changes that wait for the clock (a minute's
worth of a hundredth of the month), then the page is asked for as the city: cold (what memory keeps is forgotten) and warm.
Printed are medians of processor time and of wall time, which on PostgreSQL holds the server's work too.
"""

import random
import statistics
import time
from collections import Counter
from typing import Any

from sqlalchemy import delete, insert

from app import clock
from app.db import db
from app.freshness import forget
from app.models import CityChange, CitySum, WorkUnit
from app.models.category import categories
from app.models.city_sum import KINDS, note
from app.models.region import CITY, children, regions

SIZES, MONTHS, UNITS, REPEAT = (30_000, 3_000_000), 120, 3000, 15
PATHS = ("/office/statistics", "/office/statistics?view=volunteer", "/office/statistics?all=units")


def fill(records: int) -> None:
    """The sums of an invented city with so many records."""
    dice = random.Random(records)
    if db.session.scalar(db.select(db.func.count(WorkUnit.id))) < UNITS:
        db.session.execute(insert(WorkUnit), [{"name": f"测试单位{n}", "initials": f"csdw{n}"} for n in range(UNITS)])
    for table in (CityChange, CitySum):
        db.session.execute(delete(table))
    districts = [int(place.code) for place in children()[CITY]]
    units, kinds = list(db.session.scalars(db.select(WorkUnit.id))), [kind.id for kind in categories().values()]
    first = clock.today().year * 12 + clock.today().month - 1
    for back in range(MONTHS):
        month, sums = f"{(first - back) // 12}-{(first - back) % 12 + 1:02d}", Counter[tuple[str, int]]()
        for number in range(records // MONTHS):
            unit = dice.choice(units) if dice.random() < 0.7 else 0
            key = dice.choice(kinds), unit, dice.choice(districts), dice.choice(districts)
            if back == 0 and number % 100 == 0:
                note([((month, *key), 1, 60)])
            else:
                sums.update(zip(KINDS, key, strict=True))
        rows = [
            {"month": month, "kind": k, "key": key, "services": n, "minutes": 60 * n} for (k, key), n in sums.items()
        ]
        db.session.execute(insert(CitySum), rows)
    db.session.commit()


def measured(client: Any, path: str, *, cold: bool) -> tuple[float, float]:
    """Medians (processor time, wall time) of the page in ms."""
    times = []
    for _ in range(3 if cold else REPEAT):
        if cold:
            forget()
            regions()
        begun = time.process_time(), time.perf_counter()
        assert client.get(path).status_code == 200
        times.append((time.process_time() - begun[0], time.perf_counter() - begun[1]))
    cpu, wall = ([1000 * one for one in column] for column in zip(*times, strict=True))
    return statistics.median(cpu), statistics.median(wall)


def test_city_page(app, clients, kind):
    found: dict[Any, list[tuple[float, float]]] = {}
    for records in SIZES:
        fill(records)
        city = clients("city")
        for path in PATHS:
            for cold in (True, False):
                found.setdefault((path, "cold" if cold else "warm"), []).append(measured(city, path, cold=cold))
    for (path, name), (small, big) in found.items():
        ratios = f"CPU {small[0]:.0f} → {big[0]:.0f} ms, ×{big[0] / small[0]:.2f}; wall ×{big[1] / small[1]:.2f}"
        print(f"\n{kind} {path} {name}: {ratios}")  # noqa: T201  (its purpose)
