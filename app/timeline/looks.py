"""Looks at a person's data, in words, for that person."""

from collections.abc import Iterable
from typing import Any

from app import labels
from app.timeline import Line, named

WORDS = {
    "reveal": "查看了您的身份证号码",
    "phone": "查看了您的手机号",
    "password-code": "为您发放了一次性密码",
    "unlock": "为您解除了登录限制",
    "second-step-reset": "为您关闭了两步验证",
    "disable": "停用了您的账号",
    "enable": "恢复了您的账号",
}


def told(rows: Iterable[Any]) -> list[Line]:
    """One line a look: what, when, who (post, name) and why."""
    return [(_what(row), labels.when(row.at), _who(row), "") for row in rows]


def _what(row: Any) -> str:
    if row.kind != "export":
        return WORDS[row.kind]
    whole = "含完整手机号和身份证号码" if row.full else "手机号和身份证号码只有部分数字"
    return f"导出的“{row.title}”里有您，共 {labels.figure(row.count)} 行，{whole}"


def _who(row: Any) -> str:
    who = named(row.role, row.place, row.at, row.name) if row.name else "系统管理员"
    return f"{who}。{'用途' if row.kind == 'export' else '原因'}：{row.why}" if row.why else who
