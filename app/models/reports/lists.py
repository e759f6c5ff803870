"""What lists of reports show: the portal's, the home page's column, the office's review list."""

from collections.abc import Callable, Hashable, Sequence
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import joinedload, selectinload, with_loader_criteria

from app.db import db
from app.models.accounts import called
from app.models.activities import search
from app.models.activities.search import ids_named, lies_in, named, named_each
from app.models.activity import Activity
from app.models.pages.pairs import joined, offered
from app.models.pages.quickest import each_word, looked_up, one_of, weights
from app.models.pages.state_counts import counts_of_found
from app.models.pages.worded import stands
from app.models.picture import Picture
from app.models.regions.homes import districts_of
from app.models.report import Report, ReportKind, ReportStatus, took_part
from app.models.user import User
from app.models.written import of_first_picture
from app.reads import counting, now
from app.statements import no_way_by

TEXTS = ("title", "body")  # where words are sought
EXCERPT = 200  # characters of the text that a list shows
CHOICES = 50  # activities offered to link a report to
PINNED = 2  # at most so many in the home page's column: what the community publishes must get there too
Condition = ColumnElement[bool]
TO_STAFF: Condition = Report.status != ReportStatus.DRAFT  # a draft is its author's alone
WITH_AUTHOR = joinedload(Report.user)
# A row of a list. Its author is no join: whoever counts rows would look up a thousand
AUTHOR = select(User.name).where(User.id == Report.user_id).scalar_subquery().label("author")
SHOWN = Report.id, Report.title, Report.kind, Report.community_code, Report.pinned_at, AUTHOR
BUT_DRAFTS = with_loader_criteria(Report, TO_STAFF, propagate_to_loaders=False)  # for app.access.one


def published() -> Select[Any]:
    """Every published report as a row: its columns, `author`, `excerpt`, `picture` and `alt` of the first one."""
    excerpt = func.substr(Report.body, 1, EXCERPT + 1).label("excerpt")
    picture, alt = (
        of_first_picture(Report, Picture.name).label("picture"),
        of_first_picture(Report, Picture.alt).label("alt"),
    )
    shown = *SHOWN, Report.published_at, excerpt, picture, alt
    return select(*shown).where(Report.status == ReportStatus.PUBLISHED)


def listed() -> Select[Any]:
    """Every report that staff see, as a row."""
    return select(*SHOWN, Report.status, Report.submitted_at).where(TO_STAFF)


def in_region(reports: Select[Any], region: str) -> Select[Any]:
    """Those of a region ('': the city), in the order in which they were published: nearly all of a place's are."""
    inside = lies_in(region, Report)
    return no_way_by(Report.status, reports).where(Report.published_at.is_not(None), *inside) if inside else reports


def newest(count: int) -> list[Any]:
    """The home page's column: at most two that are pinned (the last one pinned first), then the newest."""
    pinned = published().where(Report.pinned_at.is_not(None)).order_by(Report.pinned_at.desc(), Report.id.desc())
    first = list(db.session.execute(pinned.limit(min(PINNED, count))))
    others = published().where(Report.id.not_in([row.id for row in first]))
    order = Report.published_at.desc(), Report.id.desc()
    return first + list(db.session.execute(others.order_by(*order).limit(count - len(first))))


def says(words: str, region: str = "", *, author: bool = False) -> list[Condition]:
    """One condition a word: it stands in the report (all of which lie in `region`), names a place around it or (for staff) its
    `author`."""
    districts = districts_of(region)
    if not author:
        return named(words, Report, TEXTS, districts)
    some = (partial(one, districts=districts) for one in (_ids, _says, _ids_about))
    return each_word(Report, words, *some, all_of_it=True, kind=_about(districts))


def shape_of(words: str, region: str, *, author: bool) -> Hashable:
    """All that a statement with `says` hangs on besides the words themselves."""
    districts = districts_of(region)
    found = search.shape_of(words, Report, districts)
    if not author:
        return found
    every = dict.fromkeys(words.split())
    about = {(Report, word, _about(districts)): partial(_ids_about, word, districts) for word in every}
    return found, weights(about | {(User, word, ""): partial(offered, User, word) for word in every})


def _about(districts: Sequence[str]) -> str:
    """Which hits are meant: those of the author too."""
    return ",".join(("author", *districts))


def _says(word: str, districts: Sequence[str]) -> Condition:
    return or_(named_each(word, Report, TEXTS, districts), _written_by(word))


def _written_by(word: str) -> Condition:
    """Its author is called so: a few people are gathered, many looked at one by one; PostgreSQL weighs that itself."""
    if db.engine.dialect.name != "sqlite":
        return Report.user.has(stands(word, User.name))
    with counting(now()[0].wanted):  # of people, whatever the way to reports
        ids = looked_up(User, word, lambda: called.ids_named(word), lambda: offered(User, word), own=False)
    return Report.user.has(stands(word, User.name)) if ids is None else one_of(Report.user_id, ids)


def _ids(word: str, districts: Sequence[str]) -> Any:
    """Ids of all rows that may say the word, or whose author may be called so."""
    written = select(Report.id).where(one_of(Report.user_id, offered(User, word)))
    return joined(ids_named(word, Report, districts), written)


def _ids_about(word: str, districts: Sequence[str]) -> Any:
    """Ids of the rows that say it and of the people instead: hardly fewer."""
    return joined(ids_named(word, Report, districts), offered(User, word))


def of_kind(kind: ReportKind | None) -> list[Condition]:
    """The condition that it is of this kind; none where none is chosen."""
    return [Report.kind == kind] if kind else []


def counts(scope: Callable[[], Select[Any]]) -> dict[ReportStatus, int]:
    """How many reports of this scope are in each state, capped at 1,000; one statement."""
    return counts_of_found(scope, ReportStatus, Report.status, along=Report.submitted_at)


def mine(user_id: int) -> Select[tuple[Report]]:
    """Everything this person has written."""
    return select(Report).where(Report.user_id == user_id)


def attended(user_id: int, linked: Activity | None) -> list[Activity]:
    """Activities that a report of this person may tell about, newest first; the one `linked` now is among them."""
    order = Activity.starts_at.desc(), Activity.id.desc()
    found = list(db.session.scalars(took_part(user_id).order_by(*order).limit(CHOICES)))
    return found if linked is None or linked in found else [linked, *found]


def made_from(activity: Activity) -> Report | None:
    """The plan of which this activity was made, with its author; None when it moved to another community since."""
    same = Report.planned_id == activity.id, Report.community_code == activity.community_code
    return db.session.scalar(select(Report).where(*same).options(WITH_AUTHOR))


def public_report(id: int) -> Any:
    """A published report with author, pictures and activities; None where there is none."""
    loaded = WITH_AUTHOR, joinedload(Report.activity), joinedload(Report.planned), selectinload(Report.pictures)
    shown = and_(Report.id == id, Report.status == ReportStatus.PUBLISHED)
    return db.session.scalar(select(Report).where(shown).options(*loaded))
