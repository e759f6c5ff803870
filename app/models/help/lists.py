"""Lists of requests: what a state means in SQL, what the office finds by words, what the public reads."""

import re
from collections.abc import Callable, Collection, Hashable, Iterable
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, asc, case, desc, false, or_, select, union_all

from app import clock
from app.crypto import keyed_hash
from app.db import db
from app.models.activities.search import NOW
from app.models.help.numbers import as_typed, days_of
from app.models.help.states import WAITING, HelpStatus
from app.models.help_request import HelpRequest
from app.models.pages.pairs import offered
from app.models.pages.quickest import looked_up, one_of
from app.models.pages.state_counts import counts_of_found
from app.models.pages.worded import holds
from app.models.public_case import PublicCase
from app.statements import no_way_by, word
from app.text import is_phone, plain_phone

R, S = HelpRequest, HelpStatus
Condition = ColumnElement[bool]
# What OR says of several states leads to no index; that none but these are meant does, past ten years of what was closed. Spelt out:
# a parameter would hide that an index holds just these
ON_A_DESK: Condition = R.status.in_([word(status, R.status.type) for status in WAITING])
STALE = and_(R.status.in_((S.ARRANGED, S.SERVING)), R.offers_end_at.is_not(None), R.offers_end_at <= NOW)
SILENT = and_(R.status == S.RETURNED, R.lapses_at.is_not(None), R.lapses_at <= NOW)
STANDING = case((STALE, S.ACCEPTED), (SILENT, S.LAPSED), else_=R.status)  # the state by now
BROUGHT: dict[HelpStatus, Condition] = {S.ACCEPTED: STALE, S.LAPSED: SILENT}  # by the clock, which stores it soon
STORED_AS = {S.ACCEPTED: (S.ACCEPTED, S.ARRANGED, S.SERVING), S.LAPSED: (S.LAPSED, S.RETURNED)}  # by now, and before


def in_state(status: HelpStatus) -> Condition:
    """The condition that a request is in this state by now, as `HelpRequest.standing` judges it."""
    stored = R.status == status
    if status is S.ACCEPTED:
        return or_(stored, STALE)
    if status is S.LAPSED:
        return or_(stored, SILENT)
    if status in (S.ARRANGED, S.SERVING):
        return and_(stored, or_(R.offers_end_at.is_(None), R.offers_end_at > NOW))
    if status is S.RETURNED:
        return and_(stored, or_(R.lapses_at.is_(None), R.lapses_at > NOW))
    return stored


def shown_in(status: HelpStatus) -> Condition:
    """The same for a list of any requests: it says first which states may have come to this one, so as to read no others."""
    found = in_state(status)
    return and_(R.status.in_(STORED_AS[status]), found) if status in STORED_AS else found


def overdue(by: datetime | None = None) -> Condition:
    """The condition that the next step should have been taken by that moment (default: when the statement runs)."""
    now = by or NOW
    return and_(
        ON_A_DESK,
        or_(
            and_(R.status == S.PENDING, R.accept_due <= now),
            and_(in_state(S.ACCEPTED), R.arrange_due <= now),
            and_(or_(in_state(S.ARRANGED), in_state(S.SERVING), R.status == S.DONE), R.close_due <= now),
        ),
    )


def to_do() -> Condition:
    """The condition that staff have the next step: accept, arrange, close; or that it is overdue."""
    return and_(ON_A_DESK, or_(R.status.in_((S.PENDING, S.DONE)), in_state(S.ACCEPTED), overdue()))


def handed_up() -> Condition:
    """The condition that the district decides: never many, and found first."""
    return R.id.in_(select(R.id).where(R.handed_up_at.is_not(None)))


