"""A browser in which a person has signed in before keeps an allowance of its own.

So nobody can lock a person out by guessing: an attacker's failures count against the attacker's address and
the account's unknown browsers. The cookie holds a random number, signed, for one user name; it opens nothing.
"""

import secrets

from flask import Response, current_app, request
from itsdangerous import BadSignature, URLSafeSerializer

from app.cookies import cookie_name
from app.crypto import keyed_hash
from app.models.accounts.credentials import username_key

YEAR = 31_536_000
DIGITS = 32  # of a keyed hash: enough to keep accounts apart


def account_key(username: str) -> str:
    """What attempts are counted by: not the name itself, since people type passwords into that field."""
    return keyed_hash(username_key(username), "sign-in")[:DIGITS]


def _cookie(account: str) -> str:
    return cookie_name(f"known-{account[:12]}")


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="known-browser")


def recognised(username: str) -> str:
    """This browser's number if the person with this user name has signed in here before, else ''."""
    account = account_key(username)
    try:
        owner, number = _signer().loads(request.cookies.get(_cookie(account), ""))
    except (BadSignature, ValueError, TypeError):
        return ""
    return str(number) if owner == account else ""


def remember(response: Response, username: str) -> Response:
    """Let the browser that gets this answer be known for this user name for a year."""
    account = account_key(username)
    number = recognised(username) or secrets.token_hex(16)
    value = _signer().dumps([account, number])
    response.set_cookie(
        _cookie(account),
        value,
        max_age=YEAR,
        httponly=True,
        samesite="Lax",
        path="/",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
    )
    return response
