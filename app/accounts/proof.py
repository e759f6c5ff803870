"""再次确认身份: before what would hurt most in a stranger's hands, the password or a code of the phone once more.

Whoever gave one within the last ten minutes of this session (signing in counts) is not asked. The others get a
page that carries everything that was typed and sends it to the same address together with the answer, so that
nothing is lost and nothing needs scripts. `@proven` stands below `@requires` on a view; `prove_first` is the same
for a view that needs it only sometimes.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import make_response, request
from flask.typing import ResponseReturnValue

from app import clock
from app.access import is_unsafe, me
from app.accounts import guard, passwords, sessions
from app.db import apart, db
from app.htmx import render, wants_fragment
from app.models.accounts.recovery_code import kept_as
from app.models.accounts.second_step import accept
from app.models.accounts.sign_in import SignIn
from app.refusal import Wait

FIELD = "proof"
WRONG = "密码或验证码不对，请再试一次。"
View = Callable[..., Any]


def proven(view: View) -> View:
    """Ask for the password or a code before an unsafe request of this view, unless it was given lately."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        asked = prove_first() if is_unsafe() else None
        return view(*args, **kwargs) if asked is None else asked

    guarded.proven = True  # type: ignore[attr-defined]
    return guarded


def prove_first() -> ResponseReturnValue | None:
    """None when the person proved lately, or does so with this very request; otherwise the page that asks."""
    here = me().sign_in
    if here is not None and here.is_proved:
        return None
    if FIELD not in request.form:
        return _page()
    try:
        good = prove(request.form[FIELD])
    except Wait as wait:
        return _page(429, wait.message, str(wait.seconds))
    return None if good else _page(422, WRONG)


def prove(typed: str) -> bool:
    """Whether this is the person's password, or a fresh code of the phone; if so the session is proved from now on, under a new token.

    Kept in a transaction of its own, so that a mistake in the form does not make the person prove it again.
    Raises Wait after five wrong ones in 15 minutes.
    """
    user, here = me().id, me().sign_in
    session_id = here.id if here else None  # read now: inside `apart` nothing else may touch the database
    tried = guard.count([guard.password_limit(user)])
    if not (right_code(typed) or right_password(typed)):
        return False
    raw = sessions.new_token()
    with apart() as session:
        proved = {"proved_at": clock.now(), "token": sessions.digest(raw)}
        session.execute(db.update(SignIn).where(SignIn.id == session_id).values(proved))
        guard.forgive_password(user, tried, session)
    sessions.carry_on(raw)
    return True


def right_password(typed: str) -> bool:
    """Compare the password outside any transaction."""
    kept = me().password_hash
    db.session.rollback()
    return passwords.matches(kept, typed)


def right_code(typed: str) -> bool:
    """Use up a code of the phone or a recovery code, in a transaction of its own."""
    id_, secret = me().id, me().totp_secret
    if secret is None:
        return False
    recovery = kept_as(db.session(), id_, typed)
    db.session.rollback()
    with apart() as session:
        return accept(session, id_, secret, typed, recovery) != ""


def _page(status: int = 422, message: str = "", wait: str = "") -> ResponseReturnValue:
    """The question, with what was typed in hidden fields; for htmx it takes the place of the page's content."""
    typed = [(name, value) for name, value in request.form.items(multi=True) if name not in (FIELD, "csrf_token")]
    answer = make_response(render("auth/proof.html", "content", status=status, typed=typed, message=message))
    if wants_fragment():
        answer.headers["HX-Retarget"], answer.headers["HX-Reswap"] = "#main", "innerHTML"
    if wait:
        answer.headers["Retry-After"] = wait
    return answer
