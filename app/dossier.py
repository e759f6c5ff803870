"""The history of applications and volunteers in words: who, in which role, did what, when and why."""

from collections.abc import Iterable

from app.labels import when, word
from app.models.history import History
from app.models.region import place_name
from app.models.user import Role
from app.models.work_unit import unit_name

# (noun, action, from, to), '' for any state → (title, kind of the dot in ui.timeline)
TITLES: dict[tuple[str, str, str, str], tuple[str, str]] = {
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


def told(lines: Iterable[History]) -> list[tuple[str, str, str, str]]:
    """The lines as (title, when, who and why, kind), in their order; actors and notes must be loaded."""
    return [_line(line) for line in lines]


def _line(line: History) -> tuple[str, str, str, str]:
    title, kind = _title(line)
    why = line.note.text if line.note else ""
    return title, when(line.created_at), f"{who(line)}：{why}" if why else who(line), kind


def _title(line: History) -> tuple[str, str]:
    for came_from, to in ((line.from_state, line.to_state), ("", line.to_state), ("", "")):
        found = TITLES.get((line.noun, line.action, came_from, to))
        if found:
            return found
    return line.action, ""


def who(line: History) -> str:
    """本人, 系统, or the staff's name behind the role and place of that moment."""
    if line.actor is None:
        return "系统"
    if line.actor_role == "self":
        return "本人"
    key = line.actor_place
    place = unit_name(int(key.removeprefix("unit:"))) if key.startswith("unit:") else place_name(key, full=False)
    return f"{place}{word(Role(line.actor_role))} {line.actor.name}"
