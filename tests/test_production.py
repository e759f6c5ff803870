"""Production refuses to start with a debugger, a default secret or the demonstration; what it refuses, it names."""

import subprocess
import sys

import pytest
from flask import Flask

import config
from app import create_app
from app.accounts import passwords
from app.db import db
from app.models import User
from tests import cast
from tests.support import ROOT

pytestmark = pytest.mark.sqlite_only
SAFE = {
    "APP_ENV": "production",
    **{name: f"{name.lower()}-{'x' * 40}" for name in config.SECRETS},
    "DATABASE_URL": "sqlite://",
    "TRUSTED_HOSTS": "example.org",
}


def test_what_is_set_well_is_accepted():
    settings = config.load(SAFE)
    assert settings["PRODUCTION"] and settings["SECOND_STEP_REQUIRED"] and settings["SESSION_COOKIE_SECURE"]
    assert settings["SESSION_COOKIE_NAME"].startswith("__Host-")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *[(name, value) for name in config.SECRETS for value in ("", "short", f"{config.DEVELOPMENT_SECRET}:{name}")],
        ("SECRET_KEY", SAFE["DATA_KEY"]),
        ("DATABASE_URL", ""),
        ("TRUSTED_HOSTS", " , "),
        ("FLASK_DEBUG", "1"),
        ("FLASK_DEBUG", "true"),
    ],
)
def test_what_is_unsafe_is_refused_by_name(name, value):
    with pytest.raises(config.UnsafeConfiguration, match=name):
        config.load(SAFE | {name: value})


def made(url: str) -> Flask:
    """The product as a server makes it; its engine is closed."""
    app = create_app(config.load(SAFE | {"DATABASE_URL": url}))
    with app.app_context():
        db.engine.dispose()
    return app


def test_over_the_demonstration_it_ends_with_an_error(app):
    """A process of its own, as a server starts it; the cast has the demonstration's names and password."""
    env = SAFE | {"DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"], "PATH": "/usr/bin:/bin"}
    command = [sys.executable, "-c", "import wsgi"]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode != 0 and "demo accounts in the database" in done.stderr and "wantong" in done.stderr


def test_an_account_of_the_same_name_with_a_password_of_its_own_is_no_demo_account(app):
    url = app.config["SQLALCHEMY_DATABASE_URI"]
    db.session.execute(db.update(User).values(password_hash=passwords.hashed("一句很长又好记的话啊")))
    db.session.commit()
    assert made(url).config["PRODUCTION"]
    user = db.session.scalars(db.select(User).where(User.username == "member")).one()
    user.username_key = "demo0001"
    db.session.commit()
    with pytest.raises(config.UnsafeConfiguration, match="member"):
        made(url)


def test_the_check_notices_when_demo_accounts_are_not_looked_for(app, monkeypatch):
    monkeypatch.setattr("app.refuse_demonstration", lambda app: None)
    assert made(app.config["SQLALCHEMY_DATABASE_URI"]).config["PRODUCTION"]


def test_it_starts_before_the_first_migration(tmp_path):
    assert made(f"sqlite:///{tmp_path}/new.db").config["PRODUCTION"]


def test_the_printed_password_signs_nobody_in(app, client, monkeypatch):
    sent = {"username": "member", "password": cast.PASSWORD}
    assert client.post("/login", data=sent).status_code == 303
    client.post("/logout")
    monkeypatch.setitem(app.config, "PRODUCTION", True)
    assert client.post("/login", data=sent).status_code == 422
