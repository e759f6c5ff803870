"""State machines: one rule, kept once. A noun brings its own table of moves (SPEC section 3).

    MOVES = {Status.PENDING: {Status.APPROVED: FREE, Status.RETURNED: REASON}, …}

Verbs of the noun are the only callers of `move`. It refuses what the table does not know, demands a
reason where the table says REASON, writes history and flushes, so that a colleague who moved first
surfaces inside the view as a 409 and not at commit.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from app.db import db
from app.models.history import last_line, record
from app.refusal import Invalid, Refused
from app.text import squeeze

if TYPE_CHECKING:
    from app.models.user import User

FREE, REASON = False, True
REASON_LIMIT = 500


class TransitionError(Refused):
    """The row is in a state from which this move does not exist."""

    def __init__(self, row: "Stateful", to: StrEnum) -> None:
        self.to = to
        super().__init__("", row)  # app/errors.py words it from the present state


class Stale(Refused):
    """Somebody else saved the row after this form was opened; `what` names it, e.g. 这篇反馈."""

    def __init__(self, row: Any, what: str) -> None:
        super().__init__(f"打开这个页面以后，别人已经改过{what}，您写的还没有保存。", row)


def must_be_as_seen(row: Any, seen: int | None, what: str) -> None:
    """Raises Stale when something happened to the row after the form that saw line `seen`; call it with the row held."""
    if seen is not None and seen != last_line(row):
        raise Stale(row, what)


def given(reason: str, field: str = "reason") -> str:
    """The reason, trimmed and without control characters; Invalid when it is empty or longer than 500 characters."""
    reason = squeeze(reason)
    if not reason:
        raise Invalid(field, "请写明原因，对方会看到。")
    if len(reason) > REASON_LIMIT:
        raise Invalid(field, f"原因最多 {REASON_LIMIT} 个字，现在是 {len(reason)} 个。")
    return reason


class Stateful:
    """A row whose `status` travels only along MOVES, leaving a History line at each step."""

    MOVES: ClassVar[Mapping[Any, Mapping[Any, bool]]]
    if TYPE_CHECKING:
        id: Mapped[int]
        status: Mapped[Any]

    version: Mapped[int] = mapped_column(default=1)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"version_id_col": cls.version}

    def can_move(self, to: StrEnum) -> bool:
        """Whether the table knows a way from the present state to `to`."""
        return to in self.MOVES[self.status]

    def move(self, to: StrEnum, *, by: "User | None", reason: str = "", action: str = "move") -> None:
        """Travel to `to`, or raise TransitionError (no such way) or Invalid (reason missing); history calls it `action`."""
        if not self.can_move(to):
            raise TransitionError(self, to)
        if self.MOVES[self.status][to] is REASON:
            reason = given(reason)
        record(self, action, by=by, reason=reason, came_from=self.status, to=to)
        self.status = to
        db.session.flush()
