"""A thing's history in words, for the line of time on its page."""

from collections.abc import Iterable
from enum import StrEnum

from app import labels
from app.models.history import History
from app.models.region import place_name
from app.models.user import Role

ACTIONS = {"create": "新建", "edit": "修改", "copy": "复制自"}
BY_THEMSELVES, BY_THE_CLOCK = "self", "clock"


def told(lines: Iterable[History], states: type[StrEnum]) -> list[tuple[str, str, str, str]]:
    """(title, when, text, kind) of each line, newest first, for `ui.timeline`; `states` are the thing's own."""
    return [(_title(line, states), labels.stamp(line.created_at), _text(line), "") for line in reversed([*lines])]


def _title(line: History, states: type[StrEnum]) -> str:
    if line.action in ACTIONS:
        return ACTIONS[line.action]
    return f"{labels.word(states(line.from_state))} → {labels.word(states(line.to_state))}"


def _text(line: History) -> str:
    """Who did it, in which role, and the reason or what was changed."""
    note = line.note.text if line.note else ""
    return "。".join(part for part in (who(line), note) if part)


def who(line: History) -> str:
    """周芳（社区管理员，万通社区）; the clock is 系统."""
    if line.actor is None:
        return "系统"
    if line.actor_role == BY_THEMSELVES:
        return line.actor.name
    role = next((word for value, word in labels.WORDS[Role].items() if value == line.actor_role), "")
    return f"{line.actor.name}（{place_name(line.actor_place, full=False)}{role}）"
