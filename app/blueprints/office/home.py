"""工作台."""

from flask.typing import ResponseReturnValue

from app.access import Permission, requires
from app.blueprints.office import office
from app.htmx import render


@office.get("/")
@requires(Permission.OFFICE)
def home() -> ResponseReturnValue:
    """What waits for the acting post."""
    return render("office/home.html")
