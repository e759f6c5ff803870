"""The one place that decides where a `next` value may lead: to a path of this site, nowhere else."""

from urllib.parse import urlsplit

from flask import request, url_for

DOORS = ("auth.login", "auth.register")  # who has just come in is not sent back to the door


def safe_next(wanted: str | None, otherwise: str = "portal.home") -> str:
    """`wanted` if it is an absolute path of this site, else the address of the endpoint `otherwise`."""
    fallback = url_for(otherwise)
    if not wanted or any(c in wanted for c in "\\\r\n\t\0") or not wanted.isprintable():
        return fallback
    parts = urlsplit(wanted)
    inside = wanted.startswith((request.script_root or "") + "/") and not wanted.startswith("//")
    door = parts.path in {url_for(endpoint) for endpoint in DOORS}
    return wanted if inside and not door and not parts.scheme and not parts.netloc else fallback
