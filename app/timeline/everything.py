"""Any line of history in words, whatever its noun: for the city-wide list and for what a person downloads."""

from enum import Enum
from typing import Any

from app import labels
from app.db import db
from app.models.history import History
from app.models.signup import Attendance

NOUNS = {
    "activity": "活动",
    "sign_up": "报名",
    "feedback": "活动反馈",
    "application": "志愿者申请",
    "volunteer": "志愿者",
    "user": "账号",
    "post": "任职",
    "help_request": "公众求助",
    "assignment": "求助安排",
    "report": "志愿者上报",
    "team": "团队",
    "team_member": "团队成员",
    "service_base": "服务基地",
    "professional_group": "专业协会",
    "professional": "专业志愿者",
    "honour": "季度之星",
    "notice": "通知公告",
    "import": "人员导入",
    "invitation": "原平台邀请",
    "unit_dispute": "归属异议",
    "work_unit": "工作单位",
    "region": "区域",
    "category": "活动类型",
    "workday": "工作日历",
}
ACTIONS = {
    "move": "状态变化",
    "create": "新建",
    "edit": "修改",
    "copy": "复制自",
    "from-report": "来自志愿者上报",
    "submit": "提交",
    "join": "加入",
    "change": "变更资料",
    "undo": "撤销",
    "reveal": "查看身份证号码",
    "phone": "查看电话号码",
    "release-card": "释放身份证号码",
    "walk-in": "现场补录",
    "attendance": "到场",
    "minutes": "服务时长",
    "called": "已电话通知",
    "not-called": "撤销电话通知",
    "ask": "提出",
    "asked": "再次征求同意",
    "offer": "请志愿者",
    "rate": "评价",
    "take-down": "撤下",
    "slip": "补打求助纸条",
    "pin": "置顶",
    "unpin": "取消置顶",
    "plan": "据此新建活动",
    "propose": "推荐",
    "agree": "同意公开姓名",
    "register": "注册",
    "profile": "修改个人信息",
    "password": "修改密码",
    "password-code": "发放一次性密码",
    "password-code-used": "用一次性密码登录",
    "second-step": "开启两步验证",
    "second-step-off": "关闭两步验证",
    "second-step-reset": "代为关闭两步验证",
    "recovery-codes": "重新生成恢复码",
    "recovery-code": "用恢复码登录",
    "unlock": "解除登录限制",
    "disable": "停用账号",
    "enable": "恢复账号",
    "create-admin": "设为市级管理员",
    "my-data": "下载自己的数据",
    "grant": "任命",
    "end": "移交",
    "revoke": "撤销任职",
    "export": "导出",
    "settle": "不用再核实",
    "unsettle": "重新核实",
    "put": "登记",
    "remove": "移除",
    "discard": "删除名单",
    "add": "新增",
    "rename": "更名",
    "place": "改所在区县",
    "merge": "并入",
    "take-in": "接收",
    "close": "停用",
    "reopen": "恢复使用",
    "adopt": "归入",
    "up": "上移",
    "down": "下移",
    "headcount": "填报人数",
    "headcount-correct": "更正人数",
    "headcount-remove": "删去人数",
}
SPECIAL = {("user", "close"): "注销账号", ("help_request", "ask"): "提交求助", ("unit_dispute", "put"): "提出异议"}
CALENDAR = {"works": "上班", "off": "休息"}


def thing(line: Any) -> str:
    """What a line is about: 活动 12, 工作日历 2026-10-01."""
    number = str(line.noun_id)
    if line.noun == "workday":
        number = f"{number[:4]}-{number[4:6]}-{number[6:]}"
    return f"{NOUNS.get(line.noun, line.noun)} {number}"


def action_word(line: Any) -> str:
    """What was done, without the states."""
    return SPECIAL.get((line.noun, line.action)) or ACTIONS.get(line.action, line.action)


def states_of(line: Any) -> str:
    """待审核 → 已通过, '' where no state changed."""
    return " → ".join(state_word(line, state) for state in (line.from_state, line.to_state) if state)


def state_word(line: Any, state: str) -> str:
    """One state of a line in the words of its noun; as it stands where the noun has no such state any more."""
    if line.action == "minutes":
        return f"{state} 分钟"
    kind: Any = Attendance if line.action == "attendance" else _states(line.noun)
    try:
        return labels.word(kind(state)) if kind else CALENDAR.get(state, state)
    except ValueError:
        return CALENDAR.get(state, state)


def whole(line: History) -> str:
    """审核：待审核 → 已通过 in one breath; a move says its states alone."""
    states = states_of(line)
    if line.action == "move" and states:
        return states
    return "：".join(part for part in (action_word(line), states) if part)


def _states(noun: str) -> type[Enum] | None:
    table = db.metadata.tables.get(noun)
    column = table.c.get("status") if table is not None else None
    return getattr(column.type, "enum_class", None) if column is not None else None
