"""The nouns. Importing this package makes every table known to the metadata."""

from app.db import db
from app.freshness import Generation
from app.models.activity import Activity
from app.models.application import Application
from app.models.assignment import Assignment
from app.models.attempt import Attempt
from app.models.category import Category
from app.models.contact_view import ContactView
from app.models.feedback import Feedback
from app.models.figure import Figure
from app.models.help_numbers import HelpSerial
from app.models.help_request import HelpRequest
from app.models.history import History, HistoryNote
from app.models.message import Message
from app.models.picture import Picture
from app.models.public_case import PublicCase
from app.models.region import Region
from app.models.service_record import ServiceMonth, ServiceRecord
from app.models.sign_in import SignIn
from app.models.signup import SignUp
from app.models.user import Post, User
from app.models.volunteer import Volunteer, VolunteerSkill
from app.models.work_unit import WorkUnit
from app.models.workday import Workday
from app.once import CreationKey

__all__ = [
    "Activity",
    "Application",
    "Assignment",
    "Attempt",
    "Category",
    "ContactView",
    "CreationKey",
    "Feedback",
    "Figure",
    "Generation",
    "HelpRequest",
    "HelpSerial",
    "History",
    "HistoryNote",
    "Message",
    "Picture",
    "Post",
    "PublicCase",
    "Region",
    "ServiceMonth",
    "ServiceRecord",
    "SignIn",
    "SignUp",
    "User",
    "Volunteer",
    "VolunteerSkill",
    "WorkUnit",
    "Workday",
]

# A number that was given once is never given again, also after its row was deleted (history names rows).
for _table in db.metadata.tables.values():
    if "id" in _table.columns:
        _table.dialect_options["sqlite"]["autoincrement"] = True
