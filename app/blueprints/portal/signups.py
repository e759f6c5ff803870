"""Signing up for an activity, and cancelling it; the answer is the box in its new state."""

from collections.abc import Callable
from typing import Any

from flask import Response, abort, flash, make_response, url_for
from flask.typing import ResponseReturnValue

from app.access import me, signed_in
from app.blueprints.portal import portal
from app.blueprints.portal.activities import shown
from app.htmx import go, render, wants_fragment
from app.models.activities import search
from app.models.activity import Activity
from app.models.signup import SignUp
from app.models.signups.box import box, here, outcome
from app.models.signups.holding import hold_person
from app.once import new_key, once
from app.refusal import Refused
from app.trying import attempt

CANCELLED = "已取消报名。想参加的话，开始前还可以重新报名。"


@portal.post("/activities/<int:id>/signup")
@signed_in
@once
def activities_signup(id: int) -> ResponseReturnValue:
    """Sign up, wait, or ask: whatever the activity has for a newcomer now."""
    activity = search.hold_public(id) or abort(404)
    volunteer, row = hold_person(activity, me().id)
    return _answer(activity, lambda: SignUp.join_held(volunteer, activity, row, by=me()), outcome)


@portal.post("/activities/<int:id>/cancellation")
@signed_in
def activities_cancellation(id: int) -> ResponseReturnValue:
    """Cancel one's own sign-up before the start."""
    activity, _ = search.public_activity(id) or abort(404)
    _, signup = here(activity, me())
    return _answer(activity, lambda: _cancelled(signup), lambda _: CANCELLED)


def _cancelled(signup: SignUp | None) -> SignUp:
    if signup is None:
        raise Refused("您没有报名这次活动。")
    signup.cancel(by=me())
    return signup


def _answer(activity: Activity, verb: Callable[[], SignUp], words: Callable[[SignUp], str]) -> ResponseReturnValue:
    """The box, the bar and the counter; without scripts back to the page, or (409) the page with the reason."""
    id = activity.id
    page = url_for("portal.activities_show", id=id)
    signup, why_not = attempt(verb)
    if why_not:
        context = shown(*(search.public_activity(id) or abort(404)), said=why_not, refused=True)
    elif wants_fragment():
        context = _changed(signup, words(signup))
    else:
        flash(words(signup))
        return go(f"{page}#signup-box")
    status = 409 if why_not else 200
    answer: Response = make_response(render("portal/activities/show.html", "box", "news", status=status, **context))
    answer.headers["Location"] = page  # where a second sending of the same form is led (app/once.py)
    return answer


def _changed(signup: SignUp, said: str) -> dict[str, Any]:
    """What the changed parts need of the page: five hundred people at once do not each read all of it again."""
    activity = signup.activity
    now = box(activity, me(), (signup.volunteer, signup))
    return {"key": new_key(), "activity": activity, "phase": activity.phase(), "box": now, "said": said}
