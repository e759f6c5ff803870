"""季度之星 on the portal: who stands in 公示, and the published stars quarter by quarter."""

from typing import Any

from flask import abort, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Select, select

from app import clock
from app.access import public
from app.blueprints.display_filters import StarFilter
from app.blueprints.portal import portal
from app.db import db
from app.finished import kept
from app.htmx import render
from app.listing import Key, Listing
from app.models.honour import Honour, published
from app.models.honours import lists
from app.models.honours.quarter import quarter_words
from app.statements import no_way_by

PER_PAGE, ANNOUNCED = 24, 60


class Stars(Listing):
    """Stars by quarter, found by their ids; how many there are nobody asks."""

    def _total(self) -> int:
        return 0

    def _rows(self, beyond: bool, backwards: bool) -> Select[Any]:
        return lists.chosen(super()._rows(beyond, backwards), *self._directions(backwards))


@portal.get("/stars")
@public
@kept("honours", "teams")
def stars() -> ResponseReturnValue:
    """Published stars, the newest quarter first; above them those in 公示."""
    filters = StarFilter(request.args)
    order = [Key(Honour.quarter, True), Key(Honour.kind, True), Key(Honour.community_code), Key(Honour.id)]
    listing = Stars(_every, filters, order, per_page=PER_PAGE, scalars=False, shape="public")
    waiting = lists.in_announcement(ANNOUNCED)
    shown = {"waiting": waiting, "quarters": filters.quarters(lists.quarters()), "named": quarter_words}
    return listing.respond("portal/stars/list.html", **shown)


def _every() -> Select[Any]:
    # nearly all are published: no way to a page, however SQLite counted them last
    every: Select[Any] = no_way_by(Honour.status, select(Honour.id).where(published()))
    return every


@portal.get("/stars/<int:id>")
@public
@kept("honours", "teams")
def stars_show(id: int) -> ResponseReturnValue:
    """One star, published or in 公示; else 404."""
    wanted = lists.shown().where(Honour.id == id)
    star = db.session.execute(wanted).first() or abort(404)
    return render("portal/stars/show.html", star=star, named=quarter_words, open=star.last_day >= clock.today())
