"""Security headers on every answer, errors and files included (SECURITY.md)."""

from flask import Flask, Response, request

from app.access import somebody

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "manifest-src 'self'"
)


def init(app: Flask) -> None:
    """Add the headers; what a signed-in person sees is never stored by caches."""

    @app.after_request
    def protect(response: Response) -> Response:
        set_ = response.headers.setdefault
        set_("Content-Security-Policy", CSP)
        set_("X-Content-Type-Options", "nosniff")
        set_("Referrer-Policy", "same-origin")
        set_("X-Frame-Options", "DENY")
        set_("Cross-Origin-Opener-Policy", "same-origin")
        set_("Cross-Origin-Resource-Policy", "same-origin")
        set_("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
        if app.config["PRODUCTION"]:
            set_("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
        if request.endpoint not in ("static", "htmx", "portal.picture"):
            response.vary.update(("Cookie", "HX-Request-Type", "HX-History-Restore-Request"))
            if somebody() is not None or request.blueprint in ("member", "office", "auth"):
                response.headers["Cache-Control"] = "no-store"
        return response
