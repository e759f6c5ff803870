"""The history of professionals and stars in words: put forward, agreed, shown, taken back."""

from collections.abc import Iterable

from app.models.history import History
from app.timeline import Line, Titled, in_words

# (noun, action or state reached) → (title, kind of the dot)
TITLES: dict[tuple[str, str], Titled] = {
    ("professional", "ask"): ("核实后征求本人同意", "ok"),
    ("professional", "asked"): ("再次征求本人同意", "ok"),
    ("professional", "edit"): ("修改", ""),
    ("professional", "shown"): ("本人同意展示", "ok"),
    ("professional", "declined"): ("本人不同意展示", "bad"),
    ("professional", "removed"): ("从名单移除", "bad"),
    ("honour", "propose"): ("推荐为候选", "ok"),
    ("honour", "edit"): ("修改", ""),
    ("honour", "agree"): ("本人同意公开姓名", "ok"),
    ("honour", "announced"): ("开始公示", "ok"),
    ("honour", "published"): ("公示期满，已公布", "ok"),
    ("honour", "revoked"): ("已撤销", "bad"),
}


def told(lines: Iterable[History]) -> list[Line]:
    """Each line, newest first."""
    return in_words(reversed([*lines]), _title)


def _title(line: History) -> Titled:
    return TITLES[line.noun, line.to_state if line.action == "move" else line.action]
