"""The demo accounts that exist, for the sign-in page in development (SPEC section 6)."""

from sqlalchemy import select

from app.db import db
from app.models.user import User

PASSWORD = "Xuzhou-Demo-2026"  # noqa: S105 (printed on the page, in development only)
ACCOUNTS = {
    "city": "市级管理员",
    "gulou": "鼓楼区管理员",
    "huanglou": "黄楼街道管理员",
    "wantong": "万通社区管理员",
    "baiyun": "白云社区管理员",
    "unit": "单位管理员",
    "volunteer": "志愿者",
    "member": "会员（未申请）",
}


def demo_accounts() -> list[tuple[str, str]]:
    """(user name, what it is) of those that exist; production must not ask."""
    known = set(db.session.scalars(select(User.username).where(User.username_key.in_(ACCOUNTS))))
    return [(name, words) for name, words in ACCOUNTS.items() if name in known]
