"""Trying a verb whose refusal is shown in the row it was pressed in, not on a page of its own."""

from collections.abc import Callable
from typing import Any

from app.db import db
from app.errors import present_state
from app.refusal import Refused


def attempt(verb: Callable[[], Any]) -> tuple[Any, str]:
    """(what the verb returned, '') or (None, why it was refused in Chinese); then all is rolled back."""
    try:
        return verb(), ""
    except Refused as refused:
        db.session.rollback()
        return None, present_state(refused)
