"""The machine is gone: backup, everything destroyed, restore into an empty place, first answer. RPO and RTO, measured."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from drills import site, ticking
from drills.backed_up import lose
from drills.outcome import Outcome, expect
from drills.site import Site
from tests.support import ROOT

NAME = "recovered"
PROMISE = "nothing from before the backup is lost (RPO: the hour between two backups), the site answers again within 1 hour (RTO)"
KINDS = ("sqlite", "postgresql")
TWINS = ("leaky",)  # faults that this drill must notice (drills/planted.py)
SIZES = {"short": ("cast",), "usual": ("demonstration",), "long": ("demonstration", "mid")}
RTO = 3600.0


def run(kind: str, scale: str) -> Iterator[Outcome]:
    """Each size on a place of its own."""
    for size in SIZES[scale]:
        how = {"cast": site.on, "demonstration": site.on_empty, "mid": site.on_empty}[size]
        with tempfile.TemporaryDirectory(prefix="drill-backup-") as folder, how(kind) as place:
            _fill(place, size)
            yield _one(place, Path(folder) / "last.backup", size, kind)


def _fill(place: Site, size: str) -> None:
    if size == "demonstration":
        for command in (("db", "upgrade"), ("demo",)):
            done = place.flask(*command)
            if done.returncode:
                raise RuntimeError(done.stderr[-400:])
    if size == "mid":
        fill = [sys.executable, "-m", "bench.fill", place.url, "mid"]
        subprocess.run(fill, cwd=ROOT, env=place.env, check=True, stdout=subprocess.DEVNULL)


def _one(place: Site, file: Path, size: str, kind: str) -> Outcome:
    volunteers = ticking.people(place, 20)
    early, late = (ticking.make_list(place, volunteers, turn) for turn in range(2))
    place.start()
    person = place.person("wantong")
    kept = [one for one in early.signups if ticking.tick(person, early, one).status < 400]
    began = time.monotonic()
    made = place.flask("backup", str(file))
    backup = time.monotonic() - began
    after = [one for one in late.signups if ticking.tick(person, late, one).status < 400]
    place.kill()
    with site.beside(place, "anew", gone=True) as other:
        began = time.monotonic()
        back = other.flask("restore", str(file))
        restore = time.monotonic() - began
        ready = 0.0 if made.returncode or back.returncode else other.start()
        whole = time.monotonic() - began
        broken: list[str] = []
        expect(broken, back=(not made.returncode + back.returncode, (made.stderr + back.stderr)[-300:]))
        lost = 0
        if not broken:
            if site.FAULT == "leaky":
                lose(other, kept)
            lost, gone = len(ticking.lost(other, early, kept)), len(ticking.lost(other, late, after))
            wrong, chain = ticking.wrong_figures(other), other.flask("history", "verify")
            pages = [other.ask("GET", path).status for path in ("/", "/activities", "/help")]
            expect(
                broken,
                lost=(not lost and not wrong, f"{lost} lost from before the backup, {wrong}"),
                chain=(not chain.returncode, chain.stdout[-200:]),
                pages=(pages == [200] * 3, f"pages answer {pages}"),
                shown=(
                    bool(kept) and gone == len(after) > 0,
                    "nothing was written after the backup: nothing was shown",
                ),
            )
            other.stop()
    slow: list[str] = []
    expect(slow, rto=(whole <= RTO, f"answered again after {whole / 60:.0f} min"))
    size_of = file.stat().st_size / 1e6 if file.exists() else 0
    return Outcome(
        NAME, f"lost machine, {size}", kind, f"backup ({size_of:.1f} MB, {backup:.0f} s), {len(after)} more confirmations, then database and pictures destroyed",
        f"{lost} of {len(kept)} rows from before the backup; the {len(after)} after it, as RPO says",
        f"restore {restore:.0f} s, start {ready:.1f} s: {whole / 60:.1f} min until the first answer", broken, slow,
    )  # fmt: skip
