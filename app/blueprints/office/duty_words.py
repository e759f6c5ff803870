"""What a line of 待办 says beside its title, kind by kind."""

from collections.abc import Callable

from app import labels
from app.models.category import categories
from app.models.pages.desk import Line
from app.models.reports.review import ReportKind
from app.models.work_unit import unit_name


def _asking(line: Line) -> str:
    return f"{line.note} 人等待录用，活动 {labels.when(line.since)}开始"


def _confirm(line: Line) -> str:
    return f"{labels.when(line.since)}结束，已到 {line.note} 人，等待完成确认"


def _feedback(line: Line) -> str:
    return f"{labels.month_day(line.since)}结束，还没有发布反馈"


def _help(line: Line) -> str:
    return f"{categories()[int(line.note)].name} · {labels.month_day(line.since)}起计时"


def _report(line: Line) -> str:
    return f"{labels.word(ReportKind(line.note))} · {labels.month_day(line.since)}提交"


def _team(line: Line) -> str:
    return f"{line.note} 人申请加入，最早 {labels.month_day(line.since)}"


def _dispute(line: Line) -> str:
    return f"{unit_name(int(line.note))}提出 · {labels.month_day(line.since)}"


def _raised(line: Line) -> str:
    return f"{categories()[int(line.note)].name} · {labels.month_day(line.since)}报请区县决定"


SAID: dict[str, Callable[[Line], str]] = {
    "help": _help,
    "raised": _raised,
    "signups": _asking,
    "confirm": _confirm,
    "feedback": _feedback,
    "reports": _report,
    "teams": _team,
    "disputes": _dispute,
}


def about(line: Line) -> str:
    """A few words: since when it waits, and what is particular to its kind."""
    said = SAID.get(line.kind.key)
    return said(line) if said else f"{labels.month_day(line.since)}提交"
