"""One Chinese word a state, the same on every surface and in exports; and how moments and numbers read.

The tables below are the only place where a state gets its word and its shape (design.md section 3:
ok ● open, warn ○ waiting, info ▶ in hand, 'ok done' ✓ finished well, err ◆ bad, end – finished).
"""

from datetime import date, datetime
from enum import Enum
from typing import Any

from app import clock
from app.models.activity import ActivityStatus, Phase
from app.models.application import ApplicationStatus
from app.models.feedback import FeedbackStatus
from app.models.help_states import AssignmentStatus, HelpStatus, Rating
from app.models.service_record import Evidence
from app.models.signup import Attendance, SignUpStatus, Standing
from app.models.user import Gender, Role
from app.models.volunteer import Employment, Political, Skill, VolunteerStatus

WEEKDAYS = "一二三四五六日"

# By class first: members of two StrEnums with the same value are equal, and would overwrite each other.
BADGES: dict[type[Enum], dict[Any, tuple[str, str]]] = {
    ApplicationStatus: {
        ApplicationStatus.PENDING: ("待审核", "warn"),
        ApplicationStatus.APPROVED: ("已通过", "ok done"),
        ApplicationStatus.RETURNED: ("退回补正", "err"),
        ApplicationStatus.REJECTED: ("不予通过", "err"),
        ApplicationStatus.WITHDRAWN: ("已撤回", "end"),
    },
    VolunteerStatus: {
        VolunteerStatus.SERVING: ("服务中", "ok"),
        VolunteerStatus.PAUSED: ("暂停", "warn"),
        VolunteerStatus.LEFT: ("已注销", "end"),
    },
    ActivityStatus: {
        ActivityStatus.DRAFT: ("草稿", ""),
        ActivityStatus.PUBLISHED: ("已发布", "ok"),
        ActivityStatus.COMPLETED: ("已结项", "ok done"),
        ActivityStatus.CANCELLED: ("已取消", "err"),
    },
    Phase: {
        Phase.DRAFT: ("草稿", ""),
        Phase.RECRUITING: ("报名中", "ok"),
        Phase.FULL: ("名额已满", "warn"),
        Phase.CLOSED: ("报名截止", "end"),
        Phase.ONGOING: ("进行中", "info"),
        Phase.ENDED: ("已结束", "end"),  # the office says 待确认 until 结项
        Phase.COMPLETED: ("已结项", "ok done"),
        Phase.CANCELLED: ("已取消", "err"),
    },
    SignUpStatus: {
        SignUpStatus.ASKING: ("待审核", "warn"),
        SignUpStatus.WAITING: ("候补", "warn"),
        SignUpStatus.ADMITTED: ("已录用", "info"),
        SignUpStatus.DECLINED: ("未录用", "end"),
        SignUpStatus.CANCELLED: ("已取消", "end"),
    },
    Standing: {
        Standing.ASKING: ("待审核", "warn"),
        Standing.WAITING: ("候补", "warn"),
        Standing.ADMITTED: ("已录用", "info"),
        Standing.DECLINED: ("未录用", "end"),
        Standing.CANCELLED: ("已取消", "end"),
        Standing.CALLED_OFF: ("活动已取消", "err"),
    },
    Attendance: {
        Attendance.UNKNOWN: ("未确认", ""),
        Attendance.PRESENT: ("已到", "ok done"),
        Attendance.ABSENT: ("缺席", "end"),
        Attendance.EXCUSED: ("请假", "end"),
    },
    FeedbackStatus: {
        FeedbackStatus.DRAFT: ("草稿", ""),
        FeedbackStatus.PUBLISHED: ("已发布", "ok done"),
        FeedbackStatus.WITHDRAWN: ("已撤下", "err"),
    },
    HelpStatus: {
        HelpStatus.PENDING: ("待受理", "warn"),
        HelpStatus.RETURNED: ("待补充", "err"),
        HelpStatus.ACCEPTED: ("已受理", "info"),
        HelpStatus.ARRANGED: ("已安排", "info"),
        HelpStatus.SERVING: ("服务中", "ok"),
        HelpStatus.DONE: ("待办结", "warn"),
        HelpStatus.CLOSED: ("已办结", "ok done"),
        HelpStatus.REFUSED: ("不予受理", "err"),
        HelpStatus.MERGED: ("已合并", "end"),
        HelpStatus.WITHDRAWN: ("已撤回", "end"),
        HelpStatus.LAPSED: ("已关闭", "end"),
    },
    AssignmentStatus: {
        AssignmentStatus.OFFERED: ("待接单", "warn"),
        AssignmentStatus.ACCEPTED: ("已接单", "info"),
        AssignmentStatus.DECLINED: ("已婉拒", "end"),
        AssignmentStatus.EXPIRED: ("已失效", "end"),
        AssignmentStatus.DONE: ("已完成", "ok done"),
        AssignmentStatus.GAVE_UP: ("已退出", "end"),
    },
}

WORDS: dict[type[Enum], dict[Any, str]] = {
    Role: {
        Role.CITY: "市级管理员",
        Role.DISTRICT: "区县管理员",
        Role.SUBDISTRICT: "街道管理员",
        Role.COMMUNITY: "社区管理员",
        Role.UNIT: "单位管理员",
    },
    Gender: {
        Gender.FEMALE: "女",
        Gender.MALE: "男",
    },
    Political: {
        Political.PARTY: "中共党员",
        Political.PROBATIONARY: "中共预备党员",
        Political.LEAGUE: "共青团员",
        Political.DEMOCRATIC: "民主党派",
        Political.MASSES: "群众",
    },
    Employment: {
        Employment.EMPLOYED: "在职",
        Employment.RETIRED: "退休",
        Employment.STUDENT: "学生",
        Employment.OTHER: "其他",
    },
    Skill: {
        Skill.LAW: "法律咨询",
        Skill.MEDICINE: "医疗健康",
        Skill.PSYCHOLOGY: "心理疏导",
        Skill.TEACHING: "教育辅导",
        Skill.HAIRDRESSING: "理发",
        Skill.REPAIR: "水电维修",
        Skill.COMPUTER: "电脑手机",
        Skill.ARTS: "文艺表演",
        Skill.CALLIGRAPHY: "书法绘画",
        Skill.PHOTOGRAPHY: "摄影摄像",
        Skill.DRIVING: "驾驶",
        Skill.LANGUAGES: "外语",
        Skill.SIGN_LANGUAGE: "手语",
        Skill.EMERGENCY: "应急救援",
        Skill.MEDIATION: "矛盾调解",
        Skill.OTHER: "其他",
    },
    Rating: {
        Rating.GOOD: "满意",
        Rating.FAIR: "基本满意",
        Rating.BAD: "不满意",
    },
    Evidence: {
        Evidence.ONSITE: "现场确认",
        Evidence.LATE: "事后补正",
        Evidence.HELP: "求助服务",
        Evidence.MIGRATED: "原平台转入",
    },
}


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


def duration(minutes: int) -> str:
    """2 小时 30 分 / 45 分钟"""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest} 分钟"
    return f"{hours} 小时" + (f" {rest} 分" if rest else "")
