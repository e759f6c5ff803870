"""The disk is full: during an upload, and under SQLite.

As root the site's data lie on a small tmpfs that is filled to the last byte; otherwise the server's limit on the size
of files is lowered, which its writes meet just the same.
"""

import os
import re
import resource
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from app.db import db
from app.models import Picture
from drills import site, ticking
from drills.outcome import Outcome, expect
from drills.site import Site
from tests.support import photos
from tests.support.html import hidden

NAME = "full_disk"
PROMISE = "clear refusal, 0 half files, 0 rows without file, works again without restart"
KINDS = ("sqlite", "postgresql")
TWINS = ("careless", "failing")  # faults that this drill must notice (drills/planted.py)
TRIES = {"short": 2, "usual": 10, "long": 40}
MEGABYTES = 96


@contextmanager
def small_disk() -> Iterator[Path | None]:
    """A folder on a small file system of its own, None where we may not mount one."""
    folder = Path(tempfile.mkdtemp(prefix="drill-disk-"))
    mount = ["mount", "-t", "tmpfs", "-o", f"size={MEGABYTES}m", "tmpfs", str(folder)]
    mounted = os.geteuid() == 0 and subprocess.run(mount, capture_output=True, check=False).returncode == 0
    try:
        yield folder if mounted else None
    finally:
        if mounted:
            subprocess.run(["umount", "-l", str(folder)], check=True)
        folder.rmdir()


@contextmanager
def full(place: Site, disk: Path | None) -> Iterator[None]:
    """No further byte can be written."""
    if disk is None:
        pids = [one.pid for one in place.family()]
        held = resource.prlimit(pids[0], resource.RLIMIT_FSIZE)
        for pid in pids:
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (1024, held[1]))
        yield
        for pid in pids:
            resource.prlimit(pid, resource.RLIMIT_FSIZE, held)
        return
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file:
        for size in (1 << 20, 1 << 12, 1):
            try:
                while True:
                    file.write(b"x" * size)
            except OSError:
                continue
    yield
    filler.unlink()


def run(kind: str, scale: str) -> Iterator[Outcome]:
    """Fill it, try to upload and to confirm, free it, try again."""
    with small_disk() as disk:
        how: Any = site.on_sqlite(disk) if kind == "sqlite" else site.on_postgresql(folder=disk)
        with how as made:
            place: Site = made if kind == "sqlite" else made[0]
            volunteers = ticking.people(place, 10)
            place.start()
            yield _one(place, disk, ticking.make_list(place, volunteers, 0), kind, TRIES[scale])


def _one(place: Site, disk: Path | None, wanted: ticking.List, kind: str, tries: int) -> Outcome:
    person, address = place.person("wantong"), f"/office/activities/{wanted.activity}/feedback"
    words = {"title": "为老人理发", "body": "来了二十多位志愿者，老人们都很高兴。", "action": "draft"}
    words |= {name: values[0] for name, values in hidden(person.get(address).body).items()}
    with full(place, disk):
        sent = [person.post(address, {"pictures": photos.photo()}, **words) for _ in range(tries)]
        ticks = [ticking.tick(person, wanted, one) for one in wanted.signups]
        reading = person.get("/office/").status
    halves, orphans = _files(place)
    after = person.post(address, {"pictures": photos.photo()}, **words)
    again = [ticking.tick(person, wanted, one) for one in wanted.signups]
    told = [s for s, one in zip(wanted.signups, ticks, strict=True) if 200 <= one.status < 400]
    lost = len(ticking.lost(place, wanted, told))
    broken: list[str] = []
    unclear = [one for one in sent if not ((one.status == 422 and "存不下" in one.body) or one.is_away)]
    strange = [one for one in ticks if (one.status >= 400 and not one.is_away) or not one.status]
    expect(
        broken,
        clear=(not unclear, f"upload answered {sorted({one.status for one in unclear})}"),
        ticks=(not strange, f"confirmations answered {sorted({one.status for one in strange})}"),
        files=(not halves and not orphans, f"{halves} half files, {orphans} rows without file"),
        lost=(not lost, f"{lost} lost"),
        reading=(reading == 200, f"reading answered {reading}"),
        again=(
            after.status in (200, 303) and all(one.status < 400 for one in again),
            f"afterwards {after.status} {_complaint(after.body)}",
        ),
    )
    how = f"a tmpfs of {MEGABYTES} MB filled" if disk else "files limited to 1 kB"
    return Outcome(
        NAME, "full disk", kind, f"{how}; {tries} uploads and {len(ticks)} confirmations meanwhile",
        f"{halves} half files, {orphans} rows without file, {lost} acknowledged rows",
        f"uploads answered {sorted({one.status for one in sent})}, confirmations {sorted({one.status for one in ticks})}", broken,
    )  # fmt: skip


def _files(place: Site) -> tuple[int, int]:
    """(half-written files, pictures whose files are not there)."""
    there = {path.name for path in (place.folder / "pictures").rglob("*") if path.is_file()}
    with place.app.app_context():
        rows = list(db.session.scalars(db.select(Picture)))
        missing = sum(1 for one in rows if not set(one.files) <= there)
        db.session.rollback()
    return sum(1 for name in there if name.endswith(".part")), missing


def _complaint(page: str) -> str:
    return " ".join(re.findall(r'class="error[^>]*>([^<]+)', page))[:100]
