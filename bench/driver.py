"""A small driver: prebuilt requests over kept connections, and the processor time that a server spends on them."""

import re
import socket
import statistics
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
CHUNKED = re.compile(rb"transfer-encoding: *chunked", re.IGNORECASE)
TICKS = 100  # of a second in /proc/…/stat on Linux


def request(path: str, *, method: str = "GET", body: str = "", **headers: str) -> bytes:
    """The bytes of a request; `Accept_Encoding="gzip"` names a header."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    if body or method == "POST":
        lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body.encode())}"]
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


class Link:
    """One kept connection."""

    def __init__(self, port: int, patience: float = 120) -> None:
        self.port, self.patience = port, patience
        self.socket = self._open()

    def _open(self) -> socket.socket:
        made = socket.create_connection(("127.0.0.1", self.port), self.patience)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return made

    def ask(self, wanted: bytes) -> tuple[int, bytes, bytes]:
        """Status, headers, body as it came over the wire."""
        self.socket.sendall(wanted)
        got = b""
        while (end := got.find(b"\r\n\r\n")) < 0:
            got += self._more()
        head, rest = got[:end], got[end + 4 :]
        status = int(head[9:12])
        if status in (204, 304) or wanted.startswith(b"HEAD"):
            return status, head, b""
        found = LENGTH.search(head)
        parts, size = [rest], len(rest)
        while size < int(found[1]) if found else not parts[-1].endswith(b"0\r\n\r\n"):
            parts.append(self._more())
            size += len(parts[-1])
        if not found and not CHUNKED.search(head):
            raise RuntimeError("an answer without a length")
        if b"connection: close" in head.lower():
            self.socket.close()
            self.socket = self._open()
        return status, head, b"".join(parts)

    def _more(self) -> bytes:
        some = self.socket.recv(262144)
        if not some:
            raise ConnectionError("the server hung up")
        return some

    def close(self) -> None:
        self.socket.close()


@dataclass
class Case:
    """What is asked of one server: `wanted(i)` is the i-th request, `status` what must come back.

    `also` may come back instead (a page that a new minute changed); `others` says how often it did.
    """

    server: Any  # bench.servers.Server
    wanted: Callable[[int], bytes]
    status: int = 200
    also: int = 0
    others: int = 0


@dataclass
class Times:
    """Seconds a request of one case, a figure for each round."""

    cpu: list[float]
    wall: list[float]


def measure(cases: dict[str, Case], rounds: int, seconds: float) -> dict[str, Times]:
    """Every case in turn, so many rounds; about so many seconds each time."""
    links = {name: Link(case.server.port) for name, case in cases.items()}
    asked = dict.fromkeys(cases, 0)
    amounts = {name: _amount(links[name], case, seconds, asked, name) for name, case in cases.items()}
    found = {name: Times([], []) for name in cases}
    for _ in range(rounds):
        for name, case in cases.items():
            before, began = case.server.cpu(), time.perf_counter()
            for _ in range(amounts[name]):
                _ask(links[name], case, asked, name)
            found[name].wall.append((time.perf_counter() - began) / amounts[name])
            found[name].cpu.append((case.server.cpu() - before) / amounts[name])
    for link in links.values():
        link.close()
    return found


def _ask(link: Link, case: Case, asked: dict[str, int], name: str) -> None:
    asked[name] += 1
    wanted = case.wanted(asked[name])
    status, _, body = link.ask(wanted)
    case.others += status == case.also
    if status not in (case.status, case.also):
        first = wanted.split(b"\r\n")[0].decode()
        raise RuntimeError(f"{name}: {first} answered {status}, not {case.status}: {body[:200]!r}")


def _amount(link: Link, case: Case, seconds: float, asked: dict[str, int], name: str) -> int:
    """How many requests fill the time; the first ones warm up."""
    for _ in range(3):
        _ask(link, case, asked, name)
    began = time.perf_counter()
    for _ in range(5):
        _ask(link, case, asked, name)
    return max(5, min(3000, int(seconds / ((time.perf_counter() - began) / 5))))


def ratios(over: Sequence[float], under: Sequence[float]) -> list[float]:
    """Round by round."""
    return [a / max(b, 1e-9) for a, b in zip(over, under, strict=True)]


def together(port: int, shares: Sequence[Sequence[bytes]], status: Sequence[int] = (200,)) -> tuple[float, list[str]]:
    """A client for each share, all at once: the seconds until the last was done, and what went wrong."""
    wrong: list[str] = []
    ready = threading.Barrier(len(shares) + 1)

    def go(share: Sequence[bytes]) -> None:
        link = None
        try:
            link = Link(port)
            ready.wait(60)
            for wanted in share:
                got, _, body = link.ask(wanted)
                if got not in status:
                    wrong.append(f"{got}: {re.sub(rb'<[^>]+>', b' ', body)[:300].decode(errors='replace')}")
        except (OSError, RuntimeError, threading.BrokenBarrierError) as error:
            wrong.append(f"{type(error).__name__}: {error}")
            ready.abort()
        finally:
            if link:
                link.close()

    threads = [threading.Thread(target=go, args=(share,)) for share in shares]
    for thread in threads:
        thread.start()
    ready.wait(60)
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    return time.perf_counter() - began, wrong


def cpu_of(pid: int) -> float:
    """Seconds of processor time of a process: to the nanosecond where the kernel tells, else to a hundredth."""
    threads = list(Path(f"/proc/{pid}/task").glob("*/schedstat"))
    try:
        fine = sum(int(file.read_text().split()[0]) for file in threads) / 1e9
    except (OSError, IndexError, ValueError):
        fine = 0.0
    if fine:
        return fine
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def middle(values: Sequence[float]) -> float:
    """The median."""
    return statistics.median(values)
