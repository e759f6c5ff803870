"""Seeing to a request: each move is a POST of its own; those with a form are pages that work without scripts."""

from collections.abc import Callable
from typing import Any

from flask import abort, flash, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Select

from app.access import Permission, acting, me, one, requires, rows
from app.blueprints.help_forms import HelpReasonForm, SentenceForm, ServiceResultForm, SupplementForm
from app.blueprints.office import office
from app.blueprints.office.activity_forms import acting_within
from app.blueprints.office.help import page, slip
from app.blueprints.office.help_forms import (
    ArrangeForm,
    ClosingForm,
    MergeForm,
    SolvingForm,
    TransferForm,
)
from app.blueprints.people_filters import ServingFilter
from app.forms import Form
from app.htmx import go, render
from app.listing import Key, Listing
from app.models.assignment import assignment_of, results_of
from app.models.contact_view import look, print_slip
from app.models.help import sentences
from app.models.help.lists import with_number
from app.models.help.suggestions import NAMED, reachable, suggest
from app.models.help_request import HelpRequest
from app.models.public_case import take_down
from app.models.region import CITY
from app.models.volunteer import Volunteer
from app.refusal import Invalid

P = Permission


@office.post("/help/<int:id>/acceptance")
@requires(P.HELP)
def help_acceptance(id: int) -> ResponseReturnValue:
    """受理."""
    found, form = one(HelpRequest, id, P.HELP), SentenceForm()
    if form.carry(lambda: found.accept(by=me(), said=form.said)) is None:
        return page(id, status=form.status, forms={"acceptance": form})
    return _done(id, "已受理，请在期限内安排志愿者。")


@office.post("/help/<int:id>/return")
@requires(P.HELP)
def help_return(id: int) -> ResponseReturnValue:
    """Ask for what is missing."""
    return _reasoned(id, "return", lambda r, why: r.ask_back(by=me(), reason=why), "已请求助人补充，进度页上会看到。")


@office.post("/help/<int:id>/raising")
@requires(P.HELP)
def help_raising(id: int) -> ResponseReturnValue:
    """Transferred twice: the district is to decide who sees to it."""
    said = "已报请区县决定，区县会指定社区或自己办理。"
    return _reasoned(id, "raising", lambda r, why: r.hand_up(by=me(), reason=why), said)


@office.post("/help/<int:id>/slip")
@requires(P.HELP)
def help_slip_again(id: int) -> ResponseReturnValue:
    """The asker lost the number: staff who have seen the person print it again and say how they know them."""
    found, form = one(HelpRequest, id, P.HELP), HelpReasonForm()
    if form.carry(lambda: print_slip(found, by=me(), reason=form.words)) is None:
        return page(id, status=form.status, forms={"slip_again": form})
    return slip(found)


@office.post("/help/<int:id>/refusal")
@requires(P.HELP)
def help_refusal(id: int) -> ResponseReturnValue:
    """不予受理."""
    return _reasoned(id, "refusal", lambda r, why: r.refuse(by=me(), reason=why), "不予受理，原因求助人会看到。")


@office.post("/help/<int:id>/result-refusal")
@requires(P.HELP)
def help_result_refusal(id: int) -> ResponseReturnValue:
    """The result is not enough."""
    return _reasoned(
        id, "result_refusal", lambda r, why: r.refuse_result(by=me(), reason=why), "已退回，请志愿者继续服务。"
    )


@office.post("/help/<int:id>/taking-down")
@requires(P.HELP)
def help_taking_down(id: int) -> ResponseReturnValue:
    """撤下: what the public reads of a closed request goes off the portal."""
    said = "公开的摘要已撤下，网上看不到了。"
    return _reasoned(id, "taking_down", lambda r, why: take_down(r, by=me(), reason=why), said)


@office.post("/help/<int:id>/supplement")
@requires(P.HELP)
def help_supplement(id: int) -> ResponseReturnValue:
    """Write down what the asker said when asked."""
    found, form = one(HelpRequest, id, P.HELP), SupplementForm()
    if form.carry(lambda: found.supply(form.words, by=me())) is None:
        return page(id, status=form.status, forms={"supplement": form})
    return _done(id, "已记下补充的情况。")


@office.post("/help/<int:id>/contact")
@requires(P.HELP)
def help_contact(id: int) -> ResponseReturnValue:
    """Name, phone and address, once; noted, and shown to the asker."""
    return page(id, contact=look(one(HelpRequest, id, P.HELP), by=me()))


@office.route("/help/<int:id>/transfer", methods=["GET", "POST"])
@requires(P.HELP)
def help_transfer(id: int) -> ResponseReturnValue:
    """Hand over to another community; afterwards it may lie outside one's scope."""
    found, form = one(HelpRequest, id, P.HELP), TransferForm()
    if form.carry(lambda: found.transfer(form.community.data or "", by=me(), reason=form.reason.data or "")) is None:
        return _form(found, form, "transfer", "转给其他社区")
    flash(f"{found.number} 已转办。", "ok")
    return go(url_for(".help"))


