"""What becomes of an invitation (邀请): the person accepts or declines it, the community withdraws it.

It is shown to a registered member of the same name who has the same phone or ID-card number, or who typed the
code that the community handed over. Accepting makes the member a volunteer of the community at once, unless
they are one already, and takes over the earlier services, once (SPEC section 4).
"""

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import select
from sqlalchemy.orm import Mapped

from app import clock
from app.crypto import keyed_hash
from app.db import db, lock
from app.freshness import touch
from app.models.accounts.credentials import CODE_LETTERS
from app.models.application import Application, hold_applications, open_application
from app.models.applications.particulars import CARD_IN_USE, card_given_before
from app.models.imports.taking_over import Entrant, record_of
from app.models.region import lineage, regions
from app.models.service_record import ServiceRecord
from app.models.stateful import Stateful, TransitionError
from app.models.user import Gender, User, hold_user
from app.models.volunteer import Volunteer, VolunteerStatus, card_is_taken
from app.models.volunteers.id_card import read_card
from app.models.volunteers.identity import Employment, Political
from app.models.volunteers.membership import enter
from app.refusal import Invalid, Refused

if TYPE_CHECKING:
    from app.models.invitation import Invitation

CODE_LENGTH = 8  # 40 bits
OTHER_CARD = "与原平台登记的身份证号码不一致，请核对；确实不对的，请联系社区核实。"
OWN_LIST = "这份名单是您自己导入的，不能由您自己接受。请让其他管理员核对后重新导入。"
LEFT_BEFORE = "您已注销志愿者身份。请先提交志愿者申请，社区通过后再来接受这份邀请。"
UNDER_AGE = "未满 18 周岁，要先由监护人同意：请先提交志愿者申请，社区通过后再来接受这份邀请。"


class InvitationStatus(StrEnum):
    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


S = InvitationStatus


class Answering(Stateful):
    """The verbs of `Invitation`."""

    if TYPE_CHECKING:
        import_id: Mapped[int]
        line: Mapped[int]
        name: Mapped[str]
        phone: Mapped[str | None]
        phone_hash: Mapped[str | None]
        phone_tail: Mapped[str]
        id_card: Mapped[str | None]
        id_card_hash: Mapped[str | None]
        id_card_tail: Mapped[str]
        gender: Mapped[Gender | None]
        political: Mapped[Political]
        employment: Mapped[Employment]
        unit_id: Mapped[int | None]
        unit_other: Mapped[str]
        community_code: Mapped[str]
        accepted_by_id: Mapped[int | None]
        answered_at: Mapped[datetime | None]

    @property
    def code(self) -> str:
        """What the person types to find the invitation, as it is printed: 1024-ABCD-EFGH."""
        number = int(keyed_hash(f"{self.id}:{self.import_id}:{self.line}", "invitation-code")[:16], 16)
        letters = "".join(CODE_LETTERS[number >> 5 * place & 31] for place in range(CODE_LENGTH))
        return f"{self.id}-{letters[:4]}-{letters[4:]}"

    def accept(self, *, by: User, id_card: str = "") -> Volunteer:
        """待接受 → 已接受. A member becomes a volunteer with this ID-card number ('' the one given before).

        Invalid at `id_card` where it is missing, wrong, not the invited person's or used by another volunteer;
        Refused (409) under 18, and where the membership has another number than the invitation.
        """
        hold_applications(by.id)
        self._hold(by)
        if not self.can_move(S.ACCEPTED):
            raise TransitionError(self, S.ACCEPTED)
        if self.import_of().created_by_id == by.id:
            raise Refused(OWN_LIST, self)
        volunteer = _held(by.id)
        if volunteer is None:
            volunteer = self._join(by, id_card)
        elif volunteer.status is VolunteerStatus.LEFT:  # only a community lets somebody back in (Volunteer.MOVES)
            raise Refused(LEFT_BEFORE, self)
        elif self.id_card_hash and volunteer.id_card_hash not in (None, self.id_card_hash):
            raise Refused(OTHER_CARD, self)
        self._take_over(volunteer)
        self.accepted_by_id, self.answered_at = by.id, clock.now()
        self._forget()  # but the hashes, by which nobody is brought in twice
        self.move(S.ACCEPTED, by=by)
        touch("volunteers")
        return volunteer

    def decline(self, *, by: User) -> None:
        """待接受 → 已谢绝: nothing happens, and it can be taken up again later."""
        self._hold(by)
        self.answered_at = clock.now()
        self.move(S.DECLINED, by=by)

    def reopen(self, *, by: User) -> None:
        """已谢绝 → 待接受: the person thought better of it."""
        self._hold(by)
        self.answered_at = None
        self.move(S.OPEN, by=by)

    def withdraw(self, *, by: User | None, reason: str) -> None:
        """待接受 → 已收回, with a reason: it can be accepted no more, and numbers and services are forgotten."""
        self._hold(None)
        self.move(S.WITHDRAWN, by=by, reason=reason)
        self._forget()
        self.phone_hash, self.phone_tail, self.id_card_hash = None, "", None
        cast("Invitation", self).drop_services()

    def _hold(self, by: User | None) -> None:
        """The person first, then the invitation, fresh."""
        if by is not None:
            hold_user(by.id)
        lock(select(type(self)).where(type(self).id == self.id))

    def _forget(self) -> None:
        """The numbers served their purpose."""
        self.phone = self.id_card = None
        self.id_card_tail = ""

    def import_of(self) -> Any:
        """The import that made this invitation."""
        from app.models.invitation import Import

        return db.session.get_one(Import, cast("Invitation", self).import_id)

    def _join(self, by: User, typed: str) -> Volunteer:
        card = read_card(typed or card_given_before(by.id))
        if self.id_card_hash and card.hash != self.id_card_hash:
            raise Invalid("id_card", OTHER_CARD)
        if card.minor:
            raise Refused(UNDER_AGE, self)
        if card_is_taken(card.hash, but=by.id):
            raise Invalid("id_card", CARD_IN_USE)
        if not self.place_is_open:
            raise Refused("这个社区已撤并，请提交志愿者申请，改选现在的社区；成为志愿者后再来接受。", self)
        waiting = open_application(by.id)
        if waiting is not None:
            waiting.withdraw(by=by)
        enter(cast(Application, Entrant.of(cast("Invitation", self), card, by)), by=by)
        joined = _held(by.id)
        assert joined is not None  # noqa: S101  (entered above, in this transaction)
        return joined

    @property
    def place_is_open(self) -> bool:
        """Whether the community, or the one into which it was merged, accepts people."""
        return any(self.community_code in codes and regions()[heir].open for heir, codes in lineage().items())

    def _take_over(self, volunteer: Volunteer) -> None:
        """The earlier services as records of the volunteer's community of today."""
        brought = cast("Invitation", self).brought_services()
        ServiceRecord.make([record_of(one, volunteer) for one in brought for _ in range(one.number)])


def _held(user_id: int) -> Volunteer | None:
    """The person's volunteer row, held and fresh."""
    return next(iter(lock(select(Volunteer).where(Volunteer.user_id == user_id))), None)
