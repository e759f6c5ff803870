"""Turns: how many answers are worked out at the same time. The other threads wait for theirs, in the order they came.

One interpreter works out one answer at a time anyway. Eight threads that all want it hand it to and fro at every statement,
and each of the eight answers costs half as much again (docs/adr/0025). So on SQLite one answer is worked out at a time; on
PostgreSQL a few, since one can be worked out while the database works for another. Finished pages (app/finished.py) need no turn.

A turn never holds anybody up for long: who has had one for longer than PATIENCE, waiting for a lock, a file or a silent
database, is no longer waited for, and the next in line goes on beside it.
"""

import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

AT_ONCE = {"sqlite": 1, "postgresql": 4}  # measured: docs/adr/0025
PATIENCE = 0.1  # seconds


class Turns:
    """So many turns at once. `with turns.one():` waits for one and gives it to the next in line at the end."""

    def __init__(self, number: int = 1) -> None:
        self.free = number
        self.lock = threading.Lock()
        self.line: deque[Turn] = deque()
        self.taken: dict[Turn, float] = {}  # since when, the oldest first

    @contextmanager
    def one(self) -> Iterator[None]:
        """One turn, for the block."""
        turn = Turn(self)
        token = _mine.set(turn)
        turn.take()
        try:
            yield
        finally:
            turn.give_back()
            _mine.reset(token)

    def _pass_on(self) -> None:
        """A turn is free: it is the next one's in line. Called with the lock held."""
        if self.line:
            following = self.line.popleft()
            self.taken[following] = time.monotonic()
            following.called.release()
        else:
            self.free += 1

    def overdue(self) -> None:
        """No longer wait for the one who has had a turn for too long, if there is one."""
        with self.lock:
            oldest = next(iter(self.taken), None)
            if oldest and time.monotonic() - self.taken[oldest] > PATIENCE:
                del self.taken[oldest]
                self._pass_on()


class Turn:
    """One answer's place."""

    __slots__ = ("called", "turns")

    def __init__(self, turns: Turns) -> None:
        self.turns = turns

    def take(self, *, first: bool = False) -> None:
        """Wait for it, at the head of the line who has begun already."""
        turns = self.turns
        with turns.lock:
            if turns.free:
                turns.free -= 1
                turns.taken[self] = time.monotonic()
                return
            self.called = threading.Lock()
            self.called.acquire()
            (turns.line.appendleft if first else turns.line.append)(self)
        turns.overdue()  # whoever has it may have been overdue for long
        while not self.called.acquire(timeout=PATIENCE):
            turns.overdue()

    def give_back(self) -> None:
        """It is the next one's; nothing where nobody waits for it any more."""
        with self.turns.lock:
            if self.turns.taken.pop(self, None) is not None:
                self.turns._pass_on()


_mine: ContextVar[Turn | None] = ContextVar("turn", default=None)


@contextmanager
def aside() -> Iterator[None]:
    """Let the next one go on while this answer waits for something that needs no interpreter: a slow hash, another process."""
    turn = _mine.get()
    if turn is None:
        yield
        return
    turn.give_back()
    try:
        yield
    finally:
        turn.take(first=True)


@contextmanager
def elsewhere(places: threading.Semaphore, patience: float, full: Exception) -> Iterator[None]:
    """Step aside for work that has few `places` at once; `full` is raised where none was free within `patience` seconds."""
    with aside():
        if not places.acquire(timeout=patience):
            raise full
        try:
            yield
        finally:
            places.release()
