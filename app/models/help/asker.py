"""What the asker does, without an account: supply what is missing, withdraw, rate, reopen."""

from datetime import datetime
from typing import TYPE_CHECKING, cast

from sqlalchemy.orm import Mapped

from app import clock
from app.models.help.ground import Ground
from app.models.help.states import ASKER, REOPEN_WITHIN, REOPENINGS, HelpStatus, Rating
from app.models.history import record
from app.models.stateful import given
from app.models.user import User
from app.refusal import Invalid, Refused

if TYPE_CHECKING:
    from app.models.help_request import HelpRequest

S = HelpStatus
SUPPLEMENT = 500  # characters
LONGEST = 4000  # of the whole text with everything supplied


class AskersVerbs(Ground):
    """The asker's verbs of `HelpRequest`."""

    if TYPE_CHECKING:
        content: Mapped[str]
        rating: Mapped[Rating | None]
        rated_at: Mapped[datetime | None]
        reopened: Mapped[int]

    def supply(self, text: str, *, by: User = ASKER) -> None:
        """Answer to 待补充: back to 待受理, deadlines anew. `by` is staff who write down what they were told."""
        self.hold()
        self.leave(S.RETURNED, to=S.PENDING)
        text = text.strip()
        if not 2 <= len(text) <= SUPPLEMENT:
            raise Invalid("supplement", f"补充的情况请写 2 到 {SUPPLEMENT} 个字，现在是 {len(text)} 个。")
        stamp = f"{clock.local(clock.now()):%Y-%m-%d}"
        self.content = f"{self.content}\n补充（{stamp}）：{text}"[:LONGEST]
        self.go(S.PENDING, by=by)
        self.run()
        self.tell_staff("求助人补充了情况", "请在 2 个工作日内受理。")

    def withdraw(self, *, by: User = ASKER) -> None:
        """已撤回: not needed any more; possible until somebody has set out."""
        self.hold()
        self.leave(S.PENDING, S.RETURNED, S.ACCEPTED, S.ARRANGED, to=S.WITHDRAWN)
        self.end_offers("求助人撤回了求助。")
        self.go(S.WITHDRAWN, by=by)
        self.tell_staff("求助人撤回了求助", "不用再办理。", but=by)

    def rate(self, rating: Rating, *, by: User = ASKER) -> None:
        """Say once how it was; 409 unless 已办结 and not rated."""
        self.hold()
        self.leave(S.CLOSED, to=S.CLOSED)
        if self.rating is not None:
            raise Refused("您已经评价过了，谢谢。", self)
        self.rating, self.rated_at = rating, clock.now()
        record(self, "rate", by=by)
        from app.models.public_case import keep_rating

        keep_rating(cast("HelpRequest", self))

    def reopen(self, *, by: User = ASKER, reason: str) -> None:
        """It was not solved: 已受理 again, deadlines anew; what was published leaves the portal at once."""
        from app.models.public_case import hide

        self.hold()
        self.leave(S.CLOSED, to=S.ACCEPTED)
        reason = given(reason)
        if not may_reopen(cast("HelpRequest", self)):
            raise Refused("办结超过 15 天，或已经要求重办 2 次，不能再重办。需要时请重新求助。", self)
        self.reopened += 1
        self.rating = self.rated_at = self.closed_at = None
        self.result = None
        self.move(S.ACCEPTED, by=by, reason=reason)
        self.run()
        hide(cast("HelpRequest", self))
        self.tell_staff("求助人要求重办", "请在 3 个工作日内重新安排。")


def may_reopen(request: "HelpRequest") -> bool:
    """Whether the asker may still say that it was not solved."""
    if request.status is not S.CLOSED or request.closed_at is None or request.reopened >= REOPENINGS:
        return False
    return clock.now() < request.closed_at + REOPEN_WITHIN
