"""Where addresses lead: a `next` value to a path of this site, nowhere else; a merged region to its heir."""

from urllib.parse import urlencode, urlsplit

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.models.region import heir

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


def to_the_heir() -> ResponseReturnValue | None:
    """Before a page is shown: an address whose `region` was merged moves for good (301) to the region that stands for it."""
    asked = request.args.getlist("region")
    now = [heir(code) for code in asked]
    if request.method not in ("GET", "HEAD") or now == asked or not request.endpoint:
        return None
    kept = request.args.to_dict(flat=False) | {"region": now}
    # past `url_for`, which takes an `endpoint` or `_anchor` that somebody writes into an address for its own
    return redirect(f"{url_for(request.endpoint, **(request.view_args or {}))}?{urlencode(kept, doseq=True)}", 301)
