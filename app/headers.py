"""Security headers on every answer, errors and files included (SECURITY.md)."""

from flask import Flask, Response, request

from app.access import somebody

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


def init(app: Flask) -> None:
    """Add the headers; what a signed-in person sees is never stored by caches."""

    @app.after_request
    def protect(response: Response) -> Response:
        set_ = response.headers.setdefault
        for name, value in FIXED.items():
            set_(name, value)
        if app.config["PRODUCTION"]:
            set_(*STAY_WITH_TLS)
        if request.endpoint not in ("static", "htmx", "portal.picture"):
            response.vary.update(("Cookie", "HX-Request-Type", "HX-History-Restore-Request"))
            if somebody() is not None or request.blueprint in ("member", "office", "auth"):
                response.headers["Cache-Control"] = "no-store"
        return response
