"""Where an unsafe request comes from: another site may send none, whatever token it carries.

Forms carry a token besides (Flask-WTF), but for the two on cached pages, sign-in and mode: those rest on this alone.
"""

from urllib.parse import urlsplit

from flask import Flask, abort, request

from app.access import is_unsafe


def init(app: Flask) -> None:
    """Refuse what another site sent (400), before anything else looks at it."""
    app.before_request(refuse_foreign)


def refuse_foreign() -> None:
    """400 for an unsafe request of another site."""
    if is_unsafe() and not from_here():
        abort(400)


def from_here() -> bool:
    """Whether Origin (or, where a browser sends none, Sec-Fetch-Site) says: this very site."""
    origin = request.headers.get("Origin")
    if origin is not None:
        parts = urlsplit(origin)
        return parts.scheme == request.scheme and parts.netloc == request.host
    return request.headers.get("Sec-Fetch-Site", "same-origin") in ("same-origin", "none")
