"""电话通知: whom staff ring up when an activity was cancelled or moved, and who has been reached (SPEC section 4).

The list lives for 30 days after the news. To look at its telephone numbers is noted at each sign-up, where the
person reads it; numbers are never part of a page that merely shows the list.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_, select

from app import clock
from app.db import db
from app.models.activities.phase import ActivityStatus
from app.models.activity import Activity
from app.models.history import History, record
from app.models.signup import LIVE, SignUp
from app.models.user import User
from app.refusal import Refused

KEPT = timedelta(days=30)
NEW_FACTS = ("时间：", "地点：")
WHY = "活动取消通知"
WHY_MOVED = "活动变动通知"


@dataclass(frozen=True)
class News:
    """What people have to be told by telephone: since when it holds, and whether the activity is off."""

    at: datetime
    cancelled: bool

    @property
    def why(self) -> str:
        """The reason under which numbers are looked at."""
        return WHY if self.cancelled else WHY_MOVED


def news_of(activity: Activity, lines: Iterable[History]) -> News | None:
    """The last news of this activity that is worth a call; `lines` are its history, oldest first, notes loaded."""
    found = None
    for line in lines:
        if line.to_state == ActivityStatus.CANCELLED.value:
            found = News(line.created_at, True)
        elif activity.status is ActivityStatus.PUBLISHED and _moves(activity, line):
            found = News(line.created_at, False)
    if found is None or clock.now() >= found.at + KEPT:
        return None
    return None if not found.cancelled and activity.ends_at <= clock.now() else found


def _moves(activity: Activity, line: History) -> bool:
    """Whether this line changed the time or place of what everybody could see already."""
    known = activity.published_at is not None and line.created_at >= activity.published_at
    parts = line.note.text.split("；") if line.note and line.action == "edit" and known else []
    return any(part.startswith(NEW_FACTS) for part in parts)


def to_call() -> ColumnElement[bool]:
    """Who is in it or waits."""
    return SignUp.status.in_(LIVE)


def still_to_call(news: News) -> ColumnElement[bool]:
    """Who has not been reached since the news."""
    return or_(SignUp.called_at.is_(None), SignUp.called_at < news.at)


def is_called(signup: SignUp, news: News) -> bool:
    """Whether this person has been reached since the news."""
    return signup.called_at is not None and signup.called_at >= news.at


def show_phones(signups: Sequence[SignUp], news: News | None, *, by: User) -> dict[int, str]:
    """The numbers of these people (loaded), each look noted: sign-up id → number. Refused unless it was cancelled: a host
    knows guests by their last digits only (SPEC section 2), and editing a place must not open their numbers.
    """
    if news is None or not news.cancelled:
        raise Refused("活动取消了才能查看电话，改时间地点会发站内消息。")
    for signup in signups:
        record(signup, "phone", by=by, reason=news.why)
    db.session.flush()
    return {signup.id: signup.volunteer.user.phone for signup in signups}


def mark_called(signup: SignUp, called: bool, news: News | None, *, by: User) -> None:
    """Note that this person was reached, or that they were not after all; repeating is harmless."""
    if news is None:
        raise Refused("这次活动没有取消或变动，不用电话通知。")
    db.session.execute(select(SignUp.id).where(SignUp.id == signup.id).with_for_update())
    db.session.refresh(signup, ["called_at", "version"])
    if is_called(signup, news) == called:
        return
    signup.called_at, signup.called_by_id = (clock.now(), by.id) if called else (None, None)
    record(signup, "called" if called else "not-called", by=by)
    db.session.flush()
