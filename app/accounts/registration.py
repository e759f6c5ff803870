"""One account for one form, however often it is sent."""

import re

from sqlalchemy import select, update

from app.accounts import guard, passwords
from app.db import db, insert_once
from app.models.user import User, user_named
from app.once import CreationKey


def name_is_taken(username: str, key: str) -> bool:
    """Whether somebody has this user name already; not so for the account that this very form made.

    A taken name is counted: Wait after too many from one address, since it tells who has an account.
    """
    user = user_named(username)
    if user is None or _made_by(key) == user.id:
        return False
    guard.count([guard.name_limit()])
    return True


def register_once(key: str, password: str, *, username: str, name: str, phone: str) -> User:
    """The new account, or the one that the same form (`key`) made when it was sent before.

    Invalid where the user name was taken meanwhile. The password is hashed outside any transaction.
    """
    db.session.rollback()
    kept = passwords.hashed(password)
    used = _used(key)
    if used and not insert_once(CreationKey, {"key": used}, ["key"]):
        twin = user_named(username)
        if twin is not None and _made_by(key) == twin.id and passwords.matches(twin.password_hash, password):
            return twin
    user = User.register(username=username, kept=kept, name=name, phone=phone)
    db.session.execute(update(CreationKey).where(CreationKey.key == used).values(location=f"user:{user.id}"))
    return user


def _used(key: str) -> str:
    return f"auth.register:{key}" if re.fullmatch(r"[0-9a-f]{32}", key) else ""


def _made_by(key: str) -> int | None:
    """The id of the account that the form with this key made."""
    location = db.session.scalar(select(CreationKey.location).where(CreationKey.key == _used(key))) or ""
    return int(location.removeprefix("user:")) if location.startswith("user:") else None
