"""Two hundred people at once, then five hundred, on one process: visitors, members, and staff who also confirm attendance.

Each thinks three to eight seconds between two pages, as people do, opens a connection of its own for each, and has an
address of their own behind the proxy: the limits of one address (app/limits.py) are for machines.
"""

import random
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

from drills import site, ticking
from drills.outcome import Outcome, expect
from drills.site import Answer, Person, Site

NAME = "load"
PROMISE = "0 errors; 200 people for 30 min: p95 ≤ 0.5 s; 500 for 5 min: p95 ≤ 3 s"
KINDS = ("sqlite", "postgresql")
TWINS = ("failing", "slow")  # faults that this drill must notice (drills/planted.py)


@dataclass(frozen=True)
class Step:
    """So many people for so many seconds; nineteen of twenty answers within `p95`."""

    people: int
    seconds: float
    p95: float


STEPS = {
    "short": (Step(20, 8, 3.0),),
    "usual": (Step(200, 60, 0.5), Step(500, 45, 3.0)),
    "long": (Step(200, 1800, 0.5), Step(500, 300, 3.0)),
}
THINK = {"short": (0.2, 0.5), "usual": (3.0, 8.0), "long": (3.0, 8.0)}
PUBLIC = ("/", "/activities", "/feedback", "/help", "/stars", "/teams", "/search?q=理发")
MEMBER = ("/member/", "/member/services", "/member/messages", "/activities")
OFFICE = ("/office/", "/office/activities", "/office/volunteers", "/office/statistics")


def run(kind: str, scale: str) -> Iterator[Outcome]:
    """Each step on the same site; what staff were told must be there afterwards."""
    with site.on(kind, TRUSTED_PROXIES="1") as place:
        volunteers = ticking.people(place, 60)
        place.start()
        for turn, step in enumerate(STEPS[scale]):
            yield _one(place, step, ticking.make_list(place, volunteers, turn), kind, THINK[scale])


def _one(place: Site, step: Step, wanted: ticking.List, kind: str, think: tuple[float, float]) -> Outcome:
    people = place.person("wantong"), place.person("volunteer"), Person(place, "", "")
    answers, told, until = list[Answer](), list[int](), time.monotonic() + step.seconds
    threads = [
        threading.Thread(target=_person, args=(number, people, wanted, think, until, answers, told))
        for number in range(step.people)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(step.seconds + 120)
    wrong = [one for one in answers if not 200 <= one.status < 400]
    lost, twice, figures = ticking.lost(place, wanted, told), ticking.twice(place, wanted), ticking.wrong_figures(place)
    taken = sorted(one.seconds for one in answers)
    p95, slowest = taken[int(len(taken) * 0.95)], taken[-1]
    broken, late = list[str](), list[str]()
    expect(
        broken,
        errors=(not wrong, f"{len(wrong)} errors, such as {sorted({(one.status, one.path) for one in wrong})[:3]}"),
        lost=(not lost and not twice and not figures, f"{len(lost)} lost, {twice} twice, {figures}"),
        worked=(len(answers) > step.people and bool(told), "nobody worked: nothing was shown"),
    )
    expect(late, p95=(p95 <= step.p95, f"p95 {p95:.2f} s"))
    return Outcome(
        NAME, f"{step.people} people", kind, f"{step.people} people for {step.seconds:g} s ({len(answers)} requests, {len(told)} confirmations)",
        f"{len(wrong)} errors, {len(lost)} acknowledged rows", f"p50 {taken[len(taken) // 2]:.2f} s, p95 {p95:.2f} s, slowest {slowest:.2f} s", broken, late,
    )  # fmt: skip


def _person(
    number: int,
    people: tuple[Person, Person, Person],
    wanted: ticking.List,
    think: tuple[float, float],
    until: float,
    answers: list[Answer],
    told: list[int],
) -> None:
    """One of them: three of four look around, of the rest every other one is staff."""
    chance = random.Random(number)
    staff, member, visitor = (replace(one, address=f"10.0.{number // 250}.{number % 250 + 1}") for one in people)
    kind = number % 8
    time.sleep(chance.uniform(0, think[1]))  # they do not all begin at once
    while time.monotonic() < until:
        if kind == 0 and chance.random() < 0.5:
            signup = wanted.signups[(number // 8 + chance.randrange(8)) % len(wanted.signups)]
            answers.append(ticking.tick(staff, wanted, signup))
            told += [signup] if 200 <= answers[-1].status < 400 else []
        else:
            who, pages = (staff, OFFICE) if kind == 0 else (member, MEMBER) if kind == 1 else (visitor, PUBLIC)
            answers.append(who.get(chance.choice(pages).replace("理发", "%E7%90%86%E5%8F%91")))
        time.sleep(chance.uniform(*think))
