"""`flask make-key` and `flask rotate-key [--check]`: secrets for the environment, and a new one for the data."""

import secrets

import click
from flask.cli import with_appcontext

from app.crypto import Unreadable
from app.rotation import rotate


@click.command("make-key")
def make_key() -> None:
    """Print a fresh secret, good for SECRET_KEY, DATA_KEY, HASH_KEY or BACKUP_KEY (a different one for each)."""
    click.echo(secrets.token_urlsafe(36))


@click.command("rotate-key")
@click.option("--check", is_flag=True, help="Only count; exit 1 while something lies under an older key.")
@with_appcontext
def rotate_key(check: bool) -> None:
    """Seal everything anew with the first key of DATA_KEY=new,old; may be broken off and run again.

    First give every process DATA_KEY=new,old and start it again; run this; when --check finds nothing, take the old
    key out. HASH_KEY never changes: look-up values and the chain of history depend on it.
    """
    left: dict[str, int] = {}
    try:
        for done in rotate(only_count=check):
            left[done.table] = done.sealed
            click.echo(f"{done.table}：已看 {done.seen} 行，{done.sealed} 处", err=True)
    except Unreadable as wrong:
        raise click.ClickException("有内容用 DATA_KEY 里的任何密钥都打不开：请把旧密钥也写上（新,旧）。") from wrong
    total = sum(left.values())
    if check:
        click.echo(f"{total} 处还在旧密钥下。" if total else "全部在最新的密钥下，旧密钥可以去掉了。")
        click.get_current_context().exit(1 if total else 0)
    click.echo(f"{total} 处已改用最新的密钥。")
