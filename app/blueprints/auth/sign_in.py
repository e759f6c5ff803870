"""Sign in, sign out, act as another post."""

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from app import sessions
from app.access import me, public, signed_in
from app.blueprints.auth import auth
from app.htmx import go, render
from app.origin import same_origin
from app.redirects import safe_next


@auth.route("/login", methods=["GET", "POST"])
@public
@same_origin
def login() -> ResponseReturnValue:
    """The sign-in page; the same form stands on the home page."""
    return render("auth/login.html")


@auth.post("/logout")
@signed_in
def logout() -> ResponseReturnValue:
    """End this session."""
    sessions.end(me())
    return go(url_for("portal.home"))


@auth.post("/post")
@signed_in
def post_switch() -> ResponseReturnValue:
    """Act as another of one's living posts from the next page on."""
    user = me()
    wanted = request.form.get("post", type=int)
    if user.sign_in and any(post.id == wanted for post in user.living_posts()):
        user.sign_in.post_id = wanted
    return redirect(safe_next(request.form.get("next"), "office.home"), 303)
