"""What happened to an account, in words, for its owner."""

from app.models.history import history_of
from app.models.user import User
from app.timeline import Line, actor, in_words

ACTIONS = {
    "register": "注册",
    "profile": "修改个人信息",
    "password": "修改密码",
    "password-code": "工作人员发放一次性密码",
    "password-code-used": "用一次性密码登录",
    "second-step": "开启两步验证",
    "second-step-off": "关闭两步验证",
    "second-step-reset": "为您关闭两步验证",
    "recovery-codes": "重新生成恢复码",
    "recovery-code": "用一个恢复码登录",
    "unlock": "解除登录限制",
    "disable": "账号被停用",
    "enable": "账号恢复使用",
    "my-data": "下载我的数据",
    "create-admin": "由系统管理员设置",
}
MOST = 20  # lines shown


def account_story(user: User) -> list[Line]:
    """The last lines, newest first; who did it is said where it was somebody else."""
    lines = [line for line in history_of(user) if line.action in ACTIONS][-MOST:]
    return in_words(
        reversed(lines),
        lambda line: (ACTIONS[line.action], ""),
        lambda line: actor(line) if line.actor_id != user.id else "",
    )
