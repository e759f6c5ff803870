"""志愿者团队 `Team` and its members: the collectives of a community, for residents to know and reach.

Every move of a membership holds its team first, then the volunteer; `Team.members` moves with the row.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, select, text, update
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship
from sqlalchemy.orm.attributes import set_committed_value

from app import clock
from app.db import Model, Row, db, lock
from app.freshness import touch
from app.models.displays.showcase import Showcase
from app.models.history import record
from app.models.message import tell
from app.models.post import tell_desk
from app.models.stateful import FREE, REASON, Stateful, TransitionError, given
from app.models.volunteer import Volunteer, VolunteerStatus
from app.refusal import Refused

if TYPE_CHECKING:
    from app.models.user import User


class TeamStatus(StrEnum):
    ACTIVE = "active"
    CLOSED = "closed"


class MemberStatus(StrEnum):
    ASKING = "asking"
    MEMBER = "member"
    DECLINED = "declined"
    LEFT = "left"


IN = (MemberStatus.ASKING, MemberStatus.MEMBER)
ASKING = f"status = '{MemberStatus.ASKING.value}'"


class Team(Showcase, Row, Model):
    """One team of a community; `members` counts those who are in, kept in step with the rows."""

    DOORS = {"manage": ""}
    MOVES = {TeamStatus.ACTIVE: {TeamStatus.CLOSED: REASON}, TeamStatus.CLOSED: {TeamStatus.ACTIVE: FREE}}
    WHAT = "这个团队"
    STATED = {
        "name": "名称",
        "category_id": "类型",
        "founded_on": "成立日期",
        "contact": "联系方式",
        "introduction": "简介",
    }
    LIVING, CLOSED = TeamStatus.ACTIVE, TeamStatus.CLOSED
    TOPIC, PICTURES = "teams", "cover"
    __table_args__ = (
        # the office lists all states together, by id; what else narrows a list stands in the index
        Index(None, "status", "id", "category_id"),
        Index(None, "district_code", "id", "status", "category_id"),
        Index(None, "subdistrict_code", "id", "status", "category_id"),
        Index(None, "community_code", "id", "status", "category_id"),
    )

    name: Mapped[str] = mapped_column(String(40))
    introduction: Mapped[str] = mapped_column(Text, default="")
    contact: Mapped[str] = mapped_column(String(100), default="")  # public: where and how to reach the team
    category_id: Mapped[int | None] = mapped_column(ForeignKey("category.id"))
    founded_on: Mapped[date | None]
    leader_id: Mapped[int | None] = mapped_column(ForeignKey("volunteer.id"))
    members: Mapped[int] = mapped_column(default=0)
    status: Mapped[TeamStatus] = mapped_column(default=TeamStatus.ACTIVE)

    leader: Mapped[Volunteer | None] = relationship(lazy="raise")

    def ask(self, volunteer: Volunteer, *, by: "User") -> "TeamMember":
        """A volunteer asks to join; staff of the community admit."""
        return self._enter(volunteer, MemberStatus.ASKING, by)

    def add(self, volunteer: Volunteer, *, by: "User | None") -> "TeamMember":
        """Staff put a volunteer into the team; they hear of it and may leave at once."""
        member = self._enter(volunteer, MemberStatus.MEMBER, by)
        body = "由社区加入。不想参加的话，可以随时在团队页面退出。"
        tell(volunteer.user_id, f"您已加入团队“{self.name}”", body, path=f"/teams/{self.id}")
        return member

    def lead(self, member: "TeamMember | None", *, by: "User | None") -> None:
        """Choose the leader among the members (None: nobody leads); Refused when they are not in."""
        self.hold()
        self.must_be_open()
        before = self.leader_id
        if member is None:
            self.leader_id = None
            record(self, "edit", by=by, reason="不再设队长")
        else:
            member.hold()
            chosen = member.person()
            if member.team_id != self.id or member.status is not MemberStatus.MEMBER:
                raise Refused("只有队员可以当队长。", member)
            self.leader_id = chosen.id
            record(self, "edit", by=by, reason=f"队长：{chosen.user.name}")
            tell(chosen.user_id, f"您现在是团队“{self.name}”的队长", path=f"/teams/{self.id}")
        if before is not None and before != self.leader_id:
            tell(person(before).user_id, f"您不再担任团队“{self.name}”的队长", path=f"/teams/{self.id}")
        db.session.flush()
        touch("teams")

    def tell_leaderless(self, by: "User | None", leader_id: int) -> None:
        """Who keeps the team hears that its leader went by themselves; who took them out knows it."""
        if not self.is_open or by is None or by.id != person(leader_id).user_id:
            return
        title, about = f"团队“{self.name}”的队长退出了", f"teams:{self.id}"
        tell_desk(self.community_code, title, "请另选一位队长。", path=f"/office/teams/{self.id}", about=about)

    def reopen(self, *, by: "User | None") -> None:
        """已解散 → 活跃: its members are told."""
        super().reopen(by=by)
        for user_id in self._people(MemberStatus.MEMBER):
            tell(user_id, f"团队“{self.name}”恢复活动了", path=f"/teams/{self.id}")

    def _people(self, *states: MemberStatus) -> list[int]:
        """User ids of those who stand in these states, by row."""
        here = TeamMember.team_id == self.id, TeamMember.status.in_(states)
        wanted = select(Volunteer.user_id).join(TeamMember, TeamMember.volunteer_id == Volunteer.id).where(*here)
        return list(db.session.scalars(wanted.order_by(TeamMember.id)))

    def close(self, *, by: "User | None", reason: str) -> None:
        """活跃 → 已解散: who asked is declined with the reason, the members are told."""
        super().close(by=by, reason=reason)
        here = TeamMember.team_id == self.id, TeamMember.status.in_(IN)
        for user_id in self._people(*IN):
            tell(user_id, f"团队“{self.name}”已解散", reason.strip(), path=f"/teams/{self.id}")
        for row in lock(select(TeamMember).where(*here).order_by(TeamMember.id)):
            if row.status is MemberStatus.ASKING:
                row.move(MemberStatus.DECLINED, by=by, reason=reason)

    def _enter(self, volunteer: Volunteer, to: MemberStatus, by: "User | None") -> "TeamMember":
        """Let somebody ask or be in: a new row, or the old one revived."""
        self.hold()
        self.must_be_open()
        serving(volunteer.id)
        both = TeamMember.team_id == self.id, TeamMember.volunteer_id == volunteer.id
        row: TeamMember | None = next(iter(lock(select(TeamMember).where(*both))), None)
        if row is None:
            row = TeamMember(team_id=self.id, volunteer_id=volunteer.id, status=to)
            db.session.add(row)
            db.session.flush()
            record(row, "create", by=by, to=to)
        else:
            row.move(to, by=by)
        row.left_at = None
        if to is MemberStatus.MEMBER:
            row.joined_at = clock.now()
            self.count(1)
        db.session.flush()
        return row

    def count(self, change: int) -> None:
        """Add to `members` past the ORM: the team's `version` guards its form, not its membership."""
        stored = update(Team).where(Team.id == self.id).values(members=Team.members + change).returning(Team.members)
        number = db.session.scalar(stored.execution_options(synchronize_session=False))
        set_committed_value(self, "members", number)
        touch("teams")


