"""Names of cookies: in production each begins with `__Host-`, so that no neighbouring host can set or read it."""

from flask import current_app

HOST = "__Host-"


def cookie_name(plain: str) -> str:
    """The name under which the browser keeps it; such a cookie needs Path=/ and Secure."""
    return f"{HOST if current_app.config['PRODUCTION'] else ''}{plain}"