@office.route("/help/<int:id>/merger", methods=["GET", "POST"])
@requires(P.HELP)
def help_merger(id: int) -> ResponseReturnValue:
    """The same matter is seen to under another number."""
    found, form = one(HelpRequest, id, P.HELP), MergeForm(sentence=sentences.MERGED)
    if form.carry(lambda: found.merge(_other(form.into.data or ""), by=me(), said=form.said)) is None:
        return _form(found, form, "merger", "合并到另一件求助")
    return _done(id, "已合并。")


@office.route("/help/<int:id>/result", methods=["GET", "POST"])
@requires(P.HELP)
def help_result(id: int) -> ResponseReturnValue:
    """Solved by the community itself."""
    found, form = one(HelpRequest, id, P.HELP), SolvingForm(sentence=sentences.SOLVED)
    if form.carry(lambda: found.solve(form.result.data or "", by=me(), said=form.said)) is None:
        return _form(found, form, "result", "社区自行解决")
    return _done(id, "结果已记下，回访后请办结。")


@office.route("/help/<int:id>/closing", methods=["GET", "POST"])
@requires(P.HELP)
def help_closing(id: int) -> ResponseReturnValue:
    """办结, with what the public may read."""
    found = one(HelpRequest, id, P.HELP)
    form = ClosingForm(result=found.result or results_of(found), sentence=sentences.CLOSED)
    if form.carry(lambda: _close(found, form)) is None:
        return _form(found, form, "closing", "回访并办结")
    return _done(id, "已办结，服务次数已记入志愿者的档案。")


def _close(found: HelpRequest, form: ClosingForm) -> None:
    words = {"title": form.public_title.data or "", "summary": form.public_summary.data or ""}
    words |= {"private_reason": form.private_reason.data or "", "said": form.said}
    found.close(by=me(), result=form.result.data or "", **words)


@office.route("/help/<int:id>/arrangement", methods=["GET", "POST"])
@requires(P.HELP)
def help_arrangement(id: int) -> ResponseReturnValue:
    """Ask volunteers, from suggestions that say why."""
    found = one(HelpRequest, id, P.HELP)
    form = ArrangeForm(sentence=sentences.arranged(found.phone))
    if form.carry(lambda: found.arrange(reachable(_people(), form.ids), by=me(), said=form.said)) is not None:
        return _done(id, "已发出邀请，志愿者会在 24 小时内答复。")
    filters, named, more = _named()
    status = 422 if filters.errors else form.status
    people = suggest(found, _people, acting(), named)
    return render(
        "office/help/arrange.html", status=status, r=found, form=form, people=people, filters=filters, more=more
    )


def _people() -> Select[Any]:
    return rows(Volunteer, P.VOLUNTEERS)


def _named() -> tuple[ServingFilter, list[int] | None, bool]:
    """Who is looked for by name: the filter, ids of those found (None: nobody is looked for), whether there are more than are looked at."""
    filters = ServingFilter(request.args, within=acting_within() or CITY)
    if not filters.validate() or not filters.typed:
        return filters, None, False
    order, topics = [Key(Volunteer.id, True)], ("roster", "regions", "units")
    sought = Listing(
        lambda: _people().with_only_columns(Volunteer.id), filters, order, name="sought", per_page=NAMED,
        scalars=False, shape=acting(), topics=topics,
    )  # fmt: skip
    found = sought.page()
    return filters, [row.id for row in found.items], found.after is not None


@office.post("/help/<int:id>/assignments/<int:part>/result")
@requires(P.HELP)
def help_assignment_result(id: int, part: int) -> ResponseReturnValue:
    """Write down what a volunteer did who cannot do it online."""
    given = assignment_of(one(HelpRequest, id, P.HELP), part) or abort(404)
    form = ServiceResultForm()
    if form.carry(lambda: given.file_result(form.result.data or "", form.minutes.data or 0, by=me())) is None:
        return page(id, status=form.status, forms={f"result-{part}": form})
    return _done(id, "结果已记下。")


def _other(number: str) -> HelpRequest:
    other = with_number(rows(HelpRequest, P.HELP), number)
    if other is None:
        raise Invalid("into", "您的范围里没有这个编号，请再看一遍。")
    return other


def _reasoned(id: int, name: str, verb: Callable[[Any, str], None], said: str) -> ResponseReturnValue:
    found, form = one(HelpRequest, id, P.HELP), HelpReasonForm()
    if form.carry(lambda: verb(found, form.words)) is None:
        return page(id, status=form.status, forms={name: form})
    return _done(id, said)


def _form(found: HelpRequest, form: Form, name: str, title: str) -> ResponseReturnValue:
    """The page of a move that takes more than a reason."""
    return render("office/help/move.html", status=form.status, r=found, form=form, name=name, title=title)


def _done(id: int, said: str) -> ResponseReturnValue:
    flash(said, "ok")
    return go(url_for("office.help_show", id=id))
