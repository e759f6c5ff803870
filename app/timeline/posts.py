"""What happened to a post, in words."""

from collections.abc import Iterable

from app.models.history import History
from app.timeline import Line, in_words

TITLES = {"grant": ("任命", "ok"), "end": ("移交", ""), "revoke": ("撤销", "bad"), "export": ("以这个任职导出数据", "")}


def told(lines: Iterable[History]) -> list[Line]:
    """Each line, newest first."""
    return in_words(reversed([*lines]), lambda line: TITLES.get(line.action, (line.action, "")))
