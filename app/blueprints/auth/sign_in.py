"""Sign in, sign out, act as another post."""

from typing import Any

from flask import Response, current_app, flash, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.access import is_unsafe, me, public, signed_in, somebody
from app.accounts import halfway, known_browsers, sessions
from app.accounts.signing_in import second_step as try_code
from app.accounts.signing_in import sign_in
from app.blueprints.auth import auth
from app.demo.accounts import PASSWORD, demo_accounts
from app.htmx import go, render
from app.labels import word
from app.models.accounts.second_step import WRONG as WRONG_CODE
from app.models.user import User
from app.redirects import safe_next
from app.refusal import Wait
from app.sent import sent

WRONG = "用户名或密码不对，请检查后再试。"
HELP = "忘记密码，可到服务社区当面办理。"


@auth.route("/login", methods=["GET", "POST"])
@public
def login() -> ResponseReturnValue:
    """The sign-in page; the same form stands on the home page."""
    if not is_unsafe():
        return _page() if request.args.get("next") or somebody() is None else go(url_for("member.home"))
    try:
        user = sign_in(*(request.form.get(name, "") for name in ("username", "password", "next")))
    except Wait as wait:
        return _page(429, wait.message + HELP, Retry_After=str(wait.seconds))
    if user is None:
        return _page(422, WRONG)
    return go(url_for(".second_step")) if user.has_second_step else _in(user, request.form.get("next"))


@auth.route("/login/second-step", methods=["GET", "POST"])
@public
def second_step() -> ResponseReturnValue:
    """The code of the phone, or a recovery code, after the right password."""
    here = halfway.held()
    if here is None:
        return go(url_for(".login"))
    if not is_unsafe():
        return render("auth/second_step.html", message="")
    try:
        user = try_code(request.form.get("code", ""))
    except Wait as wait:
        answer = make_response(render("auth/second_step.html", status=429, message=wait.message))
        answer.headers["Retry-After"] = str(wait.seconds)
        return answer
    return _in(user, here.wanted) if user else render("auth/second_step.html", status=422, message=WRONG_CODE)


def _in(user: User, wanted: str | None) -> Response:
    """On to where the person wants to go; the browser is known from now on."""
    there = safe_next(wanted, "office.home" if user.living_posts() else "member.home")
    return known_browsers.remember(go(there), user.username)


@auth.post("/logout")
@signed_in
def logout() -> ResponseReturnValue:
    """End this session."""
    sessions.end(me())
    answer = make_response(go(url_for("portal.home")))
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer


@auth.post("/post")
@signed_in
def post_switch() -> ResponseReturnValue:
    """Act as another of one's living posts from the next page on."""
    user = me()
    wanted = request.form.get("post", type=int)
    post = next((post for post in user.living_posts() if post.id == wanted), None)
    if user.sign_in and post:
        user.sign_in.post_id = post.id
        flash(f"现在以“{post.place} · {word(post.role)}”的身份操作。", "ok")
    return redirect(safe_next(request.form.get("next"), "office.home"), 303)


def _page(status: int = 200, message: str = "", **headers: str) -> Response:
    """The form, with the user name and the wish kept; who failed is never told whether the name exists."""
    context: dict[str, Any] = {
        "message": message,
        "username": request.form.get("username", "")[:64],
        "wanted": sent().get("next", ""),
        "demo": [] if current_app.config["PRODUCTION"] else demo_accounts(),
        "demo_password": PASSWORD,
    }
    answer = make_response(render("auth/login.html", status=status, **context))
    answer.headers.update({name.replace("_", "-"): value for name, value in headers.items()})
    return answer
