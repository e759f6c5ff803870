"""Between the password and the second step: who gave the right password in this browser, for five minutes.

It stands in Flask's signed cookie and opens nothing by itself; a new password or one-time code voids it.
"""

import hmac
from dataclasses import dataclass
from datetime import timedelta

from flask import session

from app import clock
from app.crypto import keyed_hash
from app.db import db
from app.models.user import User

LIFE = timedelta(minutes=5)
KEY = "second-step"


@dataclass(frozen=True)
class Halfway:
    """A person whose password (or one-time code: `coded`) was right, and where they want to go."""

    user: User
    coded: bool
    wanted: str


def hold(user: User, *, coded: bool, wanted: str) -> None:
    """Remember that this person may try the second step here."""
    session[KEY] = [user.id, _fit(user), coded, int(clock.now().timestamp()), wanted]


def held() -> Halfway | None:
    """Who is halfway in this browser; None when nobody is, it took too long, or the account changed meanwhile."""
    if KEY not in session:
        return None
    id_, fit, coded, since, wanted = session[KEY]
    user = db.session.get(User, id_)
    late = not 0 <= clock.now().timestamp() - since <= LIFE.total_seconds()
    if user is None or late or not user.is_active or not hmac.compare_digest(fit, _fit(user)):
        return None
    return Halfway(user, coded, wanted)


def _fit(user: User) -> str:
    return keyed_hash(f"{user.id}:{user.password_hash}:{user.code_hash}:{user.totp_secret}", KEY)
