"""kill -9 while eight clients confirm attendance."""

import random
import time
from collections.abc import Iterator

from drills import site, ticking
from drills.outcome import Outcome, expect

NAME = "killed"
PROMISE = "0 acknowledged rows lost, 0 counted twice after sending again, ready again in ≤ 5 s"
KINDS = ("sqlite", "postgresql")
TWINS = ("forgetful",)  # faults that this drill must notice (drills/planted.py)
ROUNDS = {"short": 1, "usual": 10, "long": 50}
READY = 5.0


def run(kind: str, scale: str) -> Iterator[Outcome]:
    """Kill the server in the middle, start it, look, send everything again, look again."""
    chance, rounds = random.Random(1), ROUNDS[scale]
    told = lost = twice = unsure = 0
    ready: list[float] = []
    with site.on(kind) as place:
        volunteers = ticking.people(place, 60 if scale == "short" else 240)
        place.start()
        for turn in range(rounds):
            person, wanted = place.person("wantong"), ticking.make_list(place, volunteers, turn)
            with ticking.ticking(person, wanted) as seen:
                seen.wait_for(4)
                time.sleep(chance.uniform(0.05, 0.15 if scale == "short" else 0.6))
                place.kill()
            ready.append(place.start())
            told, unsure = told + len(seen.told), unsure + sum(1 for one in seen.answers if not one.status)
            lost += len(ticking.lost(place, wanted, seen.told))
            with ticking.ticking(person, wanted) as again:
                again.finish()
            lost += len(ticking.lost(place, wanted, wanted.signups))
            twice += ticking.twice(place, wanted)
        wrong = ticking.wrong_figures(place)
    broken: list[str] = []
    expect(
        broken,
        lost=(not lost, f"{lost} rows lost"),
        twice=(not twice, f"{twice} counted twice"),
        figures=(not wrong, f"figures: {wrong}"),
        worked=(told > 0 and unsure > 0, "the kill met no work: nothing was shown"),
    )
    late: list[str] = []
    expect(late, ready=(max(ready) <= READY, f"ready again after {max(ready):.1f} s"))
    yield Outcome(
        NAME, "kill -9", kind, f"{rounds} × SIGKILL to the whole server while 8 clients confirm ({told} acknowledged, {unsure} cut)",
        f"{lost} acknowledged rows, {twice} counted twice after sending again", f"ready again in at most {max(ready):.1f} s", broken, late,
    )  # fmt: skip
