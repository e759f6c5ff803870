"""`flask recount [--check]`: prove that the kept figures are the sums of their rows, or mend them."""

import click
from flask.cli import with_appcontext

from app.db import db, reading
from app.models.recount import CHECKS, alone, repair, unhurried


@click.command("recount")
@click.option("--check", is_flag=True, help="Only compare; exit 1 where something differs.")
@with_appcontext
def recount(check: bool) -> None:
    """Compare counts of volunteers, months and activities with their rows; without --check, mend them."""
    token = reading.set(check)  # on SQLite a check holds up no writer
    try:
        wrong = _compare(mend=not check)
        db.session.commit()
    finally:
        reading.reset(token)
    click.echo(f"共 {wrong} 处不一致" + ("" if check else "，已改正") if wrong else "全部一致")
    if check and wrong:
        click.get_current_context().exit(1)


def _compare(*, mend: bool) -> int:
    """Print every difference, mend it where asked; how many there were."""
    unhurried()
    if mend:
        alone()
    wrong = 0
    for name, differences in CHECKS.items():
        found = differences()
        click.echo(f"{name}：{f'{len(found)} 处不一致' if found else '一致'}")
        for one in found:
            click.echo(f"  {one}")
        if mend:
            repair(found)
        wrong += len(found)
    return wrong
