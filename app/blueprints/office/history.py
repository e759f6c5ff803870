"""历史记录: what was done to the things below the acting post, by whom, when and why; nobody changes it."""

from datetime import date
from typing import Any

from flask import current_app, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Select
from wtforms import DateField, SelectField, StringField, ValidationError
from wtforms.validators import Optional

from app import labels
from app.access import Permission, acting, inside, me, requires
from app.blueprints.office import office
from app.blueprints.office.activity_forms import acting_within
from app.disclosure import disclose
from app.fields_places import RegionFilterField
from app.forms import clean
from app.growing import Growing
from app.listing import FilterForm, Key
from app.models.histories import search
from app.models.histories.scope import About
from app.models.histories.state import seal_state, sealed_up_to
from app.models.history import History
from app.models.region import CITY
from app.timeline import actor
from app.timeline.everything import ACTIONS, NOUNS, thing, whole
from app.viewing import opens

P = Permission
PAGES = {  # where a thing of this kind is looked at, for whoever may
    "activity": "office.activities_show",
    "application": "office.applications_show",
    "volunteer": "office.volunteers_show",
    "help_request": "office.help_show",
    "report": "office.reports_show",
    "team": "office.teams_show",
    "service_base": "office.bases_show",
    "unit_dispute": "office.disputes_show",
    "invitation": "office.invitations_show",
}


class HistoryFilter(FilterForm):
    """Kind of thing, deed, who did it, place, days."""

    noun = SelectField("事项", choices=[("", "全部事项"), *NOUNS.items()], default="")
    action = SelectField("操作", choices=[("", "全部操作"), *ACTIONS.items()], default="")
    q = StringField("操作人", filters=[clean])
    region = RegionFilterField("区域")
    since = DateField("从", [Optional()])
    until = DateField("到", [Optional()])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.region.within = acting_within() or CITY

    def validate_since(self, field: Any) -> None:
        """A day that has a midnight in UTC, too: the year 1 has not in Shanghai."""
        if field.data and not 2000 <= field.data.year <= 2100:
            raise ValidationError("请填写 2000 年到 2100 年之间的日期。")

    def validate_until(self, field: Any) -> None:
        """Such a day, and not before the first one."""
        self.validate_since(field)
        if field.data and self.since.data and field.data < self.since.data:
            raise ValidationError("结束日期早于开始日期，请重新选择。")

    def narrow(self, stmt: Select[Any]) -> Select[Any]:
        """Everything that was chosen."""
        days: tuple[date | None, date | None] = (self.since.data, self.until.data)
        return stmt.where(*search.conditions(self.about(), self.action.data, self.q.data or "", days))

    def about(self) -> About:
        """The kind of thing and the region that were chosen; only the city reads all lines."""
        place = self.region.data if self.region.narrows else ""
        return About(self.noun.data, place, whole=not place and acting_within() == CITY)

    def chosen(self) -> list[tuple[str, str]]:
        """(what is chosen, the address without it), for the chips above the rows."""
        days = [("从 {}", "since", self.since.data), ("到 {}", "until", self.until.data)]
        found = [(NOUNS.get(self.noun.data, ""), "noun"), (ACTIONS.get(self.action.data, ""), "action")]
        found += [(f"“{self.q.data}”" if self.q.data else "", "q"), (self.region.words, "region")]
        found += [(words.format(labels.month_day(day)) if day else "", name) for words, name, day in days]
        return [(words, self.address(**{name: None})) for words, name in found if words]


COLUMNS = {
    "编号": lambda line: line.id,
    "时间": lambda line: labels.stamp(line.created_at),
    "事项": thing,
    "做了什么": whole,
    "谁": actor,
    "原因或内容": lambda line: words_of(line),
}


@office.get("/history")
@requires(P.HISTORY)
def history() -> ResponseReturnValue:
    """The newest first; the city also reads how far it is sealed."""
    post = me().post
    state = seal_state() if post and post.region_code == CITY else None
    context = {"state": state, "whole": whole, "actor": actor, "thing": thing, "link": link}
    return _listing().respond("office/history/list.html", "results", words_of=words_of, **context)


@office.route("/history/export", methods=["GET", "POST"])
@requires(P.HISTORY)
def history_export() -> ResponseReturnValue:
    """What the filters leave as a file, with its purpose in the history."""
    listing = _listing()
    filters: dict[str, Any] = listing.filters.given()
    return disclose(listing, "历史记录", url_for("office.history", **filters))


def link(line: History) -> str:
    """The page of the thing, '' where there is none or the post may not open it."""
    endpoint = PAGES.get(line.noun, "")
    known = endpoint in current_app.view_functions and opens(endpoint)
    return url_for(endpoint, id=line.noun_id) if known else ""


def words_of(line: History) -> str:
    """The reason or what was changed; a unit reads states, not what communities wrote."""
    post = me().post
    return line.note.text if line.note and post and post.region_code else ""


def _listing() -> Growing:
    filters = HistoryFilter(request.args)
    about = filters.about()

    def lines() -> Select[Any]:
        return inside(search.lines(about, of_unit=not acting_within()), about, P.HISTORY)

    order, shape = [Key(about.number, True, lambda line: line.id)], (acting(), about)
    return Growing(
        lines, filters, order, columns=COLUMNS, name="history", personal=True, shape=shape, settled=sealed_up_to
    )
