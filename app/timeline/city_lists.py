"""The history of the city's lists in words: regions, work units, categories, the calendar."""

from collections.abc import Iterable

from app.models.history import History
from app.timeline import Line, Titled, in_words

TITLES: dict[str, Titled] = {
    "add": ("新增", "ok"),
    "rename": ("更名", ""),
    "merge": ("并入", "bad"),
    "take-in": ("接收", "ok"),
    "close": ("停用", "bad"),
    "reopen": ("恢复使用", "ok"),
    "adopt": ("归入填写这个名称的人", ""),
    "place": ("改了所在区县", ""),
    "up": ("上移", ""),
    "down": ("下移", ""),
    "headcount": ("填报在职党员人数", ""),
    "headcount-correct": ("更正在职党员人数", ""),
    "headcount-remove": ("删去在职党员人数", ""),
}


def told(lines: Iterable[History]) -> list[Line]:
    """Each line, the newest first."""
    return in_words(reversed([*lines]), lambda line: TITLES.get(line.action, (line.action, "")))