class TeamMember(Stateful, Row, Model):
    """One volunteer in one team: asks, is admitted, leaves; the row stays and is revived."""

    MOVES = {
        MemberStatus.ASKING: {
            MemberStatus.MEMBER: FREE,
            MemberStatus.DECLINED: REASON,
            MemberStatus.LEFT: FREE,
        },
        MemberStatus.MEMBER: {MemberStatus.LEFT: FREE},
        MemberStatus.DECLINED: {MemberStatus.ASKING: FREE, MemberStatus.MEMBER: FREE},
        MemberStatus.LEFT: {MemberStatus.ASKING: FREE, MemberStatus.MEMBER: FREE},
    }
    __table_args__ = (
        UniqueConstraint("team_id", "volunteer_id"),
        Index(None, "team_id", "status", "id"),
        Index(None, "volunteer_id", "status"),
        Index("ix_team_member_asking", "team_id", sqlite_where=text(ASKING), postgresql_where=text(ASKING)),
    )

    team_id: Mapped[int] = mapped_column(ForeignKey("team.id"))
    volunteer_id: Mapped[int] = mapped_column(ForeignKey("volunteer.id"))
    status: Mapped[MemberStatus]
    joined_at: Mapped[datetime | None]
    left_at: Mapped[datetime | None]

    team: Mapped[Team] = relationship(lazy="raise")
    volunteer: Mapped[Volunteer] = relationship(lazy="raise")

    def admit(self, *, by: "User | None") -> None:
        """待同意 → 队员, while the team is active and the person serves."""
        team = self._hold_team()
        team.must_be_open()
        person = serving(self.volunteer_id)
        if self.status is not MemberStatus.ASKING:
            raise TransitionError(self, MemberStatus.MEMBER)
        self.move(MemberStatus.MEMBER, by=by)
        self.joined_at = clock.now()
        team.count(1)
        tell(person.user_id, f"您已加入团队“{team.name}”", "社区同意了您的申请。", path=f"/teams/{team.id}")

    def decline(self, *, by: "User | None", reason: str) -> None:
        """待同意 → 未同意, with words for the person."""
        team = self._hold_team()
        self.move(MemberStatus.DECLINED, by=by, reason=reason)
        tell(self.person().user_id, f"没有同意您加入团队“{team.name}”", reason.strip(), path=f"/teams/{team.id}")

    def leave(self, *, by: "User | None") -> None:
        """待同意 or 队员 → 已退出, by oneself, at once."""
        self._out(self._hold_team(), by, "")

    def remove(self, *, by: "User | None", reason: str) -> None:
        """队员 → 已退出 by staff, with words for the person."""
        team = self._hold_team()
        if self.status is not MemberStatus.MEMBER:
            raise TransitionError(self, MemberStatus.LEFT)
        reason = given(reason)
        self._out(team, by, reason)
        tell(self.person().user_id, f"您已不在团队“{team.name}”中", reason, path=f"/teams/{team.id}")

    def _out(self, team: Team, by: "User | None", reason: str) -> None:
        """Leave a held team; who led it leads it no longer."""
        was_in = self.status is MemberStatus.MEMBER
        self.move(MemberStatus.LEFT, by=by, reason=reason)
        self.left_at = clock.now()
        if was_in:
            team.count(-1)
        if team.leader_id == self.volunteer_id:
            team.leader_id = None
            record(team, "edit", by=by, reason="队长已退出团队")
            team.tell_leaderless(by, self.volunteer_id)
        db.session.flush()

    def _hold_team(self) -> Team:
        team = db.session.get_one(Team, self.team_id)
        team.hold()
        self.hold()
        return team

    def hold(self) -> None:
        """Hold this row, read afresh, until the transaction ends; its team must be held already."""
        lock(select(TeamMember).where(TeamMember.id == self.id))

    def person(self) -> Volunteer:
        """The volunteer, with their account."""
        return person(self.volunteer_id)


