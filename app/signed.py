"""What Flask and Flask-WTF sign for every answer, signed as they do it but less often: the session's cookie is opened
once, and the token of a session's forms is signed anew every ten minutes."""

from collections import OrderedDict
from typing import Any

from flask import Flask, Request, Response, g, session
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from flask_wtf import CSRFProtect
from flask_wtf.csrf import generate_csrf
from itsdangerous import BadSignature, TimestampSigner, URLSafeTimedSerializer

from app import clock
from app.access import is_unsafe

FIELD = "csrf_token"  # Flask-WTF's name, in the session, in `g` and in forms
STANDS = 600  # seconds of the twelve hours for which a token is good (WTF_CSRF_TIME_LIMIT)
ROOM = 5000  # sessions whose token is remembered
OPENED = 1000  # cookies that stay open
SIMPLE = (str, int, bool, type(None))


class Sessions(SecureCookieSessionInterface):
    """Flask's own, with its signer kept: making one costs what opening a cookie does. A cookie that was opened stays open:
    only its age is looked at again. Whether its session has ended says the session's row (app/accounts/sessions.py)."""

    def __init__(self) -> None:
        self.signers: dict[Flask, URLSafeTimedSerializer | None] = {}
        self.opened: OrderedDict[str, tuple[dict[str, Any], int]] = OrderedDict()
        self.clock = TimestampSigner("")  # what it says signers write into cookies

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """The signer of this application; its secret is read once."""
        if app not in self.signers:
            self.signers[app] = super().get_signing_serializer(app)
        return self.signers[app]

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """What the cookie holds; an empty session where there is none, or none of ours."""
        cookie = request.cookies.get(self.get_cookie_name(app), "")
        held, signed_at = self.opened.get(cookie) or self._open(app, cookie)
        age = self.clock.get_timestamp() - signed_at
        return self.session_class(held if 0 <= age <= app.permanent_session_lifetime.total_seconds() else None)

    def _open(self, app: Flask, cookie: str) -> tuple[dict[str, Any], int]:
        signer = self.get_signing_serializer(app)
        if not cookie or signer is None:
            return {}, 0
        try:
            held, moment = signer.loads(cookie, return_timestamp=True)
        except BadSignature:
            return {}, 0
        found = held, int(moment.timestamp())
        if all(type(value) in SIMPLE for value in held.values()):  # a list would be the same one for all who open it
            self.opened[cookie] = found
            if len(self.opened) > OPENED:
                self.opened.popitem(last=False)
        return found

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """As Flask does it; `Vary` is not taken apart to find in it what app/headers.py has put there."""
        if self.should_set_cookie(app, session) or "Cookie" not in response.headers.get("Vary", ""):
            super().save_session(app, session, response)


class Protection(CSRFProtect):  # type: ignore[misc]  # Flask-WTF has no types
    """Flask-WTF's, for requests that may change something: of all others it asks in vain."""

    def protect(self, apply_exemptions: bool = False) -> None:
        """Look at the token where one is needed."""
        if is_unsafe():
            super().protect(apply_exemptions)


class Tokens:
    """Signed tokens by what the session holds, the oldest making room for new ones."""

    def __init__(self) -> None:
        self.held: OrderedDict[tuple[str, int], str] = OrderedDict()

    def __call__(self) -> str:
        """The token for forms of this session, as `generate_csrf` gives it."""
        raw, turn = session.get(FIELD), int(clock.now().timestamp()) // STANDS
        known = self.held.get((raw, turn)) if raw else None
        if known is None:
            if raw is None:
                g.pop(FIELD, None)  # the token of a session that is over
            known = generate_csrf()
            self.held[session[FIELD], turn] = known
            if len(self.held) > ROOM:
                self.held.popitem(last=False)
        setattr(g, FIELD, known)  # for the forms of Flask-WTF in this answer
        return known


def init(app: Flask) -> None:
    """Use both; after CSRFProtect, whose token in templates this replaces: its context processor is the last so far."""
    app.session_interface = Sessions()
    app.jinja_env.globals[FIELD] = Tokens()
    app.template_context_processors[None].pop()
