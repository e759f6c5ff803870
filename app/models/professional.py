"""专业志愿者: `ProfessionalGroup` (an association such as 市律师协会) and its checked members."""

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Model, Row, db, lock
from app.freshness import touch
from app.models.displays.consent import Named, must_serve
from app.models.history import record
from app.models.stateful import FREE, REASON, Stale, Stateful, TransitionError
from app.models.volunteer import Volunteer
from app.models.written import paragraphs_of
from app.refusal import Invalid, Refused

if TYPE_CHECKING:
    from app.models.user import User


class GroupStatus(StrEnum):
    SHOWN = "shown"
    CLOSED = "closed"


class ProfessionalStatus(StrEnum):
    ASKED = "asked"  # checked by the city; the person has not agreed yet
    SHOWN = "shown"  # agreed, stands on the portal by name
    DECLINED = "declined"
    REMOVED = "removed"


class ProfessionalGroup(Stateful, Row, Model):
    """One association, kept by the city, in the order of `position`."""

    DOORS = {"any": ""}
    MOVES = {GroupStatus.SHOWN: {GroupStatus.CLOSED: REASON}, GroupStatus.CLOSED: {GroupStatus.SHOWN: FREE}}

    name: Mapped[str] = mapped_column(String(60), unique=True)
    introduction: Mapped[str] = mapped_column(Text, default="")
    contact: Mapped[str] = mapped_column(String(100), default="")
    position: Mapped[int] = mapped_column(default=0)
    status: Mapped[GroupStatus] = mapped_column(default=GroupStatus.SHOWN)

    @property
    def paragraphs(self) -> list[str]:
        """The introduction as it is shown: plain, a paragraph for each line that is not empty."""
        return paragraphs_of(self.introduction)

    @classmethod
    def found(
        cls, name: str, introduction: str, contact: str, position: int, *, by: "User | None"
    ) -> "ProfessionalGroup":
        """A new association; Invalid at `name` where there is one of that name."""
        _must_be_free(name)
        group = cls(name=name, introduction=introduction, contact=contact, position=position)
        db.session.add(group)
        db.session.flush()
        record(group, "create", by=by, to=GroupStatus.SHOWN)
        touch("professionals")
        return group

    def edit(
        self, name: str, introduction: str, contact: str, position: int, version: int, *, by: "User | None"
    ) -> None:
        """State it anew; the form saw `version`. Raises Stale, Invalid at `name`."""
        self.hold()
        if self.version != version:
            raise Stale(self, "这个协会")
        if name != self.name:
            _must_be_free(name)
        before = self.name, self.introduction, self.contact, self.position
        self.name, self.introduction, self.contact, self.position = after = (name, introduction, contact, position)
        words = zip(("名称", "介绍", "联系方式", "排列顺序"), before, after, strict=True)
        changed = [word for word, old, new in words if old != new]
        if changed:
            record(self, "edit", by=by, reason=f"修改了{'、'.join(changed)}")
        db.session.flush()
        touch("professionals")

    def close(self, *, by: "User | None", reason: str) -> None:
        """展示中 → 已停用: the association and its members leave the portal; those who are shown are told."""
        self.hold()
        self.move(GroupStatus.CLOSED, by=by, reason=reason)
        shown = Professional.group_id == self.id, Professional.status == ProfessionalStatus.SHOWN
        for member in lock(select(Professional).where(*shown)):
            member.say(f"“{self.name}”已停止展示", f"您的姓名不再出现在门户上。原因：{reason.strip()}")
        touch("professionals")

    def reopen(self, *, by: "User | None") -> None:
        """已停用 → 展示中: those who agreed stand on the portal again."""
        self.hold()
        self.move(GroupStatus.SHOWN, by=by)
        touch("professionals")

    def hold(self) -> None:
        """Hold this row, read afresh, until the transaction ends."""
        lock(select(ProfessionalGroup).where(ProfessionalGroup.id == self.id))


def _must_be_free(name: str) -> None:
    if db.session.scalar(select(ProfessionalGroup.id).where(ProfessionalGroup.name == name)):
        raise Invalid("name", f"已经有“{name}”，请在它上面修改。")


