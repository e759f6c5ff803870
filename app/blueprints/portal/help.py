"""公众求助 for everybody: closed cases, and asking without an account."""

from collections.abc import Hashable
from typing import Any

from flask import abort, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Select

from app.access import public
from app.blueprints.activity_filters import ActivityFilter
from app.blueprints.help_forms import AskForm
from app.blueprints.portal import portal
from app.blueprints.portal.help_pass import count_ask, given_after_asking, held, private
from app.finished import kept
from app.htmx import go, render
from app.listing import Key, Listing
from app.models.activities.search import lies_in
from app.models.category import categories
from app.models.help import lists
from app.models.pages.worded import shape_of
from app.models.public_case import PublicCase
from app.once import once

TOPICS = "help", "regions", "categories"


class CaseFilter(ActivityFilter):
    """Region of any level, category, words."""

    def narrow(self, stmt: Select[Any]) -> Select[Any]:
        """Everything that was chosen."""
        kind = [PublicCase.category_id == self.category_id] if self.category_id else []
        return stmt.where(*lies_in(self.place, PublicCase), *kind, *lists.says(self.words))

    def shape_of_words(self) -> Hashable:
        """As `lists.says` takes them."""
        return shape_of(self.words, PublicCase)

    def state_word(self) -> list[str]:
        """Cases on the portal have one state."""
        return []

    @property
    def kinds(self) -> list[tuple[str, str, None]]:
        """The categories as chips."""
        return [
            ("", "全部", None),
            *((kind.slug, kind.name, None) for kind in categories().values() if not kind.closed),
        ]


@portal.get("/help")
@public
@kept(*TOPICS)
def help() -> ResponseReturnValue:
    """Closed cases, the newest first."""
    order = [Key(PublicCase.closed_at, descending=True), Key(PublicCase.id, descending=True)]
    cases = Listing(lists.published, CaseFilter(request.args), order, name="cases", shape="all", topics=TOPICS)
    return cases.respond("portal/help/list.html", "results")


@portal.get("/help/<int:id>")
@public
@kept(*TOPICS)
def help_show(id: int) -> ResponseReturnValue:
    """One closed case, as it was written for the public."""
    case = lists.public_case(id) or abort(404)
    return render(
        "portal/help/show.html", case=case, others=[one for one in lists.latest_closed(4) if one.id != id][:3]
    )


@portal.route("/help/new", methods=["GET", "POST"])
@public
@private
@given_after_asking
@once
def help_new() -> ResponseReturnValue:
    """Ask for help; the number comes at once."""
    form = AskForm()
    asked = form.carry(lambda: _ask(form))
    if asked is not None:
        return go(url_for("portal.help_asked", number=asked.number))
    return render("portal/help/new.html", status=form.status, form=form)


def _ask(form: AskForm) -> Any:
    count_ask()
    return form.ask()


@portal.get("/help/asked")
@public
@private
def help_asked() -> ResponseReturnValue:
    """The number, and what comes next; only in the browser that has just asked."""
    case = held()
    if case is None or case.number != request.args.get("number"):
        return go(url_for("portal.help_track"))
    return render("portal/help/asked.html", case=case)
