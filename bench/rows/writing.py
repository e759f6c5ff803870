"""Rows 8 to 10: ticks of attendance, and five hundred people for twenty places."""

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import cycle
from typing import Any

import sqlalchemy as sa

from app import clock
from app.db import UtcDateTime, db
from app.freshness import forget
from app.models import Activity
from bench.driver import Case, Link, measure, middle, ratios, request, together
from bench.fill import FIRST
from bench.ground import HOME
from bench.result import Figure
from drills.ticking import List, make_list
from tests import cast

CLIENTS = 8
ON_THE_LIST = 40
PLACES = 20
HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}


def fragment(bench: Any) -> list[Figure]:
    """8: the ticked row that htmx swaps ÷ the whole checklist."""
    desk, tick = desk_of(bench), bench.big.person("wantong")
    page = bench.big.ask(f"/office/activities/{desk.activity}/attendance", "wantong")
    row = bench.big.ask(
        f"/office/activities/{desk.activity}/attendance/{desk.signups[0]}/row", "wantong", HX_Request="true",
        HX_Request_Type="partial",
    )  # fmt: skip
    ticks = [_tick(desk, tick, signup, state) for state in _states() for signup in desk.signups]
    cases = {
        "page": Case(bench.big.server, lambda _: page),
        "row": Case(bench.big.server, lambda _: row),
        "tick": Case(bench.big.server, lambda i: ticks[i % len(ticks)]),
    }
    times = measure(cases, bench.rounds, bench.seconds)
    note = f"page of {len(desk.signups)} people {1000 * middle(times['page'].cpu):.1f} ms CPU"
    return [
        Figure(8, "a row's fragment ÷ the whole checklist, CPU", ratios(times["row"].cpu, times["page"].cpu), most=0.25, note=note),
        Figure(8, "a tick with its commit and row ÷ the whole checklist, CPU", ratios(times["tick"].cpu, times["page"].cpu), most=0.25),
    ]  # fmt: skip


def _states() -> tuple[str, str]:
    from app.models.attendance.rules import Wanted

    return Wanted.PRESENT.value, Wanted.NOT.value


def _tick(desk: List, person: Any, signup: int, state: str) -> bytes:
    headers = {"Cookie": person.cookie, "X-CSRFToken": person.token, **HTMX}
    return request(
        f"/office/activities/{desk.activity}/attendance/{signup}", method="POST", body=f"attended={state}", **headers
    )


