"""我的首页."""

from flask.typing import ResponseReturnValue

from app.access import me, signed_in
from app.blueprints.member import member
from app.htmx import render
from app.models.pages.overview import overview


@member.get("/")
@signed_in
def home() -> ResponseReturnValue:
    """What needs me, my application, my counts, my coming activities."""
    return render("member/home.html", mine=overview(me()))
