"""Every component in every state, in development only: /dev/components and /dev/office."""

from flask import Blueprint, render_template
from wtforms import (
    BooleanField,
    IntegerField,
    MultipleFileField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired
from wtforms.widgets import CheckboxInput, ListWidget

from app.access import public, signed_in
from app.fields_places import RegionField, UnitField
from app.forms import Form, MomentField, PhoneField, required

dev = Blueprint("dev", __name__, url_prefix="/dev")
KINDS = [
    ("elder", "敬老助残"),
    ("env", "环境保护"),
    ("traffic", "文明交通"),
    ("law", "法律服务"),
    ("med", "医疗健康"),
    ("edu", "助学支教"),
    ("culture", "文化宣传"),
    ("community", "社区服务"),
    ("emergency", "应急救援"),
    ("other", "其他"),
]


class Sample(Form):
    """One field of each kind that `ui.field` draws."""

    name = StringField("真实姓名", [required("请填写姓名")])
    phone = PhoneField("手机号", [required("手机号应为 11 位数字")], description="社区有事时联系您，网上不公开")
    password = PasswordField("密码", [InputRequired("密码至少 8 位")])
    unit = UnitField("工作单位")
    starts_at = MomentField("开始时间", [required("请填写开始时间")])
    capacity = IntegerField("招募人数", [required("请填写人数")])
    category = RadioField("活动类型", [required("请选择类型")], choices=KINDS)
    skills = SelectMultipleField("特长", choices=KINDS[:4], widget=ListWidget(), option_widget=CheckboxInput())
    political = SelectField("政治面貌", choices=[("", "请选择"), ("party", "中共党员")])
    community = RegionField("服务社区", [required("请选择服务社区")])
    body = TextAreaField("具体情况", [required("请写一写情况")])
    pictures = MultipleFileField("现场照片")
    consent = BooleanField("我已阅读并同意", [required("请先阅读并同意")])


@dev.route("/components", methods=["GET", "POST"])
@public
def components() -> str:
    """The components of portal and member centre; a POST shows every field with its error."""
    form = Sample()
    form.validate_on_submit()
    return render_template("dev/components.html", form=form, kinds=KINDS)


@dev.get("/office")
@signed_in
def office() -> str:
    """The components of the back office, whose frame shows who looks."""
    return render_template("dev/office.html")