def desk_of(bench: Any) -> List:
    """An activity that began a while ago, with people on its list: new in each run, at hours of its own."""
    if bench.desk is None:
        bench.big.person("wantong")
        bench.desk = make_list(bench.big.site, idle(bench.big, min(ON_THE_LIST, bench.volunteers // 4)), 0)
    return bench.desk


IDLE = """
    SELECT id FROM volunteer WHERE id > :first AND NOT EXISTS (
        SELECT 1 FROM sign_up JOIN activity ON activity.id = activity_id
        WHERE volunteer_id = volunteer.id AND starts_at > :since
    ) ORDER BY id DESC LIMIT :number
"""


def idle(product: Any, number: int) -> list[int]:
    """So many volunteers who were nowhere these days: of earlier runs' lists somebody may be 已到 at that time. The last ones:
    what ticks to and fro leave behind lies on no page that row 5 compares."""
    with product.app.app_context():
        since = sa.bindparam("since", clock.now() - timedelta(days=3), type_=UtcDateTime())
        found = db.session.scalars(sa.text(IDLE).bindparams(since, first=FIRST, number=number))
        people = list(found)
        db.session.remove()
    return people


def ticks(bench: Any) -> list[Figure]:
    """9: ticks a second with eight clients ÷ constant's requests a second with eight clients."""
    desk, person = desk_of(bench), bench.big.person("wantong")
    plain = [[request("/")] * (bench.ticks // CLIENTS)] * CLIENTS
    rates, errors, speeds = [], [], []
    for _ in range(bench.rounds):
        took, wrong = together(bench.constant.port, plain)
        rate = bench.ticks / took
        shares = [share(desk, person, desk.signups[n::CLIENTS], bench.ticks // CLIENTS) for n in range(CLIENTS)]
        amount = sum(len(share) for share in shares)
        took, failed = together(bench.big.server.port, shares)
        rates.append(amount / took / rate)
        speeds.append(amount / took)
        errors += wrong + failed
    note = f"{middle(speeds):.0f} ticks/s"
    least = 0.35 if bench.kind == "sqlite" else 0.2
    return [
        Figure(9, f"ticks/s of {CLIENTS} clients ÷ requests/s of `constant`", rates, least=least, note=note),
        Figure(9, "ticks that failed", [len(errors)], most=0, note=errors[0][:120] if errors else ""),
        latency(bench),
        *([_disk()] if bench.kind == "sqlite" else []),
    ]


def _disk() -> Figure:
    """What the disk alone allows: rows committed one after the other to an empty SQLite file, as safely as ours."""
    file = HOME / "disk.db"
    file.unlink(missing_ok=True)
    connection, rates = sqlite3.connect(file, isolation_level=None), []
    for said in ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", "CREATE TABLE line (n INTEGER)"):
        connection.execute(said)
    for _ in range(5):
        began = time.perf_counter()
        for n in range(50):
            connection.execute("INSERT INTO line VALUES (?)", (n,))
        rates.append(50 / (time.perf_counter() - began))
    connection.close()
    return Figure(9, "beside it: commits of one row that this disk allows, nothing else done", rates, unit="/s")


def share(desk: List, person: Any, mine: list[int], amount: int) -> list[bytes]:
    """One client's ticks: its people to and fro, so that each one changes something."""
    each = [_tick(desk, person, signup, state) for state in _states() for signup in mine]
    return (each * (amount // len(each) + 1))[:amount]


@contextmanager
def meanwhile(bench: Any, port: int) -> Iterator[None]:
    """Eight clients tick there without a pause until the block ends; RuntimeError when one of them was refused."""
    desk, person, stop = desk_of(bench), bench.big.person("wantong"), threading.Event()
    wrong: list[str] = []

    def go(mine: list[int]) -> None:
        link = Link(port)
        try:
            for wanted in cycle(share(desk, person, mine, 2 * len(mine))):
                if stop.is_set():
                    break
                status, _, _ = link.ask(wanted)
                if status != 200:
                    wrong.append(str(status))
        finally:
            link.close()

    threads = [threading.Thread(target=go, args=(desk.signups[n::CLIENTS],)) for n in range(CLIENTS)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    if wrong:
        raise RuntimeError(f"{len(wrong)} ticks were refused: {wrong[0]}")


def crowd(bench: Any) -> list[Figure]:
    """10: many people sign up at once for twenty places."""
    people = min(500, bench.volunteers)
    activity, numbers = _popular(bench, people)
    shares = []
    for number in numbers:
        person = bench.big.person(f"v{number}")
        headers = {"Cookie": person.cookie, "X-CSRFToken": person.token, **HTMX}
        shares.append([request(f"/activities/{activity}/signup", method="POST", **headers)])
    before = bench.big.server.cpu()
    took, wrong = together(bench.big.server.port, shares)
    used = 1000 * (bench.big.server.cpu() - before) / people
    rows = _queue(bench, activity)
    inside, waiting = [turn for turn, status in rows if status == "admitted"], [t for t, s in rows if s == "waiting"]
    in_order = not waiting or not inside or max(inside) < min(waiting)
    each_once = len({turn for turn, _ in rows}) == len(rows)
    return [
        Figure(10, f"{people} sign-ups at once: how many are in", [len(inside)], most=PLACES),
        Figure(10, "how many are in, at least", [len(inside)], least=PLACES),
        Figure(10, "waiting", [len(waiting)], least=people - PLACES),
        Figure(10, "out of order (1) or in order (0)", [0 if in_order and each_once else 1], most=0),
        Figure(10, "errors", [len(wrong)], most=0, note=wrong[0][:120] if wrong else ""),
        Figure(10, "all answered within", [took], most=5, unit=" s", note=f"{used:.0f} ms CPU each"),
        latency(bench, 10),
    ]


def latency(bench: Any, row: int = 9) -> Figure:
    """What `constant` takes for one client, beside the absolute figures."""
    link, took = Link(bench.constant.port), []
    for _ in range(50):
        began = time.perf_counter()
        link.ask(request("/"))
        took.append(1000 * (time.perf_counter() - began))
    link.close()
    return Figure(row, "beside it: `constant`'s latency, one client", took, unit=" ms")


def _popular(bench: Any, people: int) -> tuple[int, list[int]]:
    """An activity of twenty places at an hour of this run's own, and who wants to come (numbers of volunteers)."""
    with bench.big.app.app_context():
        forget()
        start = clock.start_of(clock.today() + timedelta(days=40)) + timedelta(minutes=bench.run % 40_000)
        activity: Activity = cast.make_activity(
            title="人人都想来", capacity=PLACES, starts_at=start, ends_at=start + timedelta(minutes=1)
        )
        db.session.commit()
        id = activity.id
        db.session.remove()
    upper = bench.volunteers // 2  # row 5 compares the pages of somebody in the lower half
    return id, [upper + (bench.run * 131 + n) % upper for n in range(people)]


def _queue(bench: Any, activity: int) -> list[tuple[int, str]]:
    with bench.big.app.app_context():
        found = db.session.execute(
            sa.text("SELECT turn, status FROM sign_up WHERE activity_id = :id ORDER BY turn"), {"id": activity}
        ).all()
        db.session.remove()
    return [(turn, status) for turn, status in found]
