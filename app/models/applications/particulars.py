"""What an applicant states about themselves, and what of it can be wrong (SPEC section 4, personal data)."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from app.db import db
from app.models.region import community, heir
from app.models.user import Gender
from app.models.volunteer import Employment, Political, Skill, Volunteer, VolunteerStatus, card_is_taken
from app.models.volunteers.id_card import IdCard
from app.models.work_unit import open_unit
from app.refusal import Invalid
from app.text import is_phone, plain_phone

if TYPE_CHECKING:
    from app.models.application import Application

CARD_IN_USE = "这个身份证号码已有志愿者使用，请联系社区核实。"


@dataclass(frozen=True)
class Particulars:
    """What the applicant states. An empty `id_card` means the number given before.

    `community` and `home_community` are region codes ('' for no home), `unit_id` is a listed work unit,
    `unit_other` the name of one that is not listed; both empty: 无单位.
    """

    id_card: str
    gender: Gender
    political: Political
    employment: Employment
    community: str
    home_community: str = ""
    unit_id: int | None = None
    unit_other: str = ""
    skills: tuple[Skill, ...] = ()
    statement: str = ""
    guardian_name: str = ""
    guardian_phone: str = ""
    guardian_consent: bool = False

    def check(self, card: IdCard, user_id: int) -> None:
        """Refuse (Invalid at its field) what contradicts the number, and a minor without a guardian."""
        if self.gender is not card.gender:
            shown = "男" if card.gender is Gender.MALE else "女"
            raise Invalid("gender", f"与身份证号码不符：号码的第 17 位表示性别为“{shown}”，请核对。")
        if card_is_taken(card.hash, but=user_id):
            raise Invalid("id_card", CARD_IN_USE)
        if card.minor:
            self._check_guardian()

    def _check_guardian(self) -> None:
        if not self.guardian_name:
            raise Invalid("guardian_name", "未满 18 周岁，请填写监护人姓名。")
        if not is_phone(plain_phone(self.guardian_phone)):
            raise Invalid("guardian_phone", "未满 18 周岁，请填写监护人的手机号或带区号的固定电话。")
        if not self.guardian_consent:
            raise Invalid("guardian_consent", "未满 18 周岁，须经监护人同意才能申请。")

    def write(self, application: "Application", card: IdCard) -> None:
        """Put everything stated into the application's columns; Invalid for a closed place or unit."""
        application.locate(community(self.community).code)
        home = community(self.home_community, "home_community").code if self.home_community else None
        application.home_community_code = home
        application.unit_id = open_unit(self.unit_id).id if self.unit_id else None
        application.unit_other = "" if self.unit_id else self.unit_other
        application.political, application.employment = self.political, self.employment
        application.gender, application.born_year = card.gender, card.born.year
        application.id_card, application.id_card_tail = card.number, card.tail
        application.id_card_hash = card.hash
        application.guardian_name = self.guardian_name if card.minor else ""
        application.guardian_phone = plain_phone(self.guardian_phone) if card.minor else None
        application.skills = ",".join(dict.fromkeys(skill.value for skill in self.skills))
        application.statement = self.statement


def card_given_before(user_id: int) -> str:
    """The ID-card number that this person gave last, or ''."""
    from app.models.application import Application

    given = select(Application.id_card).where(Application.user_id == user_id, Application.id_card.is_not(None))
    theirs = select(Volunteer.id_card).where(Volunteer.user_id == user_id)
    return db.session.scalar(theirs) or db.session.scalar(given.order_by(Application.id.desc()).limit(1)) or ""


def nothing_new(application: "Application", volunteer: Volunteer | None) -> bool:
    """Whether a living volunteer applies for exactly what they already are."""
    if volunteer is None or volunteer.status is VolunteerStatus.LEFT:
        return False
    places = ("community_code", "home_community_code")
    if any(heir(getattr(application, name) or "") != heir(getattr(volunteer, name) or "") for name in places):
        return False
    same = ("unit_id", "unit_other", "political", "employment", "id_card_hash")
    skills = {skill.skill.value for skill in volunteer.skills}
    return skills == set(filter(None, application.skills.split(","))) and all(
        getattr(application, name) == getattr(volunteer, name) for name in same
    )
