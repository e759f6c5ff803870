"""A Saturday morning: two hundred people tick attendance while a thousand read, for ten minutes, on one process.

`make saturday` writes bench/saturday.md: errors, what was lost, waiting times and the process's work, on both databases.
Everybody thinks one to three seconds between two requests, keeps a connection open as a browser does, and has an address
of their own. Each who ticks has three people on a list and takes them to and fro, so that every tick changes something.
"""

import os
import random
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.db import db
from app.models import SignUp
from app.models.attendance.rules import Wanted
from bench import ground, servers
from bench.driver import Link, request
from bench.rows.writing import idle
from bench.run import head
from bench.sizes import SIZES
from drills import ticking
from tests.support import ROOT

TICKING, READING, EACH = 200, 1000, 3  # people, people, sign-ups of one who ticks
LISTS = 20
THINK = (1.0, 3.0)  # seconds
PAGES = ("/", "/activities", "/activities?region=320302&status=ended", "/feedback", "/help", "/stars", "/teams", "/guide", "/search?q=%E7%90%86%E5%8F%91")  # fmt: skip
STATES = (Wanted.PRESENT.value, Wanted.NOT.value)


@dataclass
class Seen:
    """What the people saw: seconds of each answer by kind, errors, and the last state acknowledged of each sign-up."""

    took: dict[str, list[float]] = field(default_factory=lambda: {"tick": [], "page": []})
    wrong: Counter[str] = field(default_factory=Counter)
    told: dict[int, str] = field(default_factory=dict)

    def line(self, kind: str) -> str:
        taken = sorted(self.took[kind])
        if not taken:
            return f"{kind}: none"
        at = [taken[min(len(taken) - 1, int(len(taken) * share))] for share in (0.5, 0.95, 0.99)]
        return f"{len(taken):,} ({', '.join(f'{one:.2f}' for one in (*at, taken[-1]))})"


