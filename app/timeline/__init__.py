"""A thing's history in words, for the line of time on its page: `ui.timeline` shows what these functions return.

The nouns whose moves have words of their own have a module here; for the others `told` names the states.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from enum import StrEnum

from flask import request

from app import clock, labels
from app.models.history import History
from app.models.regions.former_names import place_name_on
from app.models.user import Role
from app.models.work_unit import unit_name
from app.positions import BIGGEST
from app.state_words import WORDS

Line = tuple[str, str, str, str]  # title, when, who and why, kind of the dot: '' ok bad now
Titled = tuple[str, str]  # title, kind
ACTIONS = {
    "create": "新建",
    "edit": "修改",
    "copy": "复制自",
    "from-report": "来自志愿者上报",
    "take-down": "上级从门户撤下",
    "put-back": "恢复公开",
}
BY_THEMSELVES = "self"


def earlier_than() -> int:
    """The line of history before which the address asks (`ui.earlier` leads there), 0 for the newest."""
    given = request.args.get("earlier", 0, type=int)
    return given if 0 < given < BIGGEST else 0


def told(lines: Iterable[History], states: type[StrEnum]) -> list[Line]:
    """Each line, newest first, in the words of the thing's own `states`."""
    return in_words(reversed([*lines]), lambda line: (_title(line, states), ""))


def in_words(
    lines: Iterable[History], title: Callable[[History], Titled], who: "Callable[[History], str] | None" = None
) -> list[Line]:
    """The lines in their order; actors and notes must be loaded (`history_of` does). `who` names who did it."""
    shown = []
    for line in lines:
        words, kind = title(line)
        shown.append((words, labels.when(line.created_at), because((who or actor)(line), line), kind))
    return shown


def because(who: str, line: History) -> str:
    """Who did it, and the reason or what was changed."""
    return "：".join(part for part in (who, line.note.text if line.note else "") if part)


def _title(line: History, states: type[StrEnum]) -> str:
    if line.action in ACTIONS:
        return ACTIONS[line.action]
    return " → ".join(labels.word(states(state)) for state in (line.from_state, line.to_state) if state)


def actor(line: History) -> str:
    """本人, 系统, or 万通社区社区管理员 周芳: the role and place of that moment."""
    if line.actor is None:
        return "系统"
    if line.actor_role == BY_THEMSELVES:
        return "本人"
    return named(line.actor_role, line.actor_place, line.created_at, line.actor.name)


def named(acting: str, key: str, at: datetime, name: str) -> str:
    """万通社区社区管理员 周芳, from a role and place as they are kept beside what was done at this moment."""
    place = (
        unit_name(int(key.removeprefix("unit:")))
        if key.startswith("unit:")
        else place_name_on(key, clock.day(at), full=False)
    )
    role = next((word for value, word in WORDS[Role].items() if value == acting), "")
    return f"{place}{role} {name}"
