"""`flask backup FILE` and `flask restore FILE`: the whole site in one encrypted file, and back."""

from pathlib import Path

import click
from flask.cli import with_appcontext

from app.backup.cipher import Damaged
from app.backup.making import make
from app.backup.restoring import NotHere
from app.backup.restoring import restore as bring_back


def say(line: str) -> None:
    """Progress, beside what other programs may read."""
    click.echo(line, err=True)


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, writable=True))
@with_appcontext
def backup(file: Path) -> None:
    """Write everything, pictures included, into FILE, encrypted with BACKUP_KEY; the site may go on writing."""
    if file.exists():
        raise click.ClickException(f"{file} 已经存在，不会覆盖。")
    made = make(file, say)
    rows, pictures = sum(one[0] for one in made["tables"].values()), made["pictures"][0]
    click.echo(f"{file}：{rows} 行，{pictures} 个图片文件，{file.stat().st_size} 字节")
    if made["gone"]:
        click.echo(f"注意：{len(made['gone'])} 张图片的文件找不到。")
    click.echo(f"最新的封存：{made['head'] or '还没有'}")


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@with_appcontext
def restore(file: Path) -> None:
    """Bring FILE back into an empty database and an empty picture folder; anything wrong is refused beforehand."""
    try:
        found = bring_back(file, say)
    except (Damaged, NotHere) as wrong:
        raise click.ClickException(str(wrong)) from wrong
    rows = sum(one[0] for one in found.manifest["tables"].values())
    click.echo(f"已恢复 {rows} 行、{found.manifest['pictures'][0]} 个图片文件；行数、校验值和历史封存都一致。")
