"""What the city does to the calendar: days singly, or a whole year from a table of `date,works`.

Deadlines were computed when their things were handed in and keep standing; a changed calendar counts for what is
handed in from then on (docs/adr/0009).
"""

import csv
import io
from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Mapped

from app.db import db
from app.models.history import record
from app.refusal import Invalid

if TYPE_CHECKING:
    from app.models.user import User

HEADS = (("date", "works"), ("day", "works"), ("日期", "上班"))
YES, NO = ("1", "是", "上班", "true", "yes"), ("0", "否", "放假", "休", "false", "no")
FIRST, LAST, MOST_ROWS, MOST_SHOWN = 2000, 2100, 400, 20


class WorkdayVerbs:
    """The verbs of `Workday`."""

    if TYPE_CHECKING:
        day: Mapped[date]
        works: Mapped[bool]

    @property
    def id(self) -> int:
        """A number of its own for history: 2026-10-01 → 20261001."""
        return int(f"{self.day:%Y%m%d}")

    @staticmethod
    def put(day: date, works: bool, *, by: "User | None") -> bool:
        """Let people work on this day, or not; True when that is new."""
        from app.models.workday import Workday

        held = db.session.get(Workday, day, with_for_update=True)
        if held is not None and held.works == works:
            return False
        held = held or Workday(day=day)
        held.works = works
        db.session.add(held)
        db.session.flush()
        record(held, "put", by=by, to="works" if works else "off")
        return True

    @staticmethod
    def put_all(days: dict[date, bool], *, by: "User | None") -> int:
        """The same for many; how many are new or different."""
        return sum([WorkdayVerbs.put(day, works, by=by) for day, works in sorted(days.items())])

    def remove(self, *, by: "User | None") -> None:
        """Out of the calendar: an ordinary day of the week again."""
        record(self, "remove", by=by, came_from="works" if self.works else "off")
        db.session.delete(self)
        db.session.flush()


def read_days(text: str) -> dict[date, bool]:
    """The days of a table `date,works` (the first row may be its heads). Invalid at `table` naming each wrong line."""
    if "\0" in text:
        raise Invalid("table", "这不是文本表格。请用 UTF-8 编码的 CSV 文件。")
    found: dict[date, bool] = {}
    wrong: list[str] = []
    table = csv.reader(io.StringIO(text.lstrip("\ufeff")))
    try:
        for row in table:
            if any(cell.strip() for cell in row) and not _heads(row, table.line_num):
                _take(row, table.line_num, found, wrong)
    except csv.Error as error:
        wrong.append(f"第 {table.line_num} 行：不是 CSV 的格式（{error}）")
    if len(found) > MOST_ROWS:
        wrong.append(f"一次最多 {MOST_ROWS} 天，现在是 {len(found)} 天")
    if wrong:
        more = f"；另有 {len(wrong) - MOST_SHOWN} 处" if len(wrong) > MOST_SHOWN else ""
        raise Invalid("table", "；".join(wrong[:MOST_SHOWN]) + more + "。一行都没有保存。")
    if not found:
        raise Invalid("table", "表格里没有日期。")
    return found


def _heads(row: list[str], line: int) -> bool:
    return line == 1 and tuple(cell.strip().lower() for cell in row) in HEADS


def _take(row: list[str], line: int, found: dict[date, bool], wrong: list[str]) -> None:
    """Read one row into `found`, or say in `wrong` what is wrong with it."""
    cells = [cell.strip() for cell in row]
    try:
        day = date.fromisoformat(cells[0].replace("/", "-"))
    except ValueError:
        day = date.min
    works = cells[1].lower() if len(cells) == 2 else ""
    if len(cells) != 2:
        wrong.append(f"第 {line} 行：要有日期、上班两列，现在是 {len(cells)} 列")
    elif not FIRST <= day.year <= LAST:
        wrong.append(f"第 {line} 行：日期“{cells[0][:20]}”有误，请写成 2027-10-01")
    elif works not in YES + NO:
        wrong.append(f"第 {line} 行：“{cells[1][:20]}”有误，上班写 1，放假写 0")
    elif found.get(day, works in YES) != (works in YES):
        wrong.append(f"第 {line} 行：{day} 前面已有，而且不一样")
    else:
        found[day] = works in YES


def days_of(year: int) -> list[tuple[date, bool]]:
    """The listed days of a year in order, and whether people work on them."""
    from app.models.workday import Workday

    wanted = select(Workday.day, Workday.works).where(Workday.day.between(date(year, 1, 1), date(year, 12, 31)))
    return [(day, works) for day, works in db.session.execute(wanted.order_by(Workday.day))]


def years() -> list[int]:
    """The years that have listed days."""
    from app.models.workday import exceptions

    return sorted({day.year for day in exceptions()})
