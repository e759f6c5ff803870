"""One account for one form, however often it is sent."""

import re

from sqlalchemy import select, update

from app import guard, passwords
from app.db import db, insert_once
from app.models.user import User, user_named
from app.once import CreationKey


def register_once(key: str, password: str, *, username: str, name: str, phone: str) -> User:
    """The new account, or the one that the same form (`key`) made when it was sent before.

    The password is hashed before the database is touched. Invalid where the user name is taken; Wait where
    too many taken names were tried from one address.
    """
    kept = passwords.hashed(password)
    tried = guard.count([guard.name_limit()])
    used = f"auth.register:{key}" if re.fullmatch(r"[0-9a-f]{32}", key) else ""
    if used and not insert_once(CreationKey, {"key": used}, ["key"]):
        twin = _made_by(used, username, password)
        if twin is not None:
            guard.forgive_tries(tried)
            return twin
    user = User.register(username=username, kept=kept, name=name, phone=phone)
    db.session.execute(update(CreationKey).where(CreationKey.key == used).values(location=f"user:{user.id}"))
    guard.forgive_tries(tried)
    return user


def _made_by(used: str, username: str, password: str) -> User | None:
    """The account that this very form made, if user name and password are those it was sent with."""
    first, user = db.session.scalar(select(CreationKey).where(CreationKey.key == used)), user_named(username)
    same = first is not None and user is not None and first.location == f"user:{user.id}"
    return user if same and user is not None and passwords.matches(user.password_hash, password) else None
