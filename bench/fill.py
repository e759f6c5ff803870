"""Fill an empty, migrated database with a city of some size: straight into the tables, in a few minutes.

    python -m bench.fill DATABASE_URL tiny|small|mid|full

The rows are the same in every run. Regions are the real ones; kept figures are brought into step by bench/in_step.py.
"""

import sqlite3
import sys
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

import psycopg
import sqlalchemy as sa
from flask_migrate import upgrade

from app import clock, create_app
from app.commands.regions import DATA, load_workdays, read_regions
from app.crypto import keyed_hash, seal
from app.db import db
from app.demo.names import GIVEN, SURNAMES
from app.models.category import categories
from app.models.regions.file import import_regions
from app.text import initials
from bench.in_step import in_step
from bench.sizes import PER_ACTIVITY, SIZES, Size
from tests import cast

AT_ONCE = 20_000
UNITS = 500
FIRST = 1000  # ids below belong to the cast
COMING = 50  # one in so many activities lies ahead
IN_BAIYUN = 36  # activities, none of them ahead: what a community has at the full size
THINGS = (
    "清洁家园",
    "敬老助老",
    "文明劝导",
    "义务巡逻",
    "法律咨询",
    "健康义诊",
    "爱心助学",
    "文艺演出",
    "环保宣传",
    "扶贫帮困",
)
Rows = Iterator[dict[str, Any]]


def main(url: str, size: Size) -> None:
    """Migrate, import the regions, add the cast, then the city."""
    app = create_app({"SQLALCHEMY_DATABASE_URI": url, "TESTING": True, "UPLOAD_URL": "/nonexistent"})
    with app.app_context():
        upgrade(str(Path(app.root_path).parent / "migrations"))
        import_regions(read_regions(DATA / "regions.csv"))
        load_workdays()
        db.session.commit()
        cast.fill()
        pour(url, size)
        db.session.remove()
        db.engine.dispose()
    if url.startswith("postgresql"):  # or its own housekeeping would run beside the first measurements
        with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE")


def pour(url: str, size: Size) -> None:
    """The city into a database that has its regions and the cast, inside an application context."""
    city = City(size)
    tables = {
        "work_unit": city.units,
        "user": city.users,
        "volunteer": city.volunteers,
        "activity": city.activities,
        "sign_up": city.signups,
        "service_record": city.records,
    }
    db.session.remove()
    db.engine.dispose()
    try:
        for table, rows in tables.items():
            write(url, table, rows())
    finally:
        close(url)
    in_step()


