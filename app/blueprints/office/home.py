"""工作台."""

from flask.typing import ResponseReturnValue

from app.access import Permission, holds, requires, rows
from app.blueprints.office import office
from app.blueprints.office.unit_home import unit_home
from app.htmx import render
from app.models import Activity, Application, HelpRequest
from app.models.duties import activities_to_confirm, applications_to_decide, help_to_handle, signups_to_admit


@office.get("/")
@requires(Permission.OFFICE)
def home() -> ResponseReturnValue:
    """What waits for the acting post; a unit post decides nothing and sees its people."""
    if not holds(Permission.APPLICATIONS):
        return unit_home()
    activities = rows(Activity, Permission.ACTIVITIES)
    found = (
        applications_to_decide(rows(Application, Permission.APPLICATIONS)),
        signups_to_admit(activities),
        activities_to_confirm(activities),
        help_to_handle(rows(HelpRequest, Permission.HELP)),
    )
    return render("office/home.html", duties={duty.kind: duty for duty in found})
