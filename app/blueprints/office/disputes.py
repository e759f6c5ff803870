"""归属异议: a unit doubts that a volunteer is one of its people; the person's community, or above, decides."""

from collections.abc import Hashable
from typing import Any

from flask import flash, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Select
from wtforms import StringField, TextAreaField, ValidationError

from app.access import Permission, acting, inside, me, one, requires
from app.blueprints.office import office
from app.blueprints.office.activity_forms import acting_within
from app.blueprints.todo_filter import TodoFilter
from app.counted import counted
from app.fields_places import RegionFilterField
from app.forms import Form, clean, length, required
from app.htmx import go, render
from app.labels import word
from app.listing import Key, Listing
from app.models.history import history_of
from app.models.pages.state_counts import total
from app.models.region import CITY, within
from app.models.stateful import REASON_LIMIT
from app.models.unit_dispute import DisputeStatus, UnitDispute
from app.models.units import disputes as lists
from app.models.volunteer import Volunteer
from app.models.volunteers.search import shape_of
from app.timeline.units import told

P = Permission
TOPICS = "disputes", "roster", "units", "regions"  # on which the numbers of the list hang: words name people and units


class DisputeFilter(TodoFilter):
    """One state at a time, 待核实 unless another is chosen; region and words."""

    WAITING = UnitDispute

    region = RegionFilterField("区域")
    status = StringField("状态", filters=[clean])
    q = StringField("关键词", filters=[clean])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.region.within = acting_within() or CITY

    def validate_status(self, field: Any) -> None:
        """A state of a dispute."""
        if field.data and field.data not in set(DisputeStatus):
            raise ValidationError("没有这个状态，请重新选择。")

    @property
    def shown(self) -> DisputeStatus:
        """The state whose disputes are listed."""
        return next((one for one in DisputeStatus if one == self.status.data), DisputeStatus.OPEN)

    def narrow(self, stmt: Select[Any]) -> Select[Any]:
        """Everything that was chosen."""
        return self.narrow_but_state(stmt).where(UnitDispute.status == self.shown)

    def narrow_but_state(self, stmt: Select[Any]) -> Select[Any]:
        """Everything but the state: what the counts on the tabs are counted in."""
        place = [within(UnitDispute, self.region.data, "volunteer_")] if self.region.narrows else []
        return stmt.where(*place, *self.waiting(), *lists.about(self.q.data or ""))

    def shape_of_words(self) -> Hashable:
        """The words are parameters."""
        return shape_of(Volunteer, self.q.data or "", ())

    def chosen(self) -> list[tuple[str, str]]:
        """(what is chosen, the address without it), for the chips above the rows."""
        found = [(self.region.words, self.address(region=None))] if self.region.narrows else []
        found += self.waiting_word()
        return [*found, (f"“{self.q.data}”", self.address(q=None))] if self.q.data else found

    def tabs(self, counts: dict[DisputeStatus, int]) -> list[tuple[str, str, bool, int | None]]:
        """(word, address, whether chosen, how many) of each state; the other filters stay."""
        here = self.shown
        return [(word(one), self.address(status=one.value), one is here, counts.get(one, 0)) for one in DisputeStatus]


class DisputeReasonForm(Form):
    """Why."""

    reason = TextAreaField("原因", [required("请写明原因。"), length(REASON_LIMIT, name="原因")], filters=[clean])


@office.get("/disputes")
@requires(P.DISPUTES)
def disputes() -> ResponseReturnValue:
    """Those of one's people, or those that one's unit raised; newest first (oldest where they wait), one tab a state."""
    filters, scope = DisputeFilter(request.args), inside(lists.listed(), UnitDispute, P.DISPUTES)
    order = [Key(UnitDispute.id, not filters.todo.data)]
    listing = Listing(scope, filters, order, scalars=False, shape=acting(), topics=TOPICS)
    counts = counted(listing, lambda: _counts(listing, filters), "status") if filters.validate() else {}
    listing.total = total(counts, filters.shown)
    return listing.respond("office/disputes/list.html", "results", tabs=filters.tabs(counts))


def _counts(listing: Listing, filters: DisputeFilter) -> dict[DisputeStatus, int]:
    return lists.counts(lambda: listing.narrowed(filters.narrow_but_state))


@office.get("/disputes/<int:id>")
@requires(P.DISPUTES)
def disputes_show(id: int) -> ResponseReturnValue:
    """One dispute: who doubts what, what was decided."""
    return _page(id)


@office.post("/disputes/<int:id>/approval")
@requires(P.DISPUTES)
def disputes_approval(id: int) -> ResponseReturnValue:
    """异议成立."""
    one(UnitDispute, id, P.DISPUTES).uphold(by=me())
    return _done(id, "异议成立。本人今后不再计入这个单位，以前的服务记录不变；已通知本人和单位。")


@office.post("/disputes/<int:id>/rejection")
@requires(P.DISPUTES)
def disputes_rejection(id: int) -> ResponseReturnValue:
    """异议不成立, for a reason."""
    dispute, form = one(UnitDispute, id, P.DISPUTES), DisputeReasonForm()
    if form.carry(lambda: dispute.reject(by=me(), reason=form.reason.data or "")) is None:
        return _page(id, form, form.status)
    return _done(id, "异议不成立，已通知本人和单位。")


@office.post("/disputes/<int:id>/withdrawal")
@requires(P.DISPUTES)
def disputes_withdrawal(id: int) -> ResponseReturnValue:
    """The unit takes it back."""
    one(UnitDispute, id, P.DISPUTES).withdraw(by=me())
    return _done(id, "异议已撤回，并已通知本人和社区。")


def _page(id: int, form: DisputeReasonForm | None = None, status: int = 200) -> ResponseReturnValue:
    dispute = one(UnitDispute, id, P.DISPUTES, *lists.WITH_PEOPLE)
    story = told(history_of(dispute))
    return render("office/disputes/show.html", status=status, dispute=dispute, story=story, rejection=form)


def _done(id: int, said: str) -> ResponseReturnValue:
    flash(said, "ok")
    return go(url_for("office.disputes_show", id=id))
