"""How states, moments and numbers read in Chinese; the words of the states themselves are in app/state_words.py."""

from datetime import date, datetime
from typing import Any

from app import clock
from app.models.activities.phase import Phase
from app.models.volunteers.identity import Employment, Political
from app.state_words import BADGES, WORDS

WEEKDAYS = "一二三四五六日"


def word(state: Any) -> str:
    """The Chinese word of a state or choice."""
    kind = type(state)
    return BADGES[kind][state][0] if kind in BADGES else WORDS[kind][state]


def badge(state: Any) -> tuple[str, str]:
    """(word, css class) of a state."""
    return BADGES[type(state)][state]


def office_badge(phase: Phase) -> tuple[str, str]:
    """The same for an activity in the back office, where an ended one waits for confirmation."""
    return ("待确认", "warn") if phase is Phase.ENDED else badge(phase)


def identity(political: Political, employment: Employment) -> str:
    """在职党员, 退休党员, or the political status alone."""
    if political in (Political.PARTY, Political.PROBATIONARY):
        return {Employment.EMPLOYED: "在职党员", Employment.RETIRED: "退休党员"}.get(employment, "党员")
    return word(political)


def when(moment: datetime) -> str:
    """11月28日（周六）8:30; with the year when it is not this one."""
    there = clock.local(moment)
    return f"{day(there.date())}{there.hour}:{there.minute:02d}"


def day(moment: datetime | date) -> str:
    """11月28日（周六）; with the year when it is not this one."""
    there = clock.local(moment).date() if isinstance(moment, datetime) else moment
    year = "" if there.year == clock.today().year else f"{there.year}年"
    return f"{year}{there.month}月{there.day}日（周{WEEKDAYS[there.weekday()]}）"


def month_day(moment: datetime | date) -> str:
    """11月28日; with the year when it is not this one."""
    return day(moment).partition("（")[0]


def left(until: datetime) -> str:
    """还有 3 小时, 还有 20 分钟, 不到 1 分钟: how long it still is."""
    minutes = max(int((until - clock.now()).total_seconds()) // 60, 0)
    if minutes >= 60:
        return f"还有 {minutes // 60} 小时"
    return f"还有 {minutes} 分钟" if minutes else "不到 1 分钟"


def clock_time(moment: datetime) -> str:
    """8:30"""
    there = clock.local(moment)
    return f"{there.hour}:{there.minute:02d}"


def second(moment: datetime) -> str:
    """11:06:42, for what was saved just now."""
    return f"{clock.local(moment):%H:%M:%S}"


def span(start: datetime, end: datetime) -> str:
    """11月28日（周六）8:30–11:00; the second day is written out when it differs."""
    if clock.day(start) == clock.day(end):
        return f"{when(start)}–{clock_time(end)}"
    return f"{when(start)}–{when(end)}"


def iso(moment: datetime) -> str:
    """For <time datetime=…>: the Shanghai wall clock with its offset."""
    return clock.local(moment).isoformat(timespec="minutes")


def stamp(moment: datetime) -> str:
    """2026-11-28 08:30, for exports and tables."""
    return f"{clock.local(moment):%Y-%m-%d %H:%M}"


def capped(number: int, cap: int = 999) -> str:
    """The number, or 999+ above."""
    return str(number) if number <= cap else f"{cap}+"


def figure(number: int) -> str:
    """12,345: every number that may pass a thousand."""
    return f"{number:,}"


def duration(minutes: int) -> str:
    """1,202 小时 30 分 / 45 分钟"""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest} 分钟"
    return f"{figure(hours)} 小时" + (f" {rest} 分" if rest else "")
