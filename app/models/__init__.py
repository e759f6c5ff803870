"""The nouns. Importing this package makes every table known to the metadata."""

from app.db import db
from app.freshness import Generation
from app.models.accounts.attempt import Attempt
from app.models.accounts.preference import Muted
from app.models.accounts.recovery_code import RecoveryCode
from app.models.accounts.sign_in import SignIn
from app.models.activity import Activity
from app.models.application import Application
from app.models.assignment import Assignment
from app.models.category import Category
from app.models.city_sum import CityChange, CitySum
from app.models.contact_view import ContactView
from app.models.disclosure import Disclosed, Disclosure
from app.models.export_job import ExportJob, ExportPiece
from app.models.feedback import Feedback
from app.models.figure import Figure
from app.models.headcount import Headcount
from app.models.help.numbers import HelpSerial
from app.models.help_request import HelpRequest
from app.models.histories.seal import HistorySeal
from app.models.history import History, HistoryNote
from app.models.honour import Honour
from app.models.invitation import EarlierService, Import, Invitation
from app.models.message import Message
from app.models.notice import Notice
from app.models.pages.alarm import Alarm
from app.models.picture import Picture
from app.models.professional import Professional, ProfessionalGroup
from app.models.public_case import PublicCase
from app.models.region import Region
from app.models.regions.former_names import RegionName
from app.models.report import Report
from app.models.service_base import ServiceBase
from app.models.service_record import ServiceMonth, ServiceRecord
from app.models.signup import SignUp
from app.models.team import Team, TeamMember
from app.models.unit_dispute import UnitDispute
from app.models.user import Post, User
from app.models.volunteer import Volunteer, VolunteerSkill
from app.models.work_unit import WorkUnit
from app.models.workday import Workday
from app.once import CreationKey

__all__ = [
    "Activity",
    "Alarm",
    "Application",
    "Assignment",
    "Attempt",
    "Category",
    "CityChange",
    "CitySum",
    "ContactView",
    "CreationKey",
    "Disclosed",
    "Disclosure",
    "EarlierService",
    "ExportJob",
    "ExportPiece",
    "Feedback",
    "Figure",
    "Generation",
    "Headcount",
    "HelpRequest",
    "HelpSerial",
    "History",
    "HistoryNote",
    "HistorySeal",
    "Honour",
    "Import",
    "Invitation",
    "Message",
    "Muted",
    "Notice",
    "Picture",
    "Post",
    "Professional",
    "ProfessionalGroup",
    "PublicCase",
    "RecoveryCode",
    "Region",
    "RegionName",
    "Report",
    "ServiceBase",
    "ServiceMonth",
    "ServiceRecord",
    "SignIn",
    "SignUp",
    "Team",
    "TeamMember",
    "UnitDispute",
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
