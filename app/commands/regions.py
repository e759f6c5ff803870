"""`flask import-regions [FILE]`: load the official tree (code,name,level); default: the real Xuzhou."""

import csv
from pathlib import Path

import click
from flask.cli import with_appcontext

from app.db import db
from app.models.region import import_regions as load
from app.models.workday import Workday

DATA = Path(__file__).resolve().parent.parent / "data"


def read_regions(file: Path) -> list[tuple[str, str, str]]:
    """The rows of a CSV with the columns code, name, level. Raises ValueError for other columns."""
    with file.open(encoding="utf-8-sig", newline="") as lines:
        table = csv.DictReader(lines)
        if not {"code", "name", "level"} <= set(table.fieldnames or ()):
            raise ValueError("第 1 行：需要 code,name,level 三列")
        return [(row["code"] or "", row["name"] or "", row["level"] or "") for row in table]


def load_workdays() -> int:
    """The holidays and make-up days that the product carries; returns how many were new."""
    known = set(db.session.scalars(db.select(Workday.day)))
    with (DATA / "workdays.csv").open(encoding="utf-8", newline="") as lines:
        from datetime import date

        rows = [(date.fromisoformat(r["day"]), r["works"] == "1") for r in csv.DictReader(lines)]
    new = [Workday(day=day, works=works) for day, works in rows if day not in known]
    db.session.add_all(new)
    return len(new)


@click.command("import-regions")
@click.argument("file", type=click.Path(exists=True, path_type=Path), default=DATA / "regions.csv")
@with_appcontext
def import_regions(file: Path) -> None:
    """Load regions from FILE; a wrong row names its line, nothing is changed then."""
    try:
        added, renamed = load(read_regions(file))
    except (ValueError, UnicodeDecodeError) as wrong:
        db.session.rollback()
        raise click.ClickException(str(wrong)) from wrong
    load_workdays()
    db.session.commit()
    click.echo(f"区域：新增 {added}，更名 {renamed}")
