"""What the drills do meanwhile: eight people of 万通社区 confirm attendance, and what must hold afterwards."""

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy.exc import OperationalError

from app.db import db
from app.freshness import forget
from app.models import Activity, SignUp, Volunteer
from app.models.attendance.rules import Wanted
from drills.site import Answer, Person, Site
from tests import cast, rollcall

CLIENTS = 8


@dataclass
class List:
    """An activity and the sign-ups to confirm."""

    activity: int
    signups: list[int]


def people(site: Site, number: int) -> list[int]:
    """So many new volunteers."""
    with site.app.app_context():
        forget()
        made = []
        for position in range(number):
            user = cast.make_user(f"drill{position}", f"人{position}", f"137{position:08d}")
            made.append(cast.make_volunteer(user).id)
        db.session.commit()
        return made


def make_list(site: Site, volunteers: Sequence[int], turn: int, hours: float = 0) -> List:
    """An activity of its own hours (no overlaps), with these volunteers admitted; waits for who still holds locks."""
    for _ in range(5):
        try:
            return _make_list(site, volunteers, hours or -3 - 3 * turn)
        except OperationalError:
            with site.app.app_context():
                db.session.rollback()
                db.session.remove()
    return _make_list(site, volunteers, hours or -3 - 3 * turn)


def _make_list(site: Site, volunteers: Sequence[int], hours: float) -> List:
    with site.app.app_context():
        forget()
        activity = rollcall.running(hours=hours, capacity=len(volunteers) + 1)
        db.session.commit()
        id = activity.id
        commit, db.session.commit = db.session.commit, db.session.flush  # one commit for the whole list
        try:
            found = [db.session.get_one(Volunteer, one) for one in volunteers]
            made = [rollcall.admitted(activity, volunteer).id for volunteer in found]
        finally:
            db.session.commit = commit
        db.session.commit()
        return List(id, made)


def tick(person: Person, wanted: List, signup: int) -> Answer:
    """Confirm one."""
    return person.post(f"/office/activities/{wanted.activity}/attendance/{signup}", attended=Wanted.PRESENT.value)


@dataclass
class Ticks:
    """What the clients were told."""

    told: list[int] = field(default_factory=list)  # sign-ups that were acknowledged
    answers: list[Answer] = field(default_factory=list)
    threads: list[threading.Thread] = field(default_factory=list)

    def finish(self) -> None:
        """Wait until every client has gone through its share once."""
        for thread in self.threads:
            thread.join(60)

    def wait_for(self, number: int) -> None:
        """Wait until so many answers have come."""
        until = time.monotonic() + 20
        while len(self.answers) < number and time.monotonic() < until:
            time.sleep(0.005)


def _confirm(person: Person, wanted: List, mine: list[int], seen: Ticks, stop: threading.Event) -> None:
    """One client goes through its share; who is refused waits a little, as a person would."""
    for signup in mine:
        if stop.is_set():
            return
        answer = tick(person, wanted, signup)
        seen.answers.append(answer)
        if 200 <= answer.status < 400:
            seen.told.append(signup)
        elif answer.status in (0, 503):
            stop.wait(0.2)


@contextmanager
def ticking(person: Person, wanted: List, again: bool = False) -> Iterator[Ticks]:
    """Eight clients confirm their shares; with `again` they begin anew until the block ends."""
    seen, stop = Ticks(), threading.Event()

    def go(mine: list[int]) -> None:
        _confirm(person, wanted, mine, seen, stop)
        while again and not stop.is_set():
            _confirm(person, wanted, mine, seen, stop)

    threads = [threading.Thread(target=go, args=(wanted.signups[n::CLIENTS],)) for n in range(CLIENTS)]
    for thread in threads:
        thread.start()
    seen.threads = threads
    try:
        yield seen
    finally:
        stop.set()
        for thread in threads:
            thread.join(60)


def lost(site: Site, wanted: List, told: Sequence[int]) -> list[int]:
    """Acknowledged confirmations that the database does not have."""
    with site.app.app_context():
        have = db.select(SignUp.id).where(SignUp.activity_id == wanted.activity, SignUp.attendance == "present")
        return sorted(set(told) - set(db.session.scalars(have)))


def twice(site: Site, wanted: List) -> int:
    """Live records beyond one a person."""
    with site.app.app_context():
        records = rollcall.live(db.session.get_one(Activity, wanted.activity))
        return len(records) - len({one.volunteer_id for one in records})


def wrong_figures(site: Site) -> list[str]:
    """Kept figures that are not the sum of their rows."""
    with site.app.app_context():
        try:
            rollcall.assert_figures_true()
        except AssertionError as error:
            return [str(error)[:200]]
        return []
