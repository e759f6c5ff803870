"""Generations: how one process learns that another changed something it keeps in memory.

A topic (`regions`, `activities`, …) has a number in the table `generation`. A transaction that changes
the topic calls `touch`; the number rises in that same transaction, just before its commit. This process
sees its own commit at once, another process looks at most once a second.
"""

import threading
import time
from collections.abc import Callable, Hashable
from functools import lru_cache, wraps
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from flask import current_app, g, has_app_context
from flask.globals import _cv_app
from sqlalchemy import String, create_engine, event, select
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Mapped, Session, mapped_column

from app import clock
from app.db import Model, add_to, db, prepare, reading

LOOK_EVERY = 1.0  # seconds
T = TypeVar("T")


class Generation(Model):
    """The present number of a topic."""

    topic: Mapped[str] = mapped_column(String(40), primary_key=True)
    number: Mapped[int] = mapped_column(default=0)


class _Known:
    """What this process last saw. `commits` counts its own; a look counts up to the one it was begun after."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}
        self.looked = 0.0
        self.commits = self.seen = 0
        self.lock = threading.Lock()

    def old(self) -> bool:
        """Whether it is time to look again."""
        return self.seen != self.commits or time.monotonic() - self.looked >= LOOK_EVERY


_known = _Known()


def touch(*topics: str) -> None:
    """Say that this transaction changes these topics."""
    db.session.info.setdefault("touched", set()).update(topics)


def all_numbers() -> dict[str, int]:
    """The present numbers of all topics (not to be changed); at most one statement a second in the whole process."""
    if _known.old():
        with _known.lock:
            if _known.old():
                _look()
    return _known.numbers


def generation(topic: str) -> int:
    """The number of `topic`, as it was when this session's transaction began: what it reads is never older."""
    return _now().get(topic, 0)


def _now() -> dict[str, int]:
    context = _cv_app.get(None)  # not `g`, a proxy: this is asked a dozen times an answer
    held: dict[str, int] | None = context.g.get("numbers") if context else None
    return all_numbers() if held is None else held


def known() -> dict[str, int] | None:
    """What `all_numbers` would say, None where the database must be asked first."""
    return None if _known.old() else _known.numbers


def numbers(*topics: str) -> list[int]:
    """The present number of each topic."""
    now = _now()
    return [now.get(topic, 0) for topic in topics]


def forget() -> None:
    """Look again at the next question (tests that swap databases, a forked child)."""
    _known.looked = 0.0
    _known.numbers = {}
    g.pop("numbers", None)
    for store in (*_stores, *_pages):
        store.clear()


def _forget_topic(topic: str) -> None:
    """Drop what was read of one topic; everything else stays."""
    _known.looked = 0.0
    for store in _stores:
        for key in [key for key, held in list(store.items()) if key == topic or (held and topic in held[2:])]:
            store.pop(key, None)


def _look() -> None:
    """On a connection of its own: a long transaction may see an old state of the database."""
    token, commits = reading.set(True), _known.commits
    try:
        with _looker().connect() as connection:
            rows = connection.execute(_ALL)
            _known.numbers = {row.topic: row.number for row in rows}
        _known.looked, _known.seen = time.monotonic(), commits
    finally:
        reading.reset(token)


def _looker() -> Engine:
    """The way to look: one connection beside the pool. Who looks holds one of the pool already, and others wait for
    the answer with theirs in hand: out of the same pool a crowd would wait for itself."""
    engine = db.engine
    if not engine.url.database:  # a database in memory has one connection only
        return engine
    if engine not in _lookers:
        options = current_app.config["SQLALCHEMY_ENGINE_OPTIONS"] | {"pool_size": 1, "max_overflow": 0}
        _lookers[engine] = beside = create_engine(engine.url, **options)
        prepare(beside)
        event.listen(engine, "engine_disposed", lambda _: beside.dispose())
    return _lookers[engine]


_lookers: "WeakKeyDictionary[Engine, Engine]" = WeakKeyDictionary()
_ALL = select(Generation.topic, Generation.number)
_stores: list[dict[Any, Any]] = []
_pages: list[dict[Any, Any]] = []  # of app/finished.py


