"""Security headers on every answer, errors and files included (SECURITY.md)."""

from collections.abc import Callable
from typing import Any

from flask import Flask, Response, request, session

CSP = (
    "default-src 'none'; object-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "manifest-src 'self'"
)


FIXED = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
STAY_WITH_TLS = ("Strict-Transport-Security", "max-age=31536000; includeSubDomains")


VARY = "Cookie, HX-Request-Type, HX-History-Restore-Request"
SHARED = ("static", "htmx", "portal.picture")  # answers that do not hang on who asks


def init(app: Flask) -> None:
    """Say what an answer depends on; what a signed-in person sees is never stored by caches."""

    @app.after_request
    def personal(response: Response) -> Response:
        if request.endpoint not in SHARED:
            response.headers.setdefault("Vary", VARY)
            # asked of the cookie, not of the database: it may be away by now
            if "_user_id" in session or request.blueprint in ("member", "office", "auth"):
                response.headers["Cache-Control"] = "no-store"
        return response


def protected(start: Any, *, production: bool) -> Callable[..., Any]:
    """`start_response` with the headers that every answer carries, whoever made it: they are put on outside of Flask, once."""
    fixed = [*FIXED.items(), STAY_WITH_TLS] if production else [*FIXED.items()]

    def start_protected(status: str, headers: list[tuple[str, str]], *raised: Any) -> Any:
        return start(status, headers + fixed, *raised)

    return start_protected
