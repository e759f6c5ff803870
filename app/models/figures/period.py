"""期间 `Period`: whole months, from one to another, in Shanghai; with the same period of the year before."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app import clock

MOST_MONTHS = 60
FIRST_YEAR, LAST_YEAR = 2000, 2100


@dataclass(frozen=True)
class Period:
    """`first` and `last` are months (2026-01), both included."""

    first: str
    last: str

    @property
    def months(self) -> list[str]:
        """Every month, in order."""
        start, end = _number(self.first), _number(self.last)
        return [_month(number) for number in range(start, end + 1)]

    @property
    def before(self) -> "Period":
        """The same months of the year before."""
        return Period(year_before(self.first), year_before(self.last))

    @property
    def quarters(self) -> list["Period"]:
        """The quarters it touches, each as far as it lies inside."""
        found: dict[str, list[str]] = {}
        for month in self.months:
            found.setdefault(quarter_of(month), []).append(month)
        return [Period(months[0], months[-1]) for months in found.values()]

    @property
    def days(self) -> tuple[date, date]:
        """The first and the last day."""
        return first_day(self.first), first_day(_month(_number(self.last) + 1)) - timedelta(days=1)

    @property
    def moments(self) -> tuple[datetime, datetime]:
        """When it begins, and when the next period begins (UTC)."""
        first, last = self.days
        return clock.start_of(first), clock.start_of(last + timedelta(days=1))

    @property
    def words(self) -> str:
        """2026年第四季度, 2026年, 2026年1月, 2026年1月—11月, 2025年3月—2026年2月."""
        year, month = self.first[:4], int(self.first[5:])
        until, end = self.last[:4], int(self.last[5:])
        if self.first == self.last:
            return f"{year}年{month}月"
        if year == until and (month, end) == (1, 12):
            return f"{year}年"
        if year == until and end == month + 2 and month % 3 == 1:
            return f"{year}年第{'一二三四'[month // 3]}季度"
        return f"{year}年{month}月—{'' if year == until else f'{until}年'}{end}月"


def _number(month: str) -> int:
    return int(month[:4]) * 12 + int(month[5:]) - 1


def _month(number: int) -> str:
    return f"{number // 12:04d}-{number % 12 + 1:02d}"


def year_before(month: str) -> str:
    """2025-11 for 2026-11."""
    return _month(_number(month) - 12)


def quarter_of(month: str) -> str:
    """2026-4 for 2026-11."""
    return f"{month[:4]}-{(int(month[5:]) - 1) // 3 + 1}"


def first_day(month: str) -> date:
    """The first day of a month."""
    return date(int(month[:4]), int(month[5:]), 1)


def this_month() -> str:
    """The present month in Shanghai."""
    return f"{clock.today():%Y-%m}"


def this_year() -> Period:
    """From January until the present month."""
    return Period(f"{clock.today():%Y}-01", this_month())


def this_quarter() -> Period:
    """From the first month of the present quarter until the present month."""
    start = clock.today().replace(month=(clock.today().month - 1) // 3 * 3 + 1)
    return Period(f"{start:%Y-%m}", this_month())


def last_quarter() -> Period:
    """The whole quarter before the present one."""
    end = _number(this_quarter().first) - 1
    return Period(_month(end - 2), _month(end))


def last_year() -> Period:
    """The whole year before this one."""
    year = clock.today().year - 1
    return Period(f"{year}-01", f"{year}-12")


def both(period: Period) -> list[str]:
    """The months of the period and of the same period a year before, each once."""
    return sorted({*period.months, *period.before.months})


def shown(months: Iterable[str]) -> list[tuple[str, str]]:
    """(2026-11, 2026年11月) of each month."""
    return [(month, Period(month, month).words) for month in months]
