"""The history of a sign-up in words: its moves, the ticks of attendance, corrected minutes."""

from collections.abc import Iterable

from app import labels
from app.models.history import History
from app.models.signup import Attendance, SignUpStatus
from app.story import who

ACTIONS = {"join": "报名", "walk-in": "现场补录"}


def told(lines: Iterable[History]) -> list[tuple[str, str, str, str]]:
    """(title, when, text, kind) of each line, newest first, for `ui.timeline`."""
    return [(_title(line), labels.stamp(line.created_at), _text(line), "") for line in reversed([*lines])]


def _title(line: History) -> str:
    if line.action == "minutes":
        return f"服务时长 {line.from_state} → {line.to_state} 分钟"
    states = Attendance if line.action == "attendance" else SignUpStatus
    words = [labels.word(states(state)) for state in (line.from_state, line.to_state) if state]
    if line.action == "attendance":
        return f"到场：{' → '.join(words)}"
    return "：".join([ACTIONS[line.action], *words]) if line.action in ACTIONS else " → ".join(words)


def _text(line: History) -> str:
    note = line.note.text if line.note else ""
    return "。".join(part for part in (who(line), note) if part)
