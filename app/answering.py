"""Whether somebody waits for an answer: who reads then waits for nothing without an end (app/link.py)."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from flask import has_request_context

_answering: ContextVar[bool] = ContextVar("answering", default=False)


@contextmanager
def answering() -> Iterator[None]:
    """Somebody waits for the answer that is made inside."""
    token = _answering.set(True)
    try:
        yield
    finally:
        _answering.reset(token)


def is_answering() -> bool:
    """Whether that is so now."""
    return _answering.get()


def is_awaited() -> bool:
    """Whether it is so, or a long answer streams still."""
    return is_answering() or has_request_context()
