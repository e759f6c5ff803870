"""The form of an activity: new, edited, published at once."""

from dataclasses import asdict
from typing import Any

from flask import request
from markupsafe import Markup
from wtforms import BooleanField, IntegerField, RadioField, SelectField, TextAreaField
from wtforms.validators import DataRequired, Optional
from wtforms.widgets import HiddenInput

from app.access import me
from app.forms import CreationForm, Form, MomentField, RegionField, TextField, clean, length, required
from app.media.uploads import PicturesField
from app.models.activities.change import Overlapping
from app.models.activities.facts import LIMITS, Facts
from app.models.activities.hosts import host_choices
from app.models.activity import Activity, ActivityStatus, Stale
from app.models.category import categories
from app.models.region import Level, level_of
from app.refusal import Invalid
from app.text import as_html


def _text(label: str, name: str, hint: str) -> TextAreaField:
    return TextAreaField(label, [length(LIMITS[name], name=label)], filters=[clean], description=hint)


def acting_within() -> str:
    """The region of the post as which somebody acts; '' for a unit's."""
    post = me().post
    return (post.region_code or "") if post else ""


class CommunityField(RegionField):
    """The community of an activity; that of a published one is kept, even when it was merged since."""

    kept = False

    def pre_validate(self, form: Any) -> None:
        if not self.kept:
            super().pre_validate(form)


class HostField(SelectField):
    """An optional 团队 or 基地 of the activity's community; `.data` is its id or None."""

    def __init__(self, label: str, none: str, **kwargs: Any) -> None:
        super().__init__(label, choices=[("", none)], coerce=lambda value: int(value) if value else None, **kwargs)
        self.none = none

    def offer(self, rows: list[tuple[int, str]]) -> None:
        """Offer these besides none."""
        self.choices = [("", self.none), *((str(id), name) for id, name in rows)]

    @property
    def offered(self) -> bool:
        """Whether there is anything to choose."""
        return len(self.choices or ()) > 1


class ActivityForm(CreationForm):
    """Everything that is stated about an activity; the rules are those of `Facts` and of the verbs."""

    version = IntegerField(widget=HiddenInput(), default=0)
    title = TextField("活动名称", [required("请填写活动名称。"), length(LIMITS["title"], name="活动名称")])
    category = RadioField("类型", [required("请选择一个类型。")], choices=[])
    community = CommunityField("发起社区", [DataRequired("请选择发起社区。")])
    place = TextField(
        "集合地点",
        [required("请填写集合地点。"), length(LIMITS["place"], name="集合地点")],
        description="写到门牌、楼栋或明显的标志，方便大家找到",
    )
    team = HostField("由哪个团队开展", "不属于团队")
    base = HostField("在哪个服务基地", "不在服务基地")
    starts_at = MomentField("开始时间", [required("请填写开始时间，例如 2026-11-28 08:30。")])
    ends_at = MomentField("结束时间", [required("请填写结束时间，例如 2026-11-28 11:00。")])
    signup_closes_at = MomentField("报名截止", [Optional()], description="不填就是活动结束时")
    capacity = IntegerField("招募人数", [required("请填写招募人数。")], description="满员后可以登记候补")
    minutes = IntegerField("服务时长（分钟）", [Optional()], description="不填就按活动时长计算")
    needs_approval = BooleanField("报名需要审核")
    description = _text(
        "活动内容", "description", "做什么、怎么分工、要带什么。可以用 Markdown：空一行分段，- 开头是列表，**加粗**"
    )
    risks = _text("风险提示", "risks", "有哪些危险，要注意什么")
    safeguards = _text("安全保障", "safeguards", "准备了哪些保障：急救包、保险、带队人员……")
    cover = PicturesField("封面图片", most=1)
    confirmed = IntegerField("确认修改时间", [Optional()])

    fixed = ""  # the community, where it cannot be chosen
    overlapping = 0  # how many lose their place by the new time, as the refusal named it

    def __init__(self, *args: Any, activity: Activity | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        present = activity.category_id if activity else None
        kinds = [one for one in categories().values() if not one.closed or one.id == present]
        self.category.choices = [(one.slug, one.name) for one in kinds]
        self._limit(activity)
        held = (activity.team_id, activity.base_id) if activity else (None, None)
        offered = host_choices(self.community.data or "", *held)
        self.team.offer(offered["team"])
        self.base.offer(offered["base"])

    def _limit(self, activity: Activity | None) -> None:
        """The community: fixed once published and for a community's own staff, else inside the post's region."""
        self.community.within = acting_within()
        if activity and activity.status is not ActivityStatus.DRAFT:
            self.fixed, self.community.kept = activity.community_code, True  # the verb judges another one
        elif level_of(acting_within()) is Level.COMMUNITY:
            self.fixed = acting_within()
        self.community.data = self.community.data or self.fixed

    @classmethod
    def of(cls, activity: Activity, **kwargs: Any) -> "ActivityForm":
        """The form filled with what stands in the row; defaults stay empty, so that they follow the times."""
        facts = activity.facts
        shown: dict[str, Any] = asdict(facts) | {"version": activity.version}
        shown |= {"team": facts.team_id, "base": facts.base_id}
        shown["cover"] = [activity.cover] if activity.cover else []
        if facts.signup_closes_at == facts.ends_at:
            shown["signup_closes_at"] = None
        if facts.minutes == facts.duration:
            shown["minutes"] = None
        return cls(data=shown, activity=activity, **kwargs)

    def facts(self) -> Facts:
        """What was typed; only after the fields are judged good."""
        typed: dict[str, Any] = {name: self[name].data for name in Facts.__dataclass_fields__ if name in self._fields}
        typed |= {"team_id": self.team.data, "base_id": self.base.data}
        typed |= {name: self[name].moment for name in ("starts_at", "ends_at", "signup_closes_at")}
        return Facts(**typed | {name: typed[name] or "" for name in LIMITS})

    def validate(self, extra_validators: Any = None) -> bool:
        """The fields first; when each is good, the rules between them, all at once."""
        if not super().validate(extra_validators):
            return False
        faults = self.facts().not_ready() if self.publishing else self.facts().faults()
        for name, message in faults.items():
            self.reject(Invalid(name, message))
        return not faults

    def reject(self, wrong: Invalid) -> None:
        """Show the objection; one about overlaps brings its number along."""
        super().reject(wrong)
        if isinstance(wrong, Overlapping):
            self.overlapping = wrong.number

    def outdated(self, stale: Stale) -> "ActivityForm":
        """The same form over the newer version: saving it now is a decision, not an accident."""
        self.version.data, self.version.raw_data = stale.version, None
        return self

    @property
    def publishing(self) -> bool:
        """Whether 保存并发布 was pressed."""
        return "publish" in request.form

    @property
    def preview(self) -> Markup | None:
        """The description as it will look, when that was asked for."""
        return as_html(self.description.data or "") if "preview" in request.form else None

    def save(self, activity: Activity | None = None) -> Activity:
        """Make or change the activity, and publish it where that button was pressed."""
        if activity is None:
            activity = Activity.draft(self.facts(), me())
        else:
            activity.edit(self.facts(), self.version.data or 0, me(), confirmed=self.confirmed.data or 0)
        activity.illustrate(self.cover.data or [], me())
        if self.publishing:
            activity.publish(me())
        return activity


class CancellationForm(Form):
    """Why an activity does not take place."""

    reason = TextAreaField("取消原因", filters=[clean], description="报名的人会在消息里看到")
