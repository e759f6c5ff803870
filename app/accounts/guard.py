"""Brute force: how often one may try to sign in (SECURITY.md), counted in the database before the try.

- one account from one address: 5 failures in 15 minutes;
- one account from anywhere: after 5 failures 5 s, 10 s, 20 s, … up to 15 minutes between tries;
- one address, whatever the account: 300 failures in 15 minutes (whole offices share an address);
- a browser in which the person has signed in before: its own 5 failures in 15 minutes, none of the others.

A try is counted as a failure before the password is looked at and forgiven when it was right, in a short
transaction of its own: guesses sent at the same moment cannot slip through, and a refusal rolls nothing back.
"""

import ipaddress
from datetime import timedelta

from flask import request
from sqlalchemy.orm import Session

from app.accounts import known_browsers
from app.db import apart
from app.models.accounts.attempt import Limit, forget, forget_account, hold_attempts
from app.refusal import Wait

WITHIN = timedelta(minutes=15)
PASSWORD, CODE = "sign-in", "second-step"  # what is guessed at: each step counts for itself
FAILURES, FROM_ONE_ADDRESS, FIRST_DELAY = 5, 300, timedelta(seconds=5)


def address() -> str:
    """Where the request comes from; the network of an IPv6 address, which one household has to itself."""
    try:
        found = ipaddress.ip_address(request.remote_addr or "")
    except ValueError:
        return "unknown"
    if isinstance(found, ipaddress.IPv6Address):
        return found.ipv4_mapped.exploded if found.ipv4_mapped else str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)


def _own(account: str, step: str) -> list[Limit]:
    """What only counts for this account from here, and is forgiven by a right password or code."""
    return [Limit(step, f"{account}|{address()}", FAILURES, WITHIN)]


def limits(username: str, step: str = PASSWORD) -> list[Limit]:
    """The limits under which this browser tries this user name: its password, or the code of the second step."""
    account = known_browsers.account_key(username)
    if browser := known_browsers.recognised(username):
        return [Limit(f"{step}-known", f"{account}|{browser}", FAILURES, WITHIN)]
    everywhere = Limit(f"{step}-account", account, FAILURES, WITHIN, rising=FIRST_DELAY)
    return [*_own(account, step), everywhere, Limit(f"{step}-address", address(), FROM_ONE_ADDRESS, WITHIN)]


def count(tried: list[Limit]) -> list[int]:
    """Count this try as a failure under these limits; raises Wait where one of them is used up.

    Returns what `forgive` needs, should the try turn out right.
    """
    with apart() as session:
        hold_attempts(session)
        seconds = max(limit.wait(session) for limit in tried)
        counted = [] if seconds else [limit.count(session) for limit in tried]
        session.flush()
        ids = [attempt.id for attempt in counted]
    if seconds:
        raise Wait(seconds)
    return ids


def forgive(username: str, tried: list[int], step: str = PASSWORD) -> None:
    """It was right: it was no failure, and this browser starts anew; what others did stays counted."""
    account = known_browsers.account_key(username)
    forget(tried, *_own(account, step), *[limit for limit in limits(username, step) if limit.kind == f"{step}-known"])


def unlock(username: str) -> None:
    """Forget every failure against this account, wherever it came from."""
    forget_account(known_browsers.account_key(username))


def name_limit() -> Limit:
    """Registering with a name that is taken: a hundred in 15 minutes from one address, then it looks like probing."""
    return Limit("register", address(), FROM_ONE_ADDRESS // 3, WITHIN)


def password_limit(user_id: int) -> Limit:
    """Asking for the present password, or a code of the phone, again inside a session."""
    return Limit("password", str(user_id), FAILURES, WITHIN)


def forgive_password(user_id: int, tried: list[int], session: Session | None = None) -> None:
    """The present password or code was right."""
    forget(tried, password_limit(user_id), session=session)
