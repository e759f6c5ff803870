"""One, two and four processes of the product on one PostgreSQL with one Redis: what each more one brings.

`make processes` writes bench/processes.md. Clients are spread over the processes as a proxy spreads them. That what all
serve stays exact (fresh within two seconds, limits, sessions, the waiting list) is proven by `make production-test`; the
waiting list is looked at here again under load.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench import ground, servers
from bench.driver import Link, request, together
from bench.rows import writing
from bench.rows.public import FILTERED
from bench.run import head
from bench.sizes import SIZES
from tests.support import ROOT
from tests.support.process import free_port

NUMBERS = (1, 2, 4)
CLIENTS, SECONDS, CROWD = 16, 4.0, 200
HEAD = (
    "| processes | home page from memory, answers/s | list signed in, built anew, answers/s | ticks/s | CPU of a list | CPU of a tick "
    "| 200 for 20 places | memory of all |\n|---|---|---|---|---|---|---|---|\n"
)


@contextmanager
def redis() -> Iterator[str]:
    """A Redis of this run's own, which keeps nothing."""
    tool = shutil.which("redis-server", path=os.environ["PATH"] + ":/usr/sbin:/usr/bin")
    if tool is None:
        raise SystemExit("redis-server is missing: install the machine's package redis-server")
    port, place = free_port(), tempfile.mkdtemp(prefix="bench-redis-")
    line = [tool, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", place]
    process = subprocess.Popen(line, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.terminate()
        process.wait(20)
        shutil.rmtree(place, ignore_errors=True)


class Several:
    """So many processes of the product; what `bench.rows.writing` asks of a bench, over the first of them."""

    kind = "postgresql"

    def __init__(self, number: int, url: str, database: int, storage: str, size: str) -> None:
        self.volunteers, self.desk, self.run = (
            SIZES[size].volunteers,
            None,
            int(time.time()),
        )  # its own people and hours
        self.all = [
            servers.Product(url, database if n == 0 else None, f"processes-{n}", RATELIMIT_STORAGE_URI=storage)
            for n in range(number)
        ]
        self.big = self.all[0]

    @property
    def ports(self) -> list[int]:
        """Where they listen."""
        return [one.server.port for one in self.all]

    def cpu(self) -> float:
        """Seconds of processor time of all of them and of the database."""
        return sum(one.server.cpu() for one in self.all)

    def end(self) -> None:
        for one in self.all:
            one.end()


def rate(several: Several, wanted: Sequence[Sequence[bytes]]) -> tuple[float, float]:
    """(answers a second, seconds of processor time of each) of one client a share, for a while."""
    for port in several.ports:  # the first answer of a process is another matter
        _ask_for(0, port, [share[0] for share in wanted])
    before, began, done = several.cpu(), time.monotonic(), [0] * len(wanted)

    def go(number: int) -> None:
        done[number] = _ask_for(SECONDS, several.ports[number % len(several.ports)], wanted[number])

    threads = [threading.Thread(target=go, args=(number,)) for number in range(len(wanted))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if not all(done):
        raise RuntimeError("a client was refused")
    return sum(done) / (time.monotonic() - began), (several.cpu() - before) / sum(done)


def _ask_for(seconds: float, port: int, wanted: Sequence[bytes]) -> int:
    """Go through these, again and again until the time is over but once at least; how many went well, 0 if one did not."""
    link, turn, until = Link(port), 0, time.monotonic() + seconds
    try:
        while turn < len(wanted) or time.monotonic() < until:
            status, _, body = link.ask(wanted[turn % len(wanted)])
            if status != 200:
                print(f"{status}: {body[:300].decode(errors='replace')}", file=sys.stderr)
                return 0
            turn += 1
    finally:
        link.close()
    return turn


def crowd(several: Several) -> str:
    """Two hundred people for twenty places, spread over the processes."""
    activity, numbers = writing._popular(several, CROWD)
    shares = []
    for number in numbers:
        person = several.big.person(f"v{number}")
        how = {"Cookie": person.cookie, "X-CSRFToken": person.token, **writing.HTMX}
        shares.append([request(f"/activities/{activity}/signup", method="POST", **how)])
    found: list[tuple[float, list[str]]] = []
    parts = [
        threading.Thread(target=lambda n=n, port=port: found.append(together(port, shares[n :: len(several.ports)])))
        for n, port in enumerate(several.ports)
    ]
    for part in parts:
        part.start()
    for part in parts:
        part.join()
    rows = writing._queue(several, activity)
    inside, waiting = [turn for turn, status in rows if status == "admitted"], [t for t, s in rows if s == "waiting"]
    exact = len(inside) == writing.PLACES and len(waiting) == CROWD - writing.PLACES and max(inside) < min(waiting)
    errors = [one for _, wrong in found for one in wrong]
    if errors:
        print(errors[0][:300], file=sys.stderr)
    return f"{'exact' if exact else '**wrong**'}, {len(errors)} errors, {max(took for took, _ in found):.1f} s"


def measured(number: int, url: str, database: int, storage: str, size: str) -> str:
    """One line of the table."""
    several = Several(number, url, database, storage, size)
    try:
        home, _ = rate(several, [[request("/")]] * CLIENTS)
        lists, of_list = rate(several, [[several.big.ask(FILTERED, "volunteer")]] * CLIENTS)
        desk, person = writing.desk_of(several), several.big.person("wantong")
        shares: list[Any] = [
            writing.share(desk, person, desk.signups[n::8], 2 * len(desk.signups[n::8])) for n in range(8)
        ]
        ticks, of_tick = rate(several, shares)
        memory = sum(one.server.memory()[1] for one in several.all)
        return (
            f"| {number} | {home:.0f} | {lists:.0f} | {ticks:.0f} | {1000 * of_list:.1f} ms | {1000 * of_tick:.1f} ms "
            f"| {crowd(several)} | {memory:.0f} MB |"
        )
    finally:
        several.end()


def main(env: dict[str, str]) -> int:
    """One, two, four, into bench/processes.md."""
    size, began, lines = env.get("BENCH_SIZE") or "mid", time.monotonic(), list[str]()
    out = Path(env.get("BENCH_OUT") or ROOT / "bench/processes.md")
    cluster = ground.Kept(ground.place_of_cluster())
    try:
        url = ground.postgresql(cluster, size)
        ground.refresh(url)
        with redis() as storage:
            for number in NUMBERS:
                lines.append(measured(number, url, cluster.process.pid, storage, size))
                print(lines[-1], flush=True)
    finally:
        cluster.stop()
    machine = "\n".join(f"- {one}" for one in head(size, 1, began)[:1])
    text = f"# One, two and four processes\n\nMade by `make processes`; docs/scaling.md says what follows.\n\n{machine}\n- Size: {SIZES[size]}\n\n"
    out.write_text(text + HEAD + "\n".join(lines) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(dict(os.environ)))
