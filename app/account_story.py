"""What happened to an account, in words, for its owner."""

from app import labels
from app.models.history import History, history_of
from app.models.user import User
from app.story import who

ACTIONS = {
    "register": "注册",
    "profile": "修改个人信息",
    "password": "修改密码",
    "password-code": "工作人员发放一次性密码",
    "password-code-used": "用一次性密码登录",
    "create-admin": "由系统管理员设置",
}
MOST = 20  # lines shown


def account_story(user: User) -> list[tuple[str, str, str, str]]:
    """(title, when, text, kind) for `ui.timeline`, newest first."""
    lines = [line for line in history_of(user) if line.action in ACTIONS][-MOST:]
    return [(ACTIONS[line.action], labels.stamp(line.created_at), _text(line, user), "") for line in reversed(lines)]


def _text(line: History, user: User) -> str:
    """Who did it, where it was somebody else, and what was said of it."""
    other = who(line) if line.actor_id != user.id else ""
    return "。".join(part for part in (other, line.note.text if line.note else "") if part)
