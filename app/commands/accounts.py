"""`flask create-admin USERNAME NAME PHONE`, `flask unlock USERNAME`, `flask reset-second-step USERNAME REASON`."""

import click
from flask.cli import with_appcontext

from app.accounts import guard, passwords
from app.accounts.password_desk import close_second_step
from app.db import db
from app.models.accounts.credentials import good_password
from app.models.accounts.sign_in import end_all
from app.models.history import record
from app.models.region import CITY
from app.models.user import Post, Role, User, user_named
from app.refusal import Invalid, Refused
from app.text import is_phone, plain_phone


@click.command("create-admin")
@click.argument("username")
@click.argument("name")
@click.argument("phone")
@click.option("--new-password", is_flag=True, help="Set a new password for an account that exists.")
@with_appcontext
def create_admin(username: str, name: str, phone: str, new_password: bool) -> None:
    """Make USERNAME a city admin (市级管理员); asks for a password where the account is new."""
    try:
        user = user_named(username)
        if user is None:
            user = _register(username, name, phone)
        elif new_password:
            user.take_password(_ask_password([user.username, user.phone]))
            end_all(user.id)
            record(user, "create-admin", by=None)
        granted = _grant(user)
    except Invalid as wrong:
        db.session.rollback()
        raise click.ClickException(wrong.message) from wrong
    db.session.commit()
    click.echo(f"{user.name}（{user.username}）{'已是' if not granted else '现在是'}市级管理员。")


def _register(username: str, name: str, phone: str) -> User:
    if not is_phone(plain_phone(phone)):
        raise Invalid("phone", "请填写 11 位手机号，或带区号的固定电话。")
    kept = _ask_password([username, plain_phone(phone)])
    return User.register(username=username, kept=kept, name=name, phone=phone)


def _ask_password(personal: list[str]) -> str:
    """The hash of a good password, typed twice."""
    typed = click.prompt("密码", hide_input=True, confirmation_prompt="再输一次")
    return passwords.hashed(good_password(typed, personal))


def _grant(user: User) -> bool:
    """Give the city post unless the person holds it."""
    if any(post.role is Role.CITY for post in user.living_posts()):
        return False
    Post.grant(user, Role.CITY, CITY, by=None)
    return True


@click.command()
@click.argument("username")
@with_appcontext
def unlock(username: str) -> None:
    """Forget the failed sign-ins against USERNAME, so that its owner can try again at once."""
    user = _known(username)
    guard.unlock(user.username)
    db.session.commit()
    click.echo(f"{user.username} 可以重新登录了。")


@click.command("reset-second-step")
@click.argument("username")
@click.argument("reason")
@with_appcontext
def reset_second_step(username: str, reason: str) -> None:
    """Switch off the second step of USERNAME, who lost phone and recovery codes, for REASON."""
    user = _known(username)
    try:
        close_second_step(user, reason, by=None)
    except (Invalid, Refused) as wrong:
        db.session.rollback()
        raise click.ClickException(wrong.message) from wrong
    db.session.commit()
    click.echo(f"{user.username} 的两步验证已关闭，以后只用密码登录。")


def _known(username: str) -> User:
    user = user_named(username)
    if user is None:
        raise click.ClickException(f"没有用户名为 {username} 的账号。")
    return user
