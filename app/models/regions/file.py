"""Loading the official tree: rows of a file, checked as a whole before anything is written."""

from sqlalchemy import select

from app.db import db
from app.freshness import touch
from app.models.region import ABOVE, Level, Region, level_of, short_name
from app.models.regions.verbs import LONGEST
from app.text import initials

Row = tuple[str, str, str]  # code, name, level


def import_regions(rows: dict[int, Row]) -> tuple[int, int]:
    """Load rows by the number of their line in the file; returns (added, renamed). Raises ValueError naming the line.

    Idempotent; one wrong row changes nothing (nothing is written before all rows were checked). A renamed region
    keeps its former name, as when the city renames it on its page.
    """
    checked = _checked(rows)
    present = {region.code: region for region in db.session.scalars(select(Region))}
    added = renamed = 0
    for code, (name, level) in checked.items():
        region = present.get(code)
        if region is None:
            db.session.add(Region(code=code, name=name, level=level, initials=initials(short_name(name))))
            added += 1
        elif region.name != name:
            region.call(name)
            renamed += 1
    touch("regions")
    return added, renamed


def _checked(rows: dict[int, Row]) -> dict[str, tuple[str, Level]]:
    """The rows by code, or ValueError that names the line and what is wrong."""
    seen: dict[str, tuple[str, Level]] = {}
    codes = set(db.session.scalars(select(Region.code))) | {code for code, *_ in rows.values()}
    for line, (code, name, level) in rows.items():
        if level_of(code) is None or level_of(code) != level:
            raise ValueError(f"第 {line} 行：代码 {code!r} 与级别 {level!r} 不相符")
        if not name.strip() or len(name) > LONGEST:
            raise ValueError(f"第 {line} 行：名称为空或超过 {LONGEST} 个字")
        if code in seen:
            raise ValueError(f"第 {line} 行：代码 {code} 重复")
        parent = code[: ABOVE[len(code)]]
        if parent and parent not in codes:
            raise ValueError(f"第 {line} 行：上级代码 {parent} 不存在")
        seen[code] = (name.strip(), Level(level))
    return seen
