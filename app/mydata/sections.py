"""What there is about a person, in sections of named columns; each value as a person reads it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import joinedload

from app import labels
from app.db import db
from app.models import (
    Application,
    Assignment,
    Honour,
    Invitation,
    Message,
    Picture,
    Professional,
    Report,
    ServiceRecord,
    SignIn,
    SignUp,
    TeamMember,
    UnitDispute,
    User,
    Volunteer,
)
from app.models.accounts.looks import looks_at
from app.models.category import Category
from app.models.history import History
from app.models.region import place_name
from app.models.volunteer import volunteer_of
from app.models.work_unit import unit_name
from app.timeline import actor
from app.timeline.everything import action_word, thing, whole
from app.timeline.looks import told as looked

Columns = dict[str, Callable[[Any], Any]]


@dataclass(frozen=True)
class Section:
    """One table of the download."""

    title: str
    columns: list[str]
    rows: list[list[str]]


def sections(user: User) -> list[Section]:
    """All of them, also the empty ones: that nothing is kept is an answer, too."""
    volunteer = volunteer_of(user.id)
    about = _about(user, volunteer)
    looks = db.session.execute(looks_at(user.id).order_by("at", "nr")).all()
    return [
        _section("账号和个人信息", ACCOUNT, [user]),
        _section("志愿者资料", VOLUNTEER, [volunteer] if volunteer else []),
        _section("任职", POST, sorted(user.posts, key=lambda post: post.id)),
        *[_section(title, columns, _rows(model, user, volunteer)) for title, model, columns in TABLES],
        Section("谁看过我的信息", ["做了什么", "时间", "谁和原因"], [list(line[:3]) for line in looked(looks)]),
        _section("与我有关的历史", HISTORY, about),
        _section("我做过的操作", DEEDS, _deeds(user)),
    ]


def pictures_of(user: User) -> list[Picture]:
    """Pictures that the person sent in."""
    return list(db.session.scalars(select(Picture).where(Picture.uploaded_by_id == user.id).order_by(Picture.id)))


def _section(title: str, columns: Columns, rows: Iterable[Any]) -> Section:
    return Section(title, list(columns), [[_plain(read(row)) for read in columns.values()] for row in rows])


def _plain(value: Any) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if hasattr(value, "hour"):
        return labels.stamp(value)
    return labels.word(value) if isinstance(value, Enum) else str(value)


def _rows(model: Any, user: User, volunteer: Volunteer | None) -> Sequence[Any]:
    """The person's rows of a table, the oldest first."""
    if model is Invitation:
        mine = Invitation.accepted_by_id == user.id
    elif hasattr(model, "user_id"):
        mine = model.user_id == user.id
    else:
        mine = model.volunteer_id == (volunteer.id if volunteer else 0)
    beside = [joinedload(getattr(model, name)) for name in BESIDE.get(model, ())]
    return db.session.scalars(select(model).where(mine).options(*beside).order_by(model.id)).all()


def _about(user: User, volunteer: Volunteer | None) -> Sequence[History]:
    """What happened to the person and to what is theirs."""
    models = [User, Volunteer, *[model for _, model, _ in TABLES if hasattr(model, "status")]]
    ids: dict[str, list[int]] = {"user": [user.id], "volunteer": [volunteer.id] if volunteer else []}
    for model in models[2:]:
        ids[model.__tablename__] = [row.id for row in _rows(model, user, volunteer)]
    ways = [and_(History.noun == noun, History.noun_id.in_(some)) for noun, some in ids.items() if some]
    wanted = select(History).where(or_(*ways)).options(joinedload(History.actor), joinedload(History.note))
    return db.session.scalars(wanted.order_by(History.id)).all()


def _deeds(user: User) -> Sequence[History]:
    wanted = select(History).where(History.actor_id == user.id).options(joinedload(History.actor))
    return db.session.scalars(wanted.order_by(History.id)).all()


def _category(id: int | None) -> str:
    kind = db.session.get(Category, id) if id else None
    return kind.name if kind else ""