def person(id: int) -> Volunteer:
    """The volunteer, with their account loaded."""
    wanted = select(Volunteer).where(Volunteer.id == id).options(joinedload(Volunteer.user))
    return db.session.scalars(wanted.execution_options(populate_existing=True)).one()


def serving(id: int) -> Volunteer:
    """The volunteer, held; Refused unless 服务中. The team must be held already."""
    volunteer: Volunteer | None = next(iter(lock(select(Volunteer).where(Volunteer.id == id))), None)
    if volunteer is None or volunteer.status is not VolunteerStatus.SERVING:
        raise Refused("只有服务中的志愿者可以加入团队。", volunteer)
    return volunteer


def hold_teams_of(volunteer: Volunteer) -> set[int]:
    """Hold the teams in which this person is or asks to be, by id; before activities and volunteers."""
    mine = select(TeamMember.team_id).where(TeamMember.volunteer_id == volunteer.id, TeamMember.status.in_(IN))
    held = select(Team).where(Team.id.in_(mine)).order_by(Team.id).with_for_update(key_share=True)
    return {team.id for team in db.session.scalars(held.execution_options(populate_existing=True))}


def leave_teams(volunteer: Volunteer, held: set[int], *, by: "User | None") -> None:
    """Who is 已注销 is in no team any more. `held` are the teams that `hold_teams_of` held."""
    mine = TeamMember.volunteer_id == volunteer.id, TeamMember.status.in_(IN)
    for row in lock(select(TeamMember).where(*mine).order_by(TeamMember.id)):
        if row.team_id not in held:  # joined in this very moment: to hold that team now could wait in a circle
            raise Refused("刚刚有团队的变动，请再试一次。", volunteer)
        row._out(db.session.get_one(Team, row.team_id), by, "")


def in_teams(volunteer: Volunteer, *, ever: bool = False) -> bool:
    """Whether this person is or asks to be in a team; with `ever`, whether a row of theirs stands in any."""
    mine = select(TeamMember.id).where(TeamMember.volunteer_id == volunteer.id)
    return db.session.scalar((mine if ever else mine.where(TeamMember.status.in_(IN))).limit(1)) is not None
