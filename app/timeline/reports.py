"""The history of a report in words: for its author (本人) and for staff (the author by name)."""

from collections.abc import Iterable

from app.models.history import History
from app.models.report import Report
from app.timeline import Line, Titled, actor, in_words

# (action, from, to), '' for any state → (title, kind of the dot in ui.timeline)
TITLES: dict[tuple[str, str, str], Titled] = {
    ("create", "", ""): ("写下草稿", ""),
    ("edit", "", ""): ("修改", ""),
    ("move", "draft", "pending"): ("提交上报", "ok"),
    ("move", "returned", "pending"): ("修改后重新提交", "ok"),
    ("move", "", "published"): ("审核通过，已发布", "ok"),
    ("move", "", "returned"): ("退回修改", "bad"),
    ("move", "", "unused"): ("未采用", "bad"),
    ("move", "", "withdrawn"): ("撤下", "bad"),
    ("pin", "", ""): ("置顶", "ok"),
    ("unpin", "", ""): ("取消置顶", ""),
    ("plan", "", ""): ("据此新建活动草稿", "ok"),
}


def told(lines: Iterable[History], report: Report, author: str = "本人") -> list[Line]:
    """The lines in their order; `author` is how whoever wrote it is named."""
    return in_words(lines, _title, lambda line: author if line.actor_id == report.user_id else actor(line))


def _title(line: History) -> Titled:
    for came_from, to in ((line.from_state, line.to_state), ("", line.to_state), ("", "")):
        found = TITLES.get((line.action, came_from, to))
        if found:
            return found
    return line.action, ""