ACCOUNT: Columns = {
    "用户名": lambda u: u.username,
    "姓名": lambda u: u.name,
    "手机号": lambda u: u.phone,
    "性别": lambda u: u.gender,
    "住址": lambda u: u.address,
    "居住社区": lambda u: place_name(u.home_community_code) if u.home_community_code else "",
    "注册时间": lambda u: u.created_at,
    "同意个人信息处理": lambda u: u.consent_at,
}
VOLUNTEER: Columns = {
    "状态": lambda v: v.status,
    "服务社区": lambda v: place_name(v.community_code),
    "工作单位": lambda v: unit_name(v.unit_id, v.unit_other),
    "政治面貌": lambda v: v.political,
    "在职情况": lambda v: v.employment,
    "性别": lambda v: v.gender,
    "出生年": lambda v: v.born_year,
    "身份证号码": lambda v: v.id_card,
    "监护人": lambda v: f"{v.guardian_name} {v.guardian_phone or ''}".strip(),
    "特长": lambda v: "、".join(labels.word(one.skill) for one in v.skills),
    "加入日期": lambda v: v.joined_on,
    "服务次数": lambda v: v.services,
    "服务分钟": lambda v: v.minutes,
}
POST: Columns = {
    "职务": lambda p: p.role,
    "地方或单位": lambda p: p.place,
    "从": lambda p: p.first_day,
    "到": lambda p: p.last_day,
}
HISTORY: Columns = {
    "时间": lambda h: h.created_at,
    "事项": thing,
    "做了什么": whole,
    "谁": actor,
    "原因或内容": lambda h: h.note.text if h.note else "",
}
DEEDS: Columns = {
    "时间": lambda h: h.created_at,
    "身份": lambda h: actor(h),
    "事项": thing,
    "做了什么": action_word,
}
BESIDE: dict[Any, tuple[str, ...]] = {
    SignUp: ("activity",),
    TeamMember: ("team",),
    Professional: ("group",),
    Assignment: ("request",),
}
TABLES: tuple[tuple[str, Any, Columns], ...] = (
    (
        "志愿者申请",
        Application,
        {
            "提交时间": lambda a: a.submitted_at,
            "社区": lambda a: place_name(a.community_code),
            "状态": lambda a: a.status,
            "身份证号码": lambda a: a.id_card,
            "自述": lambda a: a.statement,
            "审核意见": lambda a: a.decision_reason,
            "同意个人信息处理": lambda a: a.consent_at,
        },
    ),
    (
        "活动报名",
        SignUp,
        {
            "活动": lambda s: s.activity.title,
            "开始": lambda s: s.activity.starts_at,
            "地点": lambda s: s.activity.place,
            "状态": lambda s: s.status,
            "到场": lambda s: s.attendance,
            "未录用原因": lambda s: s.decline_reason,
        },
    ),
    (
        "服务记录",
        ServiceRecord,
        {
            "日期": lambda r: r.day,
            "分钟": lambda r: r.minutes,
            "类型": lambda r: _category(r.category_id),
            "依据": lambda r: r.evidence,
            "来源": lambda r: r.source,
            "已撤销": lambda r: r.revoked_at,
        },
    ),
    (
        "求助服务",
        Assignment,
        {
            "求助编号": lambda a: a.request.number,
            "邀请时间": lambda a: a.offered_at,
            "状态": lambda a: a.status,
            "我填的结果": lambda a: a.result,
            "分钟": lambda a: a.minutes,
        },
    ),
    (
        "志愿者上报",
        Report,
        {
            "标题": lambda r: r.own_title or r.title,
            "正文": lambda r: r.own_body or r.body,
            "状态": lambda r: r.status,
            "提交时间": lambda r: r.submitted_at,
        },
    ),
    (
        "团队",
        TeamMember,
        {"团队": lambda m: m.team.name, "状态": lambda m: m.status, "加入时间": lambda m: m.joined_at},
    ),
    (
        "展示同意：专业志愿者",
        Professional,
        {
            "协会": lambda p: p.group.name,
            "专长": lambda p: p.speciality,
            "状态": lambda p: p.status,
            "同意时间": lambda p: p.agreed_at,
        },
    ),
    (
        "展示同意：个人之星",
        Honour,
        {
            "季度": lambda h: h.quarter,
            "推荐理由": lambda h: h.reason,
            "状态": lambda h: h.status,
            "同意时间": lambda h: h.agreed_at,
        },
    ),
    (
        "原平台邀请",
        Invitation,
        {"姓名": lambda i: i.name, "原平台服务次数": lambda i: i.services, "状态": lambda i: i.status},
    ),
    ("归属异议", UnitDispute, {"状态": lambda d: d.status, "单位的说明": lambda d: d.reason}),
    (
        "站内消息",
        Message,
        {"时间": lambda m: m.visible_at, "标题": lambda m: m.title, "内容": lambda m: m.body},
    ),
    (
        "登录记录",
        SignIn,
        {
            "登录时间": lambda s: s.created_at,
            "最后使用": lambda s: s.seen_at,
            "设备": lambda s: s.device,
            "地址": lambda s: s.address,
        },
    ),
)
