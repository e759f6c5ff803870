"""志愿者上报 `Report`: what a volunteer writes for the community: 心得体会, 活动计划, 活动情况.

The author's verbs are here, those of staff in report_review.py.
"""

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import ForeignKey, Index, Select, String, Text, select, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import clock
from app.db import Model, Row, db, lock
from app.models.activities.phase import ActivityStatus
from app.models.activity import Activity
from app.models.history import record
from app.models.picture import Picture
from app.models.post import tell_desk
from app.models.region import Placed, heir
from app.models.reports.review import ReportKind as ReportKind  # from here to everybody
from app.models.reports.review import ReportStatus as ReportStatus
from app.models.reports.review import Review
from app.models.signup import Attendance, SignUp, SignUpStatus
from app.models.stateful import FREE, REASON, TransitionError
from app.models.user import User
from app.models.volunteer import Volunteer, VolunteerStatus
from app.models.written import Chosen
from app.refusal import Invalid, Refused

LIMITS = {"title": 60, "body": 5000}  # characters
LEAST = 10  # characters of a body that is handed in


@dataclass(frozen=True, kw_only=True)
class Words:
    """What an author states; `activity_id` is the activity it tells about, None for none."""

    kind: ReportKind
    title: str = ""
    body: str = ""
    activity_id: int | None = None

    def missing(self) -> dict[str, str]:
        """What stands against handing it in: field → what to mend."""
        found = {} if self.title.strip() else {"title": "请写一个标题。"}
        if not self.body.strip():
            found["body"] = "请写一写内容。"
        elif len(self.body.strip()) < LEAST:
            found["body"] = f"内容至少 {LEAST} 个字，现在是 {len(self.body.strip())} 个。"
        return found


def _published(place: str) -> Index:
    columns, some = (f"{place}_code", "published_at", "id", "kind", "status"), text("published_at IS NOT NULL")
    return Index(f"ix_report_published_{place}", *columns, sqlite_where=some, postgresql_where=some)


