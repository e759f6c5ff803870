"""`flask history verify [--head HEAD]`: prove that no line of history was altered, removed or slipped in."""

import click
from flask.cli import AppGroup

from app.db import db, reading
from app.models.histories.proof import Verdict, verify
from app.models.histories.state import note_proof
from app.models.recount import unhurried

history = AppGroup("history", help="The history of all that was done.")


@history.command("verify")
@click.option("--head", default="", help="A head of the chain that must be part of it, as a backup names it.")
def prove(head: str) -> None:
    """Compare every sealed line with its seal; exit 1 naming the first that is altered, missing or inserted."""
    token = reading.set(True)  # on SQLite it holds up no writer
    try:
        unhurried()
        verdict = looked_through(head)
    finally:
        reading.reset(token)
    db.session.rollback()
    note_proof(verdict.sealed, held=verdict.holds)
    db.session.commit()
    if not verdict.holds:
        click.echo(verdict.wrong)
        click.get_current_context().exit(1)
    click.echo(f"{verdict.sealed} 条记录、{verdict.seals} 个封存，与当时一致；{verdict.unsealed} 条还没有封存。")
    click.echo(f"最新的封存：{verdict.head or '还没有'}")


def looked_through(head: str = "") -> Verdict:
    """The proof, telling how far it has come."""
    seen = 0

    def told(lines: int) -> None:
        nonlocal seen
        seen += lines
        if seen // 100_000 != (seen - lines) // 100_000:
            click.echo(f"已核对 {seen} 条", err=True)

    return verify(told, head)
