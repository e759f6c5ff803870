"""What the portal's list of feedback and the home page's strip show of each: columns, and its first picture."""

from collections.abc import Hashable, Sequence
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select

from app.db import db
from app.models.activities import search
from app.models.activities.search import ids_named, lies_in, named_each
from app.models.activity import Activity
from app.models.category import categories
from app.models.feedback import Feedback, FeedbackStatus
from app.models.pages.pairs import first, joined, offered
from app.models.pages.quickest import each_word, one_of, weights
from app.models.pages.worded import stands
from app.models.picture import Picture
from app.models.written import first_picture
from app.reads import length_of


def published() -> Select[Any]:
    """Every published feedback as a row: its own columns, its activity's, `picture` and `alt` of the first one."""
    return (
        select(
            Feedback.id,
            Feedback.title,
            Feedback.published_at,
            Feedback.community_code,
            Activity.category_id,
            Activity.title.label("activity"),
            Activity.attended,
            Picture.name.label("picture"),
            Picture.alt,
        )
        .join(Activity, Activity.id == Feedback.activity_id)
        .outerjoin(Picture, first_picture(Feedback))
        .where(Feedback.status == FeedbackStatus.PUBLISHED, Activity.hidden_at.is_(None))
    )


def how_many(region: str, kind: int | None, cap: int) -> Select[Any]:
    """A statement of one number: how much is published of a region ('': the city) and a kind of activity, up to `cap`.

    The activity knows what is published (`told_at`), in an index that begins with the kind: without one all of them are named.
    """
    kinds = [kind] if kind else [one.id for one in categories().values()]
    shown = Activity.told_at.is_not(None), Activity.hidden_at.is_(None), *lies_in(region)
    return select(length_of(select(Activity).where(Activity.category_id.in_(kinds), *shown), cap))


def newest(count: int) -> list[Any]:
    """The last published ones."""
    order = Feedback.published_at.desc(), Feedback.id.desc()
    return list(db.session.execute(published().order_by(*order).limit(count)))


def says(words: str, districts: Sequence[str] = ()) -> list[ColumnElement[bool]]:
    """One condition a word: it stands in the feedback, or names its activity or a place around it.

    `districts`: in which all the list's rows stand; what places elsewhere are called says nothing there.
    """
    some = (partial(one, districts=districts) for one in (_ids, _says, ids_about))
    return each_word(Feedback, words, *some, kind=",".join(districts))


def shape_of(words: str, districts: Sequence[str]) -> Hashable:
    """All that a statement with `says` hangs on besides the words themselves."""
    about = {(Feedback, word, ",".join(districts)): partial(ids_about, word, districts) for word in words.split()}
    return search.shape_of(words, Activity, districts), weights(about)


def _says(word: str, districts: Sequence[str]) -> ColumnElement[bool]:
    return or_(stands(word, Feedback.title, Feedback.body), named_each(word, districts=districts))


def _ids(word: str, districts: Sequence[str]) -> Any:
    """Ids of all rows that may say the word, or whose activity does."""
    of_activities = one_of(Feedback.activity_id, first(ids_named(word, districts=districts)))
    return joined(offered(Feedback, word), select(Feedback.id).where(of_activities))


def ids_about(word: str, districts: Sequence[str] = ()) -> Any:
    """Ids of these rows and of the activities instead: about as many."""
    return joined(offered(Feedback, word), ids_named(word, districts=districts))
