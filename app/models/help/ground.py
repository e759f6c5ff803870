"""What all verbs of a request stand on: holding it, storing what is due, running the clock, ending offers."""

from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Mapped

from app import clock
from app.db import db, locking
from app.models.help.messages import tell_staff, tell_volunteer
from app.models.help.sentences import AWAITED
from app.models.help.states import (
    DAYS_TO_ACCEPT,
    DAYS_TO_ARRANGE,
    DAYS_TO_CLOSE,
    AssignmentStatus,
    HelpStatus,
)
from app.models.region import Level
from app.models.stateful import Stateful, TransitionError
from app.models.user import User
from app.models.workday import add_working_days
from app.refusal import Refused

if TYPE_CHECKING:
    from app.models.assignment import Assignment

A, S = AssignmentStatus, HelpStatus
DISTRICT_UP = (Level.DISTRICT, Level.CITY)


class Ground(Stateful):
    """The part of `HelpRequest` that its verbs share."""

    if TYPE_CHECKING:
        status: Mapped[HelpStatus]
        number: Mapped[str]
        community_code: Mapped[str]
        created_at: Mapped[datetime]
        running_since: Mapped[datetime]
        accept_due: Mapped[datetime]
        arrange_due: Mapped[datetime]
        close_due: Mapped[datetime]
        handed_up_at: Mapped[datetime | None]
        lapses_at: Mapped[datetime | None]
        offers_end_at: Mapped[datetime | None]
        accepted_at: Mapped[datetime | None]
        closed_at: Mapped[datetime | None]
        result: Mapped[str | None]

    def hold(self) -> None:
        """Lock this request and store what is due, so that every verb judges the true present state."""
        from app.models.help_request import hold_requests

        hold_requests(self.id)
        self.settle()

    def settle(self) -> bool:
        """Store what time alone has brought about; the request is held. True when something changed."""
        now = clock.now()
        if self.status is S.RETURNED and self.lapses_at and self.lapses_at <= now:
            self.go(S.LAPSED, by=None, reason="十个工作日没有补充，求助已关闭。需要时可以重新求助。")
            self.tell_staff("求助没有补充情况，已经关闭", "不用再办理。")
            return True
        late = [one for one in self.assignments(A.OFFERED) if one.expires_at <= now]
        for one in late:
            one.move(A.EXPIRED, by=None)
            tell_volunteer(one, "求助邀请已过期", "24 小时内没有答复，社区会另请别人，不影响您的任何记录。")
        if late:
            self.rest()
        return bool(late)

    def assignments(self, *states: AssignmentStatus) -> "list[Assignment]":
        """The assignments of this request in these states, held, by id."""
        return list(db.session.scalars(_assignments(states), {"request": self.id}))

    def leave(self, *states: HelpStatus, to: HelpStatus) -> None:
        """Refuse unless the present state is one of these."""
        if self.status not in states:
            raise TransitionError(self, to)

    def may_decide(self, by: User) -> None:
        """Refused while it is the district's and `by` acts below it."""
        if self.handed_up_at and not decides(by):
            raise Refused("已经报请区县决定，由区县指定社区或自己办理。", self)

    def run(self) -> None:
        """Let every deadline run from now (SPEC section 3)."""
        self.running_since = clock.now()
        self.accept_due = add_working_days(self.running_since, DAYS_TO_ACCEPT)
        self.arrange_due = add_working_days(self.running_since, DAYS_TO_ARRANGE)
        self.close_due = add_working_days(self.running_since, DAYS_TO_CLOSE)
        self.lapses_at = None

    def rest(self) -> None:
        """After an answer, or an offer more: say on what the request rests now, and go back where nobody is left."""
        theirs = self.assignments(A.OFFERED, A.ACCEPTED, A.DONE)
        offers, serving, done = (
            [one for one in theirs if one.status is state] for state in (A.OFFERED, A.ACCEPTED, A.DONE)
        )
        self.offers_end_at = None if serving or not offers else max(one.expires_at for one in offers)
        if serving or self.status not in (S.ARRANGED, S.SERVING):
            db.session.flush()
            return
        if any(one.record_id is None for one in done):
            self.end_offers("求助已经办好，不用再去了。")
            self.move(S.DONE, by=None)
        elif not offers:
            self.move(S.ACCEPTED, by=None)
            self.tell_staff("求助没有人接单，请重新安排", "原来请的志愿者都不能去。")
        elif self.status is S.SERVING:  # nobody serves any more, but somebody has still to answer
            self.move(S.ARRANGED, by=None, reason=AWAITED)
        db.session.flush()

    def end_offers(self, why: str) -> None:
        """Nobody has to answer any more."""
        for one in self.assignments(A.OFFERED):
            one.move(A.EXPIRED, by=None)
            tell_volunteer(one, "求助不用再答复", why)
        self.offers_end_at = None

    def tell_staff(self, title: str, body: str, but: User | None = None) -> None:
        """A message to whoever (`but` this person) sees to it: the community, or the next level that has somebody."""
        tell_staff(cast(Any, self), title, body, but)

    def unserved(self) -> bool:
        """Whether no volunteer is on the way."""
        return not self.assignments(A.ACCEPTED)

    def go(self, to: HelpStatus, *, by: User | None, reason: str = "") -> None:
        """Move, and drop what only the state left behind needed."""
        if self.status is S.RETURNED:
            self.lapses_at = None
        self.move(to, by=by, reason=reason)


@cache
def _assignments(states: tuple[AssignmentStatus, ...]) -> Select[Any]:
    """Built once for each choice of states: every verb of a request asks several of them."""
    from app.models.assignment import Assignment

    theirs = Assignment.request_id == bindparam("request"), Assignment.status.in_(states)
    return locking(select(Assignment).where(*theirs).order_by(Assignment.id))


def decides(by: User) -> bool:
    """Whether this post is the district's or the city's."""
    level: Any = by.post.level if by.post else None
    return level in DISTRICT_UP
