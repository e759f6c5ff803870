"""Every migration down and up again with 100,000 rows, and killed half-way."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic.script import ScriptDirectory

from app.backup.tables import Plan, Tally
from app.db import db
from drills import site, ticking
from drills.outcome import Outcome, expect
from tests.support import ROOT

NAME = "migrated"
PROMISE = "the data and the schema are the same; a killed migration leaves the database untouched or finished"
KINDS = ("sqlite", "postgresql")
TWINS = ("leaky", "halved")  # faults that this drill must notice (drills/planted.py)
ROWS = {"short": 2_000, "usual": 100_000, "long": 100_000}
KILLS = {"short": 1, "usual": 6, "long": 20}


def run(kind: str, scale: str) -> Iterator[Outcome]:
    """Fill, go one revision down and up, compare; then the same with SIGKILL at moments spread over the time it takes."""
    script = ScriptDirectory(str(Path(ROOT) / "migrations"))
    revisions = [one.revision for one in script.walk_revisions()][:-1]  # the newest first; the first one makes all
    with site.on(kind) as place:
        rows = _fill(place, ROWS[scale])
        before, shape = _contents(place), _shape(place)
        broken, took, changed = list[str](), 0.0, list[str]()
        for revision in revisions:
            _flask(place, "downgrade", str(script.get_revision(revision).down_revision))
            kept = set(_shape(place))  # what that revision itself makes is empty afterwards
            took = max(took, _flask(place, "upgrade", "head"))
            if site.FAULT == "leaky":
                leak(place)
            after = _contents(place)
            newest = revision == revisions[0]  # older ones also take columns away, and so values
            changed += [
                n
                for n in kept & set(before)
                if (before[n] if newest else before[n][0]) != (after[n] if newest else after[n][0])
            ]
        expect(broken, data=(not changed, f"changed: {changed}"), schema=(shape == _shape(place), "another schema"))
        yield Outcome(
            NAME, "down and up", kind, f"{len(revisions)} revisions down and up with {rows} rows",
            f"{len(changed)} tables differ (seals of history are made anew by the tick)", f"slowest upgrade {took:.1f} s", broken,
        )  # fmt: skip
        if revisions:
            yield _killed(place, kind, script.get_revision(revisions[0]), KILLS[scale], _contents(place))


def _killed(place: site.Site, kind: str, newest: Any, kills: int, before: dict[str, Any]) -> Outcome:
    """SIGKILL while going down and up."""
    shape = _shape(place)
    whole = _flask(place, "downgrade", str(newest.down_revision))
    _flask(place, "upgrade", newest.revision)
    halves, ended = list[str](), 0
    for turn in range(kills):
        for direction, target in (("downgrade", str(newest.down_revision)), ("upgrade", newest.revision)):
            process = subprocess.Popen(
                [sys.executable, "-m", "flask", "--app", "wsgi", "db", direction, target],
                cwd=ROOT, env=place.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )  # fmt: skip
            time.sleep(whole * (0.5 + 0.5 * turn / kills))
            process.send_signal(signal.SIGKILL)
            ended += process.wait() == 0
            if site.FAULT == "halved":
                _halve(place)
            try:
                _flask(
                    place, direction, target
                )  # carries on from an untouched database, finds nothing in a finished one
            except RuntimeError as error:
                halves.append(str(error)[-160:])
    _flask(place, "upgrade", newest.revision)
    changed = [name for name, told in _contents(place).items() if name != "history_seal" and before.get(name) != told]
    changed += ["the schema"] if shape != _shape(place) else []
    broken: list[str] = []
    expect(broken, halves=(not halves, f"half done: {halves[:2]}"), data=(not changed, f"changed: {changed}"))
    return Outcome(
        NAME, "killed", kind, f"SIGKILL to {2 * kills} migrations half-way ({ended} had ended before)",
        f"{len(halves)} half-done, {len(changed)} tables differ", "each could be repeated at once", broken,
    )  # fmt: skip


def leak(place: site.Site) -> None:
    """The planted fault: a row goes."""
    with place.app.app_context():
        workday = db.metadata.tables["workday"]
        some = sa.select(sa.func.min(workday.c.day)).scalar_subquery()
        db.session.execute(sa.delete(workday).where(workday.c.day == some))
        db.session.commit()


def _halve(place: site.Site) -> None:
    """The planted fault: a killed migration has left something behind."""
    with place.app.app_context(), db.engine.begin() as connection:
        if "half" not in {one["name"] for one in sa.inspect(connection).get_columns("notice")}:
            connection.execute(sa.text("ALTER TABLE notice ADD COLUMN half INTEGER"))


def _flask(place: site.Site, *command: str) -> float:
    began = time.monotonic()
    done = place.flask("db", *command)
    if done.returncode:
        raise RuntimeError(done.stderr[-400:])
    return time.monotonic() - began


def _fill(place: site.Site, wanted: int) -> int:
    """Volunteers, sign-ups, records and their history, until there are so many rows."""
    volunteers = ticking.people(place, 20)
    wanted_list = ticking.make_list(place, volunteers, 0)
    with place.app.app_context():
        history = db.metadata.tables["history"]
        row = dict(
            db.session.execute(sa.select(history).order_by(history.c.id.desc()).limit(1)).mappings().one_or_none() or {}
        )
        row.pop("id", None)
        if not row:
            row = {c.name: _some(c) for c in history.c if c.name != "id" and not c.nullable}
        for _ in range(0, wanted, 5_000):
            db.session.execute(sa.insert(history), [row] * 5_000 if wanted >= 5_000 else [row] * wanted)
        db.session.commit()
        tables = db.metadata.sorted_tables
        return (
            sum(db.session.scalar(sa.select(sa.func.count()).select_from(one)) or 0 for one in tables)
            + 0 * wanted_list.activity
        )


def _some(column: Any) -> Any:
    from app import clock

    python = column.type.python_type
    return clock.now() if "time" in python.__name__ else 1 if python is int else "x"


def _contents(place: site.Site) -> dict[str, Any]:
    with place.app.app_context():
        connection = db.session.connection()
        return {one.name: Tally().all(Plan.of(one).lines(connection)).told for one in db.metadata.sorted_tables}


def _shape(place: site.Site) -> dict[str, list[str]]:
    with place.app.app_context():
        looked = sa.inspect(db.engine)
        return {
            name: sorted(f"{one['name']} {one['type']} {one['nullable']}" for one in looked.get_columns(name))
            + sorted(str(one["name"]) for one in looked.get_indexes(name))
            for name in looked.get_table_names()
        }
