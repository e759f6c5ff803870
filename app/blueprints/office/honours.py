"""季度之星 in the back office: the list, who could be one with the facts beside, and the proposal.

No page orders people by figures (SPEC section 4): candidates stand by community. What happens to a proposed one
stands in honour_moves.py.
"""

from typing import Any

from flask import flash, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import joinedload
from wtforms import TextAreaField

from app import labels
from app.access import Permission, acting, me, one, requires, rows
from app.blueprints.display_filters import CandidateFilter, KeptStarFilter
from app.blueprints.office import office
from app.disclosure import disclose
from app.forms import CreationForm, clean, length, required
from app.htmx import go, render
from app.listing import Key, Listing
from app.models.honour import Honour, HonourKind
from app.models.honours import figures as honour_figures
from app.models.honours.figures import facts_of, facts_of_people, facts_of_teams
from app.models.honours.lists import already
from app.models.honours.proposal import LEAST_WORDS, MOST_WORDS, propose, why_not
from app.models.honours.quarter import Quarter, quarter_named, quarter_words, recent_quarters
from app.models.region import place_name
from app.models.service_record import ServiceRecord
from app.models.team import Team
from app.models.volunteer import Volunteer
from app.once import once
from app.sent import sent
from app.text import number_of

P = Permission
TOPICS = "honours", "regions"  # on which the number of a list hangs
LISTED = 8  # quarters offered in the list's filter
LOADED = (joinedload(Honour.team), joinedload(Honour.volunteer).joinedload(Volunteer.user))
COLUMNS = {
    "季度": lambda h: quarter_words(h.quarter),
    "类别": lambda h: labels.word(h.kind),
    "名称": lambda h: h.name,
    "社区": lambda h: place_name(h.community_code),
    "状态": lambda h: labels.word(h.standing),
    "服务次数": lambda h: h.services,
    "服务分钟": lambda h: h.minutes,
    "活动场次": lambda h: h.activities,
    "推荐理由": lambda h: h.reason,
    "公示第一天": lambda h: h.first_day.isoformat() if h.first_day else "",
    "公示最后一天": lambda h: h.last_day.isoformat() if h.last_day else "",
}


class ProposalForm(CreationForm):
    """Why this one: written by people, read by everybody."""

    reason = TextAreaField(
        "推荐理由", [required("请写推荐理由。"), length(MOST_WORDS, LEAST_WORDS, "推荐理由")], filters=[clean]
    )


@office.get("/honours")
@requires(P.HONOURS)
def honours() -> ResponseReturnValue:
    """Everything that was proposed, the newest quarter first."""
    quarters = [("", "全部季度"), *((str(one), one.words) for one in recent_quarters(LISTED))]
    return _listing().respond("office/honours/list.html", "results", quarters=quarters)


@office.route("/honours/export", methods=["GET", "POST"])
@requires(P.HONOURS)
def honours_export() -> ResponseReturnValue:
    """What the filters leave as a file, with its purpose in the history."""
    listing = _listing()
    return disclose(
        listing, "季度之星", url_for("office.honours", **listing.filters.given()), volunteers=lambda h: h.volunteer_id
    )


def _listing() -> Listing:
    order = [Key(Honour.quarter, True), Key(Honour.id, True)]

    def stmt() -> Any:
        return rows(Honour, P.HONOURS).options(*LOADED)

    filters = KeptStarFilter(request.args)
    return Listing(stmt, filters, order, COLUMNS, "honours", personal=True, shape=acting(), topics=TOPICS)


@office.get("/honours/candidates")
@requires(P.HONOURS)
def honours_candidates() -> ResponseReturnValue:
    """Who could be a star of a quarter, by community, with the facts beside."""
    filters = CandidateFilter(request.args, records=rows(ServiceRecord, P.VOLUNTEERS))
    team = filters.wanted is HonourKind.TEAM
    model, stmt = (Team, rows(Team, P.TEAMS)) if team else (Volunteer, rows(Volunteer, P.VOLUNTEERS))
    stmt = stmt if team else stmt.options(joinedload(Volunteer.user))
    order, topics = [Key(model.community_code), Key(model.id)], honour_figures.topics(filters.about)
    stands = honour_figures.changes(filters.about)
    listing = Listing(stmt, filters, order, name="candidates", shape=acting(), topics=topics, stands=stands)
    ask = facts_of_teams if team else facts_of_people
    facts = lambda items: ask(filters.about, [one.id for one in items])  # noqa: E731
    known = lambda items: already(str(filters.about), filters.wanted, [one.id for one in items])  # noqa: E731
    return listing.respond("office/honours/candidates.html", "results", facts=facts, known=known)


@office.route("/honours/new", methods=["GET", "POST"])
@requires(P.HONOURS)
@once
def honours_new() -> ResponseReturnValue:
    """Propose one (`?quarter=&kind=&subject=`) with a written reason."""
    if not (found := _proposed()):
        return go(url_for("office.honours_candidates"))
    (quarter, subject), form = found, ProposalForm()
    if honour := form.carry(lambda: propose(quarter, subject, form.reason.data or "", by=me())):
        flash("已列为候选。" if honour.team_id else "已列为候选，并请本人决定是否同意公开姓名。")
        return go(url_for("office.honours_show", id=honour.id))
    objection = why_not(quarter, subject)
    context = {"quarter": quarter, "subject": subject, "facts": facts_of(quarter, subject), "objection": objection}
    name = subject.name if isinstance(subject, Team) else subject.user.name
    return render("office/honours/new.html", status=form.status, form=form, name=name, **context)


def _proposed() -> tuple[Quarter, Team | Volunteer] | None:
    """The quarter and the team or person that the address or the form names; None where it names nobody."""
    quarter, subject = quarter_named(sent().get("quarter", "")), number_of(sent().get("subject"))
    if quarter is None or not subject:
        return None
    if sent().get("kind") == HonourKind.TEAM:
        return quarter, one(Team, subject, P.TEAMS)
    return quarter, one(Volunteer, subject, P.VOLUNTEERS, joinedload(Volunteer.user))
