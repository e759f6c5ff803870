"""What staff do with a report (志愿者上报): publish, send back, not use, take down; edit, pin, make an activity of a plan.

Nobody decides on their own report: it goes one level up. Taking one down is open to everybody who keeps the
community, since a mistake on the portal must not wait for somebody else.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Mapped

from app import clock
from app.db import db
from app.freshness import touch
from app.models import message
from app.models.activities.facts import LIMITS, Facts
from app.models.activity import Activity
from app.models.category import OTHER
from app.models.history import record
from app.models.impartial import by_another
from app.models.post import tell_keepers
from app.models.region import heir
from app.models.stateful import TransitionError
from app.models.user import Role, User
from app.models.written import Written
from app.refusal import Refused


class ReportKind(StrEnum):
    REFLECTION = "reflection"  # 心得体会
    PLAN = "plan"  # 活动计划
    ACCOUNT = "account"  # 活动情况


class ReportStatus(StrEnum):
    DRAFT = "draft"
    PENDING = "pending"
    PUBLISHED = "published"
    RETURNED = "returned"
    UNUSED = "unused"
    WITHDRAWN = "withdrawn"


S = ReportStatus
IN_HAND = (S.PENDING, S.PUBLISHED)  # what staff may edit, and make an activity of
PINNING = (Role.CITY, Role.DISTRICT)
PLACE_TO_FILL = "待定，请填写集合地点"
PLANNED_IN, PLANNED_HOURS, PLANNED_PEOPLE = timedelta(days=7), timedelta(hours=2), 20


class Review(Written):
    """The verbs of staff of `Report`."""

    if TYPE_CHECKING:
        user_id: Mapped[int]
        community_code: Mapped[str]
        kind: Mapped[ReportKind]
        own_title: Mapped[str | None]
        own_body: Mapped[str | None]
        planned_id: Mapped[int | None]
        published_at: Mapped[datetime | None]
        pinned_at: Mapped[datetime | None]

    def publish(self, *, by: User | None) -> None:
        """待审核 → 已发布: in the list and in the home page's column."""
        self._take_up(by)
        self.published_at = clock.now()
        self.move(S.PUBLISHED, by=by)
        self._say("您的上报已发布", f"“{self.title}”已经登在网站的“志愿者上报”栏目里，谢谢您。")
        touch("reports")

    def send_back(self, *, by: User | None, reason: str) -> None:
        """待审核 → 退回修改: the author reads why and may hand it in again."""
        self._take_up(by)
        self.move(S.RETURNED, by=by, reason=reason)
        self._say("您的上报需要修改", f"“{self.title}”：{reason.strip()}")

    def not_use(self, *, by: User | None, reason: str) -> None:
        """待审核 → 未采用: it stays with the author, who reads why."""
        self._take_up(by)
        self.move(S.UNUSED, by=by, reason=reason)
        self._say("您的上报这次没有采用", f"“{self.title}”：{reason.strip()}")

    def withdraw(self, *, by: User | None, reason: str) -> None:
        """已发布 → 已撤下: gone from the portal with its pictures, and no longer pinned."""
        self.hold()
        self.pinned_at = None
        self.move(S.WITHDRAWN, by=by, reason=reason)
        said = f"“{self.title}”不再公开：{reason.strip()}"
        self._say("您的上报已撤下", said)
        path, about = f"/office/reports/{self.id}", f"report:{self.id}"
        tell_keepers(self.community_code, "上级撤下了一篇志愿者上报", said, by=by, path=path, about=about)
        touch("reports")

    def edit_by_staff(self, title: str, body: str, version: int, *, by: User | None) -> None:
        """Mend the words that are shown; the author's own are kept beside them from the first time on.

        Raises Stale, and Refused unless it waits for review or is published.
        """
        self._take_up(by)
        self.must_be_in_hand()
        before = self.title, self.body
        self.rewrite({"title": title, "body": body}, version, by=by)
        if before != (title, body):
            self._keep_own(*before)
        touch("reports")

    def must_be_in_hand(self) -> None:
        """Refused (409 with the state) unless staff may still work on it."""
        if self.status not in IN_HAND:
            raise Refused(self.closed(), self)

    def closed(self) -> str:
        """That nothing can be changed in the present state, in words."""
        from app.labels import word

        return f"这篇上报现在是“{word(self.status)}”，不能再修改。"

    def pin(self, *, by: User | None) -> None:
        """Show it first in the home page's column; by district and city alone. Pinned twice it stays as it is."""
        self._must_be_pinnable(by)
        if self.pinned_at is None:
            self.pinned_at = clock.now()
            record(self, "pin", by=by)
        touch("reports")

    def unpin(self, *, by: User | None) -> None:
        """Let it stand where its date puts it."""
        self._must_be_pinnable(by)
        if self.pinned_at is not None:
            self.pinned_at = None
            record(self, "unpin", by=by)
        touch("reports")

    def plan_to_activity(self, *, by: User | None) -> Activity:
        """Make a draft of an activity out of a plan (活动计划), linked both ways; asked twice it is the same draft.

        The draft lies a week ahead from 9:00 to 11:00 for 20 people, its place still to be filled in.
        """
        self.hold()
        if self.kind is not ReportKind.PLAN:
            raise Refused("只有“活动计划”可以据此新建活动。", self)
        if self.planned_id is not None:
            return db.session.get_one(Activity, self.planned_id)
        self.must_be_in_hand()
        activity = Activity.draft(self._facts(), by)
        record(activity, "from-report", by=by, reason=f"“{self.title}”（编号 {self.id}）")
        self.planned_id = activity.id
        record(self, "plan", by=by, reason=f"活动编号 {activity.id}")
        self._say("您的活动计划被采纳了", f"社区已经根据“{self.title}”起草活动，发布后就能报名。")
        db.session.flush()
        return activity

    def _facts(self) -> Facts:
        start = clock.start_of(clock.today() + PLANNED_IN) + timedelta(hours=9)
        facts: dict[str, Any] = {"title": self.title[: LIMITS["title"]], "description": self.body}
        facts |= {"starts_at": start, "ends_at": start + PLANNED_HOURS, "capacity": PLANNED_PEOPLE}
        return Facts(category=OTHER, community=heir(self.community_code), place=PLACE_TO_FILL, **facts)

    def _take_up(self, by: User | None) -> None:
        """Hold it; Refused for the author and for colleagues of the author's post."""
        by_another(by, self.user_id, "上报", self)
        self.hold()

    def _must_be_pinnable(self, by: User | None) -> None:
        self._take_up(by)
        if by is None or by.post is None or by.post.role not in PINNING:
            raise Refused("只有区县和市级管理员可以置顶。", self)
        if self.status is not S.PUBLISHED:
            raise TransitionError(self, S.PUBLISHED)

    def _keep_own(self, title: str, body: str) -> None:
        """Keep the author's words, unless they are kept already."""
        if self.own_body is None:
            self.own_title, self.own_body = title, body
        db.session.flush()

    def _say(self, title: str, text: str) -> None:
        message.tell(self.user_id, title, text, path=f"/member/reports/{self.id}", about=f"report:{self.id}")
