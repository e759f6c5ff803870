"""One run: the databases of ten years at both sizes, a process for each, every address asked of both in turn."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench import ground
from bench.filters.addresses import addresses
from bench.filters.asker import Asker
from bench.filters.held import Judge, Rules
from bench.filters.report import Database, write
from bench.filters.walk import READERS, TYPED, offers, walk
from bench.run import head
from bench.sizes import SIZES
from tests.support import ROOT

EVERY = 200  # addresses between two looks at how far it is


def main(env: dict[str, str]) -> int:
    """Ask what the environment wants; 1 when an address does not answer."""
    smoke = env.get("BENCH_SMOKE") == "1"
    size = env.get("BENCH_SIZE") or ("tiny" if smoke else "full")
    kinds = {"both": ["sqlite", "postgresql"]}.get(env.get("BENCH_DB") or "both", [env.get("BENCH_DB", "")])
    who = [one.replace("visitor", "") for one in env["BENCH_WHO"].split(",")] if env.get("BENCH_WHO") else list(READERS)
    only = tuple((env.get("BENCH_PAGES") or "/").split(","))
    out = Path(env.get("BENCH_OUT") or (ground.HOME / "filters-smoke.md" if smoke else ROOT / "bench/filters.md"))
    began, found = time.monotonic(), list[Database]()
    for kind in kinds:
        with asked(kind, size) as (small, big):
            found.append(Database(kind, [], 0, []))
            for _ in sweep(found[-1], small, big, who, only, smoke):
                write(out, head(size, 1, began)[:2], found)  # a run that is ended early leaves what it has
        write(out, head(size, 1, began)[:2], found)
    broken = [one for database in found for one in database.broken]
    print(f"{out}: " + ", ".join(f"{one.kind}: {len(one.lines)} asked, {len(one.missed)} do not hold" for one in found))
    print("\n".join(f"{one.address} as {one.address.who}: {one.small.status}, {one.big.status}" for one in broken))
    return 1 if broken else 0


def sweep(
    found: Database, small: Asker, big: Asker, readers: list[str], only: tuple[str, ...], smoke: bool
) -> Iterator[None]:
    """Everything below these paths as each of these people; pauses now and then for who writes the file."""
    known: dict[str, Rules] = {"small": {}, "big": {}}
    judge, began = Judge(found.kind, small, big, known, smoke), time.monotonic()
    for who in readers:
        known["small"][who] = walk(small, who)
        known["big"][who] = known["small"][who] if big is small else walk(big, who)
        for rule in [rule for rule in known["small"][who] if rule in known["big"][who] and rule.startswith(only)]:
            for address in addresses(who, rule, known["small"][who][rule], brief=smoke):
                line = judge.line(address)
                found.refused = judge.refused
                found.lines += [line] if line else []
                if len(found.lines) % EVERY == 0:
                    print(
                        f"\r  {found.kind}, {who or 'visitor'}: {len(found.lines):,} addresses ({time.monotonic() - began:.0f} s)",
                        end="",
                        file=sys.stderr,
                    )
                    yield
    judge.settle()
    print(file=sys.stderr)
    found.silent = sorted(silent(known["small"]))


def silent(known: Rules) -> set[str]:
    """Fields for which no page offered anybody a value."""
    found = [(name, one) for rules in known.values() for one in rules.values() for name in one.page.fields]
    return {name for name, _ in found} - {name for name, one in found if name == TYPED or offers(one, name)}


@contextmanager
def asked(kind: str, size: str) -> Iterator[tuple[Asker, Asker]]:
    """Processes that answer for the small city and the large one; they end with the block."""
    cluster = ground.Kept(ground.place_of_cluster()) if kind == "postgresql" else None
    askers, partner = dict[str, Asker](), SIZES[size].partner
    try:
        for name in dict.fromkeys((partner, size)):
            url = ground.years(name, cluster)
            ground.refresh(url)
            ground.tick(url)
            folder = ground.HOME / "data" / f"filters-{kind}-{name}"
            askers[name] = Asker(folder, url, cluster.process.pid if cluster else None)
        yield askers[partner], askers[size]
    finally:
        for one in askers.values():
            one.end()
        if cluster:
            cluster.stop()


if __name__ == "__main__":
    sys.exit(main(dict(os.environ)))
