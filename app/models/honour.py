"""团队之星 and 个人之星 `Honour`: chosen each quarter by people, with a written reason, shown before it counts.

How one is proposed stands in honour_proposal.py, the figures in honour_figures.py, what lists show in honour_lists.py.
"""

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, String, Text, and_, or_, select, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import clock
from app.db import Model, Row, db, lock
from app.freshness import touch
from app.models.displays.consent import Named
from app.models.history import record
from app.models.honours.quarter import quarter_words
from app.models.message import tell
from app.models.region import Placed
from app.models.stateful import FREE, REASON, Stateful, TransitionError
from app.models.team import Team
from app.models.volunteer import Volunteer
from app.models.written import paragraphs_of
from app.statements import no_way_by

if TYPE_CHECKING:
    from app.models.user import User


class HonourKind(StrEnum):
    TEAM = "team"  # 团队之星
    PERSON = "person"  # 个人之星


class HonourStatus(StrEnum):
    CANDIDATE = "candidate"
    ANNOUNCED = "announced"  # 公示
    PUBLISHED = "published"
    REVOKED = "revoked"


LISTED = text("quarter DESC"), text("kind DESC"), "community_code", "id"
IN_PUBLIC = text("status = 'announced'")


class Honour(Named, Placed, Stateful, Row, Model):
    """One star of one quarter. The figures are those of that quarter, frozen when it was announced.

    A person must be a Party member and have agreed to be named (`agreed_at`) before 公示. Past the last day of
    公示 it counts as published, whether `flask tick` has stored that or not: read `standing`, not `status`.
    """

    DOORS = {"any": "", "manage": ""}
    MOVES = {
        HonourStatus.CANDIDATE: {HonourStatus.ANNOUNCED: FREE, HonourStatus.REVOKED: REASON},
        HonourStatus.ANNOUNCED: {HonourStatus.PUBLISHED: FREE, HonourStatus.REVOKED: REASON},
        HonourStatus.PUBLISHED: {HonourStatus.REVOKED: REASON},
        HonourStatus.REVOKED: {},
    }
    __table_args__ = (
        CheckConstraint("(team_id IS NULL) <> (volunteer_id IS NULL)", name="one"),
        Index(None, "quarter", "id", "kind", "status", "last_day", "community_code"),
        Index(None, "status", "quarter", "id", "kind", "first_day", "last_day", "community_code"),
        # in the order of the portal's list; those in 公示 are few
        Index("ix_honour_listed", *LISTED, "status", "last_day"),
        Index("ix_honour_announced", *LISTED, "first_day", "last_day", sqlite_where=IN_PUBLIC, postgresql_where=IN_PUBLIC),
        Index(None, "district_code", "quarter", "id", "kind", "status", "last_day"),
        Index(None, "subdistrict_code", "quarter", "id", "kind", "status", "last_day"),
        Index(None, "community_code", "quarter", "id", "kind", "status", "last_day"),
        Index(None, "team_id", "quarter"),
        Index(None, "volunteer_id", "quarter"),
        Index(
            "uq_honour_team", "quarter", "team_id", unique=True,
            sqlite_where=text("status <> 'revoked' AND team_id IS NOT NULL"),
            postgresql_where=text("status <> 'revoked' AND team_id IS NOT NULL"),
        ),
        Index(
            "uq_honour_volunteer", "quarter", "volunteer_id", unique=True,
            sqlite_where=text("status <> 'revoked' AND volunteer_id IS NOT NULL"),
            postgresql_where=text("status <> 'revoked' AND volunteer_id IS NOT NULL"),
        ),
    )  # fmt: skip

    kind: Mapped[HonourKind]
    quarter: Mapped[str] = mapped_column(String(6))  # 2026Q3
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"))
    volunteer_id: Mapped[int | None] = mapped_column(ForeignKey("volunteer.id"))
    reason: Mapped[str] = mapped_column(Text, default="")  # why this one: written by people, public
    services: Mapped[int | None]
    minutes: Mapped[int | None]
    activities: Mapped[int | None]
    status: Mapped[HonourStatus] = mapped_column(default=HonourStatus.CANDIDATE)
    asked_at: Mapped[datetime | None]
    agreed_at: Mapped[datetime | None]
    declined_at: Mapped[datetime | None]
    first_day: Mapped[date | None]  # of 公示
    last_day: Mapped[date | None]
    published_at: Mapped[datetime | None]
    proposed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))

    team: Mapped[Team | None] = relationship(lazy="raise")
    volunteer: Mapped[Volunteer | None] = relationship(lazy="raise")

    @property
    def is_due(self) -> bool:
        """Whether 公示 has ended and nobody stored that yet."""
        return self.status is HonourStatus.ANNOUNCED and self.last_day is not None and self.last_day < clock.today()

    @property
    def standing(self) -> HonourStatus:
        """Its state with everything due by now."""
        return HonourStatus.PUBLISHED if self.is_due else self.status

    @property
    def title(self) -> str:
        """2026 年第三季度个人之星"""
        return f"{quarter_words(self.quarter)}{'团队之星' if self.kind is HonourKind.TEAM else '个人之星'}"

    @property
    def name(self) -> str:
        """Of the team or the person (both must be loaded, the person with the account)."""
        return self.team.name if self.team else self.volunteer.user.name if self.volunteer else ""

    @property
    def paragraphs(self) -> list[str]:
        """The reason as it is shown: plain, a paragraph for each line that is not empty."""
        return paragraphs_of(self.reason)

    def agree(self, *, by: "User") -> None:
        """The person agrees to be named; TransitionError unless it is a candidate who has not yet."""
        self.hold()
        self.must_be_own(by)
        if self.status is not HonourStatus.CANDIDATE or self.agreed_at:
            raise TransitionError(self, HonourStatus.CANDIDATE)
        self.agreed()
        record(self, "agree", by=by)
        db.session.flush()

    def decline(self, *, by: "User") -> None:
        """No, or no longer: 已撤销 at once, whatever stage it had reached. Who declines is no candidate that quarter."""
        self.hold()
        self.must_be_own(by)
        self.settle()
        said = "本人撤回了公开姓名的同意" if self.agreed_at else "本人不同意公开姓名"
        self.move(HonourStatus.REVOKED, by=by, reason=said)
        self.not_agreed()
        self.declined_at = clock.now()
        touch("honours")

    def publish(self, *, by: "User | None") -> None:
        """公示 → 已公布, from the day after its last day on; TransitionError before that."""
        self.hold()
        if not self.is_due or self.last_day is None:
            raise TransitionError(self, HonourStatus.PUBLISHED)
        self.published_at = clock.start_of(self.last_day + timedelta(days=1))
        self.move(HonourStatus.PUBLISHED, by=by)
        self.inform(f"祝贺！{self.title}已公布", "感谢您的付出。门户“季度之星”里可以看到。")
        touch("honours")

    def revoke(self, *, by: "User | None", reason: str) -> None:
        """Any living state → 已撤销, with a reason that those concerned read; gone from the portal."""
        self.hold()
        self.settle()
        self.move(HonourStatus.REVOKED, by=by, reason=reason)
        self.inform(f"{self.title}已撤销", f"原因：{reason.strip()}")
        touch("honours")

    def settle(self) -> bool:
        """Store what time alone has brought about, through the same verb; True when it did."""
        if self.is_due:
            self.publish(by=None)
            return True
        return False

    def inform(self, title: str, body: str) -> None:
        """Tell the person, or the team's leader if it has one."""
        if self.volunteer_id:
            self.say(title, body)
            return
        leader = select(Volunteer.user_id).join(Team, Team.leader_id == Volunteer.id).where(Team.id == self.team_id)
        for user_id in db.session.scalars(leader):
            tell(user_id, title, body, path="/stars")

    def hold(self) -> None:
        """Hold this row, read afresh, until the transaction ends."""
        lock(select(Honour).where(Honour.id == self.id))


def published() -> ColumnElement[bool]:
    """What makes a star published at this moment, stored or not."""
    over = and_(Honour.status == HonourStatus.ANNOUNCED, Honour.last_day < clock.today())
    return or_(Honour.status == HonourStatus.PUBLISHED, over)


def announced() -> ColumnElement[bool]:
    """What makes a star stand in 公示 today."""
    today = clock.today()
    return and_(Honour.status == HonourStatus.ANNOUNCED, Honour.first_day <= today, Honour.last_day >= today)


def stands_as(status: HonourStatus) -> ColumnElement[bool]:
    """What a state demands of a row, with everything due by now."""
    if status is HonourStatus.PUBLISHED:  # nearly all: the last page would gather them to put them in order
        found: ColumnElement[bool] = no_way_by(Honour.status, published())
        return found
    if status is HonourStatus.ANNOUNCED:
        return and_(Honour.status == status, Honour.last_day >= clock.today())
    return Honour.status == status


def due_honours() -> list[int]:
    """Stars whose 公示 has ended and that nobody stored as published: for the clock."""
    due = Honour.status == HonourStatus.ANNOUNCED, Honour.last_day < clock.today()
    return list(db.session.scalars(select(Honour.id).where(*due).order_by(Honour.id)))
