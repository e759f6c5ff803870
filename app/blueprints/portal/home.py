"""Home, 长者模式, and the health check."""

from flask import Response, current_app, redirect, request
from flask.typing import ResponseReturnValue

from app.access import public, somebody
from app.blueprints.portal import portal
from app.cookies import cookie_name
from app.db import db
from app.finished import kept
from app.htmx import render
from app.models.activities.phase import phase_of
from app.models.category import category_by_slug
from app.models.pages.front_page import front_page
from app.redirects import safe_next
from app.viewing import ELDER_COOKIE
from app.viewing import mode as mode_of_page


@portal.get("/")
@public
@kept("activities", "feedback", "help", "reports", "honours", "professionals", "teams", "bases", "notices", "figures")
def home() -> ResponseReturnValue:
    """The home page; in 长者模式 a shorter one. `category` narrows the activities on it."""
    elder, me = mode_of_page() == "elder", somebody()
    chosen = category_by_slug(request.args.get("category", ""))
    page = front_page(
        chosen.id if chosen and not elder else None, 3 if elder else 4, me.id if me else None, short=elder
    )
    template = "portal/home_elder.html" if elder else "portal/home.html"
    return render(template, "latest", page=page, chosen=chosen, phase_of=phase_of)


@portal.post("/mode")
@public
def mode() -> ResponseReturnValue:
    """Turn 长者模式 on or off for a year, and stay where one was."""
    answer = redirect(safe_next(request.form.get("next")), 303)
    wanted = "elder" if request.form.get("mode") == "elder" else ""
    answer.set_cookie(
        cookie_name(ELDER_COOKIE),
        wanted,
        max_age=31_536_000 if wanted else 0,
        samesite="Lax",
        httponly=True,
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        path="/",
    )
    return answer


@portal.get("/healthz")
@public
def healthz() -> Response:
    """200 while the database answers; 503 otherwise (app/errors.py)."""
    db.session.execute(db.text("SELECT 1"))
    return Response("ok\n", mimetype="text/plain")
