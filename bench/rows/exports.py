"""Beside row 9: whether people who tick wait while a hundred thousand people are exported (app/exporting.py)."""

import threading
import time
from collections.abc import Callable
from functools import partial
from itertools import cycle
from typing import Any

import sqlalchemy as sa

from app.db import db
from app.disclosure import AT_ONCE
from app.models.export_job import ExportJob
from bench.driver import Link, request
from bench.result import Figure
from bench.rows.writing import CLIENTS, desk_of, share

PAUSE, CALM = 0.25, 15.0  # seconds a client thinks between two ticks; seconds without an export
ROUNDS = 3
LONGEST = 240  # seconds until an export is given up
WHAT = "ticks' p99 while people are exported ÷ without"


def beside_ticks(bench: Any) -> list[Figure]:
    """9: ticks' p99 with eight clients who think a quarter of a second, while a long export runs ÷ just before.

    Three rounds: of 800 ticks the ninth is the p99, so that one halt of a disk, in which all eight wait, is one.
    """
    if bench.volunteers <= AT_ONCE:
        return []  # so few are answered at once
    return [_beside(bench, kind) for kind in ("csv", "xlsx")]


def _beside(bench: Any, kind: str) -> Figure:
    found, shown = [], []
    for _ in range(min(ROUNDS, bench.rounds)):
        until = time.monotonic() + CALM
        calm = _p99(_latencies(bench, lambda until=until: time.monotonic() > until))
        asked = time.monotonic()
        job = _start(bench, kind)
        ticks = _latencies(bench, partial(_is_over, bench, job, asked))
        took, rows, problem = time.monotonic() - asked, *_end(bench, job)
        found.append(_p99(ticks) / calm)
        shown.append(f"{calm:.0f} → {_p99(ticks):.0f}{problem}")
    note = f"{', '.join(shown)} ms; {rows:,} rows as {kind} in {took:.0f} s; {len(ticks):,} ticks"
    return Figure(9, f"{WHAT} ({kind})", found, most=2, note=note)


def _latencies(bench: Any, over: Callable[[], bool]) -> list[float]:
    """Milliseconds of every tick of eight clients until it is over; RuntimeError when one was refused."""
    desk, stop, took = desk_of(bench), threading.Event(), list[tuple[float, int]]()
    shares = [desk.signups[n::CLIENTS] for n in range(CLIENTS)]
    asked = [share(desk, bench.big.person("wantong"), mine, 2 * len(mine)) for mine in shares]
    threads = [threading.Thread(target=_tick, args=(bench.big.server.port, one, stop, took)) for one in asked]
    for thread in threads:
        thread.start()
    while not over():
        time.sleep(0.5)  # between two looks at the other process's row: it tells nobody when it is done
    stop.set()
    for thread in threads:
        thread.join()
    if wrong := [status for _, status in took if status != 200]:
        raise RuntimeError(f"{len(wrong)} ticks were refused: {wrong[0]}")
    return [one for one, _ in took]


def _tick(port: int, wanted: list[bytes], stop: threading.Event, took: list[tuple[float, int]]) -> None:
    """One client: a tick after the other, with a pause, until it is told to stop."""
    link = Link(port)
    for one in cycle(wanted):
        if stop.wait(PAUSE):
            break
        began = time.perf_counter()
        status, _, _ = link.ask(one)
        took.append((1000 * (time.perf_counter() - began), status))
    link.close()


def _p99(values: list[float]) -> float:
    return sorted(values)[int(len(values) * 0.99)]


def _start(bench: Any, kind: str) -> int:
    """Ask for the whole roster, as the city's post would; the number of the job."""
    city, link = bench.big.person("city"), Link(bench.big.server.port)
    headers = {"Cookie": city.cookie, "X-CSRFToken": city.token}
    body = f"purpose=%E5%BF%AB%E6%85%A2%E6%B5%8B%E8%AF%95&format={kind}"
    status, _, said = link.ask(request("/office/volunteers/export", method="POST", body=body, **headers))
    link.close()
    if status not in (302, 303):
        raise RuntimeError(f"the export answered {status}: {said[:200]!r}")
    return int(_said(bench, sa.select(sa.func.max(ExportJob.id)))[0])


def _is_over(bench: Any, job: int, since: float) -> bool:
    finished, problem = _said(bench, sa.select(ExportJob.finished_at, ExportJob.problem).where(ExportJob.id == job))
    return bool(finished or problem) or time.monotonic() > since + LONGEST


def _end(bench: Any, job: int) -> tuple[int, str]:
    """How many rows were written, and what went wrong."""
    rows, finished, problem = _said(
        bench, sa.select(ExportJob.written, ExportJob.finished_at, ExportJob.problem).where(ExportJob.id == job)
    )
    return rows, "" if finished else f"; not finished: {problem or 'given up'}"


def _said(bench: Any, wanted: Any) -> Any:
    with bench.big.app.app_context():
        row = db.session.execute(wanted).one()
        db.session.remove()
    return row
