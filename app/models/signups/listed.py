"""报名名单: the sign-ups of one activity as staff see them, by what each stands for now."""

import re
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import contains_eager

from app.db import db
from app.models.activities.phase import ActivityStatus, queue_is_over
from app.models.activity import Activity
from app.models.signup import LIVE, QUEUE, SignUp, SignUpStatus, Standing
from app.models.user import User
from app.models.volunteer import Volunteer

ORDER = (SignUp.turn, SignUp.id)


def with_people(scope: Select[Any]) -> Select[Any]:
    """Sign-ups of this scope with the people in them and the activity."""
    people = scope.join(SignUp.volunteer).join(Volunteer.user).join(SignUp.activity)
    return people.options(
        contains_eager(SignUp.volunteer).contains_eager(Volunteer.user), contains_eager(SignUp.activity)
    )


def standing_of(status: SignUpStatus, activity: Activity) -> Standing:
    """What a row in this state of this activity stands for now (as `SignUp.standing`)."""
    if status in LIVE and activity.status is ActivityStatus.CANCELLED:
        return Standing.CALLED_OFF
    return Standing.DECLINED if status in QUEUE and queue_is_over(activity) else Standing(status.value)


def stands(standing: Standing, activity: Activity) -> Any:
    """The condition that a row of this activity stands for this."""
    return SignUp.status.in_([status for status in SignUpStatus if standing_of(status, activity) is standing])


def called(words: str) -> list[Any]:
    """Conditions that `words` name the person: name, pinyin initials or the phone's last four digits."""
    words = words.strip()
    if not words:
        return []
    if re.fullmatch(r"[0-9]{4}", words):
        return [User.phone_tail == words]
    named = [User.name.contains(words, autoescape=True)]
    if words.isascii():
        named.append(User.initials.startswith(words.lower(), autoescape=True))
    return [or_(*named)]


def counts(activity: Activity) -> dict[Standing, int]:
    """How many sign-ups of this activity stand for what, in one statement."""
    found = select(SignUp.status, func.count()).where(SignUp.activity_id == activity.id).group_by(SignUp.status)
    held = dict.fromkeys(Standing, 0)
    for status, number in db.session.execute(found):
        held[standing_of(status, activity)] += number
    return held


def these(scope: Select[Any], ids: Iterable[int]) -> list[SignUp]:
    """These rows of the scope with people, in order."""
    wanted = with_people(scope).where(SignUp.id.in_(list(ids))).order_by(*ORDER)
    return list(db.session.scalars(wanted.execution_options(populate_existing=True)))


def next_in_line(scope: Select[Any], most: int = 50) -> list[SignUp]:
    """The first 候补 of this scope, in order."""
    waiting = scope.where(SignUp.status == SignUpStatus.WAITING).order_by(*ORDER).limit(most)
    return list(db.session.scalars(waiting))
