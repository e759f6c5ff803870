"""SIGTERM with a hundred requests in flight."""

import threading
from collections.abc import Iterator

from drills import site, ticking
from drills.outcome import Outcome, expect
from drills.site import Answer

NAME = "stopped"
PROMISE = "0 cut, exit in ≤ 20 s"
KINDS = ("sqlite", "postgresql")
TWINS = ("hasty", "forgetful")  # faults that this drill must notice (drills/planted.py)
FLIGHT = {"short": 30, "usual": 100, "long": 100}
ROUNDS = {"short": 1, "usual": 3, "long": 10}
EXIT = 20.0


def run(kind: str, scale: str) -> Iterator[Outcome]:
    """All requests stand in the server when it is told to end."""
    flight, rounds = FLIGHT[scale], ROUNDS[scale]
    cut, lost, refused, exits = 0, 0, 0, list[float]()
    with site.on(kind) as place:
        volunteers = ticking.people(place, flight)
        for turn in range(rounds):
            wanted, person = ticking.make_list(place, volunteers, turn), place.person("wantong")
            place.start()
            answers: dict[int, Answer] = {}
            sent = threading.Barrier(flight + 1)
            threads = [
                threading.Thread(target=_send, args=(place, person, wanted, one, sent, answers))
                for one in wanted.signups
            ]
            for thread in threads:
                thread.start()
            sent.wait(30)
            exits.append(place.stop())
            for thread in threads:
                thread.join(60)
            cut += sum(1 for one in answers.values() if not one.status)
            refused += sum(1 for one in answers.values() if one.status >= 400)
            told = [signup for signup, one in answers.items() if 200 <= one.status < 400]
            lost += len(ticking.lost(place, wanted, told))
    broken, late = list[str](), list[str]()
    expect(
        broken,
        cut=(not cut, f"{cut} cut"),
        lost=(not lost, f"{lost} lost"),
        refused=(not refused, f"{refused} refused"),
    )
    expect(late, exit=(max(exits) <= EXIT, f"exit after {max(exits):.1f} s"))
    yield Outcome(
        NAME, "SIGTERM", kind, f"{rounds} × SIGTERM with {flight} confirmations in flight", f"{cut} cut, {lost} lost",
        f"gone after at most {max(exits):.1f} s", broken, late,
    )  # fmt: skip


def _send(
    place: site.Site,
    person: site.Person,
    wanted: ticking.List,
    signup: int,
    sent: threading.Barrier,
    answers: dict[int, Answer],
) -> None:
    """Send the request whole, say so, then wait for the answer."""
    path = f"/office/activities/{wanted.activity}/attendance/{signup}"
    answers[signup] = person.post(path, attended="1", after_sending=sent.wait)
