"""The demo accounts: shown on the sign-in page in development, a reason not to start in production (SPEC section 6)."""

from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import OperationalError, ProgrammingError

from app.accounts import passwords
from app.db import db
from app.models.user import User
from config import UnsafeConfiguration

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


def refuse_demonstration(app: Flask) -> None:
    """Raise UnsafeConfiguration where the database holds the demonstration, or an account with its printed password.

    A database without tables is about to be migrated, and one that is away answers 503 to everybody; sign-in
    takes the printed password in neither (app/accounts/signing_in.py).
    """
    with app.app_context():
        try:
            found = _demonstrations()
        except (OperationalError, ProgrammingError) as unknown:
            app.logger.warning("demo accounts not looked for: %s", type(unknown).__name__)
            found = []
        finally:
            db.session.remove()
    if found:
        raise UnsafeConfiguration("not safe for production: demo accounts in the database: " + ", ".join(found))


def _demonstrations() -> list[str]:
    names = [*ACCOUNTS, "demo0001"]  # the last is nobody's own choice: it marks the demonstration
    wanted = select(User.username, User.username_key, User.password_hash).where(User.username_key.in_(names))
    rows = db.session.execute(wanted)
    return [name for name, key, kept in rows if key == "demo0001" or passwords.matches(kept, PASSWORD)]
