"""Who is told what about a request. Messages never hold name, phone, address or text of the asker."""

from typing import TYPE_CHECKING

from app.models.message import tell
from app.models.post import keepers, keepers_above, tell_desk

if TYPE_CHECKING:
    from app.models.assignment import Assignment
    from app.models.help_request import HelpRequest
    from app.models.user import User


def tell_volunteer(assignment: "Assignment", title: str, body: str = "") -> None:
    """A message to the volunteer of this assignment."""
    path = f"/member/help/{assignment.id}"
    tell(assignment.user_id, title, body, path=path, about=f"assignment:{assignment.id}")


def tell_new(request: "HelpRequest") -> None:
    """A request has come in: to the living posts of the community who have not switched such messages off."""
    title, path = f"有新的公众求助：{request.number}", f"/office/help/{request.id}"
    tell_desk(request.community_code, title, "请在 2 个工作日内受理。", path=path, about=f"help:{request.id}")


def tell_staff(request: "HelpRequest", title: str, body: str, but: "User | None" = None, *, path: str = "") -> None:
    """A message to the living posts of the community, or of the district where that one decides (`but` this person's).

    A level without one is skipped. `path` leads elsewhere than to the request.
    """
    path = path or f"/office/help/{request.id}"
    those = keepers_above if request.handed_up_at else keepers
    for user_id in those(request.community_code):
        if but is not None and user_id == but.id:
            continue
        tell(user_id, f"{title}：{request.number}", body, path=path, about=f"help:{request.id}")
