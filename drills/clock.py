"""The clock jumps: forwards over midnight, a day on, back, a year back; around 29 February, year end and in other zones.

The product has one clock (app/clock.py), which the drill moves in the running server; the process itself runs in
another zone of the world, which must not matter: days are those of Xuzhou.
"""

import tempfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from app import clock
from app.db import db
from app.models import ServiceRecord
from app.models.attendance.rules import EXTRA, length
from app.models.histories.proof import verify
from drills import site, ticking
from drills.outcome import Outcome, expect
from drills.site import Answer, Site
from tests import rollcall

NAME = "clock"
PROMISE = "no negative or impossible record, no error, whatever the clock does and in whichever zone the process runs"
KINDS = ("sqlite", "postgresql")
TWINS = ("unclocked",)  # faults that this drill must notice (drills/planted.py)
MOMENTS = (  # on a wall clock in Xuzhou, and the zone of the process
    ("29 February", datetime(2028, 2, 28, 23, 50, tzinfo=clock.SHANGHAI), "America/New_York"),
    ("year end", datetime(2026, 12, 31, 23, 50, tzinfo=clock.SHANGHAI), "Pacific/Kiritimati"),
    ("1 March after no 29 February", datetime(2027, 2, 28, 23, 50, tzinfo=clock.SHANGHAI), "UTC"),
)
JUMPS = (
    ("", 0),
    ("half an hour on, over midnight", 1800),
    ("a day on", 86_400),
    ("two hours back", -7_200),
    ("a year back", -31_536_000),
)
PAGES = ("/", "/activities", "/office/", "/office/activities", "/office/statistics", "/office/volunteers", "/member/")
EACH = 2  # people confirmed at each moment


def run(kind: str, scale: str) -> Iterator[Outcome]:
    """At each moment an activity that runs over midnight; the clock jumps while its people are confirmed."""
    for name, moment, zone in MOMENTS[:1] if scale == "short" else MOMENTS:
        with tempfile.TemporaryDirectory(prefix="drill-clock-") as folder:
            file = Path(folder) / "seconds"
            file.write_text("0")
            try:
                with site.on(kind, DRILL_CLOCK=str(file), TZ=zone) as place:
                    yield _one(place, file, name, moment, kind, zone)
            finally:
                clock.move(timedelta(0))


def _set(file: Path, wanted: datetime) -> None:
    """Here and in the server."""
    clock.move(timedelta(0))
    off = wanted - clock.now()
    file.write_text(str(off.total_seconds()))
    clock.move(off)


def _one(place: Site, file: Path, name: str, moment: datetime, kind: str, zone: str) -> Outcome:
    _set(file, moment)
    wanted = ticking.make_list(place, ticking.people(place, EACH * len(JUMPS)), 0, hours=-1.0)
    place.start()
    answers, odd = list[Answer](), list[str]()
    for number, (what, seconds) in enumerate(JUMPS):
        _set(file, moment + timedelta(seconds=seconds))
        staff, member = place.person("wantong"), place.person("volunteer")
        mine = wanted.signups[number * EACH : (number + 1) * EACH]
        answers += [ticking.tick(staff, wanted, one) for one in (*mine, *wanted.signups[:1])]
        answers += [(member if path == "/member/" else staff).get(path) for path in PAGES]
        ended = place.app.test_cli_runner().invoke(args=["tick"])
        odd += [f"tick {what}: {ended.output[-100:]}"] if ended.exit_code else []
        odd += [f"{one} {what}" for one in _impossible(place, wanted)]
    _set(file, moment + timedelta(days=2))
    with place.app.app_context():
        db.session.rollback()
        odd += [] if verify().holds else ["the history's chain does not hold"]
    wrong = [one for one in answers if one.status not in (200, 204, 303, 409)]
    done = sum(1 for one in answers if one.status < 400)
    broken: list[str] = []
    expect(
        broken,
        odd=(not odd, "; ".join(odd[:3])),
        errors=(not wrong, f"answers {sorted({(one.status, one.path) for one in wrong})[:3]}"),
        worked=(done > len(JUMPS) * len(PAGES), "nothing was confirmed"),
    )
    return Outcome(
        NAME, name, kind, f"{len(JUMPS) - 1} jumps around {clock.local(moment):%Y-%m-%d %H:%M}, the process in {zone}",
        f"{len(odd)} impossible records", f"{len(answers)} requests, {sum(1 for one in answers if one.status == 409)} refused in words", broken,
    )  # fmt: skip


def _impossible(place: Site, wanted: ticking.List) -> list[str]:
    """Records that cannot be: minutes below one or beyond the activity, another day than the activity's, sums that are none."""
    found = ticking.wrong_figures(place)
    with place.app.app_context():
        db.session.expire_all()
        activity = db.session.get_one(rollcall.Activity, wanted.activity)
        for record in db.session.scalars(sa.select(ServiceRecord).where(ServiceRecord.activity_id == activity.id)):
            if not 0 < record.minutes <= length(activity) + EXTRA:
                found.append(f"{record.minutes} minutes")
            if record.day != clock.day(activity.starts_at):
                found.append(f"a service on {record.day}")
        for table in ("volunteer", "service_month", "activity", "team"):
            columns = [one for one in db.metadata.tables[table].c if isinstance(one.type, sa.Integer)]
            below = sa.select(sa.func.count()).where(sa.or_(*[one < 0 for one in columns]))
            if negative := db.session.scalar(below):
                found.append(f"{negative} rows of {table} below zero")
        db.session.rollback()
    return found
