"""Are the headers of an answer those that SECURITY.md promises?"""

from collections.abc import Iterator
from typing import Any

FILES = ("static", "htmx", "portal.picture")  # may be kept by caches
WANTED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
STRICT = ("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'")


def header_faults(answer: Any, endpoint: str, who: str) -> Iterator[str]:
    """What is wrong with them; `endpoint` '' for an error, `who` '' for a visitor."""
    headers = answer.headers
    policy = headers.get("Content-Security-Policy", "")
    if not all(part in policy for part in STRICT) or "unsafe" in policy or "*" in policy:
        yield f"policy {policy!r}"
    yield from (name for name, value in WANTED.items() if headers.get(name) != value)
    if "camera=()" not in headers.get("Permissions-Policy", ""):
        yield "Permissions-Policy"
    if endpoint in ("", *FILES):
        return
    private = who or endpoint.startswith(("member.", "office.", "auth."))
    if private and headers.get("Cache-Control") != "no-store":
        yield f"kept by caches: {headers.get('Cache-Control')}"
    if "Cookie" not in headers.get("Vary", ""):
        yield "Vary"
