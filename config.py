"""Configuration: read from the environment only (SPEC section 7).

Development works with nothing set. `APP_ENV=production` refuses to start where a secret is missing,
a development default or too short, so that a forgotten variable can never run a public site.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent
SECRETS = ("SECRET_KEY", "DATA_KEY", "HASH_KEY", "BACKUP_KEY")
DEVELOPMENT_SECRET = "development-only-secret-never-for-production"  # noqa: S105  (production refuses it)
SITE = {
    "SITE_NAME": "徐州市党员志愿者服务平台",
    "SITE_ORGANISER": "",
    "SITE_PHONE": "",
    "SITE_ICP": "",
    "SITE_POLICE": "",
    "SITE_IDCODE": "",
    "SITE_DOMAIN": "",
    "PARENT_SITE_URL": "",
    "PARENT_SITE_NAME": "徐州市网上党员群众服务中心",
}

PLACEHOLDERS = {  # shown in development, so that nobody forgets what the operator must fill in
    "SITE_ORGANISER": "（由主办单位填写）",
    "SITE_PHONE": "（由主办单位填写）",
    "SITE_ICP": "苏ICP备××××××××号",
    "SITE_POLICE": "苏公网安备××××××××××××××号",
    "SITE_IDCODE": "××××××××××",
}


class UnsafeConfiguration(RuntimeError):
    """Production would start with a setting that is unsafe; the message names every variable."""


def load(env: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Return Flask's configuration from environment variables `env` (default: the process's own).

    Raises UnsafeConfiguration in production when a secret is missing, default or shorter than 32
    characters, when no DATABASE_URL or no TRUSTED_HOSTS is given, or with the debugger on.
    """
    env = os.environ if env is None else env
    production = env.get("APP_ENV") == "production"
    data_dir = Path(env.get("DATA_DIR", ROOT / "instance"))
    hosts = [host.strip() for host in env.get("TRUSTED_HOSTS", "").split(",") if host.strip()]
    if production:
        _refuse_unsafe(env, hosts)
    secrets = {name: env.get(name, f"{DEVELOPMENT_SECRET}:{name}") for name in SECRETS}
    return {
        **secrets,
        **{name: env.get(name, default) for name, default in (SITE if production else SITE | PLACEHOLDERS).items()},
        "PRODUCTION": production,
        "SECOND_STEP_REQUIRED": production,
        "DATA_DIR": str(data_dir),
        "SQLALCHEMY_DATABASE_URI": _database_url(env.get("DATABASE_URL"), data_dir),
        "UPLOAD_URL": env.get("UPLOAD_URL", str(data_dir / "pictures")),
        "RATELIMIT_STORAGE_URI": env.get("RATELIMIT_STORAGE_URI", "memory://"),
        "BREACHED_PASSWORDS": env.get("BREACHED_PASSWORDS", ""),
        "URL_PREFIX": env.get("URL_PREFIX", "").rstrip("/"),
        "TRUSTED_HOSTS": hosts or None,
        "TRUSTED_PROXIES": int(env.get("TRUSTED_PROXIES", "0")),
        "MAX_CONTENT_LENGTH": 100 * 1024 * 1024,
        "MAX_FORM_MEMORY_SIZE": 1024 * 1024,
        "MAX_FORM_PARTS": 1000,
        "SESSION_COOKIE_NAME": "__Host-session" if production else "session",
        "SESSION_COOKIE_SECURE": production,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_PATH": "/",
        "WTF_CSRF_TIME_LIMIT": 12 * 3600,
        "WTF_CSRF_SSL_STRICT": production,
    }


def _database_url(url: str | None, data_dir: Path) -> str:
    if not url:
        return f"sqlite:///{data_dir / 'volunteer.db'}"
    for plain in ("postgres://", "postgresql://"):
        if url.startswith(plain):
            return "postgresql+psycopg://" + url.removeprefix(plain)
    return url


def _refuse_unsafe(env: Mapping[str, str], hosts: list[str]) -> None:
    wrong = [name for name in SECRETS if len(env.get(name, "")) < 32 or env[name].startswith(DEVELOPMENT_SECRET)]
    if len({env.get(name) for name in SECRETS}) < len(SECRETS):
        wrong.append("SECRET_KEY/DATA_KEY/HASH_KEY/BACKUP_KEY (must differ)")
    wrong += [] if env.get("DATABASE_URL") else ["DATABASE_URL"]
    wrong += [] if hosts else ["TRUSTED_HOSTS"]
    wrong += [] if Path(env.get("BREACHED_PASSWORDS") or __file__).is_file() else ["BREACHED_PASSWORDS (no such file)"]
    wrong += ["FLASK_DEBUG"] if env.get("FLASK_DEBUG", "0").lower() not in ("", "0", "false", "no") else []
    if wrong:
        raise UnsafeConfiguration("not safe for production: " + ", ".join(wrong))
