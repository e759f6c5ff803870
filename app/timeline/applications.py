"""The history of applications and volunteers in words: who, in which role, did what, when and why."""

from collections.abc import Iterable

from app.models.history import History
from app.timeline import Line, Titled, in_words

# (noun, action, from, to), '' for any state → (title, kind of the dot in ui.timeline)
TITLES: dict[tuple[str, str, str, str], Titled] = {
    ("application", "submit", "", ""): ("提交申请", "ok"),
    ("application", "move", "", "approved"): ("审核通过", "ok"),
    ("application", "move", "", "returned"): ("退回补正", "bad"),
    ("application", "move", "", "rejected"): ("不予通过", "bad"),
    ("application", "move", "", "withdrawn"): ("撤回申请", ""),
    ("application", "move", "returned", "pending"): ("补正后重新提交", "ok"),
    ("application", "move", "approved", "pending"): ("撤销通过，恢复为待审核", "bad"),
    ("application", "reveal", "", ""): ("查看了身份证号码", ""),
    ("volunteer", "join", "", ""): ("成为志愿者", "ok"),
    ("volunteer", "change", "", ""): ("变更志愿者资料", "ok"),
    ("volunteer", "undo", "", ""): ("撤销通过，恢复原来的资料", "bad"),
    ("volunteer", "move", "", "paused"): ("暂停服务", "bad"),
    ("volunteer", "move", "paused", "serving"): ("恢复服务", "ok"),
    ("volunteer", "move", "left", "serving"): ("重新加入", "ok"),
    ("volunteer", "move", "", "left"): ("注销志愿者身份", ""),
    ("volunteer", "release-card", "", ""): ("释放身份证号码", "bad"),
    ("volunteer", "reveal", "", ""): ("查看了身份证号码", ""),
}


def told(lines: Iterable[History]) -> list[Line]:
    """The lines in their order."""
    return in_words(lines, _title)


def _title(line: History) -> Titled:
    for came_from, to in ((line.from_state, line.to_state), ("", line.to_state), ("", "")):
        found = TITLES.get((line.noun, line.action, came_from, to))
        if found:
            return found
    return line.action, ""
