"""The pass of somebody who follows a request: after number and tail, a signed cookie for that one case, 30 minutes.

Wrong pairs and unknown numbers get the same answer, and both are counted (SECURITY.md): 30 in 15 minutes from one
address, 10 in 15 minutes for one number, whether there is such a number or not.
"""

from datetime import timedelta
from functools import wraps
from typing import Any

from flask import Response, current_app, make_response, request
from itsdangerous import BadSignature, URLSafeSerializer

from app import clock
from app.accounts import guard
from app.cookies import cookie_name
from app.db import db
from app.models.accounts.attempt import Limit, forget
from app.models.help.numbers import as_typed
from app.models.help_request import HelpRequest, by_number
from app.refusal import Wait
from app.text import plain_phone

COOKIE, LIFE = "help_case", timedelta(minutes=30)
FROM_ONE_ADDRESS, ONE_NUMBER, ASKED = 30, 10, 20


def opened(number: str, tail: str) -> HelpRequest | None:
    """The request that this pair opens, None for a wrong pair; raises Wait after too many of them."""
    number = as_typed(number)
    limits = [
        Limit("track", guard.address(), FROM_ONE_ADDRESS, guard.WITHIN),
        Limit("track-number", number[:60], ONE_NUMBER, guard.WITHIN),
    ]
    tried = guard.count(limits)
    found = by_number(number, tail.strip())
    if found is not None:
        forget(tried)
    return found


def count_ask() -> None:
    """One more request from this address; raises Wait after twenty in an hour."""
    limit = Limit("ask", guard.address(), ASKED, timedelta(hours=1))
    if seconds := limit.wait(db.session()):
        raise Wait(seconds)
    limit.count(db.session())


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="help-case")


def give(response: Any, case: HelpRequest) -> Response:
    """Let this browser see this one case for thirty minutes."""
    answer = make_response(response)
    until = (clock.now() + LIFE).timestamp()
    answer.set_cookie(
        cookie_name(COOKIE),
        _signer().dumps([case.id, until]),
        max_age=int(LIFE.total_seconds()),
        httponly=True,
        samesite="Lax",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        path="/",
    )
    return answer


def drop(response: Any) -> Response:
    """Forget the case in this browser."""
    answer = make_response(response)
    answer.delete_cookie(cookie_name(COOKIE), secure=current_app.config["SESSION_COOKIE_SECURE"], httponly=True)
    return answer


def held() -> HelpRequest | None:
    """The case that this browser may see now."""
    try:
        id, until = _signer().loads(request.cookies.get(cookie_name(COOKIE), ""))
    except (BadSignature, ValueError, TypeError):
        return None
    return db.session.get(HelpRequest, id) if until > clock.now().timestamp() else None


def given_after_asking(view: Any) -> Any:
    """Give the pass with the answer to a request just handed in, also when the form was sent twice.

    The answer leads to `?number=…`; together with the phone number in the same form it is a right pair.
    """

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        response = make_response(view(*args, **kwargs))
        target = response.headers.get("HX-Redirect") or response.headers.get("Location") or ""
        number = target.partition("number=")[2]
        case = by_number(number, plain_phone(request.form.get("phone", ""))[-4:]) if number else None
        return give(response, case) if case else response

    return guarded


def private(view: Any) -> Any:
    """The answer is for this person alone: nothing on the way may keep it."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        response = make_response(view(*args, **kwargs))
        response.headers["Cache-Control"] = "no-store"
        return response

    return guarded
