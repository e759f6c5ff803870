"""活动反馈 on the portal: the list and each feedback with its pictures."""

from collections.abc import Hashable
from typing import Any

from flask import abort, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Select
from sqlalchemy.orm import joinedload, selectinload

from app.access import public
from app.blueprints.activity_filters import ActivityFilter
from app.blueprints.portal import portal
from app.db import db
from app.finished import kept
from app.htmx import render
from app.listing import Key, Listing
from app.models.activities.search import lies_in
from app.models.activity import Activity
from app.models.category import categories
from app.models.feedback import Feedback, on_portal
from app.models.feedback_lists import how_many, published, says, shape_of
from app.reads import CAP

PER_PAGE = 12
TOPICS = "feedback", "activities", "regions", "categories"


class FeedbackFilter(ActivityFilter):
    """Region of any level, category of the activity, words."""

    def narrow(self, stmt: Select[Any]) -> Select[Any]:
        """Everything that was chosen."""
        kind = [Activity.category_id == self.category_id] if self.category_id else []
        return stmt.where(*lies_in(self.place, Feedback), *kind, *says(self.words, self.districts))

    def shape_of_words(self) -> Hashable:
        """As `says` takes them."""
        return shape_of(self.words, self.districts)

    def state_word(self) -> list[str]:
        """Feedback on the portal has one state."""
        return []

    @property
    def kinds(self) -> list[tuple[str, str, None]]:
        """The categories as chips."""
        return [
            ("", "全部", None),
            *((kind.slug, kind.name, None) for kind in categories().values() if not kind.closed),
        ]


class Published(Listing):
    """Its list. How much there is say the activities, but of what words find."""

    def _counted(self) -> Select[Any]:
        filters: Any = self.filters
        return super()._counted() if filters.words else how_many(filters.place, filters.category_id, CAP)


@portal.get("/feedback")
@public
@kept(*TOPICS)
def feedback() -> ResponseReturnValue:
    """Published feedback, newest first."""
    order = [Key(Feedback.published_at, descending=True), Key(Feedback.id, descending=True)]
    filters: Any = FeedbackFilter(request.args)
    # `stands`: its topics tell all, and pages of a rare kind are kept
    listing = Published(
        published,
        filters,
        order,
        name="feedback",
        per_page=PER_PAGE,
        scalars=False,
        shape="all",
        topics=TOPICS,
        stands=0,
    )
    return listing.respond("portal/feedback/list.html")


@portal.get("/feedback/<int:id>")
@public
@kept(*TOPICS)
def feedback_show(id: int) -> ResponseReturnValue:
    """One feedback with all its pictures; 404 unless it is published."""
    wanted = db.select(Feedback).where(Feedback.id == id, *on_portal())
    loaded = wanted.options(joinedload(Feedback.activity), selectinload(Feedback.pictures))
    return render("portal/feedback/show.html", feedback=db.session.scalar(loaded) or abort(404))
