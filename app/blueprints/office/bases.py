"""服务基地 in the back office: the list, found, mend with pictures, close."""

from typing import Any

from flask import url_for
from flask.typing import ResponseReturnValue

from app import labels
from app.access import Permission, acting, requires
from app.blueprints.office import office
from app.blueprints.office.showcase_desk import COMMON, Desk
from app.blueprints.office.showcase_forms import BaseForm
from app.blueprints.showcase_filters import KeptBaseFilter
from app.disclosure import disclose
from app.htmx import go, render
from app.listing import Key, Listing
from app.media.uploads import receives
from app.models.displays import bases as base_lists
from app.models.history import history_of
from app.models.service_base import BaseStatus, ServiceBase
from app.once import once
from app.timeline import told

P = Permission.BASES
DESK = Desk("bases", ServiceBase, P, BaseForm, KeptBaseFilter)
COLUMNS = COMMON | {
    "地址": lambda row: row.address,
    "开放时间": lambda row: row.opening_hours,
    "状态": lambda row: labels.word(row.status),
}


@office.get("/bases")
@requires(P)
def bases() -> ResponseReturnValue:
    """The bases, newest first."""
    return _listing().respond("office/bases/list.html", "results")


@office.route("/bases/export", methods=["GET", "POST"])
@requires(P)
def bases_export() -> ResponseReturnValue:
    """What the filters leave as a file, with its purpose in the history."""
    listing = _listing()
    return disclose(listing, "服务基地", url_for(".bases", **listing.filters.given()))


def _listing() -> Listing:
    order = [Key(ServiceBase.id, True)]
    filters, topics = DESK.filter(), base_lists.TOPICS
    return Listing(DESK.rows, filters, order, COLUMNS, "bases", personal=True, shape=acting(), topics=topics)


@office.route("/bases/new", methods=["GET", "POST"])
@requires(P)
@receives("pictures")
@once
def bases_new() -> ResponseReturnValue:
    """A new base."""
    return DESK.found()


@office.get("/bases/<int:id>")
@requires(P)
def bases_show(id: int) -> ResponseReturnValue:
    """The base with its pictures and history."""
    return _page(id)


@office.route("/bases/<int:id>/edit", methods=["GET", "POST"])
@requires(P)
@receives("pictures", after=DESK.one)
def bases_edit(id: int) -> ResponseReturnValue:
    """Mend what is stated about it."""
    return DESK.mend(id)


@office.post("/bases/<int:id>/closure")
@requires(P)
def bases_closure(id: int) -> ResponseReturnValue:
    """开放 → 已关闭, with a reason."""
    failed = DESK.close(id)
    return _page(id, closure=failed, status=failed.status) if failed else go(url_for(".bases_show", id=id))


@office.post("/bases/<int:id>/reopening")
@requires(P)
def bases_reopening(id: int) -> ResponseReturnValue:
    """已关闭 → 开放."""
    return DESK.reopen(id)


def _page(id: int, *, closure: Any = None, status: int = 200) -> ResponseReturnValue:
    base = DESK.one(id)
    story = told(history_of(base), BaseStatus)
    return render("office/bases/show.html", status=status, base=base, story=story, closure=closure)
