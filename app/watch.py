"""The security log: one line for every try to come in and for every request that was refused, with time and zone.

    2026-11-28T12:00:00Z security auth.login 422 POST user=- from=10.0.0.1 account=5f0c…

What a line never holds: addresses of pages, names, what was typed. `account` is the keyed hash under which failures are
counted (app/accounts/guard.py), so that lines about one user name can be put together; `user` is a row's number.
What people did stands in history instead, which nobody can alter.
"""

import logging
import time

from flask import Flask, Response, request
from flask.logging import wsgi_errors_stream
from sqlalchemy import inspect

from app.access import is_unsafe, somebody
from app.accounts import guard, known_browsers

LOGGER = logging.getLogger("security")
DOORS = ("auth.login", "auth.second_step", "auth.register", "auth.logout")
REFUSED = (400, 403, 405, 413, 422, 429)  # forged, not allowed, too large, badly filled, too often


def init(app: Flask) -> None:
    """Watch every answer; the log goes to the process's error stream, which the journal keeps."""
    if not LOGGER.handlers:
        handler = logging.StreamHandler(wsgi_errors_stream)  # type: ignore[call-overload]
        handler.setFormatter(logging.Formatter("%(asctime)sZ security %(message)s", "%Y-%m-%dT%H:%M:%S"))
        handler.formatter.converter = time.gmtime
        LOGGER.addHandler(handler)
        LOGGER.setLevel(logging.INFO)
        LOGGER.propagate = False
    app.after_request(watch)


def watch(response: Response) -> Response:
    """Write the line where one is due."""
    if is_due(response.status_code):
        person = somebody() if response.status_code < 500 else None
        who = (
            inspect(person).identity if person else None
        )  # its own `id` asks the database again after a refusal's roll-back
        line = (request.endpoint or "-", response.status_code, request.method, who[0] if who else "-")
        LOGGER.info("%s %s %s user=%s from=%s%s", *line, guard.address(), account(response.status_code))
    return response


def account(status: int) -> str:
    """Whose account was tried at the sign-in page, as a part of the line; what was too large is not read."""
    tried = request.endpoint == "auth.login" and is_unsafe() and status not in (400, 413)
    typed = request.form.get("username", "") if tried else ""
    return f" account={known_browsers.account_key(typed)[:12]}" if typed else ""


def is_due(status: int) -> bool:
    """Whether somebody tried to come in or out, or was refused: a 404 counts where a row was asked for."""
    if is_unsafe() and request.endpoint in DOORS:
        return True
    return status in REFUSED or (status == 404 and bool(request.view_args))
