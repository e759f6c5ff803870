"""Forms about 公众求助 that more than one surface shows; field names are SPEC section 5's."""

from typing import Any

from wtforms import BooleanField, IntegerField, RadioField, TextAreaField
from wtforms.validators import Optional

from app.access import me
from app.blueprints.activity_filters import DayField
from app.forms import CreationForm, Form, PhoneField, RegionField, TextField, clean, length, required
from app.models.category import categories
from app.models.help_request import ASKER, LIMITS, Asking, HelpRequest

ICONS = {
    "elder": "elder",
    "env": "tree",
    "traffic": "car",
    "law": "law",
    "med": "med",
    "edu": "book",
    "culture": "brush",
    "community": "house",
    "emergency": "siren",
    "other": "dots",
}
REASON = 500


class AskForm(CreationForm):
    """What somebody asks for."""

    category = RadioField("需要哪方面的帮助", [required("请选择需要哪方面的帮助。")], choices=[], validate_choice=True)
    content = TextAreaField(
        "具体情况", [required("请说说具体情况。"), length(LIMITS["content"][1], 5, "具体情况")], filters=[clean]
    )
    community = RegionField("所在社区", [required("请选择所在的社区（村）。")])
    address = TextField("详细地址", [required("请填写详细地址。"), length(LIMITS["address"][1], 2, "详细地址")])
    wanted_on = DayField("希望哪一天")
    on_behalf = RadioField("替谁求助", choices=[("0", "自己"), ("1", "替家人、邻居")], default="0")
    name = TextField("联系人姓名", [required("请填写联系人姓名。"), length(LIMITS["name"][1], 2, "姓名")])
    phone = PhoneField("手机或座机", [required("请填写手机号或座机号。")])
    consent = BooleanField("同意", [required("请阅读并勾选同意，才能提交。")])
    icons = ICONS

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.category.choices = [(one.slug, one.name) for one in categories().values() if not one.closed]

    def told(self) -> Asking:
        """The answers, for `HelpRequest.ask`."""
        return Asking(
            name=self.name.data or "",
            phone=self.phone.data or "",
            community=self.community.data or "",
            address=self.address.data or "",
            category=self.category.data or "",
            content=self.content.data or "",
            wanted_on=self.wanted_on.data,
            on_behalf=self.on_behalf.data == "1",
        )

    def ask(self) -> HelpRequest:
        """Hand it in."""
        return HelpRequest.ask(self.told(), by=ASKER)


class FilingForm(AskForm):
    """The same, filled in by staff for somebody who cannot: the phone may be missing."""

    phone = PhoneField("手机或座机", [Optional()])
    consent = BooleanField("同意", [required("请先念给求助人听，得到同意后勾选。")])

    def ask(self) -> HelpRequest:
        """Hand it in for somebody; history keeps by whom."""
        return HelpRequest.ask(self.told(), by=me())


class SentenceForm(Form):
    """A move with a sentence for the asker, who reads it in the progress of the request; empty: the usual one."""

    sentence = TextAreaField("给求助人的话", [length(REASON, name="给求助人的话")], filters=[clean])

    @property
    def said(self) -> str:
        """What was written."""
        return self.sentence.data or ""


class HelpReasonForm(Form):
    """A verb that takes a reason."""

    reason = TextAreaField("原因", [length(REASON, name="原因")], filters=[clean])

    @property
    def words(self) -> str:
        """What was said."""
        return self.reason.data or ""


class SupplementForm(Form):
    """What was missing."""

    supplement = TextAreaField(
        "补充的情况", [required("请写明补充的情况。"), length(500, 2, "补充的情况")], filters=[clean]
    )

    @property
    def words(self) -> str:
        """What was said."""
        return self.supplement.data or ""


class ResultForm(Form):
    """What was done."""

    result = TextAreaField("办理结果", [required("请写明办理结果。"), length(500, 2, "办理结果")], filters=[clean])


class ServiceResultForm(ResultForm):
    """What a volunteer did, and for how long."""

    minutes = IntegerField("服务时长（分钟）", [required("请填写服务时长。")])
