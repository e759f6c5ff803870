"""Forms that ask staff for a reason: polite words to choose from, and room for one's own."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from wtforms import RadioField, TextAreaField
from wtforms.validators import Optional

from app.forms import Form, clean, length
from app.models.application import Application
from app.models.applications.approval import ApplicationStatus

OTHER = "其他"
OWN_WORDS = 200


@dataclass(frozen=True)
class Way:
    """A decision that takes a reason: its address and words, the verb, the state it leads to."""

    name: str
    word: str
    title: str
    done: str
    to: ApplicationStatus
    verb: Callable[..., None]
    presets: tuple[str, ...]


WAYS = {
    "return": Way(
        "return",
        "退回",
        "退回补正的原因",
        "已退回",
        ApplicationStatus.RETURNED,
        Application.send_back,
        (
            "您的住址或单位不在本社区，请改选服务社区。",
            "请补充工作单位的全称。",
            "身份信息对不上，请对照身份证核对后重新填写。",
        ),
    ),
    "rejection": Way(
        "rejection",
        "不予通过",
        "不予通过的原因",
        "未予通过",
        ApplicationStatus.REJECTED,
        Application.reject,
        ("经核实，身份信息与本人不符。", "已经是志愿者，不需要重复申请。", "本社区暂时无法接收，欢迎以后再申请。"),
    ),
}


class ReasonForm(Form):
    """A reason: one of the prewritten sentences, one's own words, or both."""

    preset = RadioField("原因", [Optional()], validate_choice=False)
    reason = TextAreaField("补充说明", [length(OWN_WORDS, name="补充说明")], filters=[clean])

    def __init__(self, presets: tuple[str, ...], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.known = (*presets, OTHER)
        self.preset.choices = [(text, text) for text in self.known]

    @property
    def words(self) -> str:
        """The reason as the person reads it; '' when nothing was said."""
        chosen = self.preset.data if self.preset.data in self.known and self.preset.data != OTHER else ""
        return f"{chosen or ''}{self.reason.data or ''}"


class RevealForm(Form):
    """Why the whole ID-card number is needed."""

    reason = TextAreaField("查看的原因", [length(OWN_WORDS, name="原因")], filters=[clean])
