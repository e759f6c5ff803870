"""Signing in with user name and password or one-time code: one answer and one duration for every failure."""

from app.accounts import guard, passwords, sessions
from app.db import db, lock
from app.models.user import User, user_named


def sign_in(username: str, password: str) -> User | None:
    """Start a session for this person, or None where user name and password do not fit together.

    Raises Wait after too many failures (app/accounts/guard.py). The password is compared outside any transaction:
    it takes 33 ms during which others may write. An unknown name costs the same work as a known one.
    """
    tried = guard.count(guard.limits(username))
    found = user_named(username)
    kept, coded = (found.password_hash, found.opens_with(password)) if found else (None, _nobody().opens_with(password))
    db.session.rollback()
    good = passwords.matches(kept, password)
    if found is None or not (good or coded):
        return None
    return _enter(found.id, kept, password, tried, coded=coded)


def _nobody() -> User:
    return User(id=0)


def _enter(user_id: int, kept: str | None, password: str, tried: list[int], *, coded: bool) -> User | None:
    """Let the person in, unless the account changed while the password was compared."""
    user: User
    [user] = lock(db.select(User).where(User.id == user_id))
    if not user.is_active or user.password_hash != kept or (coded and not user.opens_with(password)):
        return None
    if coded:
        user.use_code()
    elif passwords.is_outdated(user.password_hash):
        user.password_hash = passwords.hashed(password)
    guard.forgive(user.username, tried)
    sessions.start(user)
    return user