class Report(Placed, Review, Row, Model):
    """One report, for the service community its author had when it was sent.

    `title` and `body` are what is shown; `own_title` and `own_body` keep the author's own words from the moment
    that staff edited them (NULL until then). A draft may be incomplete.
    """

    WHAT = "这篇上报"
    DOORS = {"manage": ""}
    MOVES = {
        ReportStatus.DRAFT: {ReportStatus.PENDING: FREE},
        ReportStatus.PENDING: {
            ReportStatus.PUBLISHED: FREE,
            ReportStatus.RETURNED: REASON,
            ReportStatus.UNUSED: REASON,
        },
        ReportStatus.RETURNED: {ReportStatus.PENDING: FREE},
        ReportStatus.PUBLISHED: {ReportStatus.WITHDRAWN: REASON},
        ReportStatus.UNUSED: {},
        ReportStatus.WITHDRAWN: {},
    }
    __table_args__ = (
        Index(None, "user_id", "id"),
        Index(None, "status", "published_at", "id", "kind"),
        Index("ix_report_submitted", "status", "submitted_at", "id", "kind"),
        Index(None, "district_code", "status", "submitted_at", "id", "kind"),
        Index(None, "subdistrict_code", "status", "submitted_at", "id", "kind"),
        Index(None, "community_code", "status", "submitted_at", "id", "kind"),
        # the portal's lists of a place: every state was sorted for them
        *(_published(place) for place in ("district", "subdistrict", "community")),
        Index(
            "ix_report_pinned",
            "pinned_at",  # what the home page looks for
            sqlite_where=text("pinned_at IS NOT NULL"),
            postgresql_where=text("pinned_at IS NOT NULL"),
        ),
    )

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    kind: Mapped[ReportKind]
    title: Mapped[str] = mapped_column(String(60), default="")
    body: Mapped[str] = mapped_column(Text, default="")
    own_title: Mapped[str | None] = mapped_column(String(60))
    own_body: Mapped[str | None] = mapped_column(Text)
    activity_id: Mapped[int | None] = mapped_column(ForeignKey("activity.id"))  # about which it tells
    planned_id: Mapped[int | None] = mapped_column(ForeignKey("activity.id"), index=True)  # the draft made of a plan
    status: Mapped[ReportStatus] = mapped_column(default=ReportStatus.DRAFT)
    submitted_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]
    pinned_at: Mapped[datetime | None]

    user: Mapped[User] = relationship(lazy="raise")
    activity: Mapped[Activity | None] = relationship(foreign_keys=[activity_id], lazy="raise")
    planned: Mapped[Activity | None] = relationship(foreign_keys=[planned_id], lazy="raise")

    @property
    def with_author(self) -> bool:
        """Whether the next step is the author's: it is being written, or was sent back."""
        return self.status in (ReportStatus.DRAFT, ReportStatus.RETURNED)

    def must_be_with_author(self) -> None:
        """Refused (409 with the state) unless the author may write it on."""
        if not self.with_author:
            raise Refused(self.closed(), self)

    @classmethod
    def draft(cls, words: Words, pictures: Chosen, *, by: User) -> "Report":
        """Begin one, as incomplete as it may be; Refused unless `by` is a living volunteer."""
        author = writer(by.id)
        report = cls(user_id=by.id, **asdict(words))
        _check_link(words.activity_id, by.id)
        report.locate(heir(author.community_code))
        db.session.add(report)
        db.session.flush()
        record(report, "create", by=by, to=ReportStatus.DRAFT)
        Picture.arrange(report, pictures)
        return report

    def save(self, words: Words, pictures: Chosen, version: int, *, by: User) -> None:
        """Write it on; from here all words are the author's own again. Raises Stale, or TransitionError once sent."""
        self.hold()
        self.must_be_with_author()
        if words.activity_id != self.activity_id:
            _check_link(words.activity_id, self.user_id)
        self.rewrite(asdict(words), version, by=by, pictures=pictures)
        self.own_title = self.own_body = None

    def submit(self, *, by: User) -> None:
        """草稿 / 退回修改 → 待审核, at the community that the author serves now; Invalid where something is missing."""
        author = writer(self.user_id)
        self.hold()
        if not self.can_move(ReportStatus.PENDING):
            raise TransitionError(self, ReportStatus.PENDING)
        for field, wrong in Words(kind=self.kind, title=self.title, body=self.body).missing().items():
            raise Invalid(field, wrong)
        self.locate(heir(author.community_code))
        self.submitted_at = clock.now()
        self.move(ReportStatus.PENDING, by=by)
        body, where = "请在 3 个工作日内审核。", f"/office/reports/{self.id}"
        tell_desk(
            self.community_code, "有新的志愿者上报", body, path=where, about=f"report:{self.id}", person=self.user_id
        )


def writer(user_id: int) -> Volunteer:
    """This person as a living volunteer, held; Refused for everybody else."""
    living = Volunteer.user_id == user_id, Volunteer.status != VolunteerStatus.LEFT
    found: list[Volunteer] = lock(select(Volunteer).where(*living))
    if not found:
        raise Refused("成为志愿者以后才能上报。请先填写志愿者申请，服务社区通过后再来写。")
    return found[0]


def may_write(user_id: int) -> bool:
    """Whether this person is a living volunteer."""
    living = Volunteer.user_id == user_id, Volunteer.status != VolunteerStatus.LEFT
    return db.session.scalar(select(Volunteer.id).where(*living)) is not None


def took_part(user_id: int) -> "Select[tuple[Activity]]":
    """Activities that this person was at, or was due at while attendance is not settled yet."""
    return (
        select(Activity)
        .join(SignUp, SignUp.activity_id == Activity.id)
        .join(SignUp.volunteer)
        .where(
            Volunteer.user_id == user_id,
            SignUp.status == SignUpStatus.ADMITTED,
            SignUp.attendance.in_((Attendance.UNKNOWN, Attendance.PRESENT)),
            Activity.status.in_((ActivityStatus.PUBLISHED, ActivityStatus.COMPLETED)),
            Activity.starts_at <= clock.now(),
        )
    )


def _check_link(activity_id: int | None, user_id: int) -> None:
    """Invalid when it names an activity in which this person had no part."""
    mine = took_part(user_id).where(Activity.id == activity_id)
    if activity_id is not None and db.session.scalar(mine) is None:
        raise Invalid("activity", "只能关联您参加过的活动，请重新选择。")
