"""公众求助 for a volunteer: what one is asked to do, yes or no, contact by a look that is noted, the result."""

from typing import Any

from flask import flash, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import joinedload

from app.access import me, own, signed_in
from app.blueprints.help_forms import HelpReasonForm, ServiceResultForm
from app.blueprints.member import member
from app.htmx import go, render
from app.listing import AnyFilter, Key, Listing
from app.models.assignment import Assignment, mine
from app.models.contact_view import look_as_volunteer, may_look


@member.get("/help")
@signed_in
def help() -> ResponseReturnValue:
    """What I was asked to do, the newest first."""
    return Listing(mine(me().id), AnyFilter(), [Key(Assignment.id, True)]).respond("member/help/list.html", "results")


@member.get("/help/<int:id>")
@signed_in
def help_show(id: int) -> ResponseReturnValue:
    """One request: content and area; more after my yes."""
    return _page(id)


@member.post("/help/<int:id>/acceptance")
@signed_in
def help_acceptance(id: int) -> ResponseReturnValue:
    """Yes, I go."""
    _mine(id).accept(by=me())
    return _done(id, "已接单，谢谢您。现在可以查看联系方式。")


@member.post("/help/<int:id>/refusal")
@signed_in
def help_refusal(id: int) -> ResponseReturnValue:
    """No, at no cost."""
    _mine(id).decline(by=me())
    return _done(id, "已婉拒，社区会请别人，不影响您的任何记录。")


@member.post("/help/<int:id>/contact")
@signed_in
def help_contact(id: int) -> ResponseReturnValue:
    """Name, phone and address, once; noted, and shown to the asker."""
    return _page(id, contact=look_as_volunteer(_mine(id), by=me()))


@member.post("/help/<int:id>/exit")
@signed_in
def help_exit(id: int) -> ResponseReturnValue:
    """I cannot go, please send somebody else."""
    assignment, form = _mine(id), HelpReasonForm()
    if form.carry(lambda: assignment.give_up(by=me(), reason=form.words)) is None:
        return _page(id, form.status, forms={"exit": form})
    return _done(id, "已告诉社区，会另请别人。")


@member.post("/help/<int:id>/result")
@signed_in
def help_result(id: int) -> ResponseReturnValue:
    """What I did, and for how long."""
    assignment, form = _mine(id), ServiceResultForm()
    said, minutes = form.result.data or "", form.minutes.data or 0
    if form.carry(lambda: assignment.file_result(said, minutes, by=me())) is None:
        return _page(id, form.status, forms={"result": form})
    return _done(id, "结果已交给社区，回访办结后计一次服务。")


def _mine(id: int) -> Assignment:
    found: Assignment = own(Assignment, id, joinedload(Assignment.request))
    return found


def _page(id: int, status: int = 200, **context: Any) -> ResponseReturnValue:
    assignment = _mine(id)
    context = {"contact": None, "forms": {}} | context
    context["forms"] = {"result": ServiceResultForm(formdata=None)} | context["forms"]
    return render(
        "member/help/show.html", status=status, a=assignment, r=assignment.request, may_look=may_look, **context
    )


def _done(id: int, said: str) -> ResponseReturnValue:
    flash(said, "ok")
    return go(url_for("member.help_show", id=id))
