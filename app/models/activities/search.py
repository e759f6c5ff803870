"""Finding activities: what a state means in SQL, words in Chinese, and what a list shows of them.

The portal's statuses are recruiting (not started, sign-up open, full ones too), ongoing and ended; without
one everything published is meant, 报名截止 too.
"""

from collections.abc import Hashable, Sequence
from datetime import datetime, timedelta
from functools import lru_cache, partial
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, and_, bindparam, null, or_, select
from sqlalchemy.orm import joinedload, outerjoin

from app import clock
from app.db import UtcDateTime, db
from app.models.activities.facts import LONGEST
from app.models.activities.phase import ActivityStatus, Phase
from app.models.activity import Activity
from app.models.pages.pairs import SEARCHED, caseless, joined, offered
from app.models.pages.quickest import beside, each_word, weights
from app.models.pages.worded import stands
from app.models.region import CITY, Level, within
from app.models.regions.former_names import codes_named
from app.statements import each, written
from app.straight import fresh, plain, read
from app.typed import places_of

TEXTS = ("title", "place", "description")  # where words are sought
CAP = 1000  # what is counted for a list stops here
PUBLIC = (ActivityStatus.PUBLISHED, ActivityStatus.COMPLETED)
HIDDEN = (ActivityStatus.DRAFT, ActivityStatus.CANCELLED)  # few, so that lists run along the index of times
STATUSES = ("recruiting", "ongoing", "ended")
Conditions = list[ColumnElement[bool]]

# Asked for when a statement runs, so that statements may be kept.
NOW: Any = bindparam("now", callable_=clock.now, type_=UtcDateTime())


def ago(span: timedelta) -> Any:
    """The moment so long before the one at which the statement runs."""
    return bindparam(f"ago_{int(span.total_seconds())}", callable_=lambda: clock.now() - span, type_=UtcDateTime())


LONG_AGO: Any = ago(LONGEST)


def shown_as(status: str, at: datetime | None = None, a: Any = Activity) -> Conditions:
    """What the portal's `status` ('' for all) demands of the activities `a` at that moment (default: now)."""
    now, long_ago = (at, at - LONGEST) if at else (NOW, LONG_AGO)
    published = a.status == ActivityStatus.PUBLISHED
    if status == "recruiting":
        return [published, a.starts_at > now, a.signup_closes_at > now]
    if status == "ongoing":
        return [published, a.starts_at <= now, a.starts_at > long_ago, a.ends_at > now]
    shown = a.status.not_in(each(HIDDEN, a.status)), a.hidden_at.is_(None)
    if status == "ended":  # what began long ago needs no look at its end
        return [*shown, a.starts_at <= now, or_(a.starts_at <= long_ago, a.ends_at <= now)]
    return [*shown]


def to_come() -> Conditions:
    """What the portal shows and has not ended; the index can start near today."""
    return [*shown_as(""), Activity.starts_at > LONG_AGO, Activity.ends_at > NOW]


def in_phase(phase: Phase, a: Any = Activity) -> Conditions:
    """What a phase demands of the activities `a`, as `phase_of` judges it."""
    published, ahead = a.status == ActivityStatus.PUBLISHED, a.starts_at > NOW
    open_now = [published, ahead, a.signup_closes_at > NOW]
    return {
        Phase.RECRUITING: [*open_now, a.taken < a.capacity],
        Phase.FULL: [*open_now, a.taken >= a.capacity],
        # the last of these follows from the others: who does not sign up until the start is in an index of its own
        Phase.CLOSED: [published, ahead, a.signup_closes_at <= NOW, a.signup_closes_at < a.starts_at],
        Phase.ONGOING: [published, a.starts_at <= NOW, a.starts_at > LONG_AGO, a.ends_at > NOW],
        Phase.ENDED: [published, a.ends_at <= NOW],
    }.get(phase) or [a.status == ActivityStatus(phase.value)]


def named(words: str, a: Any = Activity, texts: tuple[str, ...] = TEXTS, districts: Sequence[str] = ()) -> Conditions:
    """One condition a word: it stands in one of the `texts` of `a`, or the name of a region around it.

    `districts`: in which all the list's rows stand; what places elsewhere are called says nothing there.
    """
    whole = texts == SEARCHED.get(a.__tablename__)
    return each_word(
        a,
        words,
        lambda word: ids_named(word, a, districts),
        lambda word: named_each(word, a, texts, districts),
        all_of_it=whole,
        kind=",".join(districts),
    )


