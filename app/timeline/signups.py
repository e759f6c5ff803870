"""The history of a sign-up in words: its moves, the ticks of attendance, corrected minutes."""

from collections.abc import Iterable

from app import labels
from app.models.history import History
from app.models.signup import Attendance, SignUpStatus
from app.timeline import Line, in_words

ACTIONS = {
    "join": "报名",
    "walk-in": "现场补录",
    "phone": "查看了电话号码",
    "called": "已电话通知",
    "not-called": "撤销电话通知",
}


def told(lines: Iterable[History]) -> list[Line]:
    """Each line, newest first."""
    return in_words(reversed([*lines]), lambda line: (_title(line), ""))


def _title(line: History) -> str:
    if line.action == "minutes":
        return f"服务时长 {line.from_state} → {line.to_state} 分钟"
    states = Attendance if line.action == "attendance" else SignUpStatus
    words = [labels.word(states(state)) for state in (line.from_state, line.to_state) if state]
    if line.action == "attendance":
        return f"到场：{' → '.join(words)}"
    return "：".join([ACTIONS[line.action], *words]) if line.action in ACTIONS else " → ".join(words)
