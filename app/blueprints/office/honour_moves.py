"""What happens to a proposed star in the back office: another reason, 公示, 撤销."""

from typing import Any

from flask import flash, url_for
from flask.typing import ResponseReturnValue
from wtforms import IntegerField
from wtforms.widgets import HiddenInput

from app import clock
from app.access import Permission, me, one, requires
from app.blueprints.activity_filters import DayField
from app.blueprints.office import office
from app.blueprints.office.feedback import WithdrawalForm
from app.blueprints.office.honours import LOADED, ProposalForm
from app.forms import Form, required
from app.htmx import go, render
from app.models.history import history_of
from app.models.honour import Honour, HonourStatus
from app.models.honours.figures import Facts, facts_of
from app.models.honours.proposal import LEAST_DAYS, announce, not_yet, rewrite
from app.models.honours.quarter import quarter_named
from app.models.stateful import Stale
from app.models.workday import last_of
from app.timeline.displays import told

P = Permission.HONOURS


class ReasonForm(ProposalForm):
    """The reason again; `version` is the one that the form saw."""

    version = IntegerField(widget=HiddenInput(), default=0)


class AnnouncementForm(Form):
    """From which day to which; prefilled with the shortest time from today."""

    first_day = DayField("第一天", [required("请选择公示的第一天。")], default=clock.today)
    last_day = DayField(
        "最后一天", [required("请选择公示的最后一天。")], default=lambda: last_of(clock.today(), LEAST_DAYS)
    )


@office.route("/honours/<int:id>", methods=["GET", "POST"])
@requires(P)
def honours_show(id: int) -> ResponseReturnValue:
    """One star: its facts, its reason, what waits, its history."""
    honour = one(Honour, id, P, *LOADED)
    form = ReasonForm(obj=honour)
    try:
        if form.carry(lambda: rewrite(honour, form.reason.data or "", form.version.data or 0, by=me())):
            return _done(id, "推荐理由已保存。")
    except Stale as stale:
        form.version.data, form.version.raw_data = honour.version, None
        return _page(id, reason=form, stale=stale, status=409)
    return _page(id, reason=form, status=form.status)


@office.post("/honours/<int:id>/announcement")
@requires(P)
def honours_announcement(id: int) -> ResponseReturnValue:
    """候选 → 公示."""
    honour, form = one(Honour, id, P, *LOADED), AnnouncementForm()
    days = form.first_day, form.last_day
    if form.carry(lambda: announce(honour, *(day.data or clock.today() for day in days), by=me())) is None:
        return _page(id, announcement=form, status=form.status)
    return _done(id, "公示已定好，期满自动公布。")


@office.post("/honours/<int:id>/revocation")
@requires(P)
def honours_revocation(id: int) -> ResponseReturnValue:
    """→ 已撤销, with a reason."""
    honour, form = one(Honour, id, P, *LOADED), WithdrawalForm()
    if form.carry(lambda: honour.revoke(by=me(), reason=form.reason.data or "")) is None:
        return _page(id, revocation=form, status=form.status)
    return _done(id, "已撤销，门户上看不到了。")


def _done(id: int, said: str) -> ResponseReturnValue:
    flash(said)
    return go(url_for("office.honours_show", id=id))


def _page(id: int, *, status: int, **forms: Any) -> ResponseReturnValue:
    """The page, with the row read again: a refused verb has ended what was loaded."""
    honour = one(Honour, id, P, *LOADED)
    candidate = honour.status is HonourStatus.CANDIDATE
    blank = {"reason": ReasonForm(formdata=None, obj=honour), "announcement": AnnouncementForm(formdata=None)}
    forms = {**blank, "revocation": None, "stale": None, **forms}
    wrong = next((form for form in forms.values() if isinstance(form, Form) and form.errors), None)
    context = {"facts": _facts(honour), "objection": not_yet(honour) if candidate else "", "form": wrong}
    story = told(history_of(honour))
    return render("office/honours/show.html", status=status, honour=honour, story=story, **context, **forms)


def _facts(honour: Honour) -> Facts:
    """The frozen figures, or those of the moment for a candidate."""
    quarter, subject = quarter_named(honour.quarter), honour.team or honour.volunteer
    if honour.services is None and quarter and subject:
        return facts_of(quarter, subject)
    return Facts(honour.services or 0, honour.minutes or 0, honour.activities or 0)
