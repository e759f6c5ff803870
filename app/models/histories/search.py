"""What narrows the list of history."""

from datetime import date, timedelta
from typing import Any

from app import clock
from app.models.accounts.called import goes_by
from app.models.histories.scope import lies_in
from app.models.history import History


def conditions(noun: str, action: str, person: str, place: str, days: tuple[date | None, date | None]) -> list[Any]:
    """Of this kind, this deed, by whom, in this region, from a day to a day (Shanghai)."""
    since, until = days
    found = [History.noun == noun] if noun else []
    found += [History.action == action] if action else []
    found += [_by(person)] if person else []
    found += [lies_in(place)] if place else []
    found += [History.created_at >= clock.start_of(since)] if since else []
    found += [History.created_at < clock.start_of(until + timedelta(days=1))] if until else []
    return found


def _by(words: str) -> Any:
    """Done by somebody of this name or user name; 系统 is the clock."""
    if words == "系统":
        return History.actor_role == "clock"
    return goes_by(History.actor_id, words, lambda person: [person.username_key == words.lower()])
