"""Seeing to it: ask volunteers, solve it oneself, refuse a result, close with what the public may read."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from sqlalchemy import select
from sqlalchemy.orm import Mapped, selectinload

from app import clock
from app.db import db, lock
from app.models.help.ground import Ground
from app.models.help.messages import tell_volunteer
from app.models.help.sentences import CLOSED, SOLVED, arranged, sentence
from app.models.help.states import OFFER, AssignmentStatus, HelpStatus
from app.models.history import record
from app.models.stateful import given
from app.models.user import User
from app.models.volunteer import Volunteer, VolunteerStatus
from app.refusal import Invalid, Refused

if TYPE_CHECKING:
    from app.models.assignment import Assignment
    from app.models.help_request import HelpRequest

A, S = AssignmentStatus, HelpStatus
MOST, RESULT = 10, 500


class ServiceVerbs(Ground):
    """The verbs of `HelpRequest` from the arrangement to the end."""

    if TYPE_CHECKING:
        category_id: Mapped[int]
        phone: Mapped[str | None]
        private_reason: Mapped[str]

    def arrange(self, volunteer_ids: Sequence[int], *, by: User, said: str = "") -> "list[Assignment]":
        """已安排: ask these volunteers; each has 24 hours to answer. Whoever was asked already is not asked twice."""
        self.hold()
        self.leave(S.ACCEPTED, S.ARRANGED, S.SERVING, to=S.ARRANGED)
        self.may_decide(by)
        people = _ready(volunteer_ids)
        asked = {one.volunteer_id for one in self.assignments(A.OFFERED, A.ACCEPTED, A.DONE) if one.record_id is None}
        again = [one.user.name for one in people if one.id in asked]
        if again:
            raise Invalid("volunteers", f"已经请过{'、'.join(again)}，不用重复。")
        offers = [self._offer(one, by) for one in people]
        if self.status is S.ACCEPTED:
            self.move(S.ARRANGED, by=by, reason=sentence(said, arranged(self.phone)))
        self.rest()
        return offers

    def _offer(self, volunteer: Volunteer, by: User) -> "Assignment":
        from app.models.assignment import Assignment

        now = clock.now()
        offer = Assignment(
            request_id=self.id,
            volunteer_id=volunteer.id,
            user_id=volunteer.user_id,
            status=A.OFFERED,
            offered_at=now,
            expires_at=now + OFFER,
            offered_by_id=by.id,
        )
        db.session.add(offer)
        db.session.flush()
        record(offer, "offer", by=by, to=A.OFFERED)
        tell_volunteer(offer, "有一件求助想请您帮忙", "请在 24 小时内答复。去不了可以婉拒，不影响您的任何记录。")
        return offer

    def solve(self, text: str, *, by: User, said: str = "") -> None:
        """待办结 without volunteers: staff have seen to it themselves."""
        self.hold()
        self.leave(S.ACCEPTED, S.ARRANGED, S.SERVING, to=S.DONE)
        self.may_decide(by)
        if not self.unserved():
            raise Refused("志愿者正在服务，请由志愿者填写结果，或由社区代为登记。", self)
        self.result = told_result(text)
        self.end_offers("求助已由社区解决。")
        self.move(S.DONE, by=by, reason=sentence(said, SOLVED))

    def refuse_result(self, *, by: User, reason: str) -> None:
        """The result is not enough: 服务中 again, whoever filed it goes on; 已受理 where that was no volunteer."""
        self.hold()
        self.leave(S.DONE, to=S.SERVING)
        self.may_decide(by)
        reason = given(reason)
        for one in self.assignments(A.DONE):
            if one.record_id is None:
                one.move(A.ACCEPTED, by=by, reason=reason)
                self._go_on(one, by, reason)
        self.result = None
        self.move(S.SERVING, by=by, reason=reason)
        self.rest()  # where staff had solved it themselves nobody is left: 已受理 again

    def _go_on(self, one: "Assignment", by: User, reason: str) -> None:
        """Ask the helper to go again; somebody who has paused or left meanwhile gives it up."""
        if db.session.get_one(Volunteer, one.volunteer_id).status is VolunteerStatus.SERVING:
            tell_volunteer(one, "服务结果需要补做", reason)
        else:
            one.move(A.GAVE_UP, by=by, reason="志愿者已暂停服务或注销。")

    def close(
        self, *, by: User, result: str, title: str = "", summary: str = "", private_reason: str = "", said: str = ""
    ) -> None:
        """办结: the result, and either a summary for the public or a reason not to publish one.

        Each 已完成 assignment counts as one service, once. Refused where `by` would confirm their own.
        """
        from app.models.help.counting import count_services
        from app.models.public_case import publish

        self.hold()
        self.leave(S.DONE, to=S.CLOSED)
        self.may_decide(by)
        done = [one for one in self.assignments(A.DONE) if one.record_id is None]
        if any(one.user_id == by.id for one in done):
            raise Refused("您本人参加了这次服务，须由其他管理员或上一级办结。", self)
        self.result = told_result(result)
        self.private_reason = private_reason.strip()[:500]
        self.closed_at = clock.now()
        if not self.private_reason:
            publish(cast("HelpRequest", self), title, summary)
        count_services(cast("HelpRequest", self), done, by=by)
        self.move(S.CLOSED, by=by, reason=sentence(said, CLOSED))


def told_result(text: str) -> str:
    """The result in words; Invalid when there is none."""
    text = text.strip()
    if not 2 <= len(text) <= RESULT:
        raise Invalid("result", f"请写明办理结果，2 到 {RESULT} 个字，现在是 {len(text)} 个。")
    return text


def _ready(ids: Sequence[int]) -> list[Volunteer]:
    """These volunteers, held by id; Invalid when there are none, too many, or one does not serve."""
    if not ids or len(set(ids)) > MOST:
        raise Invalid("volunteers", f"请选择 1 到 {MOST} 位志愿者。")
    wanted = select(Volunteer).where(Volunteer.id.in_(ids)).order_by(Volunteer.id)
    people: list[Volunteer] = lock(wanted.options(selectinload(Volunteer.user)))
    away = [one.user.name for one in people if one.status is not VolunteerStatus.SERVING]
    if away or len(people) != len(set(ids)):
        raise Invalid("volunteers", f"{'、'.join(away) or '有的人'}现在不在服务中，请换人。")
    return people
