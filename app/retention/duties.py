"""What is due by the terms, and doing it: each duty finds ids and carries out a batch of them, safe to repeat."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, and_, cast, delete, exists, func, null, or_, select, update

from app import clock
from app.db import db, lock
from app.models import Application, Assignment, HelpRequest, Import, Invitation, Message, Picture, PublicCase, SignIn
from app.models.application import ApplicationStatus
from app.models.disclosure import Disclosed, Disclosure
from app.models.help.states import HelpStatus
from app.models.history import History, HistoryNote
from app.models.imports.importing import ImportStatus
from app.models.invitation import InvitationStatus
from app.retention import terms

AT_ONCE = 200
REMOVED = "（已按期限删除）"
S, A = HelpStatus, ApplicationStatus
ENDED = (S.CLOSED, S.REFUSED, S.MERGED, S.WITHDRAWN, S.LAPSED)


@dataclass(frozen=True)
class Duty:
    """`what` goes after `term`; `due` selects ids of rows, `carry` does it to some of them."""

    what: str
    term: timedelta
    due: Callable[[Any], Select[Any]]
    carry: Callable[[Sequence[int]], None]

    def count(self) -> int:
        """How many rows are due now."""
        return db.session.scalar(select(func.count()).select_from(self._ids().subquery())) or 0

    def next(self) -> int:
        """Carry out a batch; how many. The caller commits."""
        ids = db.session.scalars(self._ids().limit(AT_ONCE)).all()
        if ids:
            self.carry(ids)
            db.session.flush()
        return len(ids)

    def _ids(self) -> Select[Any]:
        return self.due(clock.now() - self.term)


def _quiet(model: Any, since: Any) -> ColumnElement[bool]:
    """Nothing has happened to the row since."""
    return ~exists().where(History.noun == model.__tablename__, History.noun_id == model.id, History.created_at > since)


def _requests(before: Any) -> Select[Any]:
    ended = HelpRequest.status.in_(ENDED), HelpRequest.phone_tail != "", HelpRequest.created_at <= before
    return select(HelpRequest.id).where(*ended, _quiet(HelpRequest, before)).order_by(HelpRequest.id)


def _forget_requests(ids: Sequence[int]) -> None:
    """Who asked, and what they told; category, place, days, states and what was published stay."""
    for one in lock(select(HelpRequest).where(HelpRequest.id.in_(ids)).order_by(HelpRequest.id)):
        one.name = one.address = one.content = REMOVED
        one.phone = one.phone_hash = one.result = None
        one.phone_tail = one.private_reason = ""
    _run(update(Assignment).where(Assignment.request_id.in_(ids)).values(result=None))
    offers = select(Assignment.id).where(Assignment.request_id.in_(ids))
    _forget_notes(HelpRequest, ids)
    _forget_notes(Assignment, offers)
    shown = select(PublicCase.request_id).where(PublicCase.request_id.in_(ids))
    of_requests = Picture.noun == HelpRequest.__tablename__, Picture.noun_id.in_(ids), Picture.noun_id.not_in(shown)
    for picture in db.session.scalars(select(Picture).where(*of_requests)):
        picture.drop()


def _forget_notes(model: Any, ids: Any) -> None:
    lines = select(History.id).where(History.noun == model.__tablename__, History.noun_id.in_(ids))
    _run(delete(HistoryNote).where(HistoryNote.history_id.in_(lines)))


def _applications(before: Any) -> Select[Any]:
    over = Application.status.in_((A.REJECTED, A.WITHDRAWN)), Application.submitted_at <= before
    told = or_(Application.id_card_hash.is_not(None), Application.id_card_tail != "", Application.statement != "")
    return select(Application.id).where(*over, told, _quiet(Application, before)).order_by(Application.id)


def _forget_applications(ids: Sequence[int]) -> None:
    facts: dict[str, Any] = {"id_card": None, "id_card_hash": None, "id_card_tail": "", "statement": ""}
    facts |= {"guardian_name": "", "guardian_phone": None, "before": null()}
    _run(update(Application).where(Application.id.in_(ids)).values(facts))


def _memberships(before: Any) -> Select[Any]:
    kept = Application.before.is_not(None), cast(Application.before, Text) != "null"
    return select(Application.id).where(*kept, Application.decided_at <= before).order_by(Application.id)


def _forget_memberships(ids: Sequence[int]) -> None:
    _run(update(Application).where(Application.id.in_(ids)).values(before=null()))


def _sign_ins(before: Any) -> Select[Any]:
    return select(SignIn.id).where(SignIn.seen_at <= before, SignIn.created_at <= before).order_by(SignIn.id)


def _messages(before: Any) -> Select[Any]:
    return select(Message.id).where(Message.created_at <= before, Message.visible_at <= before).order_by(Message.id)


def _imports(before: Any) -> Select[Any]:
    failed = Import.status == ImportStatus.FAILED, Import.errors != "[]", Import.created_at <= before
    return select(Import.id).where(*failed).order_by(Import.id)


def _forget_errors(ids: Sequence[int]) -> None:
    _run(update(Import).where(Import.id.in_(ids)).values(errors="[]"))


def _invitations(before: Any) -> Select[Any]:
    waiting = Invitation.status.in_((InvitationStatus.OPEN, InvitationStatus.DECLINED))
    return select(Invitation.id).where(and_(waiting, Invitation.created_at <= before)).order_by(Invitation.id)


def _withdraw_invitations(ids: Sequence[int]) -> None:
    for one in db.session.scalars(select(Invitation).where(Invitation.id.in_(ids)).order_by(Invitation.id)):
        one.withdraw(by=None, reason="两年没有接受，按期限收回。")


def _disclosures(before: Any) -> Select[Any]:
    return select(Disclosure.id).where(Disclosure.created_at <= before).order_by(Disclosure.id)


def _forget_disclosures(ids: Sequence[int]) -> None:
    """The line of history stays: that there was an export, of what, how many rows and by whom."""
    _run(delete(Disclosed).where(Disclosed.disclosure_id.in_(ids)))
    _run(delete(Disclosure).where(Disclosure.id.in_(ids)))


def _deleted(model: Any) -> Callable[[Sequence[int]], None]:
    return lambda ids: _run(delete(model).where(model.id.in_(ids)))


def _run(statement: Any) -> None:
    db.session.execute(statement, execution_options={"synchronize_session": False})


DUTIES = (
    Duty("已结束求助的姓名、电话、地址和内容", terms.REQUESTS, _requests, _forget_requests),
    Duty("未通过或撤回的申请里的身份证号码和自述", terms.APPLICATIONS, _applications, _forget_applications),
    Duty("变更前的志愿者资料", terms.UNDO, _memberships, _forget_memberships),
    Duty("旧的登录记录", terms.SIGN_INS, _sign_ins, _deleted(SignIn)),
    Duty("旧的站内消息", terms.MESSAGES, _messages, _deleted(Message)),
    Duty("没有通过检查的导入名单里的错误行", terms.FAILED_IMPORTS, _imports, _forget_errors),
    Duty("导出记录和其中的人", terms.DISCLOSURES, _disclosures, _forget_disclosures),
    Duty("久未接受的邀请", terms.INVITATIONS, _invitations, _withdraw_invitations),
)