def morning(
    product: servers.Product, seconds: float, ticking_people: int, reading: int
) -> tuple[Seen, list[ticking.List]]:
    """All of them at once, until the time is over."""
    lists, seen, until = _lists(product, ticking_people), Seen(), time.monotonic() + seconds
    staff, of_lists = product.person("wantong"), [(one, signup) for one in lists for signup in one.signups]
    jobs: list[Job] = [_ticker(staff, of_lists[n * EACH : n * EACH + EACH]) for n in range(ticking_people)]
    jobs += [_reader] * reading
    threads = [
        threading.Thread(target=_person, args=(Somebody(number), job, product, until, seen))
        for number, job in enumerate(jobs)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(seconds + 300)
    return seen, lists


def _lists(product: servers.Product, people: int) -> list[ticking.List]:
    """Activities of today with enough people between them; nobody is on two."""
    product.person("wantong")  # what this process remembers is of this database now
    needed = people * EACH
    share, volunteers = -(-needed // LISTS), idle(product, needed)
    return [ticking.make_list(product.site, volunteers[n : n + share], 0) for n in range(0, needed, share)]


class Somebody:
    """One person: their chance, their address, and how many of their requests went well."""

    def __init__(self, number: int) -> None:
        self.chance, self.turn = random.Random(number), 0
        self.headers = {"X-Forwarded-For": f"10.1.{number // 250}.{number % 250 + 1}"}


Job = Callable[[Somebody], tuple[str, bytes, Any]]  # kind, request, (sign-up, state) of a tick


def _ticker(staff: Any, mine: Sequence[tuple[ticking.List, int]]) -> Job:
    head = {"Cookie": staff.cookie, "X-CSRFToken": staff.token, "HX-Request": "true", "HX-Request-Type": "partial"}

    def job(who: Somebody) -> tuple[str, bytes, Any]:
        wanted, signup = mine[who.turn % len(mine)]
        state = STATES[who.turn // len(mine) % 2]
        path = f"/office/activities/{wanted.activity}/attendance/{signup}"
        return "tick", request(path, method="POST", body=f"attended={state}", **head, **who.headers), (signup, state)

    return job


def _reader(who: Somebody) -> tuple[str, bytes, Any]:
    return "page", request(who.chance.choice(PAGES), **who.headers), None


def _person(who: Somebody, job: Job, product: servers.Product, until: float, seen: Seen) -> None:
    link = None
    time.sleep(
        who.chance.uniform(0, 2 * THINK[1])
    )  # they do not all begin at once: a simulated person, nothing is waited for
    while time.monotonic() < until:
        kind, wanted, what = job(who)
        began = time.monotonic()
        try:
            link = link or Link(product.server.port, 60)
            status, _, _ = link.ask(wanted)
        except (OSError, RuntimeError) as error:
            link, status = None, 0
            seen.wrong[f"{kind}: {type(error).__name__}"] += 1
        seen.took[kind].append(time.monotonic() - began)
        if status == 200:
            who.turn += 1
            if what:
                seen.told[what[0]] = what[1]
        elif status:
            seen.wrong[f"{kind}: {status}"] += 1
        time.sleep(who.chance.uniform(*THINK))  # the person thinks: simulated, nothing is waited for
    if link:
        link.close()


def lost(product: servers.Product, seen: Seen) -> int:
    """Sign-ups whose state is not the last one that was acknowledged."""
    with product.app.app_context():
        rows = db.session.execute(db.select(SignUp.id, SignUp.attendance).where(SignUp.id.in_(seen.told)))
        have: dict[int, str] = {row.id: row.attendance for row in rows}
        db.session.remove()
    return sum((have[id] == "present") is not (state == Wanted.PRESENT.value) for id, state in seen.told.items())


def measured(kind: str, size: str, seconds: float, ticking_people: int, reading: int) -> str:
    """One line of the table."""
    cluster = ground.Kept(ground.place_of_cluster()) if kind == "postgresql" else None
    try:
        url = ground.postgresql(cluster, size) if cluster else ground.sqlite(size)
        ground.refresh(url)
        product = servers.Product(
            url, cluster.process.pid if cluster else None, f"saturday-{kind}", TRUSTED_PROXIES="1"
        )
        try:
            before = product.server.cpu()
            seen, lists = morning(product, seconds, ticking_people, reading)
            used, amount = product.server.cpu() - before, sum(map(len, seen.took.values()))
            twice = sum(ticking.twice(product.site, one) for one in lists)
            wrong = ", ".join(f"{number} × {what}" for what, number in seen.wrong.most_common(3)) or "0"
            return (
                f"| {kind} | {ticking_people} + {reading} | {seconds:g} s | {wrong} | {lost(product, seen)} lost, {twice} twice | "
                f"{seen.line('tick')} | {seen.line('page')} | {amount / seconds:.0f} | {1000 * used / amount:.1f} ms | "
                f"{product.server.memory()[0]:.0f} MB |"
            )
        finally:
            product.end()
    finally:
        if cluster:
            cluster.stop()


HEAD = (
    "| database | people who tick + who read | for | errors | acknowledged ticks | ticks (seconds: median, 95 %, 99 %, longest) "
    "| pages (the same) | answers/s | CPU each | memory |\n|---|---|---|---|---|---|---|---|---|---|\n"
)


def main(env: dict[str, str]) -> int:
    """Both databases in turn, into bench/saturday.md."""
    size, seconds = env.get("BENCH_SIZE") or "mid", float(env.get("SATURDAY_SECONDS") or 600)
    tick, read = (int(one) for one in (env.get("SATURDAY_PEOPLE") or f"{TICKING},{READING}").split(","))
    kinds = [env["BENCH_DB"]] if env.get("BENCH_DB") else ["sqlite", "postgresql"]
    out, began, lines = Path(env.get("BENCH_OUT") or ROOT / "bench/saturday.md"), time.monotonic(), list[str]()
    for kind in kinds:
        lines.append(measured(kind, size, seconds, tick, read))
        print(lines[-1], flush=True)
        machine = "\n".join(f"- {one}" for one in head(size, 1, began)[:1])
        text = f"# A Saturday morning\n\nMade by `make saturday`; docs/performance.md says how to read it.\n\n{machine}\n- Size: {SIZES[size]}\n\n{HEAD}"
        out.write_text(text + "\n".join(lines) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(dict(os.environ)))