def known_as(words: str) -> Condition | None:
    """The condition that words name a request: its number or a part of it, a whole phone number, the last four digits.

    The beginning of a number tells when it was given; another part is found by its pairs of characters.
    """
    words = words.strip()
    if not words:
        return None
    phone = plain_phone(words)
    if is_phone(phone):
        return R.phone_hash == keyed_hash(phone, "phone")
    if re.fullmatch(r"[0-9]{4}", words):
        return R.phone_tail == words
    if whole := as_typed(words):
        return R.number == whole
    part = R.number.contains(words.upper(), autoescape=True)
    if days := days_of(words):
        first, last, alone = days
        return and_(*asked_between(first, last), *([] if alone else [part]))
    offers = partial(offered, R, words.upper())
    some = looked_up(R, words, offers, offers)
    return part if some is None else and_(one_of(R.id, some), part)


def asked_between(first: date | None, last: date | None) -> list[Condition]:
    """The conditions that a request was handed in from the one day to the other; either may be open."""
    since = [R.created_at >= clock.start_of(first)] if first else []
    return since + ([R.created_at < clock.start_of(last + timedelta(days=1))] if last else [])


def counts(
    scope: Callable[[], Select[Any]], among: Collection[HelpStatus], shape: Hashable = None
) -> dict[HelpStatus, int]:
    """How many requests of this scope, which hangs on `shape`, are in each state by now, capped at 1,000; one statement.

    All of them are stored in a state `among` these: nobody looks for others.
    """
    states = [status for status in HelpStatus if stored(status, among)]
    return counts_of_found(scope, states, STANDING, shown_in, shape=shape) if states else {}


def stored(status: HelpStatus, among: Collection[HelpStatus]) -> list[HelpStatus]:
    """Which `among` these states a request is stored in that is in this one by now."""
    return [one for one in STORED_AS.get(status, (status,)) if one in among]


def taken_from(page: Select[Any], parts: Iterable[Condition], most: int, *, newest: bool) -> Select[Any]:
    """The `most` first requests of what is left of a list, taken from the first ones of each of its `parts`; in no order.

    What they hold is read once it is known which they are: a row is long, and to put many of them in order is slow.
    """
    way = desc if newest else asc
    # what waits has an index without the order of time: SQLite would put all of it in order
    page = no_way_by(R.status, page).order_by(way(R.created_at), way(R.id)).limit(most)
    firsts = [page.where(one).with_only_columns(R.id, R.created_at).subquery() for one in parts]
    if not firsts:
        return select(R).where(false())
    each = union_all(*(select(one) for one in firsts)).subquery()
    ids = select(each.c.id).order_by(way(each.c.created_at), way(each.c.id)).limit(most)
    return select(R).where(R.id.in_(ids))


def by_state(shown: HelpStatus | None, among: Collection[HelpStatus]) -> list[Condition]:
    """A list of requests (`shown`: in this state by now) in parts, by the states in which they are stored.

    An index holds each state (of a place) in the order of time, not several: they would all be put in order, or all of the city be
    passed along its time until there are enough.
    """
    if shown is None:
        return [R.status == one for one in among]
    return [_by_now(one, shown) for one in stored(shown, among)]


def _by_now(stored: HelpStatus, shown: HelpStatus) -> Condition:
    """The condition that a request is stored in the one state and in the other by now."""
    if stored is shown:
        return R.status == shown if shown in BROUGHT else in_state(shown)
    return and_(R.status == stored, BROUGHT[shown])


def published() -> Select[Any]:
    """Every case that the public may read."""
    return select(PublicCase).where(PublicCase.hidden_at.is_(None))


def public_case(id: int) -> PublicCase | None:
    """One case that the public may read."""
    found: PublicCase | None = db.session.scalar(published().where(PublicCase.id == id))
    return found


def latest_closed(n: int) -> list[PublicCase]:
    """The last closed cases, for the home page and the side of other pages."""
    order = PublicCase.closed_at.desc(), PublicCase.id.desc()
    return list(db.session.scalars(published().order_by(*order).limit(n)))


def says(words: str) -> list[Condition]:
    """One condition a word: it stands in title or summary."""
    return holds(words, PublicCase.title, PublicCase.summary)


def with_number(scope: Select[Any], number: str) -> HelpRequest | None:
    """The request of this scope with this number, as somebody typed it."""
    found: HelpRequest | None = db.session.scalar(scope.where(R.number == as_typed(number)))
    return found
