"""An update and the way back, as docs/deploy.md says: the version before the newest migration, the head, and back again.

The older version is taken out of the repository by git; both run on the installed packages.
"""

import subprocess
import tarfile
import tempfile
import time
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic.script import ScriptDirectory

from app.db import KEPT_BY_DATABASE, db
from drills import site, ticking
from drills.migrated import _contents, _flask, leak
from drills.outcome import Outcome, expect
from drills.site import Site
from tests.support import ROOT

NAME = "updated"
PROMISE = "nothing is lost on the way up, nor on the way back of what people wrote meanwhile; each version answers on its own schema"
KINDS = ("sqlite", "postgresql")
TWINS = ("leaky",)  # faults that this drill must notice (drills/planted.py)
PAGES = ("/", "/activities", "/help", "/healthz")


def run(kind: str, scale: str) -> Iterator[Outcome]:
    """Old version with data, stop, backup, up, people write, stop, down, old version again, up again."""
    filling = "import-regions" if scale == "short" else "demo"
    for commit, revision in _versions_before():
        with tempfile.TemporaryDirectory(prefix="drill-old-") as folder, site.on_empty(kind) as place:
            old = place.root = Path(folder)
            _unpack(commit, old)
            (old / "node_modules").symlink_to(Path(ROOT) / "node_modules")
            if any(place.flask(*words).returncode for words in (("db", "upgrade"), (filling,))):
                continue  # a commit on the way, which could not be used either: one further back
            yield _one(place, old, revision, commit, kind)
            return
    raise RuntimeError("no earlier version that works in the history")


def _versions_before() -> Iterator[tuple[str, str]]:
    """Commits before the newest migration, before the one before it and so on, each with the head of its own migrations.

    Only those whose migrations are one chain, with which today's begins: where two were made beside each other, commits in between
    have two heads, or an order that is no longer so.
    """
    today = ScriptDirectory(str(Path(ROOT) / "migrations"))
    chain = list(today.walk_revisions())
    for migration in chain:
        name = str(Path(str(migration.module.__file__)).relative_to(ROOT))
        made = _git("log", "--diff-filter=A", "--format=%H", "--", name).decode().split()[-1]
        commit = _git("rev-parse", "--short", f"{made}^").decode().strip()
        with tempfile.TemporaryDirectory(prefix="drill-chain-") as folder:
            _unpack(commit, Path(folder), "migrations")
            then = ScriptDirectory(f"{folder}/migrations")
            revisions = [one.revision for one in then.walk_revisions()] if len(then.get_heads()) == 1 else []
        if revisions and revisions == [one.revision for one in chain[-len(revisions) :]]:
            yield commit, revisions[0]


def _git(*words: str) -> bytes:
    return subprocess.run(["git", *words], cwd=ROOT, check=True, capture_output=True).stdout


def _unpack(commit: str, into: Path, *paths: str) -> None:
    """This version's files (or only these), out of the repository."""
    with tarfile.open(fileobj=BytesIO(_git("archive", commit, *paths))) as archive:
        archive.extractall(into, filter="data")


def _one(place: Site, old: Path, revision: str, commit: str, kind: str) -> Outcome:
    pages = _look(place)
    counts = _counts(place)
    saved = place.flask("backup", str(old / "before.backup"))
    place.root = ROOT
    began = time.monotonic()
    _flask(place, "upgrade")
    if site.FAULT == "leaky":
        leak(place)
    up = time.monotonic() - began
    fewer = [name for name, number in counts.items() if _counts(place).get(name, -1) != number]
    with place.app.app_context():
        cast_is_there(place)
    volunteers = ticking.people(place, 8)
    wanted = ticking.make_list(place, volunteers, 0)
    place.start()
    person = place.person("wantong")
    told = [one for one in wanted.signups if 200 <= ticking.tick(person, wanted, one).status < 400]
    pages += [place.ask("GET", path).status for path in PAGES]
    place.stop()
    head = _contents(place)
    _flask(place, "downgrade", revision)
    place.root = old
    pages += _look(place)
    here = _present(place, wanted)
    place.root = ROOT
    _flask(place, "upgrade")
    again = _contents(place)
    changed = [name for name, found in head.items() if found[0] != again[name][0] and name != "history_seal"]
    broken: list[str] = []
    expect(
        broken,
        up=(not fewer, f"after the update other numbers of rows in {fewer}"),
        saved=(not saved.returncode, saved.stderr[-200:]),
        back=(set(told) <= here, f"{len(set(told) - here)} acknowledged rows lost on the way back"),
        again=(not changed, f"after the second update other numbers of rows in {changed}"),
        pages=(set(pages) == {200}, f"pages answered {sorted(set(pages))}"),
        worked=(bool(told), "nobody wrote on the new version"),
    )
    return Outcome(
        NAME, "up and back", kind, f"{commit} (revision {revision}) to the head, {len(told)} confirmations, back, up again",
        f"{len(fewer) + len(changed)} tables differ, {len(set(told) - here)} acknowledged rows", f"upgrade {up:.1f} s, {len(pages)} pages of both versions", broken,
    )  # fmt: skip


def cast_is_there(place: Site) -> None:
    """The people of tests/cast.py, where the demonstration has not made them."""
    from tests import cast

    if db.session.scalar(sa.select(db.metadata.tables["user"].c.id).limit(1)) is None:
        cast.fill()
    db.session.commit()


def _look(place: Site) -> list[int]:
    """Start this version, open its pages, stop it."""
    place.start()
    try:
        return [place.ask("GET", path).status for path in PAGES]
    finally:
        place.stop()


def _counts(place: Site) -> dict[str, int]:
    with place.app.app_context(), db.engine.connect() as connection:
        names = [
            one
            for one in sa.inspect(connection).get_table_names()
            if not one.startswith(("alembic", *KEPT_BY_DATABASE))
        ]
        return {name: connection.scalar(sa.select(sa.func.count()).select_from(sa.table(name))) or 0 for name in names}


def _present(place: Site, wanted: ticking.List) -> set[Any]:
    with place.app.app_context(), db.engine.connect() as connection:
        found = sa.text("SELECT id FROM sign_up WHERE activity_id = :id AND attendance = 'present'")
        return set(connection.scalars(found, {"id": wanted.activity}))