def remembered(topic: str) -> Callable[[Callable[[], T]], Callable[[], T]]:
    """Keep what the function returns until `topic` is touched, here or in another process."""

    def decorate(function: Callable[[], T]) -> Callable[[], T]:
        store: dict[str, tuple[int, T]] = {}
        _stores.append(store)

        @wraps(function)
        def kept() -> T:
            number = generation(topic)
            held = store.get(topic)
            if held is None or held[0] != number:
                held = (number, function())
                store[topic] = held
            return held[1]

        return kept

    return decorate


class Same(tuple[Any, ...]):
    """A long row of things that is remembered as one: equal only to itself, so that nobody compares what it holds."""

    __slots__ = ()
    __hash__ = object.__hash__
    __eq__ = object.__eq__


@lru_cache(maxsize=2000)
def same(things: tuple[Any, ...]) -> Same:
    """The one `Same` of these things: who asks with equal ones gets the same."""
    return Same(things)


class Remembered:
    """What is kept of many things, each until one of its own topics is touched; the oldest make room for new ones."""

    def __init__(self, most: int) -> None:
        self.most, self.kept = most, dict[Any, tuple[Any, ...]]()
        _stores.append(self.kept)

    def get(self, key: Any, *topics: str) -> Any:
        """What is kept under `key`, None where there is nothing or one of the `topics` was touched since."""
        held = self.kept.get(key)
        return held[1] if held and held[0] == numbers(*topics) else None

    def of(self, key: Any, read: Callable[[], T], *topics: str) -> T:
        """What is kept under `key`, or else what `read` says, which is kept from now on; None is never kept."""
        found: T | None = self.get(key, *topics)
        if found is None:
            seen, found = numbers(*topics), read()
            self.keep(key, found, seen, *topics)
        return found

    def keep(self, key: Any, value: Any, seen: list[int], *topics: str) -> None:
        """Keep this; `seen` are the `numbers` of its topics from before it was read."""
        if (over := len(self.kept) - self.most + 1) > 0:
            for old in list(self.kept)[:over]:
                self.kept.pop(old, None)
        self.kept[key] = seen, value, *topics


NUMBERS = Remembered(2000)


def this_minute(key: Hashable, count: Callable[[], T], *topics: str, among: Remembered = NUMBERS) -> T:
    """What `count` says, kept `among` others until one of the topics is touched or the minute is over: what is late or open hangs on the
    moment.

    `key` names all else on which it depends; None: it is not kept. Nor is what a writing request sees, which may never be committed.
    """
    if key is None or not reading.get():
        return count()
    return among.of((key, clock.minute()), count, *topics)


def keeps(pages: dict[Any, Any]) -> None:
    """Let `forget` empty this store of finished pages too."""
    _pages.append(pages)


@event.listens_for(Session, "after_begin")
def _begin_with_what_is_known(session: Session, *rest: Any) -> None:
    if _is_ours(session):
        g.numbers = all_numbers()


@event.listens_for(Session, "after_transaction_end")
def _end(session: Session, transaction: Any) -> None:
    if transaction.parent is None:
        for topic in session.info.pop("touched", ()):  # not committed: rolled back, or closed without a word
            _forget_topic(topic)  # what was read inside the lost transaction must not stay in memory
        if _is_ours(session):
            g.pop("numbers", None)


def _is_ours(session: Session) -> bool:
    """Whether this is the session of the present context, beside which nothing else is kept in `g`."""
    return has_app_context() and db.session.registry.has() and db.session() is session


@event.listens_for(Session, "before_commit")
def _raise_generations(session: Session) -> None:
    session.flush()  # what is written now may touch topics (app/models/topics.py)
    for topic in sorted(session.info.get("touched", ())):
        add_to(Generation, {"topic": topic}, {"number": 1}, session)


@event.listens_for(Session, "after_commit")
def _see_own_commit(session: Session) -> None:
    if session.info.pop("touched", None):
        _known.commits += 1
