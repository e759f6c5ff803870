"""What stands in deploy/ is what the tools that read it accept, and what docs/deploy.md promises."""

import os
import re
import shutil
import subprocess

import psycopg
import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy.exc import DBAPIError

import config
from app import create_app
from app.db import db
from app.models import History
from tests.backups import empty_place
from tests.fixtures import settings
from tests.support import ROOT
from tests.support.databases import as_the_site, hand, make_role
from tests.support.process import free_port
from tools.run import MEMORY, SERVER

DEPLOY, MIGRATIONS = ROOT / "deploy", str(ROOT / "migrations")
SAFE = {name: f"{name} long enough to be a secret of a site" for name in config.SECRETS} | {
    "APP_ENV": "production",
    "DATABASE_URL": "postgresql:///volunteer",
    "TRUSTED_HOSTS": "volunteer.example.cn",
}


@pytest.mark.parametrize(
    "wrong",
    [
        {"SECRET_KEY": ""},
        {"DATA_KEY": "short"},
        {"HASH_KEY": SAFE["DATA_KEY"]},
        {"BACKUP_KEY": f"{config.DEVELOPMENT_SECRET}:BACKUP_KEY"},
        {"DATABASE_URL": ""},
        {"TRUSTED_HOSTS": " , "},
        {"BREACHED_PASSWORDS": "/nonexistent/list"},
    ],
    ids=str,
)
def test_production_refuses_what_is_unsafe(wrong):
    config.load(SAFE)
    with pytest.raises(config.UnsafeConfiguration, match=next(iter(wrong))):
        config.load(SAFE | wrong)


def test_the_example_of_settings_names_only_settings_and_no_secret():
    known = (ROOT / "config.py").read_text() + "AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY"
    for name, value in re.findall(r"^#? ?([A-Z_]+)=(.*)$", (DEPLOY / "env.example").read_text(), re.M):
        assert name in known, name
        assert not (value and name in config.SECRETS), name


def test_the_units_start_what_make_run_starts():
    unit = (DEPLOY / "volunteer.service").read_text()
    heaps = (f"Environment={name}={value}\n" for name, value in MEMORY.items())
    for words in (" ".join(SERVER), "--host 127.0.0.1", "wsgi:app", *heaps):
        assert words in unit


@pytest.mark.postgresql_only
def test_the_tables_are_handed_over_and_back(kind, tmp_path):
    """As docs/deploy.md says: migrate as the owner, hand over, work, hand back for the next migration."""
    with empty_place(kind, tmp_path) as mine, psycopg.connect(_plain(mine), autocommit=True) as superuser:
        name = superuser.info.dbname
        make_role(superuser)
        superuser.execute(f"ALTER DATABASE {name} OWNER TO volunteer; ALTER SCHEMA public OWNER TO volunteer")
        site = create_app(settings(as_the_site(_url(mine)), str(tmp_path)))
        try:
            with site.app_context():
                upgrade(MIGRATIONS)
                for _ in range(2):  # an update comes, and another one
                    hand(superuser, "over")
                    with pytest.raises(DBAPIError, match="must be owner"):
                        downgrade(MIGRATIONS, "-1")
                    db.session.add(History(noun="user", noun_id=1, action="password"))
                    db.session.commit()
                    db.engine.dispose()
                    hand(superuser, "back")
                    downgrade(MIGRATIONS, "-1")
                    upgrade(MIGRATIONS)
                assert db.session.query(History).count() == 2
        finally:
            with site.app_context():
                db.session.remove()
                db.engine.dispose()


def _url(app: Flask) -> str:
    return str(app.config["SQLALCHEMY_DATABASE_URI"])


def _plain(app: Flask) -> str:
    return _url(app).replace("postgresql+psycopg://", "postgresql://")


@pytest.mark.full  # a tool of the machine's: `make production-test`
def test_systemd_accepts_the_units(tmp_path):
    tool = shutil.which("systemd-analyze")
    if tool is None:
        _without("systemd-analyze")
    for file in DEPLOY.glob("*.[st]*"):
        if file.suffix not in (".service", ".timer"):
            continue
        text = re.sub(r"^ExecStart=\S+", "ExecStart=/bin/true", file.read_text(), flags=re.M)
        text = re.sub(r"^(User|Group|WorkingDirectory|EnvironmentFile)=.*\n", "", text, flags=re.M)
        (tmp_path / file.name).write_text(text)
    for file in tmp_path.iterdir():
        found = subprocess.run([tool, "verify", file], capture_output=True, text=True, check=False)
        assert found.returncode == 0 and file.name not in found.stderr, found.stderr


@pytest.mark.full  # a tool of the machine's: `make production-test`
def test_nginx_accepts_its_file(tmp_path):
    if shutil.which("nginx") is None and not os.path.exists("/usr/sbin/nginx"):
        _without("nginx")
    key = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=a"]
    subprocess.run(
        [*key, "-keyout", tmp_path / "key.pem", "-out", tmp_path / "fullchain.pem"], check=True, capture_output=True
    )
    text = (DEPLOY / "nginx.conf").read_text().replace("/etc/volunteer/tls", str(tmp_path))
    text = text.replace("/var/log/nginx", str(tmp_path))
    text = text.replace("listen 443", f"listen 127.0.0.1:{free_port()}").replace(
        "listen 80", f"listen 127.0.0.1:{free_port()}"
    )
    whole = tmp_path / "nginx.conf"
    whole.write_text(f"pid {tmp_path}/pid; error_log stderr; events {{}} http {{ access_log off; {text} }}")
    found = subprocess.run(
        ["nginx", "-t", "-p", tmp_path, "-c", whole],
        capture_output=True, text=True, check=False, env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"},
    )  # fmt: skip
    assert found.returncode == 0, found.stderr


def _without(tool: str) -> None:
    """Where checks are everybody's (CI) a missing tool fails; elsewhere it is said."""
    assert not os.environ.get("CI"), f"{tool} is missing: this check must run in CI"
    pytest.skip(f"NOT CHECKED: {tool} is not installed")
