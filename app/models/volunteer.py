"""志愿者 `Volunteer`: a member whom a service community has approved, with the kept count and minutes.

How one becomes a volunteer is in approval.py and membership.py; this file has what happens afterwards.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import ForeignKey, Index, String, exists, select, text
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from app import clock
from app.db import Model, Row, db
from app.freshness import touch
from app.models.history import record
from app.models.message import tell
from app.models.stateful import FREE, REASON, Stateful, TransitionError, given
from app.models.user import User
from app.models.volunteers.identity import Employment as Employment
from app.models.volunteers.identity import Identity as Identity
from app.models.volunteers.identity import Political as Political
from app.refusal import Refused

if TYPE_CHECKING:
    from app.models.unit_dispute import UnitDispute
    from app.models.work_unit import WorkUnit


class VolunteerStatus(StrEnum):
    SERVING = "serving"
    PAUSED = "paused"
    LEFT = "left"


class Skill(StrEnum):
    LAW = "law"
    MEDICINE = "medicine"
    PSYCHOLOGY = "psychology"
    TEACHING = "teaching"
    HAIRDRESSING = "hairdressing"
    REPAIR = "repair"
    COMPUTER = "computer"
    ARTS = "arts"
    CALLIGRAPHY = "calligraphy"
    PHOTOGRAPHY = "photography"
    DRIVING = "driving"
    LANGUAGES = "languages"
    SIGN_LANGUAGE = "sign_language"
    EMERGENCY = "emergency"
    MEDIATION = "mediation"
    OTHER = "other"


WROTE_A_UNIT = text("unit_other <> ''")
NARROWED = ("political", "employment", "unit_id", "user_id")


class Volunteer(Identity, Stateful, Row, Model):
    """One volunteer. `services` and `minutes` are sums over live service records, kept in step."""

    DOORS = {"people": "", "unit": "unit_id"}
    MOVES = {
        VolunteerStatus.SERVING: {VolunteerStatus.PAUSED: REASON, VolunteerStatus.LEFT: FREE},
        VolunteerStatus.PAUSED: {VolunteerStatus.SERVING: FREE, VolunteerStatus.LEFT: FREE},
        VolunteerStatus.LEFT: {VolunteerStatus.SERVING: FREE},  # only by a new application, approved
    }
    __table_args__ = (
        Index(None, "status", "id"),
        # the roster of a place lists 服务中 and 暂停 together, by id: with the state before the id both would be sorted
        # and what it is narrowed by stands in the index, so that a large place is walked along without looking up its people
        Index(None, "district_code", "id", "status", *NARROWED),
        Index(None, "subdistrict_code", "id", "status", *NARROWED),
        Index(None, "community_code", "id", "status"),
        Index(None, "home_community_code", "id", "status"),
        # a district, too, counts a unit's people in it
        Index(None, "unit_id", "id", "status", "district_code", "subdistrict_code", "community_code"),
        Index(
            "ix_volunteer_unit_other",  # what they wrote as their unit: a few among all without one
            *("unit_other", "status", "unit_id"),
            sqlite_where=WROTE_A_UNIT,
            postgresql_where=WROTE_A_UNIT,
        ),
        Index(None, "political", "id"),  # the rare ones: nearly all are members
        Index(None, "employment", "political", "id"),  # and nearly all of these work or are retired
    )

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), unique=True)
    status: Mapped[VolunteerStatus] = mapped_column(default=VolunteerStatus.SERVING)
    id_card_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    joined_on: Mapped[date]
    services: Mapped[int] = mapped_column(default=0)
    minutes: Mapped[int] = mapped_column(default=0)
    last_served_on: Mapped[date | None]
    left_at: Mapped[datetime | None]

    user: Mapped[User] = relationship(lazy="raise")
    unit: Mapped["WorkUnit | None"] = relationship(lazy="raise")
    open_dispute: Mapped["UnitDispute | None"] = relationship(
        primaryjoin="and_(foreign(UnitDispute.volunteer_id) == Volunteer.id, UnitDispute.unit_id == Volunteer.unit_id, "
        "UnitDispute.status == literal_column(\"'open'\"))",  # spelt out: see IS_OPEN
        uselist=False,
        lazy="raise",
        viewonly=True,
    )
    skills: Mapped[list["VolunteerSkill"]] = relationship(lazy="raise", cascade="all, delete-orphan")

    def pause(self, *, by: User, reason: str) -> None:
        """Stop for a while; all future places and promised help go to others. `by` is the volunteer or staff."""
        from app.models.help.leaving import hold_help_of, leave_help

        reason = given(reason)
        asked = hold_help_of(self)
        self._free_places(VolunteerStatus.PAUSED, by, reason)
        leave_help(self, asked, by=by, why="志愿者已暂停服务。")
        self.move(VolunteerStatus.PAUSED, by=by, reason=reason)
        self._say(by, "您的志愿服务已暂停", reason)

    def resume(self, *, by: User) -> None:
        """Serve again after a pause. Who has left comes back by a new application only."""
        if self.status is not VolunteerStatus.PAUSED:
            raise TransitionError(self, VolunteerStatus.SERVING)
        self.move(VolunteerStatus.SERVING, by=by)
        self._say(by, "您的志愿服务已恢复", "现在可以继续报名活动。")

    def leave(self, *, by: User, reason: str = "") -> None:
        """注销: future places and promised help go to others, teams are left, the ID-card number is free again; count
        and records stay.

        Staff must give a reason; an open application goes back with it.
        """
        from app.models.application import hold_applications, open_application
        from app.models.help.leaving import hold_help_of, leave_help
        from app.models.team import hold_teams_of, leave_teams
        from app.models.unit_dispute import end_disputes

        reason = given(reason) if by.id != self.user_id else reason.strip()
        hold_applications(self.user_id)
        asked, teams = hold_help_of(self), hold_teams_of(self)
        self._free_places(VolunteerStatus.LEFT, by, reason or "已注销志愿者身份")
        leave_help(self, asked, by=by, why="志愿者已注销。")
        self.move(VolunteerStatus.LEFT, by=by, reason=reason)
        self.left_at = clock.now()
        leave_teams(self, teams, by=by)
        self._withdraw_from_stars(by)
        end_disputes(self, by=by)
        waiting = open_application(self.user_id)
        if waiting is not None:
            waiting.withdraw(by=by)
        self._forget_card()
        self.guardian_name, self.guardian_phone = "", None
        self._say(by, "您的志愿者身份已注销", reason)

    def _withdraw_from_stars(self, by: User) -> None:
        """Nobody becomes a star after leaving; stars of the past stay."""
        from app.models.honour import Honour, HonourStatus

        coming = Honour.status.in_((HonourStatus.CANDIDATE, HonourStatus.ANNOUNCED))
        for honour in db.session.scalars(select(Honour).where(Honour.volunteer_id == self.id, coming)):
            if not honour.settle():
                honour.revoke(by=by, reason="本人已注销志愿者身份。")

    def release_card(self, *, by: User, reason: str) -> None:
        """Free an ID-card number that this person should not have used; they are asked for the right one."""
        from app.models.application import hold_applications

        reason = given(reason)
        hold_applications(self.user_id)
        if self.id_card_hash is None:
            raise Refused("这里没有身份证号码。", self)
        record(self, "release-card", by=by, reason=reason)
        self._forget_card()
        tell(self.user_id, "请重新填写身份证号码", reason, path="/member/volunteer")
        db.session.flush()

    def _free_places(self, to: VolunteerStatus, by: User, reason: str) -> None:
        from app.models.signups.seats import free_future_places

        if not self.can_move(to):
            raise TransitionError(self, to)
        free_future_places(self, by, reason)
        touch("volunteers")

    def _forget_card(self) -> None:
        from app.models.application import forget_cards

        self.id_card = self.id_card_hash = None
        self.id_card_tail = ""
        forget_cards(self.user_id)

    def _say(self, by: User, title: str, text: str) -> None:
        """Tell the volunteer what staff did; what one did oneself one knows."""
        touch("volunteers")
        if by.id != self.user_id:
            tell(self.user_id, title, text, path="/member/volunteer")


class VolunteerSkill(Model):
    """One skill of one volunteer, so that suggestions can search by skill."""

    __table_args__ = (Index(None, "skill", "volunteer_id"),)

    volunteer_id: Mapped[int] = mapped_column(ForeignKey("volunteer.id"), primary_key=True)
    skill: Mapped[Skill] = mapped_column(primary_key=True)


def volunteer_of(user_id: int, *options: Any) -> Volunteer | None:
    """This person's volunteer row, in whatever state; with skills loaded."""
    wanted = select(Volunteer).where(Volunteer.user_id == user_id).options(joinedload(Volunteer.skills), *options)
    return db.session.scalars(wanted).unique().first()


def card_is_taken(card_hash: str, *, but: int) -> bool:
    """Whether a living volunteer other than the person `but` has this ID-card number."""
    other = exists().where(Volunteer.id_card_hash == card_hash, Volunteer.user_id != but)
    return bool(db.session.scalar(select(other)))
