"""`flask import-people FILE`: check a file of people; with --go make the invitations (SPEC section 6)."""

from datetime import datetime
from pathlib import Path

import click
from flask.cli import with_appcontext

from app import clock
from app.db import db
from app.media.sheets import BadSheet, Sheet, read_sheet
from app.models.imports.file import MOST_ERRORS, Checked, Choices
from app.models.imports.importing import AT_ONCE, dry_run
from app.models.imports.places import CREATE, KEEP, REFUSE
from app.models.invitation import Import
from app.refusal import Invalid, Refused


@click.command("import-people")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--closes-on", type=click.DateTime(["%Y-%m-%d"]), help="The day of counts without a date.")
@click.option("--units", type=click.Choice([REFUSE, KEEP, CREATE]), default=REFUSE, help="Units not on the list.")
@click.option("--go", is_flag=True, help="Make the invitations; without it the file is only checked.")
@with_appcontext
def import_people(file: Path, closes_on: datetime | None, units: str, go: bool) -> None:
    """Check FILE (.xlsx or CSV); exits 1 with an error a row when one is wrong, and writes nothing then."""
    day = closes_on.date() if closes_on else None
    if day and day > clock.today():
        raise click.ClickException("截止日期不能晚于今天。")
    choices = Choices(closes_on=day, units=units)
    try:
        sheet = read_sheet(file.name, file.read_bytes())
    except BadSheet as bad:
        raise click.ClickException(f"“{file.name}”{bad}") from bad
    checked = dry_run(sheet, choices)
    db.session.rollback()  # looking is over: on SQLite it held the right to write
    _show(checked)
    if go:
        _go(sheet, choices)
    else:
        click.echo("只检查，没有导入。确认无误后加上 --go 再运行一次。")


def _show(checked: Checked) -> None:
    """What came of the check; exit 1 where anything is wrong."""
    for line, heading, message in checked.errors:
        click.echo(f"第 {line} 行{f'“{heading}”' if heading else ''}：{message}", err=True)
    if checked.errors:
        more = " 处以上" if len(checked.errors) >= MOST_ERRORS else " 处"
        raise click.ClickException(f"有 {len(checked.errors)}{more}错误，没有导入任何人。")
    click.echo(f"检查通过：{checked.rows} 行，{len(checked.people)} 人，{checked.services} 次服务。")
    if checked.new_units:
        click.echo(f"将新增单位 {len(checked.new_units)} 个：{'、'.join(checked.new_units[:20])}")


def _go(sheet: Sheet, choices: Choices) -> None:
    """Carry the file out, a thousand people a transaction."""
    try:
        whole = Import.check(sheet, choices, by=None)
        db.session.commit()
        with click.progressbar(length=whole.people, label="导入", show_pos=True) as bar:
            while whole.carried < whole.people and not whole.wrong:
                before = whole.carried
                whole.carry_out(by=None, most=AT_ONCE)
                db.session.commit()
                bar.update(whole.carried - before)
    except (Invalid, Refused) as refused:
        db.session.rollback()
        raise click.ClickException(refused.message) from refused
    if whole.wrong:
        raise click.ClickException("检查之后名单里有人已经由别人导入，没有导入任何人，请重新检查。")
    click.echo(f"已导入 {whole.people} 人，邀请等本人登录后确认。")
