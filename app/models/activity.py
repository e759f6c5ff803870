"""活动 `Activity`: what a community launches and volunteers join."""

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, select, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import clock
from app.db import Model, Row, db, lock
from app.freshness import touch
from app.models.activities.facts import Facts, differences, facts_of, in_words, object_to
from app.models.activities.hosts import check_hosts, still_open
from app.models.activities.phase import ActivityStatus as ActivityStatus  # from here to everybody
from app.models.activities.phase import Phase as Phase
from app.models.activities.phase import phase_of, queue_is_over
from app.models.category import categories, open_category
from app.models.history import record
from app.models.picture import Picture
from app.models.post import Role, tell_keepers
from app.models.region import Placed
from app.models.region import community as open_community
from app.models.service_base import ServiceBase
from app.models.stateful import FREE, REASON, Stateful, TransitionError
from app.models.team import Team
from app.refusal import Refused

if TYPE_CHECKING:
    from app.models.user import User


# What the portal asks of a row before it counts it: in the indexes of time, so that 25 chips look at no row at all
# (measured at 10,000 activities: 50 ms became 8 ms).
SHOWN = ("status", "ends_at", "hidden_at")
PLACE = ("district_code", "subdistrict_code", "community_code")


def _some(name: str, *columns: str, where: str) -> Index:
    """An index of some rows only, on either database."""
    return Index(name, *columns, sqlite_where=text(where), postgresql_where=text(where))


