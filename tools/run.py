"""`make run`: bring the database up to date, then serve the site and do the timer's work until stopped.

Reads the configuration of the product (config.py) and `PORT` (8000), `HOST` (127.0.0.1). Only what is
needed is done: migrations where the database's revision is not the newest, demo data where it has no
people (never in production), so that a second start takes no detour. One granian process serves;
`flask tick` runs beside it every minute. SIGTERM, SIGINT and SIGHUP end everything: requests in flight are
answered first, and nothing is left running, not even when this process itself is killed.
"""

import contextlib
import ctypes
import http.client
import os
import re
import resource
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import config

FILES = 16384  # open at once, connections among them
TICK_EVERY = 60  # seconds
ANSWER_WITHIN = 60
STOP_WITHIN = 30
ENDING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
# As in deploy/volunteer.service. Threads: writers wait for each other in theirs, readers need some besides. Backpressure is
# how many connections one process holds: of the usual 1,024 the next browser would wait until another one leaves (docs/adr/0022).
SERVER = ("--interface", "wsgi", "--workers", "1", "--blocking-threads", "16", "--backpressure", "4096")
# All threads share one heap, granian's own allocator keeps for a second only what a crowd's connections took, and what libraries
# say about themselves (5 MB) stays away (docs/adr/0022).
MEMORY = {
    "MALLOC_ARENA_MAX": "1",
    "_RJEM_MALLOC_CONF": "narenas:1,dirty_decay_ms:1000,muzzy_decay_ms:0",
    "PYTHONOPTIMIZE": "2",
}
LOOK = ("SELECT version_num FROM alembic_version", 'SELECT 1 FROM "user" LIMIT 1')


def main() -> int:
    """Returns the exit code: granian's own, or 0 when somebody asked us to stop."""
    host, port = os.environ.get("HOST", "127.0.0.1"), int(os.environ.get("PORT") or 8000)
    if is_taken(host, port):
        print(
            f"Port {port} is taken: something else is listening there. Try `make run PORT={port + 1}`.", file=sys.stderr
        )
        return 1
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < FILES:
        most = FILES if hard == resource.RLIM_INFINITY else min(hard, FILES)
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, most), hard))
    settings = config.load()
    if code := bring_up_to_date(settings):
        return code
    for number in ENDING:
        signal.signal(number, end)
    return serve(host, port, settings)


def end(*_: object) -> None:
    """Somebody asks us to stop."""
    heed_no_more()
    sys.exit(0)


def heed_no_more() -> None:
    """Who is told twice would leave the children before they end."""
    for number in ENDING:
        signal.signal(number, signal.SIG_IGN)


def is_taken(host: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return True
    return False


def bring_up_to_date(settings: dict) -> int:
    """Migrate and fill where needed; returns the exit code of what failed, else 0."""
    revision, people = look(settings["SQLALCHEMY_DATABASE_URI"])
    code = 0
    if revision != newest_revision():
        code = flask("db", "upgrade").wait()
    if not code and not people and not settings["PRODUCTION"]:
        code = flask("demo").wait()
    return code


def look(url: str) -> tuple[str | None, bool]:
    """The database's revision and whether it has people, without importing the product (1.5 s)."""
    if url.startswith("sqlite"):
        file = Path(url.removeprefix("sqlite:///"))
        if not file.exists():
            return None, False
        return _ask(contextlib.closing(sqlite3.connect(file)), sqlite3.OperationalError)
    import psycopg

    opened = contextlib.closing(psycopg.connect(url.replace("+psycopg", ""), autocommit=True))
    return _ask(opened, psycopg.errors.UndefinedTable)


def _ask(opened, no_such_table: type[Exception]) -> tuple[str | None, bool]:
    answers = []
    with opened as connection:
        for question in LOOK:
            try:
                answers.append(connection.execute(question).fetchone())
            except no_such_table:
                answers.append(None)
    return answers[0] and answers[0][0], answers[1] is not None


def newest_revision() -> str | None:
    """The revision that no other one follows, read from the files' own lines."""
    texts = [file.read_text() for file in (ROOT / "migrations/versions").glob("*.py")]
    names, before = (
        {name for text in texts for name in re.findall(rf"^{word}\b.*?=\s*[\"'](\w+)[\"']", text, re.MULTILINE)}
        for word in ("revision", "down_revision")
    )
    return next(iter(names - before), None)


def flask(*command: str) -> subprocess.Popen:
    return child("-m", "flask", "--app", "wsgi", *command)


def child(*arguments: str) -> subprocess.Popen:
    """Python with these arguments, in a session of its own (Ctrl-C is ours) and never longer alive than we."""
    return subprocess.Popen(
        [sys.executable, *arguments],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=end_with_parent,
    )


def end_with_parent() -> None:
    """Linux: SIGTERM when the parent dies, however it dies. Elsewhere nothing."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)


def serve(host: str, port: int, settings: dict) -> int:
    """Run granian, and `flask tick` every minute, until granian ends or somebody stops us."""
    for name, value in MEMORY.items():
        os.environ.setdefault(name, value)
    server = child(
        "-m", "granian", *SERVER, "--host", host, "--port", str(port), "--log-level", "warning", "wsgi:app",
    )  # fmt: skip
    tick = None
    try:
        address = f"http://{host}:{port}{settings['URL_PREFIX']}/"
        if not answers(server, host, port, settings["URL_PREFIX"] + "/healthz"):
            print(f"No answer from {address} within {ANSWER_WITHIN} s.", file=sys.stderr)
            return server.poll() or 1
        print(f"\n  {settings['SITE_NAME']}  {address}\n  Ctrl-C ends it.\n", flush=True)
        while server.poll() is None:
            if tick is None or tick.poll() is not None:
                tick = flask("tick")
            with contextlib.suppress(subprocess.TimeoutExpired):
                server.wait(TICK_EVERY)
        return server.returncode
    finally:
        stop([process for process in (tick, server) if process])


def answers(server: subprocess.Popen, host: str, port: int, path: str) -> bool:
    """Wait until the site answers; False when the server ended or took too long."""
    until = time.monotonic() + ANSWER_WITHIN
    while server.poll() is None and time.monotonic() < until:
        connection = http.client.HTTPConnection(host, port, timeout=5)
        try:
            connection.request("GET", path)
            connection.getresponse()
            return True
        except (OSError, http.client.HTTPException):
            time.sleep(0.05)
        finally:
            connection.close()
    return False


def stop(children: list[subprocess.Popen]) -> None:
    """Ask the children to end, wait, and kill what does not."""
    heed_no_more()
    for process in children:
        process.terminate()
    for process in children:
        try:
            process.wait(STOP_WITHIN)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


if __name__ == "__main__":
    sys.exit(main())
