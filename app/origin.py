"""The two forms on cached pages (sign-in, mode) carry no token: they check where the post comes from."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from flask import abort, request

View = Callable[..., Any]


def from_here() -> bool:
    """Whether Origin (or, where a browser sends none, Sec-Fetch-Site) says: this very site."""
    origin = request.headers.get("Origin")
    if origin is not None:
        parts = urlsplit(origin)
        return parts.scheme == request.scheme and parts.netloc == request.host
    return request.headers.get("Sec-Fetch-Site", "same-origin") in ("same-origin", "none")


def same_origin(view: View) -> View:
    """Refuse an unsafe request that another site sent (400)."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        if request.method == "POST" and not from_here():
            abort(400)
        return view(*args, **kwargs)

    return guarded
