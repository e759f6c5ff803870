"""Forms of 人员导入 and of the invitations made by it."""

from collections.abc import Hashable
from typing import Any

from sqlalchemy import Select
from wtforms import RadioField, SelectField, StringField, TextAreaField, ValidationError

from app import clock
from app.access import me
from app.blueprints.activity_filters import DayField
from app.fields_places import RegionFilterField
from app.forms import CreationForm, Form, clean, length, required
from app.labels import word
from app.listing import FilterForm
from app.media.sheets import SheetField
from app.models.imports.file import Choices
from app.models.imports.importing import ImportStatus
from app.models.imports.mine import known_as, shape_of
from app.models.imports.places import CREATE, KEEP, REFUSE
from app.models.invitation import Import, Invitation, InvitationStatus
from app.models.region import CITY, within
from app.models.user import Role
from app.positions import BIGGEST

UNITS = {
    REFUSE: "算作错误，改好再传",
    KEEP: "照原样记作“其他”单位",
    CREATE: "加进工作单位名单",
}


class UploadForm(CreationForm):
    """A file of people, the day of bare counts, and what to do with units that nobody knows."""

    file = SheetField("名单文件", [required("请选择名单文件。")])
    closes_on = DayField("截止日期")
    units = RadioField("名单以外的工作单位", choices=[], default=REFUSE)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        post = me().post
        self.within = (post.region_code if post else None) or CITY
        may_create = post is not None and post.role is Role.CITY
        self.units.choices = [(key, text) for key, text in UNITS.items() if key != CREATE or may_create]

    def validate_closes_on(self, field: Any) -> None:
        """Services lie in the past."""
        if field.data and field.data > clock.today():
            raise ValidationError("截止日期不能晚于今天。")

    def check(self) -> Import:
        """The dry run, kept."""
        assert self.file.data is not None  # noqa: S101  (validated)
        choices = Choices(self.closes_on.data, self.units.data, self.within)
        return Import.check(self.file.data, choices, by=me())


class ImportFilter(FilterForm):
    """Files by what came of them."""

    status = SelectField(
        "状态", choices=[("", "全部"), *((one.value, word(one)) for one in ImportStatus)], validate_choice=False
    )

    def validate_status(self, field: Any) -> None:
        """A state of an import."""
        if field.data and field.data not in set(ImportStatus):
            raise ValidationError("没有这个状态，请重新选择。")

    def narrow(self, stmt: Select[Any]) -> Select[Any]:
        """Everything that was chosen."""
        return stmt.where(Import.status == ImportStatus(self.status.data)) if self.status.data else stmt


class InvitationFilter(FilterForm):
    """People by region, state, file and words."""

    region = RegionFilterField("区域")
    status = SelectField(
        "状态", choices=[("", "全部状态"), *((one.value, word(one)) for one in InvitationStatus)], validate_choice=False
    )
    file = StringField("导入", filters=[clean])
    q = StringField("关键词", filters=[clean])

    def __init__(self, *args: Any, within: str = CITY, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.region.within = within

    def validate_status(self, field: Any) -> None:
        """A state of an invitation."""
        if field.data and field.data not in set(InvitationStatus):
            raise ValidationError("没有这个状态，请重新选择。")

    def validate_file(self, field: Any) -> None:
        """The number of an import."""
        if field.data and not (field.data.isascii() and field.data.isdecimal() and int(field.data[:11]) < BIGGEST):
            raise ValidationError("没有这次导入，请重新选择。")

    def narrow(self, stmt: Select[Any]) -> Select[Any]:
        """Everything that was chosen."""
        place = within(Invitation, self.region.data) if self.region.narrows else None
        conditions = [] if place is None else [place]
        if self.status.data:
            conditions.append(Invitation.status == InvitationStatus(self.status.data))
        if self.file.data:
            conditions.append(Invitation.import_id == int(self.file.data))
        return stmt.where(*conditions, *known_as(self.q.data or ""))

    def shape_of_words(self) -> Hashable:
        """As `known_as` takes them."""
        return shape_of(self.q.data or "")

    def chosen(self) -> list[tuple[str, str]]:
        """(what is chosen, the address without it), for the chips above the rows."""
        found: list[tuple[str, dict[str, None]]] = []
        if self.region.narrows:
            found.append((self.region.words, {"region": None}))
        if self.status.data:
            found.append((word(InvitationStatus(self.status.data)), {"status": None}))
        if self.file.data:
            found.append((f"第 {self.file.data} 次导入", {"file": None}))
        if self.q.data:
            found.append((f"“{self.q.data}”", {"q": None}))
        return [(label, self.address(**change)) for label, change in found]


class WithdrawalForm(Form):
    """Why somebody is not invited after all."""

    reason = TextAreaField("原因", [required("请写明收回的原因。"), length(200, name="原因")], filters=[clean])
