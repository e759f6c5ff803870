"""公开展示 in the member centre: whether my name stands on the portal as 专业志愿者 or 个人之星, decided by me alone."""

from flask import flash, url_for
from flask.typing import ResponseReturnValue

from app.access import me, own, signed_in
from app.blueprints.member import member
from app.htmx import go, render
from app.models.displays import professionals as professional_lists
from app.models.honour import Honour
from app.models.honours import lists as honour_lists
from app.models.professional import Professional

YES, NO = "已同意，谢谢您。随时可以在这里撤回。", "已记下，您的姓名不会公开。"


@member.get("/consents")
@signed_in
def consents() -> ResponseReturnValue:
    """Everything I was asked, the newest first, with what I decided."""
    honours, professionals = honour_lists.asked_of(me().id), professional_lists.asked_of(me().id)
    return render("member/consents/list.html", honours=honours, professionals=professionals)


@member.post("/consents/professionals/<int:id>/agreement")
@signed_in
def consents_professionals_agreement(id: int) -> ResponseReturnValue:
    """Yes, show my name in the association."""
    own(Professional, id).agree(by=me())
    return _done(YES)


@member.post("/consents/professionals/<int:id>/refusal")
@signed_in
def consents_professionals_refusal(id: int) -> ResponseReturnValue:
    """No, or no longer."""
    own(Professional, id).decline(by=me())
    return _done(NO)


@member.post("/consents/honours/<int:id>/agreement")
@signed_in
def consents_honours_agreement(id: int) -> ResponseReturnValue:
    """Yes, name me as a star."""
    own(Honour, id).agree(by=me())
    return _done(YES)


@member.post("/consents/honours/<int:id>/refusal")
@signed_in
def consents_honours_refusal(id: int) -> ResponseReturnValue:
    """No, or no longer."""
    own(Honour, id).decline(by=me())
    return _done(NO)


def _done(said: str) -> ResponseReturnValue:
    flash(said)
    return go(url_for("member.consents"))
