"""What narrows the list of history."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import Select
from sqlalchemy.orm import joinedload

from app import clock
from app.models.histories import days as of_days
from app.models.histories import ways
from app.models.histories.scope import About
from app.models.history import History


def lines(about: About, *, of_unit: bool) -> "Select[tuple[History]]":
    """All lines in this region, each with who did it and its words: app/access.py leaves those that the post reads. `of_unit`: a
    unit reads."""
    found = about.lines().options(joinedload(History.actor), joinedload(History.note))
    return found.where(about.lies_there(beside=of_unit)) if about.place else found


def conditions(about: About, action: str, person: str, days: tuple[date | None, date | None]) -> list[Any]:
    """Of this kind, this deed, by whom, from a day to a day (Shanghai)."""
    first, last = days
    found = ways.of_kind(about) if about.noun else []
    found += ways.of_deed(about, action) if action else []
    found += [_by(about, person)] if person else []
    found += of_days.since(about, clock.start_of(first)) if first else []
    found += of_days.until(about, clock.start_of(last + timedelta(days=1))) if last else []
    return found


def _by(about: About, words: str) -> Any:
    """Done by somebody of this name or user name; 系统 is the clock."""
    if words == "系统":
        return History.actor_role == "clock"
    return ways.of_people(about, words, lambda person: [person.username_key == words.lower()])
