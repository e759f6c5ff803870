"""How often one address may send what anybody may send: forms without an account, and the search.

Counted by Flask-Limiter in RATELIMIT_STORAGE_URI: memory in development, Redis where several processes serve one
site. An address is what `guard.address` says, behind TRUSTED_PROXIES. Whole offices and villages share one, so the
limits are wide: they stop machines. Guessing a password or a request's number is counted in the database besides
(app/accounts/guard.py), which a restart does not forget. Should Redis be away, each process counts for itself.
"""

import time
from typing import Any

from flask import Flask, Response
from flask_limiter import Limiter, RequestLimit

from app import errors
from app.accounts import guard
from app.refusal import Wait

# endpoint → (method, how many in how long)
LIMITS = {
    "auth.login": ("POST", "600 per 15 minutes"),
    "auth.second_step": ("POST", "600 per 15 minutes"),
    "auth.register": ("POST", "200 per 15 minutes"),
    "portal.help_new": ("POST", "100 per 15 minutes"),
    "portal.help_track": ("POST", "300 per 15 minutes"),
    "portal.search": ("GET", "240 per 1 minute"),
}


def init(app: Flask) -> None:
    """Put the limits before the views; call it when every view is there."""
    limiter = Limiter(
        guard.address,
        app=app,
        storage_uri=app.config["RATELIMIT_STORAGE_URI"],
        in_memory_fallback_enabled=True,
        on_breach=_too_often,
    )
    # the limited views below ask by themselves: around all others nobody need look for limits
    every: tuple[Any, ...] = app.before_request_funcs, app.after_request_funcs, app.teardown_request_funcs
    for hooks in every:
        hooks[None][:] = [hook for hook in hooks[None] if not _belongs_to(limiter, hook)]
    app.extensions["address-limits"] = limiter  # its views only hold it weakly
    for endpoint, (method, amount) in LIMITS.items():
        methods = ["GET", "HEAD"] if method == "GET" else [method]
        limited: Any = limiter.limit(amount, methods=methods)
        app.view_functions[endpoint] = limited(app.view_functions[endpoint])


def _belongs_to(limiter: Limiter, hook: Any) -> bool:
    return limiter in (getattr(hook, "__self__", None), *getattr(hook, "args", ()))


def _too_often(limit: RequestLimit) -> Response:
    """429 in Chinese, saying how long."""
    return errors.too_many(Wait(int(limit.reset_at - time.time()) + 1))