class Professional(Named, Stateful, Row, Model):
    """One volunteer in one association: the city checks the licence, the person agrees to be shown by name."""

    DOORS = {"any": ""}
    MOVES = {
        ProfessionalStatus.ASKED: {
            ProfessionalStatus.SHOWN: FREE,
            ProfessionalStatus.DECLINED: FREE,
            ProfessionalStatus.REMOVED: REASON,
        },
        ProfessionalStatus.SHOWN: {ProfessionalStatus.DECLINED: FREE, ProfessionalStatus.REMOVED: REASON},
        ProfessionalStatus.DECLINED: {ProfessionalStatus.ASKED: FREE},
        ProfessionalStatus.REMOVED: {ProfessionalStatus.ASKED: FREE},
    }
    __table_args__ = (
        UniqueConstraint("group_id", "volunteer_id"),
        Index(None, "group_id", "status", "id"),
        Index(None, "volunteer_id"),
    )

    group_id: Mapped[int] = mapped_column(ForeignKey("professional_group.id"))
    volunteer_id: Mapped[int] = mapped_column(ForeignKey("volunteer.id"))
    speciality: Mapped[str] = mapped_column(String(60))
    organisation: Mapped[str] = mapped_column(String(60), default="")
    checked: Mapped[str] = mapped_column(String(200), default="")  # what was checked, e.g. 执业证; not public
    checked_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    agreed_at: Mapped[datetime | None]
    status: Mapped[ProfessionalStatus] = mapped_column(default=ProfessionalStatus.ASKED)

    group: Mapped[ProfessionalGroup] = relationship(lazy="raise")
    volunteer: Mapped[Volunteer] = relationship(lazy="raise")

    @classmethod
    def add(
        cls,
        group: ProfessionalGroup,
        volunteer: Volunteer,
        speciality: str,
        organisation: str,
        checked: str,
        *,
        by: "User | None",
    ) -> "Professional":
        """Put a checked volunteer forward and ask them; who declined or was removed is asked anew.

        Refused for a closed association, for who has left, and for who stands in it already.
        """
        group.hold()
        must_serve(volunteer)
        if group.status is GroupStatus.CLOSED:
            raise Refused("这个协会已停用，恢复展示后才能添加成员。", group)
        same = cls.group_id == group.id, cls.volunteer_id == volunteer.id
        member: Professional | None = next(iter(lock(select(cls).where(*same))), None)
        known = member is not None
        if member is None:
            member = cls(group_id=group.id, volunteer_id=volunteer.id, status=ProfessionalStatus.ASKED)
        elif member.status in (ProfessionalStatus.ASKED, ProfessionalStatus.SHOWN):
            raise Refused("这位志愿者已经在这个协会的名单里。", member)
        member.speciality, member.organisation, member.checked = speciality, organisation, checked
        member.checked_by_id = by.id if by else None
        member.not_agreed()
        member._put_forward(known, group.name, by)
        return member

    def _put_forward(self, known: bool, group: str, by: "User | None") -> None:
        if known:
            self.move(ProfessionalStatus.ASKED, by=by)
        else:
            db.session.add(self)
            db.session.flush()
            record(self, "ask", by=by, to=ProfessionalStatus.ASKED)
        self.ask(f"邀请您作为专业志愿者展示：{group}", ASKING.format(self.public_words))

    @property
    def public_words(self) -> str:
        """What stands beside the name."""
        return "，".join(part for part in (f"专长：{self.speciality}", self.organisation) if part)

    def edit(self, speciality: str, organisation: str, checked: str, version: int, *, by: "User | None") -> None:
        """Correct what stands beside the name; the person is told where everybody sees it. Raises Stale."""
        self.hold()
        if self.version != version:
            raise Stale(self, "这位成员的资料")
        if self.status not in (ProfessionalStatus.ASKED, ProfessionalStatus.SHOWN):
            raise TransitionError(self, ProfessionalStatus.ASKED)
        public = (self.speciality, self.organisation) != (speciality, organisation)
        if not public and self.checked == checked:
            return
        self.speciality, self.organisation, self.checked = speciality, organisation, checked
        record(self, "edit", by=by, reason="修改了展示内容" if public else "修改了核实情况")
        db.session.flush()
        if public:
            self.say("您的专业志愿者展示内容有修改", f"现在是——{self.public_words}。不合适的，可以撤回同意。")
        touch("professionals")

    def agree(self, *, by: "User") -> None:
        """待本人同意 → 展示中, by the person alone."""
        self.hold()
        self.must_be_own(by)
        self.agreed()
        self.move(ProfessionalStatus.SHOWN, by=by)
        touch("professionals")

    def decline(self, *, by: "User") -> None:
        """No, or no longer: 待本人同意 / 展示中 → 本人不同意; the name leaves the portal at once."""
        self.hold()
        self.must_be_own(by)
        self.not_agreed()
        self.move(ProfessionalStatus.DECLINED, by=by)
        touch("professionals")

    def remove(self, *, by: "User | None", reason: str) -> None:
        """Taken off the list by the city; the person reads why."""
        self.hold()
        self.move(ProfessionalStatus.REMOVED, by=by, reason=reason)
        self.not_agreed()
        self.say("您已不在专业志愿者展示名单中", f"原因：{reason.strip()}")
        touch("professionals")

    def hold(self) -> None:
        """Hold this row, read afresh, until the transaction ends."""
        lock(select(Professional).where(Professional.id == self.id))


ASKING = "市级管理员已核实您的执业资格，想在门户上展示您的姓名。{}。同意不同意都可以，同意后也能随时撤回。"
