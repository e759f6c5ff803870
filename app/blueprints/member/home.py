"""我的首页."""

from flask.typing import ResponseReturnValue

from app.access import signed_in
from app.blueprints.member import member
from app.htmx import render


@member.get("/")
@signed_in
def home() -> ResponseReturnValue:
    """The overview."""
    return render("member/home.html")
