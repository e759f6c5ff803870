"""The forms of 志愿者团队 and 服务基地: what a community states about each, and why one is closed."""

from typing import Any

from wtforms import IntegerField, SelectField, TextAreaField, ValidationError
from wtforms.validators import DataRequired
from wtforms.widgets import HiddenInput

from app import clock
from app.access import me
from app.blueprints.activity_filters import DayField
from app.blueprints.office.activity_forms import CommunityField, acting_within
from app.forms import CreationForm, Form, TextField, clean, length, required
from app.media.uploads import PicturesField
from app.models.category import categories
from app.models.displays.showcase import Showcase
from app.models.region import Level, level_of
from app.models.service_base import ServiceBase
from app.models.stateful import REASON_LIMIT
from app.models.team import Team

CONTACT = "在哪里、什么时候能找到，例如：社区党群服务中心二楼，0516-83700000。不要写个人手机号"


def _category(value: Any) -> int | None:
    return int(value) if value else None


class ShowcaseForm(CreationForm):
    """What both state. The community is chosen once, when it is founded."""

    NOUN: type[Showcase]
    PICTURES = "pictures"
    version = IntegerField(widget=HiddenInput(), default=0)
    name = TextField("名称", [required("请填写名称。"), length(40, name="名称")])
    category_id = SelectField("类型", name="category", choices=[], coerce=_category)
    community = CommunityField("所在社区", [DataRequired("请选择所在社区。")])
    contact = TextField("联系方式", [length(100, name="联系方式")], description=CONTACT)
    introduction = TextAreaField("简介", [length(2000, name="简介")], filters=[clean])

    fixed = ""  # the community, where it cannot be chosen

    def __init__(self, row: Any = None, **kwargs: Any) -> None:
        held = {"obj": row, "data": {"community": row.community_code, self.PICTURES: row.pictures}} if row else {}
        super().__init__(**held | kwargs)
        present = row.category_id if row else None
        kinds = [one for one in categories().values() if not one.closed or one.id == present]
        self.category_id.choices = [("", "不分类型"), *((str(one.id), one.name) for one in kinds)]
        self.community.within = acting_within()
        if row:
            self.fixed, self.community.kept = row.community_code, True
        elif level_of(acting_within()) is Level.COMMUNITY:
            self.fixed = acting_within()
        self.community.data = self.community.data or self.fixed

    def stated(self) -> dict[str, Any]:
        """The columns as they were typed."""
        return {column: self[column].data or _nothing(column) for column in self.NOUN.STATED}

    def save(self, row: Any = None) -> Any:
        """Found it, or mend it over the version that the form saw."""
        chosen = self[self.PICTURES].data
        if row is None:
            return self.NOUN.found(self.community.data or "", self.stated(), chosen, by=me())
        row.edit(self.stated(), chosen, self.version.data or 0, by=me())
        return row

    def outdated(self, row: Any) -> "ShowcaseForm":
        """The same form over the newer version: saving it now is a decision, not an accident."""
        self.version.data, self.version.raw_data = row.version, None
        return self


def _nothing(column: str) -> Any:
    return None if column in ("category_id", "founded_on") else ""


class TeamForm(ShowcaseForm):
    """A team."""

    NOUN, PICTURES = Team, "cover"
    founded_on = DayField("成立日期")
    cover = PicturesField("团队照片", most=1)

    def validate_founded_on(self, field: Any) -> None:
        """Not in the future."""
        if field.data and field.data > clock.today():
            raise ValidationError("成立日期不能晚于今天。")


class BaseForm(ShowcaseForm):
    """A base."""

    NOUN = ServiceBase
    address = TextField("地址", [required("请填写地址。"), length(100, name="地址")])
    opening_hours = TextField("开放时间", [length(200, name="开放时间")])
    pictures = PicturesField("照片")


class ReasonForm(Form):
    """Why it is closed, why somebody is declined or removed."""

    reason = TextAreaField(
        "原因", [required("请写明原因，对方会看到。"), length(REASON_LIMIT, name="原因")], filters=[clean]
    )
