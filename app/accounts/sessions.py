"""Signing in and staying signed in: sessions are rows (`SignIn`), so that ending one ends it everywhere.

Idle limits and the lifetime follow SECURITY.md; a request of a signed-in person moves `seen_at` at most
once a minute, in a transaction of its own (the only writing a GET does).
"""

import hashlib
import secrets
from datetime import timedelta

from flask import Flask, current_app, g, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, current_user, login_user, logout_user
from sqlalchemy import bindparam, select, update
from sqlalchemy.orm.attributes import set_committed_value

from app import clock
from app.db import db, reading
from app.htmx import go
from app.models.accounts.sign_in import SignIn
from app.models.message import unread_of
from app.models.user import Post, User
from app.revived import revived
from app.straight import read

SEEN_EVERY = timedelta(minutes=1)


class Manager(LoginManager):
    """Flask-Login's, which asks nothing but the session's row: no cookie that remembers, and no look at the browser or its
    address, which phones change all the time."""

    def init_app(self, app: Flask, add_context_processor: bool = False) -> None:
        """Without what would run with every answer."""
        app.login_manager = self  # type: ignore[attr-defined]  # where Flask-Login looks for it

    def _load_user(self) -> None:
        token = session.get("_user_id")
        g._login_user = (load(token) if token else None) or self.anonymous_user()


manager = Manager()


def init(app: Flask) -> None:
    """Let Flask-Login find the person of a request through the session's row."""
    manager.init_app(app)
    app.before_request(password_first)
    app.before_request(second_step_first)


# What a person who came in by a one-time code may open before setting a new password.
# Pictures stand there so that a public one costs no look-up of who looks.
FREE = (
    "auth.logout",
    "member.security",
    "member.security_password",
    "portal.mode",
    "portal.healthz",
    "portal.picture",
    "static",
    "htmx",
)


def password_first() -> ResponseReturnValue | None:
    """After a one-time code every way leads to setting a new password."""
    if request.endpoint in FREE or not current_user.is_authenticated or not current_user.must_change_password:
        return None
    return go(url_for("member.security"))


def second_step_first() -> ResponseReturnValue | None:
    """Where two steps are required, a post without the second opens nothing but the page that sets it up."""
    view = current_app.view_functions.get(request.endpoint or "")
    post_needed = getattr(view, "access", "public") not in ("public", "signed-in")
    if not (current_app.config["SECOND_STEP_REQUIRED"] and post_needed and current_user.is_authenticated):
        return None
    if current_user.post is None or current_user.has_second_step:
        return None
    return go(url_for("member.second_step"))


# Built once, and of columns: this runs with every request of a signed-in person, and as objects it took a fifth of a
# small answer.
_sign_in, _user, _post = (model.__table__ for model in (SignIn, User, Post))
HELD = (
    select(*_sign_in.c, *_user.c, *_post.c)
    .select_from(_sign_in.join(_user, _user.c.id == _sign_in.c.user_id).outerjoin(_post, _post.c.user_id == _user.c.id))
    .where(_sign_in.c.token == bindparam("token"), _sign_in.c.ended_at.is_(None))
    .order_by(_post.c.id)
)
# The same with what every page of the portal shows of a member, who would otherwise be asked for once more.
HELD_AND_UNREAD = HELD.add_columns(unread_of(_user.c.id).scalar_subquery())
_FIRST, _SECOND = len(_sign_in.c), len(_sign_in.c) + len(_user.c)
_THIRD = _SECOND + len(_post.c)


def digest(token: str) -> str:
    """What the database keeps of a session's token: a stolen database signs nobody in."""
    return hashlib.sha256(token.encode()).hexdigest()


def load(token: str) -> User | None:
    """The person of this session with posts loaded and the acting one set, or None when it has ended."""
    into = db.session()
    shows_unread = reading.get() and request.blueprint != "office"
    asked = {"token": digest(token)} | ({"now": clock.now()} if shows_unread else {})
    found = read(HELD_AND_UNREAD if shows_unread else HELD, asked)
    if not found:
        return None
    if shows_unread:
        g.unread = found[0][_THIRD]
    sign_in: SignIn = revived(into, SignIn, found[0][:_FIRST])
    user: User = revived(into, User, found[0][_FIRST:_SECOND])
    if "posts" not in user.__dict__:
        posts = [revived(into, Post, row[_SECOND:_THIRD]) for row in found if row[_SECOND] is not None]
        set_committed_value(user, "posts", posts)
    if not user.is_active:
        return None
    if sign_in.has_expired(office=request.blueprint == "office"):
        return None
    user.sign_in, user.post = sign_in, _acting(user, sign_in)
    _seen(sign_in)
    return user


def _acting(user: User, sign_in: SignIn) -> Post | None:
    """The post chosen for this session while it lives, otherwise the first living one."""
    living = user.living_posts()
    return next((post for post in living if post.id == sign_in.post_id), living[0] if living else None)


def _seen(sign_in: SignIn) -> None:
    now = clock.now()
    if now - sign_in.seen_at < SEEN_EVERY:
        return
    moved = update(SignIn).where(SignIn.id == sign_in.id).values(seen_at=now)
    if not reading.get():
        db.session.execute(moved)  # part of the request's own transaction
        return
    token = reading.set(False)
    try:
        with db.engine.begin() as connection:  # its own connection: the request reads on
            connection.execute(moved)
    finally:
        reading.reset(token)


def start(user: User) -> None:
    """Sign this person in: a new session row with a new token (no fixation); who was signed in here is signed out."""
    if current_user.is_authenticated and current_user.sign_in:
        current_user.sign_in.end()
    session.clear()
    raw = new_token()
    sign_in = SignIn(
        token=digest(raw),
        user_id=user.id,
        seen_at=clock.now(),
        proved_at=clock.now(),
        address=(request.remote_addr or "")[:45],
        agent=request.user_agent.string[:200],
    )
    db.session.add(sign_in)
    db.session.flush()
    sign_in.raw = raw
    user.sign_in = sign_in
    login_user(user)


def new_token() -> str:
    """256 random bits for the cookie of one session."""
    return secrets.token_urlsafe(32)


def carry_on(raw: str) -> None:
    """Let this browser go on in the same session under a new token: whoever copied the old one is out."""
    session["_user_id"] = raw


def end(user: User) -> None:
    """Sign out of this session."""
    if user.sign_in:
        user.sign_in.end()
    logout_user()
    session.clear()