class City:
    """The rows of every table, one after another."""

    def __init__(self, size: Size) -> None:
        self.size, self.today = size, clock.today()
        self.communities = [
            code for (code,) in db.session.execute(sa.text("SELECT code FROM region ORDER BY code")) if len(code) == 12
        ]
        self.kinds, self.baiyun = list(categories()), cast.baiyun_code()
        self.phone, self.hash = seal("13800000000"), cast.HASH
        self.names = [f"{first}{last}" for first in SURNAMES for last in GIVEN]
        self.letters = {name: initials(name) for name in self.names}

    def home(self, number: int) -> str:
        """The community of the volunteer with this number."""
        return self.communities[number * 7919 % len(self.communities)]

    def where(self, activity: int) -> str:
        """The community of this activity. 白云社区 has as many at every size, so that its pages may be compared."""
        in_baiyun = activity % max(2, self.size.activities // IN_BAIYUN) == 1
        return self.baiyun if in_baiyun else self.home(activity * 13)

    def unit(self, number: int) -> int | None:
        """The work unit; every fourth volunteer has none."""
        return FIRST + number % UNITS if number % 4 else None

    def units(self) -> Rows:
        for n in range(UNITS):
            yield {
                "id": FIRST + n,
                "name": f"徐州市第{n + 1}单位",
                "initials": f"xzsd{n}dw",
                "district_code": self.home(n)[:6],
            }

    def users(self) -> Rows:
        for n in range(self.size.volunteers):
            name, phone = self.names[n * 31 % len(self.names)], f"139{n:08d}"
            yield {
                "id": FIRST + n, "username": f"v{n}", "username_key": f"v{n}", "password_hash": self.hash, "name": name,
                "initials": self.letters[name], "phone": self.phone, "phone_hash": keyed_hash(phone, "phone"), "phone_tail": phone[-4:],
                "consent_at": NOW, "password_changed_at": NOW, "must_change_password": False, "totp_step": 0,
            }  # fmt: skip

    def volunteers(self) -> Rows:
        for n in range(self.size.volunteers):
            yield {
                "id": FIRST + n, "user_id": FIRST + n, "status": "serving", "joined_on": date(2016, 1, 1) + timedelta(days=n % 3500),
                "services": 0, "minutes": 0, "unit_id": self.unit(n), "unit_other": "", "political": "party",
                "employment": "employed" if n % 3 else "retired", "gender": "female" if n % 2 else "male", "born_year": 1950 + n % 50,
                "id_card_tail": "", "guardian_name": "", **place(self.home(n)),
            }  # fmt: skip

    def starts(self, number: int) -> datetime:
        """When the activity begins: spread over ten years, every fiftieth within the next month, mornings and afternoons."""
        day = (
            self.today + timedelta(days=1 + number // COMING % 30)
            if number % COMING == 0
            else self.today - timedelta(days=1 + number * 37 % 3600)
        )
        return clock.start_of(day) + timedelta(hours=8 + number % 9)

    def activities(self) -> Rows:
        random = Random(1)
        for n in range(self.size.activities):
            coming, starts = n % COMING == 0, self.starts(n)
            yield {
                "id": FIRST + n, "title": f"{random.choice(THINGS)}志愿服务第{n}场", "category_id": self.kinds[n % len(self.kinds)], "place": "社区广场",
                "starts_at": starts, "ends_at": starts + timedelta(hours=2), "signup_closes_at": starts + timedelta(hours=2), "capacity": 40,
                "minutes": 120, "needs_approval": False, "description": "带上水杯和手套，穿马甲集合。", "risks": "注意交通。", "safeguards": "有急救包。",
                "status": "published" if coming else "completed", "published_at": starts - timedelta(days=7), "cancel_reason": "", "hidden_reason": "",
                "completed_at": None if coming else starts + timedelta(hours=3), "queue_closed_at": None if coming else starts,
                "taken": PER_ACTIVITY, "waiting": 0, "asking": 0, "attended": 0 if coming else PER_ACTIVITY, "turns": PER_ACTIVITY, **place(self.where(n)),
            }  # fmt: skip

    def pairs(self) -> Iterator[tuple[int, int, int]]:
        """(activity, place in its queue, volunteer)."""
        for n in range(self.size.activities):
            for turn in range(PER_ACTIVITY):
                yield n, turn + 1, (n * PER_ACTIVITY + turn) % self.size.volunteers

    def signups(self) -> Rows:
        for number, (activity, turn, person) in enumerate(self.pairs()):
            there = activity % COMING != 0
            yield {
                "id": FIRST + number, "activity_id": FIRST + activity, "volunteer_id": FIRST + person, "status": "admitted", "turn": turn,
                "unit_id": self.unit(person), "decline_reason": "", "walk_in": False, "attendance": "present" if there else "unknown",
                "minutes": 120 if there else None, **place(self.where(activity)), **place(self.home(person), "volunteer_"),
            }  # fmt: skip

    def records(self) -> Rows:
        for number, (activity, _, person) in enumerate(self.pairs()):
            if activity % COMING == 0:
                continue
            day = clock.day(self.starts(activity))
            yield {
                "id": FIRST + number, "activity_id": FIRST + activity, "volunteer_id": FIRST + person, "day": day, "month": f"{day:%Y-%m}",
                "minutes": 120, "category_id": self.kinds[activity % len(self.kinds)], "unit_id": self.unit(person), "evidence": "onsite", "source": "",
                **place(self.where(activity)), **place(self.home(person), "volunteer_"),
            }  # fmt: skip


NOW = datetime.now(UTC)


def place(code: str, prefix: str = "") -> dict[str, str]:
    """The three columns of a place."""
    return {f"{prefix}district_code": code[:6], f"{prefix}subdistrict_code": code[:9], f"{prefix}community_code": code}


def write(url: str, table: str, rows: Rows) -> None:
    """Write these rows, telling how far it is; what every row has besides: created_at, version."""
    columns = db.metadata.tables[table].columns.keys()
    common = {name: value for name, value in (("created_at", NOW), ("version", 1)) if name in columns}
    started, written = time.monotonic(), 0
    for some in batches({**common, **row} for row in rows):
        (copy if url.startswith("postgresql") else insert)(url, table, some)
        written += len(some)
        print(f"\r  {table}: {written:,}  ({time.monotonic() - started:.0f} s)", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)


def batches(rows: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    source = iter(rows)
    while some := list(islice(source, AT_ONCE)):
        yield some


def plain(value: Any) -> Any:
    """A moment as the product stores it: naive, in UTC, with microseconds on SQLite."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")
    return value.isoformat() if isinstance(value, date) else value


_open: dict[str, Any] = {}


def connection(url: str) -> Any:
    """The one connection that writes there."""
    if url not in _open and url.startswith("sqlite"):
        _open[url] = sqlite3.connect(url.removeprefix("sqlite:///"))
        _open[url].execute("PRAGMA synchronous = OFF")
        _open[url].execute("PRAGMA cache_size = -200000")  # kB: every index of a large table is written all over
    elif url not in _open:
        _open[url] = psycopg.connect(url.replace("+psycopg", ""), autocommit=True)
        _open[url].execute("SET session_replication_role = replica")  # the rows are right: no foreign key is looked up
        _open[url].execute("SET synchronous_commit = off")
    return _open[url]


def close(url: str) -> None:
    """Let go of it."""
    if url in _open:
        _open.pop(url).close()


def insert(url: str, table: str, rows: list[dict[str, Any]]) -> None:
    names = ", ".join(f'"{name}"' for name in rows[0])
    wanted = f'INSERT INTO "{table}" ({names}) VALUES ({", ".join("?" * len(rows[0]))})'
    connection(url).executemany(wanted, [[plain(cell) for cell in row.values()] for row in rows])
    connection(url).commit()


def copy(url: str, table: str, rows: list[dict[str, Any]]) -> None:
    names = ", ".join(f'"{name}"' for name in rows[0])
    with connection(url).cursor() as cursor, cursor.copy(f'COPY "{table}" ({names}) FROM STDIN') as out:
        for row in rows:
            out.write_row([plain(cell) if isinstance(cell, datetime) else cell for cell in row.values()])


if __name__ == "__main__":
    main(sys.argv[1], SIZES[sys.argv[2]])
