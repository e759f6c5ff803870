"""志愿者服务: my sign-ups in three tabs, each with its state, and cancelling; a fourth tab leads to what counted."""

from dataclasses import dataclass

from flask import abort, flash, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Select
from wtforms import StringField, ValidationError

from app.access import me, signed_in
from app.blueprints.member import member
from app.htmx import go, render, wants_fragment
from app.listing import FilterForm, Key, Listing
from app.models.activity import Activity
from app.models.history import history_of
from app.models.signup import SignUp
from app.models.signups import mine as my_services
from app.models.signups.joining import positions
from app.models.signups.mine import Summary, Tab
from app.timeline.signups import told
from app.trying import attempt

TABS = {Tab.RUNNING: "进行中", Tab.ENDED: "已结束", Tab.CANCELLED: "已取消"}
LIST, SHOW = "member/services/list.html", "member/services/show.html"


class ServiceFilter(FilterForm):
    """Which of the three tabs."""

    tab = StringField("查看")

    def validate_tab(self, field: StringField) -> None:
        """One of three; none is 进行中."""
        if field.data and field.data not in set(Tab):
            raise ValidationError("没有这一类，请重新选择。")

    @property
    def chosen(self) -> Tab:
        return Tab(self.tab.data) if self.tab.data in set(Tab) else Tab.RUNNING

    def narrow(self, stmt: Select[tuple[SignUp]]) -> Select[tuple[SignUp]]:
        """The sign-ups of the tab."""
        return stmt.where(my_services.in_tab(self.chosen))

    def tabs(self, mine: Summary | None, here: str = "") -> list[tuple[str, str, bool, int]]:
        """(word, address, whether chosen, how many); `here` is the address of the records when they are shown."""
        held = mine.tabs if mine else dict.fromkeys(Tab, 0)
        signups = [
            (word, url_for(".services", tab=tab.value), not here and tab is self.chosen, held[tab])
            for tab, word in TABS.items()
        ]
        return [*signups, ("服务记录", url_for(".services_records"), bool(here), mine.services if mine else 0)]


@dataclass
class Services(Listing):
    """The sign-ups of a tab; how many they are is counted with the other tabs."""

    number: int = 0

    def _total(self) -> int:
        return self.number


@member.get("/services")
@signed_in
def services() -> ResponseReturnValue:
    """My sign-ups: what comes first, soonest first; what was, newest first."""
    filters, mine = ServiceFilter(request.args), my_services.summary(me().id)
    newest = filters.chosen is not Tab.RUNNING
    order = [Key(Activity.starts_at, newest, lambda row: row.activity.starts_at), Key(SignUp.id, newest)]
    number = mine.tabs[filters.chosen] if mine else 0
    found = Services(
        my_services.my_signups, filters, order, name="services", shape="mine", values={"me": me().id}, number=number
    )
    return found.respond(LIST, "results", tabs=filters.tabs(mine), positions=positions, mine=mine)


@member.get("/services/<int:id>")
@signed_in
def services_show(id: int) -> ResponseReturnValue:
    """One of my sign-ups, with its history."""
    return _show(_mine(id))


@member.post("/services/<int:id>/cancellation")
@signed_in
def services_cancellation(id: int) -> ResponseReturnValue:
    """Cancel it, before the start."""
    signup = _mine(id)
    _, why_not = attempt(lambda: signup.cancel(by=me()))
    if wants_fragment():
        return _row(_mine(id), why_not)
    if why_not:
        return _show(_mine(id), why_not)
    flash("已取消报名。")
    return go(url_for(".services"))


def _mine(id: int) -> SignUp:
    return my_services.my_signup(id, me().id) or abort(404)


def _row(signup: SignUp, why_not: str) -> ResponseReturnValue:
    """The sign-up's row in its present state, and what is read out."""
    said = why_not or f"已取消报名：{signup.activity.title}"
    context = {"signup": signup, "places": positions([signup]), "said": said, "why_not": why_not}
    return render(LIST, "row", "news", status=409 if why_not else 200, **context)


def _show(signup: SignUp, why_not: str = "") -> ResponseReturnValue:
    context = {"signup": signup, "places": positions([signup]), "history": told(history_of(signup)), "why_not": why_not}
    return render(SHOW, status=409 if why_not else 200, **context)
