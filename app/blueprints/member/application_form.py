"""The volunteer application's form: new, mended, or to change community and particulars."""

from typing import Any

from wtforms import BooleanField, RadioField, SelectMultipleField, TextAreaField, ValidationError, widgets
from wtforms.validators import Optional

from app.fields_places import unit_choice
from app.forms import (
    CreationForm,
    IdCardField,
    PhoneField,
    RegionField,
    TextField,
    UnitField,
    clean,
    length,
    required,
)
from app.labels import word
from app.models.applications.particulars import Particulars
from app.models.region import heir
from app.models.user import Gender, User
from app.models.volunteer import Employment, Political, Skill

STATEMENT = 500


def _cards(label: str, kind: Any, message: str) -> RadioField:
    """Choice cards over an enum, one of them to be chosen."""
    return RadioField(
        label,
        [required(message)],
        choices=[(one.value, word(one)) for one in kind],
        coerce=lambda value: kind(value) if value else None,
    )


class ApplicationForm(CreationForm):
    """What the applicant states; field names are SPEC section 5's."""

    id_card = IdCardField("身份证号码")
    gender = _cards("性别", Gender, "请选择性别。")
    political_status = _cards("政治面貌", Political, "请选择政治面貌。")
    employment = _cards("就业状况", Employment, "请选择就业状况。")
    community = RegionField("服务社区", [required("请选择服务社区（村）。")])
    home_community = RegionField("居住社区")
    work_unit = UnitField("工作单位")
    skills = SelectMultipleField(
        "技能特长",
        choices=[(one.value, word(one)) for one in Skill],
        coerce=Skill,
        widget=widgets.ListWidget(prefix_label=False),
        option_widget=widgets.CheckboxInput(),
    )
    statement = TextAreaField("想对社区说的话", [length(STATEMENT)], filters=[clean])
    guardian_name = TextField("监护人姓名", [length(40)])
    guardian_phone = PhoneField("监护人电话", [Optional()])
    guardian_consent = BooleanField("监护人已经知道并同意我参加志愿服务")
    consent = BooleanField("同意", [required("请阅读并勾选同意，才能提交。")])

    def __init__(self, known_tail: str = "", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.known_tail = known_tail

    def validate_id_card(self, field: IdCardField) -> None:
        """Needed unless a number was given before."""
        if not field.data and not self.known_tail:
            raise ValidationError("请填写身份证号码。")

    def validate_work_unit(self, field: UnitField) -> None:
        """Who works says where, so that figures by unit are right."""
        if not field.data and self.employment.data is Employment.EMPLOYED:
            raise ValidationError("在职人员请选择工作单位；名单里没有的选“其他”，没有的选“无单位”。")

    @property
    def guarded(self) -> bool:
        """Whether the part for those under 18 has something in it or something to mend."""
        fields = (self.guardian_name, self.guardian_phone, self.guardian_consent)
        return any(field.data or field.errors for field in fields)

    def told(self) -> Particulars:
        """The answers, for the verbs of `Application`."""
        return Particulars(
            id_card=self.id_card.data or "",
            gender=self.gender.data,
            political=self.political_status.data,
            employment=self.employment.data,
            community=self.community.data or "",
            home_community=self.home_community.data or "",
            unit_id=self.work_unit.unit_id,
            unit_other=self.work_unit.other,
            skills=tuple(self.skills.data or ()),
            statement=self.statement.data or "",
            guardian_name=self.guardian_name.data or "",
            guardian_phone=self.guardian_phone.data or "",
            guardian_consent=bool(self.guardian_consent.data),
        )


def known(source: Any, user: User) -> dict[str, Any]:
    """What to put into the form beforehand: from an application or the volunteer's file, else the profile."""
    if source is None:
        return {"gender": user.gender, "home_community": heir(user.home_community_code or "")}
    skills = source.skill_list if hasattr(source, "skill_list") else [one.skill for one in source.skills]
    return {
        "gender": source.gender,
        "political_status": source.political,
        "employment": source.employment,
        "community": heir(source.community_code),
        "home_community": heir(source.home_community_code or ""),
        "work_unit": unit_choice(source.unit_id, source.unit_other),
        "skills": skills,
        "statement": getattr(source, "statement", ""),
        "guardian_name": source.guardian_name,
        "guardian_phone": source.guardian_phone,
    }