class Activity(Placed, Stateful, Row, Model):
    """One activity. `taken`, `waiting`, `attended` are kept counters, `told_at` is kept too; `turns` numbers the queue."""

    DOORS = {"manage": ""}
    MOVES = {
        ActivityStatus.DRAFT: {ActivityStatus.PUBLISHED: FREE},
        ActivityStatus.PUBLISHED: {
            ActivityStatus.COMPLETED: FREE,
            ActivityStatus.CANCELLED: REASON,  # until the first tick
        },
        ActivityStatus.COMPLETED: {},
        ActivityStatus.CANCELLED: {},
    }
    __table_args__ = (
        CheckConstraint("taken >= 0 AND taken <= capacity", name="seats"),
        CheckConstraint("starts_at < ends_at", name="times"),
        Index(
            None, "status", "starts_at", "id", "ends_at", "signup_closes_at", "taken", "capacity"
        ),  # all that a phase asks
        # what is over and not completed yet, among ten years of completed ones
        Index("ix_activity_ends", "status", "ends_at", *PLACE),
        # the same of those below who did not do it in time
        Index("ix_activity_district_ends", "district_code", "status", "ends_at", "subdistrict_code", "community_code"),
        # whose feedback is missing longest, and how many of a post's part; `told_at` too, so that SQLite looks at no row
        _some(
            "ix_activity_untold", "ends_at", "id", "status", *PLACE, "told_at", "category_id", where="told_at IS NULL"
        ),
        _some(
            "ix_activity_district_untold",
            *("district_code", "status", "ends_at", *PLACE[1:], "told_at", "category_id"),
            where="told_at IS NULL",
        ),
        # how much feedback of a kind and a place the portal shows
        _some("ix_activity_told", "category_id", *PLACE, "hidden_at", "told_at", where="told_at IS NOT NULL"),
        # the few of those ahead: all would be looked at
        _some(
            "ix_activity_full",
            "status",
            "starts_at",
            "signup_closes_at",
            "taken",
            "capacity",
            where="status = 'published' AND taken >= capacity",
        ),
        _some(
            "ix_activity_closed",
            "status",
            "signup_closes_at",
            "starts_at",
            where="status = 'published' AND signup_closes_at < starts_at",
        ),
        Index("ix_activity_asking", "status", "asking"),
        Index(None, "starts_at", "id", *SHOWN),
        Index(None, "district_code", "status", "starts_at", "id"),
        Index(None, "subdistrict_code", "status", "starts_at", "id"),
        Index(None, "community_code", "status", "starts_at", "id"),
        Index(None, "category_id", "status", "starts_at", "id"),
        # the portal lists nearly every state: there the order by time must follow the place at once
        Index("ix_activity_district_time", "district_code", "starts_at", "id", *SHOWN, "category_id"),
        Index("ix_activity_subdistrict_time", "subdistrict_code", "starts_at", "id", *SHOWN, "category_id"),
        Index("ix_activity_community_time", "community_code", "starts_at", "id", *SHOWN, "category_id"),
        Index("ix_activity_category_time", "category_id", "starts_at", "id", *SHOWN, "district_code"),
        _some("ix_activity_queue_open", "starts_at", where="queue_closed_at IS NULL"),  # what `flask tick` looks for
    )

    title: Mapped[str] = mapped_column(String(60))
    category_id: Mapped[int] = mapped_column(ForeignKey("category.id"))
    place: Mapped[str] = mapped_column(String(100))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    signup_closes_at: Mapped[datetime]
    capacity: Mapped[int]
    minutes: Mapped[int]
    needs_approval: Mapped[bool] = mapped_column(default=False)
    description: Mapped[str] = mapped_column(Text, default="")
    risks: Mapped[str] = mapped_column(Text, default="")
    safeguards: Mapped[str] = mapped_column(Text, default="")
    cover_id: Mapped[int | None] = mapped_column(ForeignKey("picture.id"))
    status: Mapped[ActivityStatus] = mapped_column(default=ActivityStatus.DRAFT)
    published_at: Mapped[datetime | None]
    completed_at: Mapped[datetime | None]
    cancel_reason: Mapped[str] = mapped_column(String(500), default="")
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    taken: Mapped[int] = mapped_column(default=0)
    waiting: Mapped[int] = mapped_column(default=0)
    asking: Mapped[int] = mapped_column(default=0)
    attended: Mapped[int] = mapped_column(default=0)
    told_at: Mapped[datetime | None]  # when the feedback that is public was published
    turns: Mapped[int] = mapped_column(default=0)
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"), index=True)  # the team that holds it
    base_id: Mapped[int | None] = mapped_column(ForeignKey("service_base.id"), index=True)  # where it is held
    hidden_at: Mapped[datetime | None]  # taken off the portal by a level above (activities/taking_down.py)
    hidden_reason: Mapped[str] = mapped_column(String(500), default="")
    hidden_role: Mapped[Role | None]  # of who did it
    queue_closed_at: Mapped[datetime | None]  # when 候补 and 待审核 of before the start became 未录用

    cover: Mapped[Picture | None] = relationship(lazy="raise")
    team: Mapped[Team | None] = relationship(lazy="raise")
    base: Mapped[ServiceBase | None] = relationship(lazy="raise")

    def phase(self, at: datetime | None = None) -> Phase:
        """What the clock shows at this moment (default: now)."""
        return phase_of(self, at)

    @property
    def waiting_now(self) -> int:
        """How many wait for a seat, a late `flask tick` or not."""
        return 0 if queue_is_over(self) else self.waiting

    @property
    def asking_now(self) -> int:
        """How many ask to be admitted, a late `flask tick` or not."""
        return 0 if queue_is_over(self) else self.asking

    @property
    def facts(self) -> Facts:
        """What the community states about it."""
        return facts_of(self)

    @classmethod
    def draft(cls, facts: Facts, by: "User | None") -> "Activity":
        """A new draft in the community that the facts name; raises Invalid. Scope is the caller's matter."""
        facts = facts.settled()
        facts.check()
        open_category(facts.category)
        open_community(facts.community)
        check_hosts(facts)
        activity = cls(status=ActivityStatus.DRAFT, created_by_id=by.id if by else None)
        activity.take_over(facts)
        db.session.add(activity)
        db.session.flush()
        record(activity, "create", by=by, to=ActivityStatus.DRAFT)
        return activity

    def copy(self, by: "User | None") -> "Activity":
        """A draft with the same facts, moved on by whole weeks until it lies ahead. The cover is not copied."""
        twin = Activity.draft(still_open(self.facts.anew()), by)
        record(twin, "copy", by=by, reason=f"{self.title}（编号 {self.id}）")
        return twin

    def edit(self, facts: Facts, version: int, by: "User | None", *, confirmed: int = 0) -> None:
        """State the facts anew; the form saw `version`. Raises Stale, Invalid, TransitionError.

        `confirmed` is how many people the form was told lose their place by the new time: when there
        are more, Invalid at `confirmed` names the number.
        """
        from app.models.activities.change import amend

        self.hold()
        self.must_be_editable()
        if self.version != version:
            raise Stale(self, facts)
        facts = facts.settled()
        if self.status is ActivityStatus.PUBLISHED:
            amend(self, facts, by, confirmed)
            return
        facts.check()
        self.restate(facts, by)

    def must_be_editable(self) -> None:
        """Raise TransitionError (409 with the state) once it is over or called off."""
        if self.status not in (ActivityStatus.DRAFT, ActivityStatus.PUBLISHED):
            raise TransitionError(self, self.status)

    def publish(self, by: "User | None") -> None:
        """草稿 → 已发布, and those are told who like to hear of it; Invalid at the field that stands against it."""
        from app.models.activities.news import announce

        self.hold()
        if not self.can_move(ActivityStatus.PUBLISHED):
            raise TransitionError(self, ActivityStatus.PUBLISHED)
        object_to(self.facts.not_ready())
        check_hosts(self.facts)  # a team or a base may have closed since the draft
        self.published_at = clock.now()
        self.move(ActivityStatus.PUBLISHED, by=by)
        announce(self, by)
        touch("activities")

    def cancel(self, by: "User | None", reason: str) -> None:
        """已发布 → 已取消 until somebody was ticked; everybody in it is told."""
        from app.models.activities.change import call_off, ever_ticked

        self.hold()
        if self.status is ActivityStatus.PUBLISHED and ever_ticked(self):
            raise Refused("已经有人确认到场，不能再取消这次活动。", self)
        self.move(ActivityStatus.CANCELLED, by=by, reason=reason)
        self.cancel_reason = reason.strip()
        call_off(self, by)
        path, about = f"/office/activities/{self.id}", f"activity:{self.id}"
        body = f"“{self.title}”：{self.cancel_reason}"
        tell_keepers(self.community_code, "上级取消了一次活动", body, by=by, path=path, about=about)
        touch("activities")

    def hold(self) -> None:
        """Hold this row, read afresh, until the transaction ends, with what is due at its start done."""
        from app.models.signups.queue import close_queue

        lock(select(Activity).where(Activity.id == self.id))
        close_queue(self)

    def illustrate(self, chosen: "list[tuple[Picture, str]]", by: "User | None") -> None:
        """Show the one chosen picture, with its alt text, as the cover; none: the drawing of its category."""
        wanted = chosen[0][0].id if chosen else None
        if wanted != self.cover_id:
            record(self, "edit", by=by, reason="封面：换了图片" if wanted else "封面：改用类型插图")
        self.cover_id = wanted
        db.session.flush()
        Picture.arrange(self, chosen, "cover")
        touch("activities")

    def restate(self, facts: Facts, by: "User | None") -> list[tuple[str, str, str]]:
        """Take checked facts over, with a history line that says what changed; returns the changes."""
        old = self.facts
        if facts.category != old.category:
            open_category(facts.category)
        if facts.community != old.community:
            open_community(facts.community)
        check_hosts(facts, old)
        self.take_over(facts)
        changes = differences(old, facts)
        if changes:
            record(self, "edit", by=by, reason=in_words(changes))
        db.session.flush()
        return changes

    def take_over(self, facts: Facts) -> None:
        """Write the facts into the row, unchecked."""
        self.category_id = next(one.id for one in categories().values() if one.slug == facts.category)
        self.locate(facts.community)
        for name in Facts.__dataclass_fields__:
            if name not in ("category", "community"):
                setattr(self, name, getattr(facts, name))


class Stale(Refused):
    """Somebody else saved the activity after this form was opened; `saved` says what now stands there."""

    def __init__(self, activity: Activity, facts: Facts) -> None:
        self.saved = [(what, theirs) for what, _, theirs in differences(facts, activity.facts)]
        self.version = activity.version
        super().__init__("打开这个页面以后，别人已经改过这次活动，您的修改还没有保存。", activity)
