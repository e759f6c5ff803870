"""`flask retention [--dry-run]`: remove what has been kept for its term. `flask tick` does it too, once a night."""

import click
from flask.cli import with_appcontext

from app.db import db, leave_no_trace
from app.models.pages.pairs_kept import merge
from app.models.recount import unhurried
from app.retention.duties import DUTIES


@click.command("retention")
@click.option("--dry-run", is_flag=True, help="Only tell how much is due.")
@with_appcontext
def retention(dry_run: bool) -> None:
    """Remove personal data whose term is over (app/retention/terms.py); counts and history stay."""
    for duty in DUTIES:
        unhurried()
        due = duty.count()
        db.session.rollback()
        click.echo(f"{duty.what}（{duty.term.days} 天）：{due} 条{'到期' if dry_run else '，已处理'}")
        while not dry_run and due > 0:
            due -= max(duty.next(), 1)
            db.session.commit()
    if not dry_run:
        merge()
        db.session.commit()
        leave_no_trace()
