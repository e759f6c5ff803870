"""`flask import-regions [FILE]`: load the official tree (code,name,level); default: the real Xuzhou."""

import csv
from collections.abc import Iterator
from pathlib import Path

import click
from flask.cli import with_appcontext

from app.db import db
from app.models.regions.file import Row
from app.models.regions.file import import_regions as load
from app.models.workday import Workday

DATA = Path(__file__).resolve().parent.parent / "data"


def read_regions(file: Path) -> dict[int, Row]:
    """The rows of a CSV with the columns code, name, level, by the number of their line (blank lines count).

    Raises ValueError for other columns or another coding.
    """
    table = csv.DictReader(_lines(file))
    try:
        if not {"code", "name", "level"} <= set(table.fieldnames or ()):
            raise ValueError("第 1 行：需要 code,name,level 三列")
        rows = ((row["code"] or "", row["name"] or "", row["level"] or "") for row in table)
        return {table.line_num: row for row in rows}  # noqa: B035  (it moves on with each row)
    except csv.Error as wrong:
        raise ValueError(f"第 {table.line_num + 1} 行：不是 CSV 的格式（{wrong}）") from wrong


def _lines(file: Path) -> Iterator[str]:
    """The lines of a UTF-8 file; ValueError names the first one that is none (spreadsheets like to write GBK)."""
    with file.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                yield line.decode("utf-8-sig" if number == 1 else "utf-8")
            except UnicodeDecodeError as wrong:
                raise ValueError(f"第 {number} 行：不是 UTF-8 编码，请把文件另存为 UTF-8 的 CSV") from wrong


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
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), default=DATA / "regions.csv")
@with_appcontext
def import_regions(file: Path) -> None:
    """Load regions from FILE; a wrong row names its line, nothing is changed then."""
    try:
        added, renamed = load(read_regions(file))
    except ValueError as wrong:
        db.session.rollback()
        raise click.ClickException(str(wrong)) from wrong
    load_workdays()
    db.session.commit()
    click.echo(f"区域：新增 {added}，更名 {renamed}")
