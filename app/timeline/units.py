"""What a work unit keeps, in words: its headcount, and disputes over who belongs to it."""

from collections.abc import Iterable

from app.models.history import History
from app.timeline import Line, Titled, in_words

TITLES: dict[tuple[str, str], Titled] = {  # (action, state reached) → (title, kind of the dot)
    ("put", "open"): ("单位提出异议", "bad"),
    ("move", "upheld"): ("社区核实：异议成立", "ok"),
    ("move", "rejected"): ("社区核实：异议不成立", "bad"),
    ("move", "withdrawn"): ("单位撤回异议", ""),
    ("settle", "withdrawn"): ("不用再核实", ""),
    ("unsettle", "open"): ("重新核实", "bad"),
    ("change", ""): ("单位合并", ""),
    ("headcount", ""): ("登记人数", "ok"),
    ("headcount-correct", ""): ("更正", ""),
    ("headcount-remove", ""): ("删除", "bad"),
}


def told(lines: Iterable[History]) -> list[Line]:
    """Each line, newest first."""
    return in_words(reversed([*lines]), lambda line: TITLES.get((line.action, line.to_state), (line.action, "")))
