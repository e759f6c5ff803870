"""已合并: the request under which the same matter is seen to."""

from typing import Any

from sqlalchemy import Select, select

from app.db import db
from app.models.help_request import HelpRequest

MOST = 5  # of a chain of mergers


def other_of(request: HelpRequest, scope: "Select[Any] | None" = None) -> HelpRequest | None:
    """The one into which this was merged, if it lies in `scope` (default: anywhere); None where it was not merged."""
    if request.merged_into_id is None:
        return None
    wanted = select(HelpRequest) if scope is None else scope
    found: HelpRequest | None = db.session.scalar(wanted.where(HelpRequest.id == request.merged_into_id))
    return found


def followed_in(request: HelpRequest) -> HelpRequest | None:
    """The request in which the matter goes on in the end, through further mergers."""
    found = other_of(request)
    for _ in range(MOST):
        if found is None or found.merged_into_id is None:
            break
        found = other_of(found)
    return found
