"""公众求助 in the back office: the list, one request, its export, filing for somebody, the slip."""

from typing import Any, cast

from flask import flash, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Select
from sqlalchemy.orm import joinedload

from app import labels
from app.access import Permission, acting, me, one, requires, rows
from app.blueprints.help_forms import FilingForm
from app.blueprints.office import office
from app.blueprints.office.activity_forms import acting_within
from app.blueprints.office.help_forms import HelpFilter
from app.counted import counted
from app.disclosure import disclose
from app.htmx import go, render
from app.listing import Key, Listing
from app.models.assignment import assignments_of
from app.models.category import categories
from app.models.contact_view import looks_at
from app.models.help import lists, sentences
from app.models.help.desk import may_hand_up, may_transfer
from app.models.help.ground import decides
from app.models.help.merged import other_of
from app.models.help.states import HelpStatus
from app.models.help_request import HelpRequest
from app.models.history import history_of
from app.models.pages.state_counts import total
from app.models.public_case import case_of
from app.models.region import CITY, place_name
from app.once import once
from app.timeline.help import looked, next_step, told

P = Permission
TOPICS = "requests", "regions", "categories"
COLUMNS = {
    "编号": lambda r: r.number,
    "状态": lambda r: labels.word(r.standing),
    "类型": lambda r: categories()[r.category_id].name,
    "社区": lambda r: place_name(r.community_code),
    "求助时间": lambda r: labels.stamp(r.created_at),
    "希望日期": lambda r: r.wanted_on.isoformat() if r.wanted_on else "",
    "替家人邻居": lambda r: "是" if r.on_behalf else "",
    "代为登记": lambda r: "是" if r.filed_by_id else "",
    "超期": lambda r: "是" if r.overdue else "",
    "转办次数": lambda r: r.transfers,
    "报请区县": lambda r: "是" if r.handed_up_at else "",
    "重办次数": lambda r: r.reopened,
    "办结时间": lambda r: labels.stamp(r.closed_at) if r.closed_at else "",
    "评价": lambda r: labels.word(r.rating) if r.rating else "",
    "不公开的原因": lambda r: r.private_reason,
}


@office.get("/help")
@requires(P.HELP)
def help() -> ResponseReturnValue:
    """The list: one tab a state; what waits oldest first."""
    listing = _listing()
    filters: Any = listing.filters
    counts = listing.counts() if filters.validate() else {}
    tabs = filters.tabs(counts) if not filters.errors else []
    listing.total = total(counts, filters.shown)
    return listing.respond("office/help/list.html", "results", tabs=tabs)


@office.route("/help/export", methods=["GET", "POST"])
@requires(P.HELP)
def help_export() -> ResponseReturnValue:
    """What the filters leave as a file without contact data, its purpose in the history."""
    listing = _listing()
    return disclose(listing, "公众求助", url_for("office.help", **listing.filters.given()))


@office.route("/help/new", methods=["GET", "POST"])
@requires(P.HELP)
@once
def help_new() -> ResponseReturnValue:
    """File a request for somebody who cannot do it alone; then the slip is printed."""
    form = FilingForm()
    form.community.within = acting_within() or CITY
    if filed := form.carry(form.ask):
        flash(f"已代为登记，编号 {filed.number}。请打印纸条交给求助人。", "ok")
        return go(url_for(".help_show", id=filed.id))
    return render("office/help/new.html", status=form.status, form=form)


@office.get("/help/<int:id>")
@requires(P.HELP)
def help_show(id: int) -> ResponseReturnValue:
    """Everything about one request; contact only by a look that is noted."""
    return page(id)


@office.get("/help/<int:id>/slip")
@requires(P.HELP)
def help_slip(id: int) -> ResponseReturnValue:
    """Number and tail on paper, for somebody for whom staff have filed; for others only by `help_slip_again`."""
    found = one(HelpRequest, id, P.HELP)
    return slip(found) if found.filed_by_id else go(url_for(".help_show", id=id, _anchor="slip-again"))


def slip(found: HelpRequest) -> ResponseReturnValue:
    """The page to print."""
    return render("office/help/slip.html", r=found, back=url_for("office.help_show", id=found.id))


def page(id: int, status: int = 200, **context: Any) -> ResponseReturnValue:
    """The page of one request, with failed forms by name in `forms` and a looked-at `contact`."""
    found: HelpRequest = one(HelpRequest, id, P.HELP, joinedload(HelpRequest.filed_by))
    context = {"forms": {}, "contact": None} | context
    views = [(labels.when(view.at), looked(view, staff=True)) for view in looks_at(found)]
    helpers = assignments_of(found)
    facts = {"story": told(history_of(found, *helpers), staff=True), "step": next_step(found), "views": views}
    facts |= {"helpers": helpers, "case": case_of(found), "transferable": may_transfer(found, me())}
    facts |= {"raisable": may_hand_up(found, me()), "decides": decides(me()), "usual": sentences.accepted(found.phone)}
    facts |= {"other": other_of(found, rows(HelpRequest, P.HELP))}
    return render("office/help/show.html", status=status, r=found, **facts, **context)


class Requests(Listing):
    """The list, which is put together of parts where no index holds it as it is."""

    def _rows(self, beyond: bool, backwards: bool) -> Select[Any]:
        filters = cast(HelpFilter, self.filters)
        if filters.parts is None:
            return super()._rows(beyond, backwards)
        rest = self.narrowed(filters.narrow_but_state).where(*([self._beyond(backwards)] if beyond else []))
        newest = filters.oldest_first is backwards
        found = lists.taken_from(rest, filters.parts, self.per_page + 1, newest=newest)
        return found.order_by(*self._directions(backwards))

    def counts(self) -> dict[HelpStatus, int]:
        """How many requests are in each state, of all that the other filters leave."""
        filters = cast(HelpFilter, self.filters)
        shape = filters.shape(but="status")
        about = shape and (self.shape, shape)
        return counted(
            self, lambda: lists.counts(lambda: self.narrowed(filters.narrow_but_state), filters.among, about), "status"
        )


def _listing() -> Requests:
    filters = HelpFilter(request.args, within=acting_within() or CITY)
    newest = not filters.oldest_first
    order = [Key(HelpRequest.created_at, newest), Key(HelpRequest.id, newest)]
    scope = rows(HelpRequest, P.HELP)
    return Requests(scope, filters, order, columns=COLUMNS, name="help", personal=True, shape=acting(), topics=TOPICS)
