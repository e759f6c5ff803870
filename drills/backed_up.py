"""A backup while eight people write, restored into an empty place; a damaged file and a wrong key beside it."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from app.db import db
from app.media.pictures import make_safe
from app.media.storage import store
from app.models import Picture, SignUp
from drills import site, ticking
from drills.outcome import Outcome, expect
from drills.site import Site
from tests.support import photos

NAME = "backed_up"
PROMISE = (
    "rows whole, pictures and the history's chain equal after the restore; a damaged file or a wrong key is refused"
)
KINDS = ("sqlite", "postgresql")
TWINS = ("leaky",)  # faults that this drill must notice (drills/planted.py)
PICTURES = 3


def run(kind: str, scale: str) -> Iterator[Outcome]:
    """Back up while they write, look at what came back."""
    with tempfile.TemporaryDirectory(prefix="drill-backup-") as folder, site.on(kind) as place:
        volunteers = ticking.people(place, 40 if scale == "short" else 120)
        _paint(place)
        place.start()
        wanted, person, file = (
            ticking.make_list(place, volunteers, 0),
            place.person("wantong"),
            Path(folder) / "one.backup",
        )
        with ticking.ticking(person, wanted, again=True) as seen:
            seen.wait_for(8)
            place.flask("tick")  # seals what stands so far
            before = list(seen.told)
            made = place.flask("backup", str(file))
            during = len(seen.told) - len(before)
        if made.returncode:
            raise RuntimeError(made.stderr[-400:])
        place.stop()
        with site.beside(place, "restored") as other:
            yield _one(other, file, wanted, before, during, kind)


def _one(other: Site, file: Path, wanted: ticking.List, before: list[int], during: int, kind: str) -> Outcome:
    refused = _refused(other, file)
    back = other.flask("restore", str(file))
    broken: list[str] = []
    expect(broken, refused=(not refused, f"taken: {refused}"), back=(not back.returncode, back.stderr[-200:]))
    lost = twice = 0
    if not back.returncode:
        if site.FAULT == "leaky":
            lose(other, before)
        lost, twice = len(ticking.lost(other, wanted, before)), ticking.twice(other, wanted)
        chain, wrong = other.flask("history", "verify"), ticking.wrong_figures(other)
        expect(
            broken,
            lost=(not lost and not twice and not wrong, f"{lost} lost, {twice} twice, {wrong}"),
            chain=(not chain.returncode, chain.stdout[-200:] + chain.stderr[-200:]),
            pictures=(_pictures(other) == PICTURES, f"{_pictures(other)} of {PICTURES} pictures"),
            worked=(bool(before) and during > 0, "nobody wrote meanwhile: nothing was shown"),
        )
    return Outcome(
        NAME, "while writing", kind, f"a backup while 8 clients confirm ({len(set(before))} acknowledged before it began, {during} while it was made)",
        f"{lost} of those before it, {twice} counted twice; 0 half rows", f"{file.stat().st_size // 1024} kB; damaged and wrong key refused", broken,
    )  # fmt: skip


def lose(place: Site, told: list[int]) -> None:
    """The planted fault: one confirmation is not there."""
    with place.app.app_context():
        db.session.execute(sa.update(SignUp).where(SignUp.id == told[0]).values(attendance="unknown"))
        db.session.commit()


def _refused(other: Site, file: Path) -> list[str]:
    """Which of a damaged file and a wrong key were taken."""
    damaged = file.with_name("damaged.backup")
    shutil.copyfile(file, damaged)
    content = bytearray(damaged.read_bytes())
    content[len(content) // 2] ^= 1
    damaged.write_bytes(content)
    tries: dict[str, Any] = {
        "damaged": other.flask("restore", str(damaged)),
        "wrong key": other.flask("restore", str(file), BACKUP_KEY="another key of more than thirty-two letters"),
    }
    return [what for what, done in tries.items() if done.returncode == 0]


def _paint(place: Site) -> None:
    with place.app.app_context():
        for _ in range(PICTURES):
            Picture.keep(make_safe(photos.photo(64, 48)))
        db.session.commit()


def _pictures(place: Site) -> int:
    with place.app.app_context():
        rows = list(db.session.scalars(sa.select(Picture)))
        return sum(1 for one in rows if all(store().read(name) for name in one.files))
