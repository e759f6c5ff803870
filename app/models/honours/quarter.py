"""季度: a quarter of a year as it is kept (`2026Q3`), its days, and its name in Chinese."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from app import clock

ORDINALS = "一二三四"


@dataclass(frozen=True, order=True)
class Quarter:
    """One quarter; `number` 1 to 4."""

    year: int
    number: int

    def __str__(self) -> str:
        return f"{self.year}Q{self.number}"

    @property
    def words(self) -> str:
        """2026 年第三季度"""
        return f"{self.year} 年第{ORDINALS[self.number - 1]}季度"

    @property
    def first_day(self) -> date:
        return date(self.year, self.number * 3 - 2, 1)

    @property
    def last_day(self) -> date:
        return self.after.first_day - timedelta(days=1)

    @property
    def before(self) -> "Quarter":
        return quarter_of(self.first_day - timedelta(days=1))

    @property
    def after(self) -> "Quarter":
        return Quarter(self.year + self.number // 4, self.number % 4 + 1)

    @property
    def is_over(self) -> bool:
        """Whether all its days have passed."""
        return self.last_day < clock.today()


def quarter_of(day: date) -> Quarter:
    """The quarter in which this day lies."""
    return Quarter(day.year, (day.month + 2) // 3)


def quarter_named(text: str) -> Quarter | None:
    """`2026Q3` → the quarter; None for anything else."""
    found = re.fullmatch(r"(20[0-9]{2})Q([1-4])", text)
    return Quarter(int(found[1]), int(found[2])) if found else None


def quarter_words(text: str) -> str:
    """The name of a kept quarter in Chinese."""
    quarter = quarter_named(text)
    return quarter.words if quarter else text


def recent_quarters(count: int) -> list[Quarter]:
    """The present quarter and those before it, newest first."""
    found = [quarter_of(clock.today())]
    while len(found) < count:
        found.append(found[-1].before)
    return found
