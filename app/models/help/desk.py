"""What is decided about a request before anybody goes: accept, ask back, transfer, hand up, refuse, merge.

After two transfers the community hands it up (`hand_up`); from then on only the district (or the city) decides:
which community sees to it, for good, or the district itself, or nobody.
"""

from typing import TYPE_CHECKING, cast

from sqlalchemy.orm import Mapped

from app import clock
from app.models.help.ground import Ground, decides
from app.models.help.messages import tell_staff
from app.models.help.sentences import MERGED, accepted, sentence
from app.models.help.states import DAYS_OF_SILENCE, OPEN, TRANSFERS, HelpStatus
from app.models.region import community, heir, place_name
from app.models.stateful import given
from app.models.user import User
from app.models.workday import add_working_days
from app.refusal import Invalid, Refused

if TYPE_CHECKING:
    from app.models.help_request import HelpRequest

S = HelpStatus


class DeskVerbs(Ground):
    """The desk's verbs of `HelpRequest`."""

    if TYPE_CHECKING:
        phone: Mapped[str | None]
        transfers: Mapped[int]
        merged_into_id: Mapped[int | None]

        def locate(self, code: str) -> None: ...

    def accept(self, *, by: User, said: str = "") -> None:
        """受理: this community sees to it, or the district to which it was handed up."""
        self.hold()
        self.leave(S.PENDING, to=S.ACCEPTED)
        self.may_decide(by)
        self.accepted_at = self.accepted_at or clock.now()
        self.go(S.ACCEPTED, by=by, reason=sentence(said, accepted(self.phone)))

    def ask_back(self, *, by: User, reason: str) -> None:
        """待补充: ask for what is missing; the deadlines stand still, ten working days of silence end it."""
        self.hold()
        self.leave(S.PENDING, to=S.RETURNED)
        self.may_decide(by)
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
        if place.code == heir(self.community_code) and not self.handed_up_at:
            raise Invalid("community", "已经在这个社区，请选择另一个。")
        self.transfers += 1
        self.handed_up_at = None
        if place.code != heir(self.community_code):
            gone = f"转给{place_name(place.code)}，不用再办理。"
            tell_staff(cast("HelpRequest", self), "公众求助已转给别的社区", gone, but=by, path="/office/help")
        self.move(S.PENDING, by=by, reason=f"转给{place_name(place.code)}：{reason}"[:500])
        self.locate(place.code)
        self.run()
        self.tell_staff("有转来的公众求助", "请在 2 个工作日内受理。")

    def hand_up(self, *, by: User, reason: str) -> None:
        """After two transfers: the district decides who sees to it; deadlines anew."""
        self.hold()
        self.leave(S.PENDING, S.ACCEPTED, to=S.PENDING)
        reason = given(reason)
        if not may_hand_up(cast("HelpRequest", self), by):
            raise Refused("现在不能报请区县决定：转办满两次、区县还没有决定过的求助，才由社区报请。", self)
        self.handed_up_at = clock.now()
        self.move(S.PENDING, by=by, reason=reason, action="hand-up")
        self.run()
        self.tell_staff("求助转办两次，请决定由谁办理", "请在 2 个工作日内指定社区、自行办理或不予受理。")

    def refuse(self, *, by: User, reason: str) -> None:
        """不予受理."""
        self.hold()
        self.leave(S.PENDING, S.ACCEPTED, to=S.REFUSED)
        self.may_decide(by)
        self.go(S.REFUSED, by=by, reason=reason)

    def merge(self, into: "HelpRequest", *, by: User, said: str = "") -> None:
        """已合并: the same matter is seen to under another request."""
        from app.models.help_request import hold_requests

        hold_requests(*{self.id, into.id})
        self.settle()
        into.settle()
        self.leave(S.PENDING, S.ACCEPTED, to=S.MERGED)
        self.may_decide(by)
        if into.id == self.id:
            raise Invalid("into", "不能并入自己，请填另一件求助的编号。")
        if into.status not in OPEN:
            raise Invalid("into", "那件求助已经结束，请填一件正在办理的。")
        said = sentence(said, MERGED)
        self.merged_into_id = into.id
        self.go(S.MERGED, by=by, reason=said)


def may_transfer(request: "HelpRequest", by: User) -> bool:
    """Whether this post may still hand it on: anybody twice, then the district (or the city)."""
    return request.transfers < TRANSFERS or decides(by)


def may_hand_up(request: "HelpRequest", by: User) -> bool:
    """Whether this post may ask the district: transferred twice, not decided there yet, and below the district."""
    return request.transfers == TRANSFERS and not request.handed_up_at and not decides(by)
