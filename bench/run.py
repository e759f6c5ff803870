"""One run: the databases, the servers beside each other, every row, the table."""

import os
import platform
import sys
import sysconfig
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from app.db import db
from bench import ground, servers
from bench.result import Figure, write
from bench.rows import exports, flat, inside, public, whole, writing
from bench.sizes import SIZES
from tests.support import ROOT


def _ticks(bench: Any) -> list[Figure]:
    """9: ticks a second with eight clients, and whether ticks wait while people are exported."""
    return [*writing.ticks(bench), *exports.beside_ticks(bench)]


ROWS: dict[int, Callable[[Any], list[Figure]]] = {
    5: flat.big_against_small,  # 5 and 12 compare two processes: first, while both have answered the same
    12: flat.statistics,
    1: public.from_memory,
    2: public.with_etag,
    3: public.uncached,
    4: public.against_django,
    6: flat.last_against_first,
    7: inside.statements,
    8: writing.fragment,
    9: _ticks,
    10: writing.crowd,
    11: inside.search,
    14: whole.wire,
    15: whole.start,
    13: whole.memory,  # last: after everything else
}


class Bench:
    """What a row may use: the product at both sizes, the references, how long to measure."""

    def __init__(self, kind: str, big: str, rounds: int, seconds: float, ticks: int) -> None:
        self.kind, self.rounds, self.seconds, self.ticks = kind, rounds, seconds, ticks
        self.big_name, self.small_name = big, SIZES[big].partner
        self.volunteers = SIZES[big].volunteers
        self.run = int(time.time()) // 7
        self.desk: Any = None
        self._servers: list[Any] = []

    def open(self, url_of: Callable[[str], str], database: int | None) -> None:
        """Start everything that serves."""
        self.database, self.urls = database, {name: url_of(name) for name in {self.big_name, self.small_name}}
        for url in self.urls.values():
            ground.refresh(url)
        self.constant = self._kept(servers.constant())
        self.big = self._kept(self._product(self.big_name))
        self.small = self.big if self.small_name == self.big_name else self._kept(self._product(self.small_name))
        with self.big.app.app_context():
            self.a_name = str(db.session.scalar(sa.text("SELECT name FROM \"user\" WHERE username_key = 'v11'")))[:2]
            db.session.remove()
        self._django: Any = None

    def _product(self, size: str) -> servers.Product:
        product = servers.Product(self.urls[size], self.database, f"{self.kind}-{size}")
        product.site.flask("tick")  # the figures of the home page
        return product

    @contextmanager
    def beside(self) -> Iterator[servers.Server]:
        """The big one once more, with `constant` in its process; who is signed in at `big` is so there."""
        product = servers.Product(
            self.urls[self.big_name], self.database, f"{self.kind}-{self.big_name}", servers.Beside
        )
        try:
            yield product.server
        finally:
            product.end()

    def _kept(self, server: Any) -> Any:
        self._servers.append(server)
        return server

    def django(self) -> servers.Server:
        """The plain Django list over the big database, started when it is first wanted."""
        if self._django is None:
            self._django = self._kept(servers.django(self.urls[self.big_name], self.database))
        return self._django  # type: ignore[no-any-return]

    def close(self) -> None:
        for server in reversed(self._servers):
            server.end()


def main(env: dict[str, str]) -> int:
    """Measure what the environment asks for; 1 when a row could not run, or in the smoke run when a page's statements grew."""
    smoke = env.get("BENCH_SMOKE") == "1"
    size = env.get("BENCH_SIZE") or ("tiny" if smoke else "mid")
    kinds = {"both": ["sqlite", "postgresql"]}.get(env.get("BENCH_DB") or "both", [env.get("BENCH_DB", "")])
    chosen = [int(one) for one in env["BENCH_ROWS"].split(",")] if env.get("BENCH_ROWS") else list(ROWS)
    out = Path(env.get("BENCH_OUT") or (ground.HOME / "smoke.md" if smoke else ROOT / "bench/results.md"))
    rounds, seconds, ticks = (1, 0.05, 32) if smoke else (int(env.get("BENCH_ROUNDS") or 5), 0.5, 800)
    began, figures = time.monotonic(), []
    for kind in kinds:
        bench = Bench(kind, size, rounds, seconds, ticks)
        with serving(bench):
            for row in [row for row in ROWS if row in chosen]:
                figures += measured(bench, row)
                write(out, head(size, rounds, began), figures)  # a run that is ended early leaves what it has
    broken, grown = [one for one in figures if one.is_broken], [one for one in figures if one.is_grown]
    print(f"{out}: {len(figures)} figures, {len(broken)} could not be measured, {len(grown)} counts have grown")
    return 1 if broken or (smoke and grown) else 0


def measured(bench: Bench, row: int) -> list[Figure]:
    """The figures of a row, or one that says why there are none."""
    began = time.monotonic()
    try:
        found = ROWS[row](bench)
    except Exception as error:  # noqa: BLE001  (any fault is told in the table, and the other rows still run)
        found = [
            Figure(
                row,
                (ROWS[row].__doc__ or "").partition(": ")[2].splitlines()[0],
                failed=f"{type(error).__name__}: {error}",
            )
        ]
    for one in found:
        one.database = bench.kind
        print(one.line(), flush=True)
    print(f"  row {row} on {bench.kind}: {time.monotonic() - began:.0f} s", file=sys.stderr)
    return found


@contextmanager
def serving(bench: Bench) -> Iterator[None]:
    """The databases are there and the servers up; everything started here is ended after the block."""
    cluster = ground.Kept(ground.place_of_cluster()) if bench.kind == "postgresql" else None
    try:
        url_of = (lambda size: ground.postgresql(cluster, size)) if cluster else ground.sqlite
        bench.open(url_of, cluster.process.pid if cluster else None)
        yield
    finally:
        bench.close()
        if cluster:
            cluster.stop()


def head(size: str, rounds: int, began: float) -> list[str]:
    """What stands above the table."""
    big, small = SIZES[size], SIZES[SIZES[size].partner]
    load = " ".join(f"{one:.1f}" for one in os.getloadavg())
    return [
        f"Machine: {os.cpu_count()} cores, {_cpu()}, Linux {platform.release()}, {_python()}; load {load}",
        f"Size: {big} against {small}",
        f"{rounds} interleaved rounds a figure; taken {time.monotonic() - began:.0f} s; CPU is the server's processes' with the database's",
    ]


def _python() -> str:
    """Its version and whose build it is: Debian's, which the site runs on, needs a fifth less than one built from source as it comes."""
    whose = "Debian's" if "deb_system" in sysconfig.get_scheme_names() else "not Debian's"
    return f"Python {platform.python_version()} ({whose} build)"


def _cpu() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


if __name__ == "__main__":
    sys.exit(main(dict(os.environ)))
