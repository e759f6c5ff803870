"""Rows 1 to 4: what a visitor reads, against the references."""

import re
from itertools import count
from typing import Any

from bench.constant import BESIDE
from bench.driver import Case, measure, middle, ratios, request
from bench.result import Figure
from bench.rows.writing import meanwhile
from tests.cast import GULOU

FILTERED = f"/activities?region={GULOU}&status=ended"
PAGES = {"home page": "/", "first activity list": "/activities"}
_never = count(1)


def from_memory(bench: Any) -> list[Figure]:
    """1: requests a second ÷ constant, as processor time a request (the driver is no part of it)."""
    cases = {"constant": _constant(bench)}
    for name, path in PAGES.items():
        wanted = request(path)
        cases[name] = Case(bench.big.server, lambda _, wanted=wanted: wanted)
    return _against_constant(bench, 1, cases, "anonymous ÷ `constant`")


def with_etag(bench: Any) -> list[Figure]:
    """2: the same with a matching ETag."""
    cases = {"constant": _constant(bench)}
    for name, path in PAGES.items():
        _, head, _ = bench.big.fetch(path)
        found = re.search(rb"(?im)^etag: *(.+?)\r?$", head)
        if not found:
            raise RuntimeError(f"{path} has no ETag")
        wanted = request(path, If_None_Match=found[1].decode())
        cases[name] = Case(bench.big.server, lambda _, wanted=wanted: wanted, 304, also=200)
    return _against_constant(bench, 2, cases, "304 ÷ `constant`")


def _constant(bench: Any) -> Case:
    plain = request("/")
    return Case(bench.constant, lambda _: plain)


def _against_constant(bench: Any, row: int, cases: dict[str, Case], words: str) -> list[Figure]:
    """Quiet, by processor time; and while eight clients tick, by one reader's wall time (the ticks use the processor too)."""
    times = measure(cases, bench.rounds, bench.seconds)
    plain = times.pop("constant").cpu
    found = [
        Figure(row, f"{name}, {words}", ratios(plain, one.cpu), least=0.8, note=_note(one.cpu, cases[name]))
        for name, one in times.items()
    ]
    return found + _while_ticking(bench, row, cases, words)


def _while_ticking(bench: Any, row: int, cases: dict[str, Case], words: str) -> list[Figure]:
    """Against `constant` in a process of its own, which nobody ticks in, and in the same process as the pages and the ticks."""
    with meanwhile(bench, bench.big.server.port):
        apart = measure(cases, bench.rounds, bench.seconds)
    with bench.beside() as server:
        shared = {name: Case(server, one.wanted, one.status, one.also) for name, one in cases.items()}
        plain = request(BESIDE)
        shared["constant"] = Case(server, lambda _: plain)
        with meanwhile(bench, server.port):
            together = measure(shared, bench.rounds, bench.seconds)
    return [
        Figure(row, f"{name}, {words}{where} while 8 clients tick, requests/s of one reader",
               ratios(times["constant"].wall, one.wall), least=0.8, note=f"{1000 * middle(one.wall):.1f} ms")
        for where, times in (("", apart), (" in the same process", together))
        for name, one in times.items() if name != "constant"
    ]  # fmt: skip


def _note(cpu: list[float], case: Case) -> str:
    return f"{1000 * middle(cpu):.2f} ms CPU" + (f"; {case.others} answers were 200" if case.others else "")


def uncached(bench: Any) -> list[Figure]:
    """3: the filtered list built anew: each request has a query value that no page knows, so memory has no answer."""

    def anew(_: int) -> bytes:
        return request(f"{FILTERED}&bench={bench.run}-{next(_never)}")

    signed = bench.big.ask(FILTERED, "volunteer")
    cases = {
        "constant": _constant(bench),
        "visitor": Case(bench.big.server, anew),
        "signed in": Case(bench.big.server, lambda _: signed),
    }
    times = measure(cases, bench.rounds, bench.seconds)
    most = 8 if bench.kind == "sqlite" else 10
    plain = times.pop("constant")
    return [
        Figure(3, f"filtered list of 20, uncached, {name}, CPU ÷ `constant`", ratios(one.cpu, plain.cpu), most=most,
               note=f"{1000 * min(one.cpu):.1f} ms CPU")
        for name, one in times.items()
    ]  # fmt: skip


def against_django(bench: Any) -> list[Figure]:
    """4: the uncached list of row 3 against the plain Django one: rows alone, and with the counts that our page has on its chips."""

    def anew(_: int) -> bytes:
        return request(f"{FILTERED}&bench={bench.run}-{next(_never)}")

    cases = {"product": Case(bench.big.server, anew)}
    for words, path in (("rows alone", FILTERED), ("with our counts", FILTERED.replace("?", "/counted?"))):
        wanted = request(path)
        cases[words] = Case(bench.django(), lambda _, wanted=wanted: wanted)
    times = measure(cases, bench.rounds, bench.seconds)
    ours = times.pop("product")
    found = []
    for words, theirs in times.items():
        note = f"django {1000 * middle(theirs.cpu):.1f} ms, product {1000 * middle(ours.cpu):.1f} ms CPU"
        what = f"the same list ÷ `django` ({words})"
        found.append(Figure(4, f"{what}, requests/s of CPU", ratios(theirs.cpu, ours.cpu), least=6, note=note))
        found.append(Figure(4, f"{what}, one client's requests/s", ratios(theirs.wall, ours.wall), least=6))
    return found
