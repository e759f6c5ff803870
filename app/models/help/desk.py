"""What a community decides about a request before anybody goes: accept, ask back, transfer, refuse, merge."""

from typing import TYPE_CHECKING, Any, cast

from sqlalchemy.orm import Mapped

from app import clock
from app.models.help.ground import Ground
from app.models.help.states import DAYS_OF_SILENCE, OPEN, TRANSFERS, HelpStatus
from app.models.region import Level, community, heir, place_name
from app.models.stateful import given
from app.models.user import User
from app.models.workday import add_working_days
from app.refusal import Invalid, Refused

if TYPE_CHECKING:
    from app.models.help_request import HelpRequest

S = HelpStatus
DISTRICT_UP = (Level.DISTRICT, Level.CITY)


class DeskVerbs(Ground):
    """The desk's verbs of `HelpRequest`."""

    if TYPE_CHECKING:
        transfers: Mapped[int]
        merged_into_id: Mapped[int | None]

        def locate(self, code: str) -> None: ...

    def accept(self, *, by: User) -> None:
        """受理: this community sees to it."""
        self.hold()
        self.leave(S.PENDING, to=S.ACCEPTED)
        self.accepted_at = self.accepted_at or clock.now()
        self.go(S.ACCEPTED, by=by)

    def ask_back(self, *, by: User, reason: str) -> None:
        """待补充: ask for what is missing; the deadlines stand still, ten working days of silence end it."""
        self.hold()
        self.leave(S.PENDING, to=S.RETURNED)
        reason = given(reason)
        self.lapses_at = add_working_days(clock.now(), DAYS_OF_SILENCE)
        self.move(S.RETURNED, by=by, reason=reason)

    def transfer(self, code: str, *, by: User, reason: str) -> None:
        """Hand over to another community: 待受理 there, deadlines anew; after two times only the district decides."""
        self.hold()
        self.leave(S.PENDING, S.ACCEPTED, to=S.PENDING)
        reason = given(reason)
        if not may_transfer(cast("HelpRequest", self), by):
            raise Refused(f"已经转办 {TRANSFERS} 次，转给谁由区县决定。", self)
        place = community(code)
        if place.code == heir(self.community_code):
            raise Invalid("community", "已经在这个社区，请选择另一个。")
        self.transfers += 1
        self.tell_staff("公众求助已转给别的社区", f"转给{place_name(place.code)}，不用再办理。", but=by)
        self.move(S.PENDING, by=by, reason=f"转给{place_name(place.code)}：{reason}"[:500])
        self.locate(place.code)
        self.run()
        self.tell_staff("有转来的公众求助", "请在 2 个工作日内受理。")

    def refuse(self, *, by: User, reason: str) -> None:
        """不予受理."""
        self.hold()
        self.leave(S.PENDING, S.ACCEPTED, to=S.REFUSED)
        self.go(S.REFUSED, by=by, reason=reason)

    def merge(self, into: "HelpRequest", *, by: User) -> None:
        """已合并: the same matter is seen to under another request."""
        from app.models.help_request import hold_requests

        hold_requests(*{self.id, into.id})
        self.settle()
        into.settle()
        self.leave(S.PENDING, S.ACCEPTED, to=S.MERGED)
        if into.id == self.id:
            raise Invalid("into", "不能并入自己，请填另一件求助的编号。")
        if into.status not in OPEN:
            raise Invalid("into", "那件求助已经结束，请填一件正在办理的。")
        self.merged_into_id = into.id
        self.go(S.MERGED, by=by, reason="同一件事已有求助在办理，合并办理。")


def may_transfer(request: "HelpRequest", by: User) -> bool:
    """Whether this post may still hand it on: anybody twice, then the district (or the city)."""
    level: Any = by.post.level if by.post else None
    return request.transfers < TRANSFERS or level in DISTRICT_UP
