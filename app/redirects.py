"""The one place that decides where a `next` value may lead: to a path of this site, nowhere else."""

from urllib.parse import urlsplit

from flask import request, url_for


def safe_next(wanted: str | None, otherwise: str = "portal.home") -> str:
    """`wanted` if it is an absolute path of this site, else the address of the endpoint `otherwise`."""
    fallback = url_for(otherwise)
    if not wanted or any(c in wanted for c in "\\\r\n\t\0") or not wanted.isprintable():
        return fallback
    parts = urlsplit(wanted)
    inside = wanted.startswith((request.script_root or "") + "/") and not wanted.startswith("//")
    return wanted if inside and not parts.scheme and not parts.netloc else fallback
