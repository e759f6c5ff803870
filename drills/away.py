"""The database goes away: restarts, idle connections killed, the link cut, the link silent. PostgreSQL only."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from drills import proxy, site, ticking
from drills.outcome import Outcome, expect
from drills.site import Answer, Person, Site

NAME = "away"
PROMISE = "only 503 with Retry-After while it is away, 0 lost, no restart of the application; every request answered in ≤ 10 s"
KINDS = ("postgresql",)
TWINS = ("forgetful",)  # faults that this drill must notice (drills/planted.py)
ROUNDS = {"short": 1, "usual": 5, "long": 10}
SILENCE = {"short": 4, "usual": 20, "long": 40}  # seconds
WITHIN, BACK = 10.0, 10.0
PAGES = ("/", "/activities", "/healthz", "/office/", "/member/")
IDLE = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'drill' AND pid <> pg_backend_pid()"


def run(kind: str, scale: str) -> Iterator[Outcome]:
    """One site behind a proxy, four faults one after another; the same process must outlive them all."""
    links: list[proxy.Proxy] = []

    def port(server: Any) -> int:
        links.append(proxy.Proxy(server.port))
        return links[0].port

    with site.on_postgresql(port) as (place, server):
        link = links[0]
        volunteers = ticking.people(place, 40)
        place.start()
        rounds = ROUNDS[scale]
        faults: tuple[tuple[str, str, Callable[[], None]], ...] = (
            ("restart", f"{rounds} restarts of PostgreSQL, 1 s apart", lambda: _restarts(server, rounds)),
            ("idle", f"{rounds} × every connection ended by the server", lambda: _idle(server, rounds)),
            ("cut", f"{rounds} × the link cut for 2 s", lambda: _cut(link, rounds)),
            ("silent", f"the link silent for {SILENCE[scale]} s", lambda: _silent(link, SILENCE[scale])),
        )
        for turn, (name, words, inject) in enumerate(faults if scale != "short" else (faults[0], faults[3])):
            yield _one(place, ticking.make_list(place, volunteers, turn), name, words, inject)
        link.close()


def _restarts(server: Any, rounds: int) -> None:
    for _ in range(rounds):
        server.stop()
        time.sleep(1)
        server.start()
        time.sleep(1)


def _idle(server: Any, rounds: int) -> None:
    for _ in range(rounds):
        server.say(IDLE)
        time.sleep(0.5)


def _cut(link: proxy.Proxy, rounds: int) -> None:
    for _ in range(rounds):
        link.become(proxy.CUT)
        time.sleep(2)
        link.become(proxy.PASS)
        time.sleep(1)


def _silent(link: proxy.Proxy, seconds: float) -> None:
    link.become(proxy.SILENT)
    time.sleep(seconds)
    link.become(proxy.PASS)


def _one(place: Site, wanted: ticking.List, name: str, words: str, inject: Callable[[], None]) -> Outcome:
    with place.app.app_context():
        person = place.person("wantong")
    for path in (*PAGES, f"/office/activities/{wanted.activity}"):
        person.get(path)  # the first answer after a start costs seconds by itself, not by the fault
    before = [one.pid for one in place.family()]
    with _reading(place, person) as pages, ticking.ticking(person, wanted, again=True) as seen:
        seen.wait_for(8)
        inject()
        back = _back(place, person)
        time.sleep(0.3)
    answers = [*pages, *seen.answers]
    bad = [one for one in answers if (one.status >= 400 and not one.is_away) or not one.status]
    slow, away = max(one.seconds for one in answers), sum(1 for one in answers if one.is_away)
    lost, twice, wrong = (
        len(ticking.lost(place, wanted, seen.told)),
        ticking.twice(place, wanted),
        ticking.wrong_figures(place),
    )
    broken: list[str] = []
    expect(
        broken,
        only=(
            not bad,
            f"{len(bad)} other answers, such as {sorted({(one.status, one.path, one.body[:60]) for one in bad})[:3]}",
        ),
        lost=(not lost and not twice and not wrong, f"{lost} lost, {twice} twice, {wrong}"),
        same=([one.pid for one in place.family()] == before, "the server was another process afterwards"),
        worked=(bool(seen.told), "nobody worked meanwhile"),
    )
    late: list[str] = []
    expect(
        late,
        slow=(slow <= WITHIN, f"an answer took {slow:.1f} s"),
        back=(back <= BACK, f"well again only after {back:.1f} s"),
    )
    return Outcome(
        NAME, name, "postgresql", f"{words}, 8 clients confirming and 5 reading ({len(answers)} requests)",
        f"{lost} of {len(set(seen.told))} acknowledged rows, {twice} counted twice",
        f"{away} × 503, slowest answer {slow:.1f} s, well again {back:.1f} s after the fault", broken, late,
    )  # fmt: skip


def _back(place: Site, person: Person) -> float:
    began = time.monotonic()
    while time.monotonic() - began < 60:
        if place.ask("GET", "/healthz").status == 200 and person.get("/office/").status == 200:
            break
        time.sleep(0.1)
    return time.monotonic() - began


@contextmanager
def _reading(place: Site, person: Person) -> Iterator[list[Answer]]:
    """Five readers, one a page, until the block ends."""
    seen, stop = list[Answer](), threading.Event()

    def go(path: str) -> None:
        while not stop.is_set():
            seen.append(person.get(path))
            stop.wait(0.1)

    threads = [threading.Thread(target=go, args=(path,)) for path in PAGES]
    for thread in threads:
        thread.start()
    try:
        yield seen
    finally:
        stop.set()
        for thread in threads:
            thread.join(60)