def shape_of(words: str, a: Any = Activity, districts: Sequence[str] = ()) -> Hashable:
    """All that a statement with `named` hangs on besides the words themselves: how they are written, which places they name, and
    about how common they are."""
    every = dict.fromkeys(words.split())
    forms = [(len(word), caseless(word), *_codes(word, districts).items()) for word in every]
    kind = ",".join(districts)
    return (
        places_of(words),
        *forms,
        weights({(a, word, kind): partial(ids_named, word, a, districts) for word in every}),
    )


def ids_named(word: str, a: Any = Activity, districts: Sequence[str] = ()) -> Any:
    """Ids of all rows that `named` finds, and hardly more; None where the pairs of characters cannot tell."""
    ids, row = offered(a, word), beside(a)
    places = [] if ids is None else around(word, row, districts)
    return ids if ids is None or not places else joined(ids, *(select(row.id).where(place) for place in places))


def named_each(
    word: str, a: Any = Activity, texts: tuple[str, ...] = TEXTS, districts: Sequence[str] = ()
) -> ColumnElement[bool]:
    """What `named` demands of a word, looked at row by row."""
    return or_(stands(word, *(getattr(a, text) for text in texts)), *around(word, a, districts))


def around(word: str, a: Any = Activity, districts: Sequence[str] = ()) -> Conditions:
    """In a region (of these districts) whose name of today or before holds the word, or merged into it."""
    return [getattr(a, f"{level.value}_code").in_(written(codes)) for level, codes in _codes(word, districts).items()]


def _codes(word: str, districts: Sequence[str]) -> dict[Level, tuple[str, ...]]:
    if not districts:
        return codes_named(word)
    here = {level: tuple(code for code in codes if code[:6] in districts) for level, codes in codes_named(word).items()}
    return {level: codes for level, codes in here.items() if codes}


def lies_in(code: str, a: Any = Activity) -> Conditions:
    """In the region `code`; everywhere for the city or ''."""
    inside = within(a, code or CITY)
    return [] if inside is None else [inside]


def public_activities(signed_in: bool = False) -> "Select[Any]":
    """What a list row shows of everything the portal lists; `mine` is how the signed-in person (parameter `me`) stands in it."""
    from app.models.signup import SignUp, standing_now
    from app.models.volunteer import Volunteer

    shown = [
        Activity.id,
        Activity.title,
        Activity.category_id,
        Activity.community_code,
        Activity.place,
        Activity.starts_at,
        Activity.ends_at,
        Activity.signup_closes_at,
        Activity.capacity,
        Activity.taken,
        Activity.status,
    ]
    if not signed_in:
        return select(*shown, null().label("mine"))
    volunteer = select(Volunteer.id).where(Volunteer.user_id == bindparam("me")).scalar_subquery()
    own = and_(SignUp.activity_id == Activity.id, SignUp.volunteer_id == volunteer)
    return select(*shown, standing_now().label("mine")).select_from(outerjoin(Activity, SignUp, own))


def public_activity(id: int, viewer: int | None = None) -> tuple[Activity, str | None] | None:
    """An activity that the portal shows to this person, with its cover, and the name of who launched it."""
    found = db.session.execute(_shown_to(viewer is not None), {"id": id, "viewer": viewer}).first()
    return (found[0], found[1]) if found else None


def hold_public(id: int) -> Activity | None:
    """An activity that the portal shows to everybody, fresh, held until the transaction ends."""
    found = read(HELD, {"id": id}).first()
    return fresh(Activity, found) if found else None


HELD = (
    select(*plain(Activity))
    .where(Activity.id == bindparam("id"), Activity.status != ActivityStatus.DRAFT, Activity.hidden_at.is_(None))
    .with_for_update()
)


@lru_cache
def _shown_to(somebody: bool) -> "Select[Any]":
    """The statement, built once: five hundred people at once ask it twice each."""
    from app.models.activities.taking_down import seen_by
    from app.models.user import User

    return (
        select(Activity, User.name)
        .outerjoin(User, User.id == Activity.created_by_id)
        .where(Activity.id == bindparam("id"), Activity.status != ActivityStatus.DRAFT)
        .where(seen_by(bindparam("viewer", type_=Integer) if somebody else None))
        .options(joinedload(Activity.cover), joinedload(Activity.team), joinedload(Activity.base))
    )
