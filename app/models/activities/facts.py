"""What a community states about an activity, the rules for it (SPEC section 3), what differs between two of them."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from app import clock
from app.models.category import OTHER, categories, category_by_slug
from app.models.region import heir as heir
from app.models.region import place_name, regions
from app.refusal import Invalid

if TYPE_CHECKING:
    from app.models.activity import Activity

LONGEST = timedelta(days=31)  # lists rely on it: what runs now started at most so long ago
MINUTES_ABOVE = 60  # a person may be credited so many minutes more than the activity lasts
MOST_PEOPLE = 100_000
LIMITS = {"title": 60, "place": 100, "description": 20_000, "risks": 2_000, "safeguards": 2_000}  # characters


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Everything that a form states. Moments are aware; `category` is a slug, `community` a region code.

    An omitted deadline is the end, omitted minutes are the duration (`settled`).
    """

    title: str
    category: str
    community: str
    place: str
    starts_at: datetime
    ends_at: datetime
    capacity: int
    signup_closes_at: datetime | None = None
    minutes: int | None = None
    needs_approval: bool = False
    description: str = ""
    risks: str = ""
    safeguards: str = ""
    team_id: int | None = None  # app/models/activities/hosts.py judges both
    base_id: int | None = None

    @property
    def duration(self) -> int:
        """Whole minutes from start to end."""
        return int((self.ends_at - self.starts_at).total_seconds() // 60)

    def settled(self) -> "Facts":
        """The same with deadline and minutes filled in."""
        minutes = self.duration if self.minutes is None else self.minutes
        return replace(self, signup_closes_at=self.signup_closes_at or self.ends_at, minutes=minutes)

    def times(self) -> tuple[datetime, datetime]:
        """Start and end."""
        return self.starts_at, self.ends_at

    def faults(self) -> dict[str, str]:
        """What is wrong in itself, whatever the state: field → what to mend."""
        found: dict[str, str] = {}
        if self.duration < 1:
            found["ends_at"] = "结束时间要晚于开始时间。"
        elif self.ends_at - self.starts_at > LONGEST:
            found["ends_at"] = f"一次活动最长 {LONGEST.days} 天，更长的请分成几次发布。"
        elif self.minutes is not None and not 0 < self.minutes <= self.duration + MINUTES_ABOVE:
            most = self.duration + MINUTES_ABOVE
            found["minutes"] = f"服务时长应在 1 到 {most} 分钟之间（活动时长再加 {MINUTES_ABOVE} 分钟）。"
        if self.signup_closes_at and self.signup_closes_at > self.ends_at:
            found["signup_closes_at"] = "报名截止不能晚于活动结束时间。"
        if not 1 <= self.capacity <= MOST_PEOPLE:
            found["capacity"] = f"招募人数应在 1 到 {MOST_PEOPLE} 之间。"
        return found

    def not_ready(self) -> dict[str, str]:
        """What stands against publishing now: field → what to mend."""
        found = self.faults()
        if self.starts_at < clock.now():
            found.setdefault("starts_at", "开始时间已经过去，不能发布。请改成以后的时间。")
        elif self.signup_closes_at and self.signup_closes_at <= clock.now():
            found.setdefault("signup_closes_at", "报名截止已经过去，没有人能报名。请改成以后的时间。")
        category, place = category_by_slug(self.category), regions().get(self.community)
        if category is None or category.closed:
            found["category"] = "这个类型已停用，请换一个类型。"
        if place is None or not place.open:
            found["community"] = "这个社区已撤并，请选择新的社区（村）。"
        return found

    def check(self) -> None:
        """Raise Invalid for the first fault."""
        object_to(self.faults())

    def anew(self) -> "Facts":
        """The same for a copy: moved on by whole weeks until it lies ahead; what was closed gives way to its heir."""
        behind = clock.now() - self.starts_at
        weeks = timedelta(weeks=max(1, behind // timedelta(weeks=1) + 1))
        closes_at = self.signup_closes_at and self.signup_closes_at + weeks
        category = category_by_slug(self.category)
        return replace(
            self,
            starts_at=self.starts_at + weeks,
            ends_at=self.ends_at + weeks,
            signup_closes_at=closes_at,
            category=self.category if category and not category.closed else OTHER,
            community=heir(self.community),
        )


def object_to(faults: dict[str, str]) -> None:
    """Raise Invalid for the first of these faults, if there are any."""
    for field, message in faults.items():
        raise Invalid(field, message)


def facts_of(activity: "Activity") -> Facts:
    """The facts as they stand in the row."""
    same = {name: getattr(activity, name) for name in Facts.__dataclass_fields__ if hasattr(activity, name)}
    slug = categories()[activity.category_id].slug
    return Facts(**(same | {"category": slug, "community": activity.community_code}))


def _category(facts: Facts) -> str:
    found = category_by_slug(facts.category)
    return found.name if found else ""


def _span(facts: Facts) -> str:
    from app import labels

    return labels.span(facts.starts_at, facts.ends_at)


def _team(facts: Facts) -> str:
    from app.models.activities.hosts import team_name

    return team_name(facts.team_id)


def _base(facts: Facts) -> str:
    from app.models.activities.hosts import base_name

    return base_name(facts.base_id)


def _deadline(facts: Facts) -> str:
    from app import labels

    return labels.when(facts.signup_closes_at or facts.ends_at)


# What a person reads of each fact; long texts are only said to differ.
WORDS: tuple[tuple[str, Callable[[Facts], str]], ...] = (
    ("活动名称", lambda facts: facts.title),
    ("类型", _category),
    ("社区", lambda facts: place_name(facts.community)),
    ("时间", _span),
    ("地点", lambda facts: facts.place),
    ("报名截止", _deadline),
    ("招募人数", lambda facts: f"{facts.capacity} 人"),
    ("服务时长", lambda facts: f"{facts.minutes} 分钟"),
    ("团队", _team),
    ("基地", _base),
    ("报名方式", lambda facts: "需要审核" if facts.needs_approval else "报名即录用"),
)
TEXTS = (("活动内容", "description"), ("风险提示", "risks"), ("安全保障", "safeguards"))


def differences(old: Facts, new: Facts) -> list[tuple[str, str, str]]:
    """(what, how it was, how it is) for everything that differs; a long text gives only its length."""
    old, new = old.settled(), new.settled()
    short = [(what, word(old), word(new)) for what, word in WORDS if word(old) != word(new)]
    long = [(what, getattr(old, name), getattr(new, name)) for what, name in TEXTS]
    return short + [(what, f"{len(a)} 字", f"{len(b)} 字") for what, a, b in long if a != b]


def in_words(changes: list[tuple[str, str, str]]) -> str:
    """One sentence for history and messages: 时间：… → …；地点：… → …"""
    return "；".join(f"{what}：{old or '（空）'} → {new or '（空）'}" for what, old, new in changes)
