"""归属异议 `UnitDispute`: a work unit doubts that a volunteer is one of its people; the person's community decides."""

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, Index, String, literal_column, select, text, update
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import clock
from app.db import Model, Row, db, lock
from app.freshness import touch
from app.models.history import record
from app.models.impartial import by_another
from app.models.message import tell, withdraw
from app.models.post import Role, keepers, unit_keepers
from app.models.signups.following import follow_person, hold_with_coming
from app.models.stateful import FREE, REASON, Stateful, TransitionError, given
from app.models.volunteer import Volunteer, VolunteerStatus
from app.models.work_unit import NO_UNIT, WorkUnit, living_unit, unit_name
from app.refusal import Refused

if TYPE_CHECKING:
    from app.models.user import User


class DisputeStatus(StrEnum):
    OPEN = "open"
    UPHELD = "upheld"  # the person does not belong to the unit: moved to 其他
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


D = DisputeStatus


class UnitDispute(Stateful, Row, Model):
    """A unit says that somebody does not belong to it; the person's community decides."""

    DOORS = {"people": "volunteer_", "unit": "unit_id"}
    MOVES = {
        DisputeStatus.OPEN: {
            DisputeStatus.UPHELD: FREE,
            DisputeStatus.REJECTED: REASON,
            DisputeStatus.WITHDRAWN: FREE,
        },
        DisputeStatus.UPHELD: {},
        DisputeStatus.REJECTED: {},
        DisputeStatus.WITHDRAWN: {DisputeStatus.OPEN: FREE},  # only where the approval that settled it is undone
    }
    __table_args__ = (
        Index(
            "uq_unit_dispute_open", "volunteer_id", "unit_id", unique=True,
            sqlite_where=text("status = 'open'"), postgresql_where=text("status = 'open'"),
        ),
        Index(None, "volunteer_id", "status"),
        Index(None, "status", "id"),
        Index(None, "unit_id", "status", "id"),
        Index(None, "volunteer_district_code", "status", "id"),
        Index(None, "volunteer_subdistrict_code", "status", "id"),
        Index(None, "volunteer_community_code", "status", "id"),
    )  # fmt: skip

    volunteer_id: Mapped[int] = mapped_column(ForeignKey("volunteer.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("work_unit.id"))
    volunteer_district_code: Mapped[str] = mapped_column(String(6))
    volunteer_subdistrict_code: Mapped[str] = mapped_column(String(9))
    volunteer_community_code: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str] = mapped_column(String(500))
    raised_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    decided_at: Mapped[datetime | None]
    status: Mapped[DisputeStatus] = mapped_column(default=DisputeStatus.OPEN)

    volunteer: Mapped[Volunteer] = relationship(lazy="raise")
    unit: Mapped[WorkUnit] = relationship(lazy="raise")

    @classmethod
    def put(cls, volunteer: Volunteer, reason: str, *, by: "User") -> "UnitDispute":
        """The acting unit doubts that this volunteer is one of its people. Refused (409) where it cannot."""
        reason = given(reason)
        post = by.post
        held = _held_volunteer(volunteer.id)
        if post is None or post.role is not Role.UNIT or post.unit_id != held.unit_id or not held.unit_id:
            raise Refused("归属异议由志愿者所填的工作单位提出。", held)
        if held.status is VolunteerStatus.LEFT:
            raise Refused("这位志愿者已经注销，不用再提。", held)
        if open_dispute(held) is not None:
            raise Refused("这位志愿者已有一件归属异议在核实，请等社区答复。", held)
        dispute = cls(volunteer_id=held.id, unit_id=held.unit_id, reason=reason, raised_by_id=by.id)
        dispute.stand_in(held.community_code)
        db.session.add(dispute)
        db.session.flush()
        record(dispute, "put", by=by, reason=reason, to=D.OPEN)
        name = unit_name(held.unit_id)
        dispute._tell_person("工作单位对您的归属提出异议", f"{name}认为您不是本单位的人：{reason}社区会核实。")
        dispute._tell(keepers(held.community_code), "有单位提出归属异议", f"{name}请社区核实一位志愿者的工作单位。")
        return dispute

    def uphold(self, *, by: "User") -> None:
        """异议成立: from now on the person belongs to no unit of the list; records of the past keep theirs."""
        hold_with_coming(Volunteer.id == self.volunteer_id)
        volunteer = _held_volunteer(self.volunteer_id)
        self._leave(by, D.UPHELD)
        self.decided_at = clock.now()
        self.move(D.UPHELD, by=by)
        # somebody may have left the unit since, where nothing settled the dispute
        name, said = unit_name(self.unit_id), "您现在填写的单位和以前的服务记录都不变。"
        if volunteer.unit_id == self.unit_id:
            volunteer.unit_id, volunteer.unit_other = None, ""
            db.session.flush()
            follow_person(volunteer)
            record(volunteer, "change", by=by, reason=f"工作单位：{name} → {NO_UNIT}（归属异议成立）")
            touch("volunteers")
            said = f"现在记为“{NO_UNIT}”，以前的服务记录不变。有新的单位，请在志愿者申请里变更。"
        self._tell_person("单位的异议成立", f"经社区核实，您不是{name}的人。{said}")
        self._tell(unit_keepers(self.unit_id), "归属异议成立", "这位志愿者今后不再计入本单位，以前的服务记录不变。")

    def reject(self, *, by: "User", reason: str) -> None:
        """异议不成立: the person stays with the unit."""
        reason = given(reason)
        self._leave(by, D.REJECTED)
        self.decided_at = clock.now()
        self.move(D.REJECTED, by=by, reason=reason)
        self._tell_person("工作单位的异议不成立", f"您仍属于{unit_name(self.unit_id)}。{reason}")
        self._tell(unit_keepers(self.unit_id), "归属异议不成立", reason)

    def withdraw(self, *, by: "User") -> None:
        """已撤回: the unit doubts no longer."""
        self.hold()
        if by.post is None or by.post.role is not Role.UNIT:
            raise Refused("只有提出异议的单位可以撤回。", self)
        self.move(D.WITHDRAWN, by=by)
        self._tell_person("工作单位已撤回异议", f"您仍属于{unit_name(self.unit_id)}。")
        self._tell(keepers(self.volunteer_community_code), "归属异议已撤回", "不用再核实。")

    def settle(self, why: str, *, by: "User | None", at: datetime | None = None) -> None:
        """Nobody has to decide any more, for this reason: unit and community are told (`at` a later moment)."""
        self.move(D.WITHDRAWN, by=by, reason=why, action="settle")
        for user_id in self._concerned(but=by):
            self._tell([user_id], "归属异议不用再核实", why, at=at)

    def unsettle(self, why: str, *, by: "User") -> None:
        """It waits again; what was not seen of its end is not seen at all."""
        self.move(D.OPEN, by=by, reason=why, action="unsettle")
        person = db.session.scalar(select(Volunteer.user_id).where(Volunteer.id == self.volunteer_id))
        for user_id in (*self._concerned(), person or 0):
            withdraw(user_id, self._cause)

    def _concerned(self, but: "User | None" = None) -> list[int]:
        """Who keeps the unit and the person's community."""
        people = {*unit_keepers(self.unit_id), *keepers(self.volunteer_community_code)}
        return sorted(people - {but.id if but else 0})

    def _leave(self, by: "User", to: DisputeStatus) -> None:
        """Hold it for a decision of the community's side; nobody decides on oneself."""
        self.hold()
        if by.post is None or by.post.role is Role.UNIT:
            raise Refused("归属异议由志愿者的社区核实决定。", self)
        if not self.can_move(to):
            raise TransitionError(self, to)
        volunteer: Volunteer = db.session.get_one(Volunteer, self.volunteer_id)
        by_another(by, volunteer.user_id, "归属异议", self)

    def hold(self) -> None:
        """Hold this row, read afresh, until the transaction ends."""
        lock(select(UnitDispute).where(UnitDispute.id == self.id))

    def stand_in(self, code: str) -> None:
        """Belong to this community of the volunteer."""
        self.volunteer_district_code, self.volunteer_subdistrict_code = code[:6], code[:9]
        self.volunteer_community_code = code

    @property
    def _cause(self) -> str:
        """What its messages are about, so that an undo finds them."""
        return f"dispute:{self.id}"

    def _tell_person(self, title: str, body: str, at: datetime | None = None) -> None:
        user_id = db.session.scalar(select(Volunteer.user_id).where(Volunteer.id == self.volunteer_id))
        tell(user_id or 0, title, body, path="/member/volunteer", about=self._cause, at=at)

    def _tell(self, people: list[int], title: str, body: str, at: datetime | None = None) -> None:
        for user_id in people:
            tell(user_id, title, body, path=f"/office/disputes/{self.id}", about=self._cause, at=at)


# Spelt out as in its partial index: for a parameter there SQLite looks at the value and plans the whole statement anew
# each time it runs (待办 of the city, of which this is one line in fifty: 6.1 ms instead of 0.2).
IS_OPEN = UnitDispute.status == literal_column(f"'{D.OPEN.value}'")


def _held_volunteer(id: int) -> Volunteer:
    held: Volunteer = lock(select(Volunteer).where(Volunteer.id == id))[0]
    return held


def open_dispute(volunteer: Volunteer) -> UnitDispute | None:
    """The dispute about this volunteer's present unit that waits for a decision."""
    if volunteer.unit_id is None:
        return None
    same = UnitDispute.volunteer_id == volunteer.id, UnitDispute.unit_id == volunteer.unit_id
    return db.session.scalar(select(UnitDispute).where(*same, IS_OPEN))


def upheld_by(volunteer: Volunteer, unit_id: int | None, day: date) -> bool:
    """Whether this unit's dispute about the volunteer had been found right by the end of this day."""
    theirs = UnitDispute.volunteer_id == volunteer.id, UnitDispute.unit_id == unit_id
    found = UnitDispute.status == D.UPHELD, UnitDispute.decided_at < clock.start_of(day + timedelta(days=1))
    return db.session.scalar(select(UnitDispute.id).where(*theirs, *found).limit(1)) is not None


def end_disputes(volunteer: Volunteer, *, by: "User") -> None:
    """Who is 已注销 belongs to no unit any more: nobody has to decide. The volunteer is held."""
    for dispute in _open_ones(volunteer):
        dispute.settle("志愿者已注销。", by=by)


def settle_disputes(volunteer: Volunteer, unit_id: int | None, *, by: "User", at: datetime) -> list[int]:
    """Whoever comes to `unit_id` is nobody's of another unit: what those dispute ends, told from `at` on; the ids.

    The volunteer is held.
    """
    settled = [one for one in _open_ones(volunteer) if one.unit_id != unit_id]
    for dispute in settled:
        dispute.settle("这位志愿者已变更工作单位。", by=by, at=at)
        name = unit_name(dispute.unit_id)
        dispute._tell_person("工作单位的异议不用再核实", f"您已变更工作单位，{name}的异议到此为止。", at=at)
    return [one.id for one in settled]


def unsettle_disputes(ids: list[int], *, by: "User") -> None:
    """The change is undone: those disputes wait again. The volunteer is held."""
    for dispute in lock(select(UnitDispute).where(UnitDispute.id.in_(ids)).order_by(UnitDispute.id)):
        dispute.unit_id = living_unit(dispute.unit_id) or dispute.unit_id
        dispute.unsettle("变更工作单位的申请已撤销通过。", by=by)


def _open_ones(volunteer: Volunteer) -> list[UnitDispute]:
    theirs = UnitDispute.volunteer_id == volunteer.id, IS_OPEN
    return list(lock(select(UnitDispute).where(*theirs).order_by(UnitDispute.id)))


def disputes_follow(volunteer: Volunteer) -> None:
    """After a move: what is open about this volunteer is decided by the new community."""
    code = volunteer.community_code
    places = {"volunteer_district_code": code[:6], "volunteer_subdistrict_code": code[:9]}
    theirs = update(UnitDispute).where(UnitDispute.volunteer_id == volunteer.id, UnitDispute.status == D.OPEN)
    db.session.execute(theirs.values(volunteer_community_code=code, **places))
