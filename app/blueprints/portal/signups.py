"""Signing up for an activity, and cancelling it; the answer is the box in its new state."""

from collections.abc import Callable

from flask import Response, abort, flash, make_response, url_for
from flask.typing import ResponseReturnValue

from app.access import me, signed_in
from app.blueprints.portal import portal
from app.blueprints.portal.activities import shown
from app.htmx import go, render, wants_fragment
from app.models.activities import search
from app.models.signup import SignUp
from app.models.signups.box import here, outcome
from app.once import once
from app.refusal import Refused
from app.trying import attempt


@portal.post("/activities/<int:id>/signup")
@signed_in
@once
def activities_signup(id: int) -> ResponseReturnValue:
    """Sign up, wait, or ask: whatever the activity has for a newcomer now."""
    activity, _ = search.public_activity(id) or abort(404)
    volunteer, _ = here(activity, me())
    return _answer(id, lambda: outcome(SignUp.join(volunteer, activity, by=me())))


@portal.post("/activities/<int:id>/cancellation")
@signed_in
def activities_cancellation(id: int) -> ResponseReturnValue:
    """Cancel one's own sign-up before the start."""
    activity, _ = search.public_activity(id) or abort(404)
    _, signup = here(activity, me())
    return _answer(id, lambda: _cancelled(signup))


def _cancelled(signup: SignUp | None) -> str:
    if signup is None:
        raise Refused("您没有报名这次活动。")
    signup.cancel(by=me())
    return "已取消报名。想参加的话，开始前还可以重新报名。"


def _answer(id: int, verb: Callable[[], str]) -> ResponseReturnValue:
    """The box, the bar and the counter; without scripts back to the page, or (409) the page with the reason."""
    page = url_for("portal.activities_show", id=id)
    done, why_not = attempt(verb)
    if not why_not and not wants_fragment():
        flash(done)
        return go(f"{page}#signup-box")
    said = why_not or done
    context = shown(*(search.public_activity(id) or abort(404)), said=said, refused=bool(why_not))
    status = 409 if why_not else 200
    answer: Response = make_response(render("portal/activities/show.html", "box", "news", status=status, **context))
    answer.headers["Location"] = page  # where a second sending of the same form is led (app/once.py)
    return answer
