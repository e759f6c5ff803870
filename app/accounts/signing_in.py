"""Signing in with user name and password or one-time code, then a code of the phone where the person has that.

One answer and one duration for every failure.
"""

from flask import current_app

from app.accounts import guard, halfway, passwords, sessions
from app.db import db, lock
from app.models.accounts.recovery_code import codes_left, kept_as
from app.models.accounts.second_step import accept
from app.models.history import record
from app.models.message import tell
from app.models.user import User, user_named


def sign_in(username: str, password: str, wanted: str = "") -> User | None:
    """Start a session for this person, or None where user name and password do not fit together.

    A person with a second step (`user.has_second_step`) gets no session yet: the browser is held halfway.
    Raises Wait after too many failures (app/accounts/guard.py). The password is compared outside any transaction:
    it takes 33 ms during which others may write. An unknown name costs the same work as a known one.
    """
    tried = guard.count(guard.limits(username))
    found = user_named(username)
    kept, coded = (found.password_hash, found.opens_with(password)) if found else (None, _nobody().opens_with(password))
    db.session.rollback()
    good = passwords.matches(kept, password) and not _is_the_demonstrations(password)
    if found is None or not (good or coded):
        return None
    return _enter(found.id, kept, password, tried, coded=coded, wanted=wanted)


def _nobody() -> User:
    return User(id=0)


def _is_the_demonstrations(password: str) -> bool:
    """In production the demonstration's printed password opens nothing."""
    from app.demo.accounts import PASSWORD

    return bool(current_app.config["PRODUCTION"]) and password == PASSWORD


def _enter(id: int, kept: str | None, password: str, tried: list[int], *, coded: bool, wanted: str) -> User | None:
    """Let the person in, unless the account changed while the password was compared."""
    user: User
    [user] = lock(db.select(User).where(User.id == id))
    if not user.is_active or user.password_hash != kept or (coded and not user.opens_with(password)):
        return None
    if not coded and passwords.is_outdated(user.password_hash):
        user.password_hash = passwords.hashed(password)
    guard.forgive(user.username, tried)
    if user.has_second_step:
        halfway.hold(user, coded=coded, wanted=wanted)
        return user
    return _start(user, coded=coded)


def second_step(typed: str) -> User | None:
    """Start the session of who is halfway in this browser; None where the code is wrong, used, or nobody is.

    Raises Wait after too many failures. One answer for every failure.
    """
    here = halfway.held()
    if here is None:
        return None
    tried = guard.count(guard.limits(here.user.username, guard.CODE))
    recovery = kept_as(db.session(), here.user.id, typed)  # slow: before the account is locked
    user: User
    [user] = lock(db.select(User).where(User.id == here.user.id))
    here = halfway.held()
    used = accept(db.session(), user.id, user.totp_secret or "", typed, recovery) if here else ""
    if here is None or not used:
        db.session.rollback()
        return None
    db.session.refresh(user)
    guard.forgive(user.username, tried, guard.CODE)
    if used == "recovery":
        _say_used(user)
    return _start(user, coded=here.coded)


def _start(user: User, *, coded: bool) -> User:
    if coded:
        user.use_code()
    sessions.start(user)
    return user


def _say_used(user: User) -> None:
    """A recovery code was used: the owner reads it, should it have been somebody else."""
    record(user, "recovery-code", by=user)
    left = f"还剩 {codes_left(user.id)} 个。如果不是您本人，请马上修改密码并重新生成恢复码。"
    tell(user.id, "账号安全提醒：用掉了一个恢复码", left, path="/member/security/second-step")
