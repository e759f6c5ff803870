"""Words that somebody typed as parameters of statements, so that what is kept for some words serves others (docs/adr/0027).

Inside of `typing` each of these words is asked for whenever a statement runs; elsewhere it stands in the statement as it is.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from sqlalchemy import ColumnElement, String, bindparam, literal

_typed: ContextVar[tuple[str, ...]] = ContextVar("typed", default=())


@contextmanager
def typing(words: str) -> Iterator[None]:
    """Statements that are built inside take these words, together and one by one, as parameters; they run inside only."""
    token = _typed.set(_all(words))
    try:
        yield
    finally:
        _typed.reset(token)


def places_of(words: str) -> tuple[int, ...]:
    """Which of the words are the same ones: a part of what a statement that takes them hangs on."""
    found = _all(words)
    return tuple(found.index(one) for one in (words, *words.split()))


def said(word: str, what: str = "word", how: Callable[[str], str] = str) -> Any:
    """What `how` makes of the word, as a value of a statement; `what` names it, and is another for everything made of words.

    A word that nobody typed is refused inside of `typing`: what is kept would look for it whatever is typed next.
    """
    words = _typed.get()
    if not any(words):
        return literal(how(word), String())
    place = words.index(word)
    return bindparam(f"{what}_{place}", callable_=lambda: how(_typed.get()[place]), type_=String())


def contains(column: Any, word: str) -> ColumnElement[bool]:
    """That a column's text holds the word, in which % and _ are plain characters."""
    found: ColumnElement[bool] = column.contains(said(word, "part", _plain), escape="/")
    return found


def icontains(column: Any, word: str) -> ColumnElement[bool]:
    """The same in whatever case."""
    found: ColumnElement[bool] = column.icontains(said(word, "part", _plain), escape="/")
    return found


def _all(words: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys((words, *words.split())))


def _plain(word: str) -> str:
    return word.replace("/", "//").replace("%", "/%").replace("_", "/_")
