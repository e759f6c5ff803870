"""What tests of help for who cannot sign in share: the desk's address, who is looked for there, and one-time codes."""

from typing import Any

from app.models.user import user_named
from tests import cast

PAGE = "/office/password-codes"
PHONES = {username: phone for username, _, phone, _ in cast.PEOPLE}


def search(client: Any, **typed: str) -> Any:
    """The answer to a search for somebody."""
    return client.post(f"{PAGE}/search", data=typed)


def issue(client: Any, whom: str, *, htmx: bool = False, **changes: str) -> Any:
    """The answer to a code asked for this person, who was seen."""
    sent = {"person": str(user_named(whom).id), "username": whom, "seen": "y", "reason": "忘记密码"}
    return client.post(PAGE, data={**sent, **changes}, htmx=htmx)


def enters(app: Any, username: str, password: str) -> int:
    """The status of a sign-in from elsewhere."""
    return app.test_client().post("/login", data={"username": username, "password": password}).status_code
