"""What an accepted invitation becomes: somebody who joins, and a service record for each earlier service."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.models.service_record import Evidence, ServiceRecord
from app.models.user import Gender, User
from app.models.volunteer import Skill, Volunteer
from app.models.volunteers.id_card import IdCard
from app.models.volunteers.identity import Employment, Political
from app.models.work_unit import unit_heir, units

if TYPE_CHECKING:
    from app.models.invitation import EarlierService, Invitation


@dataclass
class Entrant:
    """Who joins by an invitation, in the shape of an application that was approved (`membership.enter`)."""

    user_id: int
    community_code: str
    political: Political
    employment: Employment
    gender: Gender
    born_year: int
    id_card: str
    id_card_tail: str
    id_card_hash: str
    unit_id: int | None
    unit_other: str
    home_community_code: str | None
    guardian_name: str = ""
    guardian_phone: str | None = None
    before: dict[str, Any] | None = None

    @property
    def skill_list(self) -> list[Skill]:
        """The earlier platform knew none."""
        return []

    @classmethod
    def of(cls, invitation: "Invitation", card: IdCard, user: User) -> "Entrant":
        """What the invitation says, with the number that the person gave."""
        known = units().get(invitation.unit_id) if invitation.unit_id else None
        unit = unit_heir(known) if known else None
        return cls(
            user_id=user.id,
            community_code=invitation.community_code,
            political=invitation.political,
            employment=invitation.employment,
            gender=card.gender,
            born_year=card.born.year,
            id_card=card.number,
            id_card_tail=card.tail,
            id_card_hash=card.hash,
            unit_id=unit.id if unit else None,
            unit_other=invitation.unit_other if unit or known is None else known.name,
            home_community_code=user.home_community_code,
        )


def record_of(one: "EarlierService", volunteer: Volunteer) -> ServiceRecord:
    """One earlier service: everything but its day and kind is the volunteer's of today."""
    home = volunteer.community_code
    record = ServiceRecord(
        volunteer_id=volunteer.id,
        activity_id=None,
        minutes=one.minutes,
        category_id=one.category_id,
        evidence=Evidence.MIGRATED,
        source=one.source,
        volunteer_district_code=home[:6],
        volunteer_subdistrict_code=home[:9],
        volunteer_community_code=home,
        unit_id=volunteer.unit_id,
    )
    record.locate(home)
    record.happened(one.day)
    return record
