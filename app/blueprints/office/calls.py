"""电话通知: the call list of a cancelled or moved activity; who was reached is ticked in place."""

from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Select
from wtforms import BooleanField

from app.access import Permission, me, one, requires, rows
from app.accounts.proof import proven
from app.blueprints.office import office
from app.blueprints.office.signups import fetch
from app.htmx import swap
from app.listing import FilterForm, Key, Listing
from app.models.activities import call_list as calling
from app.models.activity import Activity
from app.models.history import history_of
from app.models.signup import SignUp
from app.models.signups import listed as signup_list

P = Permission
LIST = "office/calls/list.html"


class CallFilter(FilterForm):
    """Everybody, or who is still to be rung up."""

    open = BooleanField("只看还没通知到的", false_values=("", "0", "false"))

    def __init__(self, *args: Any, news: calling.News | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.news = news

    def narrow(self, stmt: Select[Any]) -> Select[Any]:
        """What was chosen; nobody without news."""
        if self.news is None:
            return stmt.where(SignUp.id.is_(None))
        return stmt.where(calling.still_to_call(self.news)) if self.open.data else stmt


@office.get("/activities/<int:id>/calls")
@requires(P.ACTIVITIES)
def calls(id: int) -> ResponseReturnValue:
    """The list with the last digits of the numbers."""
    return _page(id, {})


@office.post("/activities/<int:id>/calls/phones")
@requires(P.ACTIVITIES)
@proven
def calls_phones(id: int) -> ResponseReturnValue:
    """The same page of the list with whole numbers; every look is noted at the person's sign-up."""
    activity = one(Activity, id, P.ACTIVITIES)
    news = _news(activity)
    found = _listing(activity, news)
    found.filters.validate()
    return _page(id, calling.show_phones(found.page().items, news, by=me()))


@office.post("/activities/<int:id>/calls/<int:signup_id>")
@requires(P.ACTIVITIES)
def calls_tick(id: int, signup_id: int) -> ResponseReturnValue:
    """Reached (`called=1`) or not (`0`): the wanted state, so that pressing twice is harmless."""
    signup = fetch(id, signup_id, P.ACTIVITIES)
    news = _news(signup.activity)
    calling.mark_called(signup, request.form.get("called") == "1", news, by=me())
    said = f"{signup.volunteer.user.name}：{'已通知' if calling.is_called(signup, news) else '还没通知'}"
    return swap(LIST, "mark", "news", otherwise=url_for(".calls", id=id), signup=signup, said=said, **_around(news))


def _page(id: int, phones: dict[int, str]) -> ResponseReturnValue:
    activity = one(Activity, id, P.ACTIVITIES)
    news = _news(activity)
    found = _listing(activity, news)
    return found.respond(LIST, "results", activity=activity, phones=phones, **_around(news))


def _around(news: calling.News | None) -> dict[str, Any]:
    return {"calling": calling, "told": news}


def _news(activity: Activity) -> Any:
    return calling.news_of(activity, history_of(activity))


def _listing(activity: Activity, news: calling.News | None) -> Listing:
    mine = rows(SignUp, P.ACTIVITIES).where(SignUp.activity_id == activity.id, calling.to_call())
    order = [Key(column) for column in signup_list.ORDER]
    return Listing(signup_list.with_people(mine), CallFilter(request.args, news=news), order, per_page=100)
