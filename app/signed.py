"""What Flask and Flask-WTF sign for every answer, signed as they do it but less often: the session's cookie is opened with
one signer for all requests, and the token of a session's forms is signed anew every ten minutes."""

from collections import OrderedDict

from flask import Flask, g, session
from flask.sessions import SecureCookieSessionInterface
from flask_wtf.csrf import generate_csrf
from itsdangerous import URLSafeTimedSerializer

from app import clock

FIELD = "csrf_token"  # Flask-WTF's name, in the session, in `g` and in forms
STANDS = 600  # seconds of the twelve hours for which a token is good (WTF_CSRF_TIME_LIMIT)
ROOM = 5000  # sessions whose token is remembered


class Sessions(SecureCookieSessionInterface):
    """Flask's own, with its signer kept: making one costs what opening a cookie does."""

    def __init__(self) -> None:
        self.signers: dict[Flask, URLSafeTimedSerializer | None] = {}

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """The signer of this application; its secret is read once."""
        if app not in self.signers:
            self.signers[app] = super().get_signing_serializer(app)
        return self.signers[app]


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
    """Use both; after CSRFProtect, whose token in templates this replaces."""
    app.session_interface = Sessions()
    token = Tokens()
    app.jinja_env.globals[FIELD] = token
    app.context_processor(lambda: {FIELD: token})
